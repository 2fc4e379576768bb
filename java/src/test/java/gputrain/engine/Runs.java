package gputrain.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;

/** Running a plan and comparing what came of it. */
final class Runs {
    private Runs() {}

    /** What a session gave: the samples of all its replicas, and the states at the end. */
    record Outcome(List<Sample> samples, List<ReplicaState> states) {
        List<Sample> samplesOf(int replica) {
            return samples.stream().filter(one -> one.replica() == replica).toList();
        }
    }

    static Engine named(String name) {
        return Engines.all().stream()
                .filter(engine -> engine.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no engine named " + name + " among the services"));
    }

    /** The float64 engine that the others answer to. */
    static Engine oracle() {
        return named("jvm");
    }

    static Outcome train(Engine engine, TrainingPlan plan, DataSet data, long epochs) {
        return train(engine, plan, data, epochs, EngineOptions.DEFAULT);
    }

    static Outcome train(Engine engine, TrainingPlan plan, DataSet data, long epochs, EngineOptions options) {
        try (Session session = engine.open(plan, data, options)) {
            List<Sample> samples = session.advance(epochs);
            return new Outcome(samples, session.state());
        }
    }

    /** Loss, rates and rms of some epochs are the float64 oracle's, and the parameters and moments at their end. */
    static void assertFollowsOracle(
            Engine engine, Precision precision, PlanBuilder builder, DataSet data, long epochs) {
        Outcome expected = train(oracle(), builder.build(Precision.FLOAT64), data, epochs);
        Outcome actual = train(engine, builder.build(precision), data, epochs);
        assertThat(actual.samples()).isNotEmpty();
        assertSameCurve(actual.samples(), expected.samples(), precision);
        for (int replica = 0; replica < actual.states().size(); replica++) {
            ReplicaState ours = actual.states().get(replica);
            ReplicaState theirs = expected.states().get(replica);
            assertThat(ours.step()).isEqualTo(theirs.step());
            assertSameTensor("parameters", ours.parameters(), theirs.parameters(), precision);
            assertSameTensor("first moment", ours.firstMoment(), theirs.firstMoment(), precision);
            assertSameTensor("second moment", ours.secondMoment(), theirs.secondMoment(), precision);
        }
    }

    /**
     * The same with a tolerance of its own, relative to values of order 1e-6 and more: line searches and fits that end
     * near 0 amplify rounding.
     */
    static void assertFollows(Engine engine, TrainingPlan plan, DataSet data, long epochs, double tolerance) {
        Outcome expected = train(oracle(), plan, data, epochs);
        Outcome actual = train(engine, plan, data, epochs);
        assertThat(actual.samples()).isNotEmpty().hasSameSizeAs(expected.samples());
        for (int i = 0; i < actual.samples().size(); i++) {
            Sample ours = actual.samples().get(i);
            Sample theirs = expected.samples().get(i);
            assertThat(List.of((long) ours.replica(), ours.epoch()))
                    .isEqualTo(List.of((long) theirs.replica(), theirs.epoch()));
            String where = "replica " + ours.replica() + " epoch " + ours.epoch();
            assertThat(ours.learningRate()).isEqualTo(theirs.learningRate());
            assertThat(ours.loss())
                    .as(where + " loss")
                    .isCloseTo(theirs.loss(), within(tolerance * (1e-6 + theirs.loss())));
            for (int set = 0; set < ours.rms().size(); set++) {
                double rms = theirs.rms().get(set);
                assertThat(ours.rms().get(set)).as(where).isCloseTo(rms, within(tolerance * (1e-3 + rms)));
            }
        }
        for (int r = 0; r < actual.states().size(); r++) {
            ReplicaState ours = actual.states().get(r);
            ReplicaState theirs = expected.states().get(r);
            assertThat(ours.status()).isEqualTo(theirs.status());
            assertThat(ours.step()).isEqualTo(theirs.step());
            assertThat(distance(ours.parameters(), theirs.parameters()))
                    .as("replica " + r + ": parameters")
                    .isLessThanOrEqualTo(tolerance);
        }
    }

    /** Root of the squared differences over that of the squares. */
    private static double distance(double[] actual, double[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        double difference = 0;
        double size = 0;
        for (int i = 0; i < actual.length; i++) {
            difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
            size += expected[i] * expected[i];
        }
        return Math.sqrt(difference / size);
    }

    static void assertSameBits(List<ReplicaState> actual, List<ReplicaState> expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.size(); i++) {
            assertSameBits(actual.get(i), expected.get(i));
        }
    }

    static void assertSameBits(ReplicaState actual, ReplicaState expected) {
        assertThat(scalars(actual)).isEqualTo(scalars(expected));
        assertThat(actual.parameters()).as("parameters").isEqualTo(expected.parameters());
        assertThat(actual.firstMoment()).as("first moment").isEqualTo(expected.firstMoment());
        assertThat(actual.secondMoment()).as("second moment").isEqualTo(expected.secondMoment());
        assertThat(actual.bestParameters()).as("best parameters").isEqualTo(expected.bestParameters());
        assertThat(actual.parameterSum()).as("sum of parameters").isEqualTo(expected.parameterSum());
    }

    private static List<Object> scalars(ReplicaState state) {
        return List.of(
                state.epoch(),
                state.step(),
                state.status(),
                state.loss(),
                state.learningRate(),
                state.rateLine(),
                state.plateauBest(),
                state.plateauBad(),
                state.bestRms(),
                state.bestEpoch());
    }

    /** Samples agree in number, epochs, rates, and to rounding in loss and rms. */
    static void assertSameCurve(List<Sample> actual, List<Sample> expected, Precision precision) {
        assertThat(actual.stream().map(one -> List.of((long) one.replica(), one.epoch())))
                .isEqualTo(expected.stream()
                        .map(one -> List.of((long) one.replica(), one.epoch()))
                        .toList());
        for (int i = 0; i < actual.size(); i++) {
            Sample ours = actual.get(i);
            Sample theirs = expected.get(i);
            String where = "replica " + ours.replica() + " epoch " + ours.epoch();
            assertRelative(where + " loss", ours.loss(), theirs.loss(), Tolerances.lossCurve(precision));
            assertRelative(where + " rate", ours.learningRate(), theirs.learningRate(), Tolerances.LEARNING_RATE);
            assertThat(ours.rms()).as(where).hasSameSizeAs(theirs.rms());
            for (int set = 0; set < ours.rms().size(); set++) {
                assertRms(
                        where + " set " + set, ours.rms().get(set), theirs.rms().get(set), precision);
            }
        }
    }

    static void assertRelative(String what, double actual, double expected, double tolerance) {
        assertThat(actual).as(what).isCloseTo(expected, within(tolerance * Math.abs(expected)));
    }

    static void assertRms(String what, double actual, double expected, Precision precision) {
        if (Double.isNaN(expected)) {
            assertThat(actual).as(what).isNaN();
        } else {
            assertThat(actual).as(what + " rms").isCloseTo(expected, within(Tolerances.rms(precision, expected)));
        }
    }

    /** Sum of squared differences over sum of squares within the tolerance. */
    static void assertSameTensor(String what, double[] actual, double[] expected, Precision precision) {
        assertThat(actual).as(what).hasSameSizeAs(expected);
        double difference = 0;
        double size = 0;
        for (int i = 0; i < actual.length; i++) {
            difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
            size += expected[i] * expected[i];
        }
        assertThat(difference)
                .as(what + ": squared difference beside " + size)
                .isLessThanOrEqualTo(Tolerances.normalisedSquareError(precision) * size);
    }
}
