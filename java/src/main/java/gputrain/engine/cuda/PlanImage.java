package gputrain.engine.cuda;

import gputrain.engine.DataSet;
import gputrain.engine.LearningRateRule;
import gputrain.engine.Loss;
import gputrain.engine.Optimizer;
import gputrain.engine.Replica;
import gputrain.engine.TrainingPlan;
import gputrain.model.Activation;
import gputrain.model.Network;
import gputrain.model.ProductUnitNetwork;
import gputrain.model.SplineNetwork;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;

/** Writes a plan and its data into device memory as {@code gt_cuda_session} or {@code gt_spline_session} and its parts. */
final class PlanImage {
    private PlanImage() {}

    /** Everything of the session that does not depend on the launch; its arrays are uploaded. */
    static byte[] session(TrainingPlan plan, DataSet data, Device device, Layout layout) {
        byte[] bytes = Struct.allocate(layout, "gt_cuda_session", 1);
        Struct to = Struct.at(layout, "gt_cuda_session", bytes, 0);
        rules(plan, to.inner("rules", "gt_rules"), device);
        Network network = plan.network();
        widths(KernelInfo.widths(network), to);
        to.put("family", Modules.FAMILIES.indexOf(KernelInfo.Family.of(network)));
        Activation activation = KernelInfo.activation(network);
        to.put("activation", activation == null ? 0 : Modules.ACTIVATIONS.indexOf(activation));
        to.put("guard", network instanceof ProductUnitNetwork units ? units.guard() : 0);
        to.put("parameters", network.parameterCount());
        training(plan, to);
        to.put("inputs", Device.address(device.upload(floats(data.inputs())), 0));
        to.put("targets", Device.address(device.upload(floats(data.targets())), 0));
        to.put("exact_targets", Device.address(device.upload(data.targets()), 0));
        to.put(
                "output_weights",
                Device.address(device.upload(doubles(plan.monitor().outputWeights())), 0));
        return bytes;
    }

    /** The same of spline networks, as {@code gt_spline_session}. */
    static byte[] splines(TrainingPlan plan, SplineNetwork network, DataSet data, Device device, Layout layout) {
        byte[] bytes = Struct.allocate(layout, "gt_spline_session", 1);
        Struct to = Struct.at(layout, "gt_spline_session", bytes, 0);
        rules(plan, to.inner("rules", "gt_rules"), device);
        widths(network.widths(), to);
        to.put("intervals", network.intervals()).put("order", network.order());
        to.put("parameters", network.parameterCount());
        training(plan, to);
        if (plan.optimizer() instanceof Optimizer.Lbfgs lbfgs) {
            to.put("history", lbfgs.history()).put("evaluations", lbfgs.evaluations());
            to.put("tolerance", lbfgs.tolerance());
        }
        to.put("penalty_l1", plan.penalty().l1());
        to.put("penalty_entropy", plan.penalty().entropy());
        to.put("most_rows", mostRows(plan));
        to.put("inputs", Device.address(device.upload(data.inputs()), 0));
        to.put("targets", Device.address(device.upload(data.targets()), 0));
        to.put(
                "output_weights",
                Device.address(device.upload(doubles(plan.monitor().outputWeights())), 0));
        return bytes;
    }

    private static int mostRows(TrainingPlan plan) {
        return plan.replicas().stream()
                .mapToInt(replica ->
                        replica.rowSets().stream().mapToInt(set -> set.length).sum())
                .max()
                .orElse(0);
    }

    private static void widths(List<Integer> widths, Struct to) {
        for (int i = 0; i < widths.size(); i++) {
            to.put("widths", i, widths.get(i));
        }
        to.put("layers", widths.size() - 1);
    }

    /** Loss, optimiser and batches. */
    private static void training(TrainingPlan plan, Struct to) {
        to.put(
                "loss",
                plan.loss() instanceof Loss.Huber
                        ? 0
                        : plan.loss() instanceof Loss.MeanAbsolute
                                ? 1
                                : plan.loss() instanceof Loss.MeanSquared ? 2 : 3);
        to.put("huber_delta", plan.loss() instanceof Loss.Huber huber ? huber.delta() : 1);
        Optimizer.Adam adam = plan.optimizer() instanceof Optimizer.Adam given ? given : Optimizer.Adam.DEFAULT;
        to.put(
                "optimizer",
                plan.optimizer() instanceof Optimizer.Adam ? 0 : plan.optimizer() instanceof Optimizer.Sgd ? 1 : 2);
        to.put("beta1", adam.beta1()).put("beta2", adam.beta2()).put("epsilon", adam.epsilon());
        to.put("momentum", plan.optimizer() instanceof Optimizer.Sgd sgd ? sgd.momentum() : 0);
        to.put("batch_size", plan.batchSize());
        to.put("shuffle", plan.shuffle() ? 1 : 0);
        to.put("row_sets", plan.replicas().get(0).rowSets().size());
    }

    /**
     * What of the replicas never changes; their rows are uploaded, all at once: there can be thousands of replicas.
     *
     * @param to the structure of a replica by its place in the list
     */
    static void replicas(List<Replica> replicas, IntFunction<Struct> to, Device device) {
        int sets = replicas.get(0).rowSets().size();
        int[] rows = replicas.stream()
                .flatMap(replica -> replica.rowSets().stream())
                .flatMapToInt(IntStream::of)
                .toArray();
        int[] begins = new int[replicas.size() * (sets + 1)];
        CUdeviceptr rowMemory = device.upload(rows);
        CUdeviceptr beginMemory = device.allocate((long) Integer.BYTES * begins.length);
        long first = 0;
        for (int i = 0; i < replicas.size(); i++) {
            Replica replica = replicas.get(i);
            int at = i * (sets + 1);
            for (int s = 0; s < sets; s++) {
                begins[at + s + 1] = begins[at + s] + replica.rowSets().get(s).length;
            }
            to.apply(i)
                    .put("seed", replica.seed())
                    .put("weight_decay", replica.weightDecay())
                    .put("rate_factor", replica.rateFactor())
                    .put("rows", Device.address(rowMemory, Integer.BYTES * first))
                    .put("set_begin", Device.address(beginMemory, (long) Integer.BYTES * at));
            first += begins[at + sets];
        }
        device.copyIn(beginMemory, Pointer.to(begins), (long) Integer.BYTES * begins.length);
    }

    static float[] floats(double[] values) {
        float[] rounded = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            rounded[i] = (float) values[i];
        }
        return rounded;
    }

    private static void rules(TrainingPlan plan, Struct to, Device device) {
        to.put("watched", plan.monitor().watched());
        to.put("sample_every", plan.monitor().every());
        to.put("max_epochs", plan.stop().maxEpochs());
        to.put("average_last", plan.averageLast());
        to.put("training_loss_below", plan.stop().trainingLossBelow());
        to.put("patience", plan.stop().patience());
        to.put("factor", 1.0).put("every", 1L);
        LearningRateRule rule = plan.learningRate();
        if (rule instanceof LearningRateRule.Constant constant) {
            to.put("rate_rule", 0).put("rate", constant.rate());
        } else if (rule instanceof LearningRateRule.ByTrainingLoss table) {
            List<LearningRateRule.Line> lines = table.lines();
            to.put("rate_rule", 1).put("latched", table.latched() ? 1 : 0).put("table_lines", lines.size());
            to.put("table_loss", Device.address(upload(lines, LearningRateRule.Line::lossAtLeast, device), 0));
            to.put("table_rate", Device.address(upload(lines, LearningRateRule.Line::rate, device), 0));
        } else if (rule instanceof LearningRateRule.Step step) {
            to.put("rate_rule", 2)
                    .put("rate", step.rate())
                    .put("every", step.every())
                    .put("factor", step.factor());
        } else if (rule instanceof LearningRateRule.ReduceOnPlateau plateau) {
            to.put("rate_rule", 3).put("rate", plateau.rate()).put("factor", plateau.factor());
            to.put("rate_patience", plateau.patience()).put("threshold", plateau.threshold());
            to.put("minimum", plateau.minimum());
        } else if (rule instanceof LearningRateRule.Cosine cosine) {
            to.put("rate_rule", 4).put("rate", cosine.rate()).put("minimum", cosine.minimum());
            to.put("every", cosine.epochs());
        } else {
            throw new IllegalArgumentException("learning-rate rule unknown to the cuda engine: " + rule);
        }
    }

    private static CUdeviceptr upload(
            List<LearningRateRule.Line> lines,
            java.util.function.ToDoubleFunction<LearningRateRule.Line> part,
            Device device) {
        return device.upload(lines.stream().mapToDouble(part).toArray());
    }

    private static double[] doubles(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
