package gputrain.engine;

import java.util.List;

/** What every session checks of its arguments; each check throws {@link IllegalArgumentException}. */
public final class SessionChecks {
    private SessionChecks() {}

    /** The data set has the network's widths and every row that a replica names. */
    public static void fits(TrainingPlan plan, DataSet data) {
        int inputs = plan.network().inputs();
        int outputs = plan.network().outputs();
        check(
                data.inputWidth() == inputs && data.targetWidth() == outputs,
                "the data set has " + data.inputWidth() + " inputs and " + data.targetWidth() + " targets, the network "
                        + inputs + " and " + outputs);
        for (Replica replica : plan.replicas()) {
            for (int[] rows : replica.rowSets()) {
                for (int row : rows) {
                    check(
                            row >= 0 && row < data.rows(),
                            "a replica names row " + row + " of a data set of " + data.rows() + " rows");
                }
            }
        }
    }

    /** The states are of this plan: their number and their sizes. */
    public static void restorable(TrainingPlan plan, List<ReplicaState> states) {
        int replicas = plan.replicas().size();
        check(states.size() == replicas, states.size() + " states for " + replicas + " replicas");
        int n = plan.network().parameterCount();
        for (ReplicaState state : states) {
            size("parameters", state.parameters(), n);
            size("first moment", state.firstMoment(), plan.optimizer().momentSize(plan.network()));
            size("second moment", state.secondMoment(), plan.optimizer().momentSize(plan.network()));
            size("best parameters", state.bestParameters(), n);
            size("sum of parameters", state.parameterSum(), plan.averageLast() > 0 ? n : 0);
        }
    }

    /** Parameters of the plan's network. */
    public static void parameters(TrainingPlan plan, double[] parameters) {
        size("parameters", parameters, plan.network().parameterCount());
    }

    /** Rows of the network's inputs. */
    public static void inputs(TrainingPlan plan, double[] inputs, int rows) {
        long expected = (long) rows * plan.network().inputs();
        check(
                rows >= 0 && inputs.length == expected,
                "inputs: " + inputs.length + " values, expected " + expected + " for " + rows + " rows");
    }

    /** One weight per output. */
    public static void outputWeights(TrainingPlan plan, double[] outputWeights) {
        int outputs = plan.network().outputs();
        check(outputWeights.length == outputs, "output weights: " + outputWeights.length + ", expected " + outputs);
    }

    private static void size(String what, double[] values, int expected) {
        check(values.length == expected, what + ": " + values.length + " values, expected " + expected);
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
