package gputrain.engine.cpp;

import gputrain.engine.DataSet;
import gputrain.engine.LearningRateRule;
import gputrain.engine.Loss;
import gputrain.engine.Optimizer;
import gputrain.engine.Replica;
import gputrain.engine.TrainingPlan;
import gputrain.engine.cpp.NativeCpu.NativeData;
import gputrain.engine.cpp.NativeCpu.NativePlan;
import gputrain.engine.cpp.NativeCpu.NativeReplica;
import gputrain.engine.cpp.NativeCpu.Rules;
import gputrain.model.Activation;
import gputrain.model.DenseNetwork;
import gputrain.model.ProductUnitNetwork;
import gputrain.model.SplineNetwork;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.IntPointer;

/**
 * Writes a plan into the structures of the C interface. Every field is written, because the memory is not cleared; the
 * memory belongs to the caller's {@link org.bytedeco.javacpp.PointerScope}.
 */
final class PlanMemory {
    private PlanMemory() {}

    static NativePlan plan(TrainingPlan plan) {
        NativePlan to = new NativePlan();
        to.activation(0).guard(0).intervals(0).order(0);
        if (plan.network() instanceof DenseNetwork dense) {
            network(to, 0, dense.widths());
            to.activation(activation(dense.activation()));
        } else if (plan.network() instanceof ProductUnitNetwork units) {
            network(to, units.complex() ? 2 : 1, widths(units));
            to.guard(units.guard());
        } else if (plan.network() instanceof SplineNetwork splines) {
            network(to, 3, splines.widths());
            to.intervals(splines.intervals()).order(splines.order());
        }
        to.penalty_l1(plan.penalty().l1()).penalty_entropy(plan.penalty().entropy());
        to.loss(
                plan.loss() instanceof Loss.Huber
                        ? 0
                        : plan.loss() instanceof Loss.MeanAbsolute
                                ? 1
                                : plan.loss() instanceof Loss.MeanSquared ? 2 : 3);
        to.huber_delta(plan.loss() instanceof Loss.Huber huber ? huber.delta() : 1);
        optimizer(plan.optimizer(), to);
        to.batch_size(plan.batchSize());
        to.shuffle(plan.shuffle() ? 1 : 0);
        to.output_weights(doubles(plan.monitor().outputWeights()));
        to.row_sets(plan.replicas().get(0).rowSets().size());
        to.replicas(plan.replicas().size());
        to.replica(replicas(plan));
        rules(plan, to.rules());
        return to;
    }

    static int activation(Activation activation) {
        return switch (activation) {
            case IDENTITY -> 0;
            case GELU -> 1;
            case RELU -> 2;
            case TANH -> 3;
        };
    }

    static List<Integer> widths(ProductUnitNetwork units) {
        return List.of(units.inputs(), units.linearUnits(), units.productUnits(), units.outputs());
    }

    private static void optimizer(Optimizer optimizer, NativePlan to) {
        Optimizer.Adam adam = optimizer instanceof Optimizer.Adam given ? given : Optimizer.Adam.DEFAULT;
        to.beta1(adam.beta1()).beta2(adam.beta2()).epsilon(adam.epsilon());
        to.momentum(optimizer instanceof Optimizer.Sgd sgd ? sgd.momentum() : 0);
        to.history(0).evaluations(0).tolerance(0);
        if (optimizer instanceof Optimizer.Adam) {
            to.optimizer(0);
        } else if (optimizer instanceof Optimizer.Sgd) {
            to.optimizer(1);
        } else if (optimizer instanceof Optimizer.Lbfgs lbfgs) {
            to.optimizer(2).history(lbfgs.history()).evaluations(lbfgs.evaluations());
            to.tolerance(lbfgs.tolerance());
        }
    }

    private static void network(NativePlan to, int family, List<Integer> widths) {
        to.family(family)
                .widths(ints(widths.stream().mapToInt(Integer::intValue).toArray()))
                .layers(widths.size() - 1);
    }

    static NativeData data(DataSet data) {
        return new NativeData()
                .inputs(new DoublePointer(data.inputs()))
                .targets(new DoublePointer(data.targets()))
                .rows(data.rows());
    }

    private static NativeReplica replicas(TrainingPlan plan) {
        NativeReplica to = new NativeReplica(plan.replicas().size());
        for (int i = 0; i < plan.replicas().size(); i++) {
            Replica replica = plan.replicas().get(i);
            int[] rows = replica.rowSets().stream().flatMapToInt(IntStream::of).toArray();
            int[] sizes = replica.rowSets().stream().mapToInt(set -> set.length).toArray();
            to.position(i)
                    .seed(replica.seed())
                    .rows(ints(rows))
                    .set_sizes(ints(sizes))
                    .weight_decay(replica.weightDecay())
                    .rate_factor(replica.rateFactor())
                    .initial(new DoublePointer(plan.initialParameters(replica)));
        }
        return to.position(0);
    }

    private static void rules(TrainingPlan plan, Rules to) {
        to.watched(plan.monitor().watched())
                .sample_every(plan.monitor().every())
                .max_epochs(plan.stop().maxEpochs())
                .average_last(plan.averageLast())
                .training_loss_below(plan.stop().trainingLossBelow())
                .patience(plan.stop().patience());
        to.latched(0).table_lines(0).table_loss(new DoublePointer(0)).table_rate(new DoublePointer(0));
        to.rate(0).factor(1).threshold(0).minimum(0).every(1).rate_patience(0);
        LearningRateRule rule = plan.learningRate();
        if (rule instanceof LearningRateRule.Constant constant) {
            to.rate_rule(0).rate(constant.rate());
        } else if (rule instanceof LearningRateRule.ByTrainingLoss table) {
            List<LearningRateRule.Line> lines = table.lines();
            to.rate_rule(1)
                    .latched(table.latched() ? 1 : 0)
                    .table_lines(lines.size())
                    .table_loss(doubles(lines.stream()
                            .map(LearningRateRule.Line::lossAtLeast)
                            .toList()))
                    .table_rate(doubles(
                            lines.stream().map(LearningRateRule.Line::rate).toList()));
        } else if (rule instanceof LearningRateRule.Step step) {
            to.rate_rule(2).rate(step.rate()).every(step.every()).factor(step.factor());
        } else if (rule instanceof LearningRateRule.ReduceOnPlateau plateau) {
            to.rate_rule(3)
                    .rate(plateau.rate())
                    .factor(plateau.factor())
                    .rate_patience(plateau.patience())
                    .threshold(plateau.threshold())
                    .minimum(plateau.minimum());
        } else if (rule instanceof LearningRateRule.Cosine cosine) {
            to.rate_rule(4).rate(cosine.rate()).minimum(cosine.minimum()).every(cosine.epochs());
        } else {
            throw new IllegalArgumentException("learning-rate rule unknown to the cpp engine: " + rule);
        }
    }

    private static IntPointer ints(int[] values) {
        return new IntPointer(values);
    }

    private static DoublePointer doubles(List<Double> values) {
        return new DoublePointer(
                values.stream().mapToDouble(Double::doubleValue).toArray());
    }
}
