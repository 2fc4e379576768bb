package gputrain.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gputrain.engine.Runs.Outcome;
import gputrain.engine.cuda.CudaEngine;
import gputrain.model.DenseNetwork;
import gputrain.model.ProductUnitNetwork;
import gputrain.model.SplineNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The kernels made for the shapes of the experiment files, each kind of team, and those of splines, against the float64 oracle. */
@TestedEngine(name = "cuda", precision = Precision.FLOAT32)
class CudaKernelsTest {
    private static final List<List<Integer>> SHAPES = List.of(
            List.of(12, 80, 40, 1),
            List.of(13, 80, 40, 3),
            List.of(13, 120, 60, 3),
            List.of(11, 80, 40, 3),
            List.of(11, 120, 60, 3),
            List.of(10, 80, 40, 1),
            List.of(10, 80, 40, 3),
            List.of(4, 32, 16, 1),
            List.of(7, 32, 16, 1));

    private static final SplineNetwork SPLINES = new SplineNetwork(List.of(4, 8, 1), 5, 3, 1);

    private static final List<String> KERNELS =
            List.of("solo", "grid:1", "grid:5", "cluster8:8", "cluster8:16", "cluster16:16");

    static Stream<Arguments> shapesAndKernels() {
        return SHAPES.stream().flatMap(shape -> KERNELS.stream().map(kernel -> Arguments.of(shape, kernel)));
    }

    /** Dellen et al., Table 1: CPUN-L and HPUN-L. */
    static Stream<Arguments> productUnitsAndKernels() {
        return Stream.of(
                        new ProductUnitNetwork(true, 10, 20, 40, 1e-6, 0.5),
                        new ProductUnitNetwork(true, 10, 20, 40, 1e-6, 0.5),
                        new ProductUnitNetwork(false, 10, 20, 40, 0.1, 0.5))
                .flatMap(network -> KERNELS.stream().map(kernel -> Arguments.of(network, kernel)));
    }

    @ParameterizedTest
    @MethodSource("productUnitsAndKernels")
    void productUnitsFollowTheOracle(ProductUnitNetwork network, String kernel) {
        PlanBuilder builder = PlanBuilder.plan()
                .network(network)
                .loss(network.complex() ? new Loss.ComplexSquared() : new Loss.MeanSquared())
                .rows(331, 23)
                .batch(150, true)
                .watched(1)
                .every(3)
                .rate(1e-3);
        builder.replica(5, 1e-3, 1).replica(6, 0, 0.5);
        String own = network.inputs() + "_" + network.linearUnits() + "_" + network.productUnits() + "_"
                + network.outputs() + (network.complex() ? "_complex_product_units:" : "_product_units:");
        followsOn(builder, kernel, nameOf(kernel) + "_" + own);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void productUnitsOfAnySizeFollowTheOracle(boolean complex) {
        ProductUnitNetwork network = new ProductUnitNetwork(complex, 7, 90, 230, complex ? 1e-6 : 0.1, 0.1);
        PlanBuilder builder = PlanBuilder.plan()
                .network(network)
                .loss(complex ? new Loss.ComplexSquared() : new Loss.MeanSquared())
                .rate(1e-4);
        followsOn(
                builder,
                complex ? "grid:2" : "grid_large:2",
                complex ? "train_grid_large_complex_product_units:2" : "train_grid_large_product_units:2");
    }

    @ParameterizedTest
    @MethodSource("shapesAndKernels")
    void fullBatchesFollowTheOracle(List<Integer> shape, String kernel) {
        // Ragged for every tile and every number of blocks.
        PlanBuilder builder =
                PlanBuilder.plan().widths(shape).rows(331, 23).watched(1).every(3);
        builder.replica(5, 1e-3, 1).replica(6, 0, 0.5);
        follows(builder, kernel);
    }

    @ParameterizedTest
    @MethodSource("shapesAndKernels")
    void shuffledBatchesFollowTheOracle(List<Integer> shape, String kernel) {
        PlanBuilder builder = PlanBuilder.plan()
                .widths(shape)
                .rows(150, 9)
                .batch(61, true)
                .loss(new Loss.MeanSquared())
                .optimizer(new Optimizer.Sgd(0.9));
        follows(builder, kernel);
    }

    @ParameterizedTest
    @MethodSource("shapesAndKernels")
    void fewerRowsThanBlocksAreEnough(List<Integer> shape, String kernel) {
        follows(PlanBuilder.plan().widths(shape).rows(3, 1), kernel);
    }

    @ParameterizedTest
    @ValueSource(strings = {"grid_large:1", "grid_large:7", "grid_large"})
    void layerByLayerFollowsTheOracle(String kernel) {
        // Several ragged tiles of every product, and more rows than are taken at a time.
        PlanBuilder builder = PlanBuilder.plan()
                .widths(List.of(7, 67, 130, 3))
                .rows(2100, 65)
                .watched(1)
                .every(3);
        builder.replica(5, 1e-3, 1).replica(6, 0, 0.5);
        followsOn(builder, kernel, "train_grid_large:");
    }

    @ParameterizedTest
    @ValueSource(strings = {"grid_large:2", "grid_large:9"})
    void layerByLayerInShuffledBatchesFollowsTheOracle(String kernel) {
        PlanBuilder builder = PlanBuilder.plan()
                .widths(List.of(65, 64, 1))
                .rows(300, 9)
                .batch(129, true)
                .loss(new Loss.MeanSquared())
                .optimizer(new Optimizer.Sgd(0.9));
        followsOn(builder, kernel, "train_grid_large:");
    }

    private static void follows(PlanBuilder builder, String kernel) {
        String own = ((DenseNetwork) builder.network())
                .widths().stream().map(String::valueOf).collect(Collectors.joining("_"));
        followsOn(builder, kernel, nameOf(kernel) + "_" + own + "_gelu:");
    }

    private static void followsOn(PlanBuilder builder, String kernel, String name) {
        TrainingPlan plan = builder.build(Precision.FLOAT32);
        DataSet data = builder.data();
        Engine engine = new CudaEngine(kernel);
        int epochs = 12;
        Outcome expected = Runs.train(Runs.oracle(), builder.build(Precision.FLOAT64), data, epochs);
        try (Session session = engine.open(plan, data, EngineOptions.DEFAULT)) {
            assertThat(session.method()).contains(name);
            List<Sample> samples = new ArrayList<>(session.advance(5));
            List<ReplicaState> middle = session.state();
            session.advance(4);
            session.restore(middle);
            samples.addAll(session.advance(epochs - 5L));
            samples.sort(java.util.Comparator.comparingInt(Sample::replica).thenComparingLong(Sample::epoch));
            Runs.assertSameCurve(samples, expected.samples(), Precision.FLOAT32);
            Runs.assertSameBits(
                    session.state(), Runs.train(engine, plan, data, epochs).states());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"train_cubic_splines:1", "train_cubic_splines:5", "train_splines:2", "train_large_splines:3"})
    void splinesFollowTheOracleByTheKernelOfThatName(String kernel) {
        PlanBuilder builder = PlanBuilder.plan()
                .network(SPLINES)
                .rows(331, 23)
                .watched(1)
                .every(3)
                .rate(1)
                .loss(new Loss.MeanSquared())
                .optimizer(new Optimizer.Lbfgs(4, 20, 1e-12));
        builder.replica(5, 1e-3, 1).replica(6, 0, 0.5);
        TrainingPlan plan = builder.build(Precision.FLOAT64);
        CudaEngine engine = new CudaEngine(kernel);
        try (Session session = engine.open(plan, builder.data(), EngineOptions.DEFAULT)) {
            assertThat(session.method()).contains("float64", kernel);
        }
        Runs.assertFollows(engine, plan, builder.data(), 12, 1e-6);
    }

    @Test
    void severalGpusGiveTheSameBitsAsOne() {
        severalGpusGiveTheSameBitsAsOne(PlanBuilder.plan().widths(SHAPES.get(8)), Precision.FLOAT32);
    }

    @Test
    void severalGpusGiveTheSameBitsOfSplinesAsOne() {
        severalGpusGiveTheSameBitsAsOne(PlanBuilder.plan().network(SPLINES), Precision.FLOAT64);
    }

    private static void severalGpusGiveTheSameBitsAsOne(PlanBuilder builder, Precision precision) {
        IntStream.range(0, 5).forEach(seed -> builder.replica(seed, 0, 1));
        TrainingPlan plan = builder.build(precision);
        CudaEngine engine = new CudaEngine();
        int[] all = engine.devices().stream().mapToInt(Engine.Device::number).toArray();
        List<Integer> devices = IntStream.of(all).boxed().toList();
        Outcome one = Runs.train(engine, plan, builder.data(), 7, EngineOptions.DEFAULT);
        Outcome several = Runs.train(engine, plan, builder.data(), 7, new EngineOptions(devices, 0, null));
        assertThat(several.samples()).isEqualTo(one.samples());
        Runs.assertSameBits(several.states(), one.states());
    }

    @Test
    void aKernelThatDoesNotFitIsRefusedByName() {
        PlanBuilder builder = PlanBuilder.plan();
        TrainingPlan plan = builder.build(Precision.FLOAT32);
        for (String wish : List.of("nonsense", "cluster8:3", "grid:100000", "grid:x", "solo:2")) {
            assertThatThrownBy(() -> new CudaEngine(wish)
                            .open(plan, builder.data(), EngineOptions.DEFAULT)
                            .close())
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining(nameOf(wish));
        }
    }

    @Test
    void aGpuThatIsNotThereIsRefused() {
        PlanBuilder builder = PlanBuilder.plan();
        TrainingPlan plan = builder.build(Precision.FLOAT32);
        assertThatThrownBy(() -> new CudaEngine()
                        .open(plan, builder.data(), new EngineOptions(99, 0))
                        .close())
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("no GPU 99");
    }

    private static String nameOf(String wish) {
        int colon = wish.indexOf(':');
        return colon < 0 ? wish : wish.substring(0, colon);
    }
}
