package gputrain.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gputrain.engine.EngineException;
import gputrain.engine.LearningRateRule;
import gputrain.engine.Loss;
import gputrain.engine.Monitor;
import gputrain.engine.Optimizer;
import gputrain.engine.Precision;
import gputrain.engine.Replica;
import gputrain.engine.StopRule;
import gputrain.engine.TrainingPlan;
import gputrain.engine.cuda.KernelInfo.Team;
import gputrain.model.Activation;
import gputrain.model.DenseNetwork;
import gputrain.model.Network;
import gputrain.model.ProductUnitNetwork;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KernelChoiceTest {
    private static final List<Integer> WIDTHS = List.of(12, 80, 40, 1);
    private static final List<Integer> CPUN_L = List.of(10, 20, 40, 2);
    private static final Device.Properties HOPPER = gpu(90, 132);

    private static Device.Properties gpu(int computeCapability, int multiprocessors) {
        return new Device.Properties(
                0, "a GPU", 1L << 36, computeCapability, multiprocessors, 227 << 10, 228 << 10, 1.98);
    }

    private static KernelInfo kernel(String name, Team team, int cluster, int sharedBytes) {
        boolean own = name.contains("12_80");
        return new KernelInfo(
                own ? "12_80_40_1_gelu" : "core",
                "train_" + name,
                team,
                128,
                cluster,
                16,
                sharedBytes,
                KernelInfo.Family.DENSE,
                own ? Activation.GELU : null,
                own ? WIDTHS : List.of());
    }

    private static List<KernelInfo> kernels() {
        return new ArrayList<>(List.of(
                kernel("solo_generic", Team.SOLO, 1, 90_000),
                kernel("grid_generic", Team.GRID, 1, 90_000),
                kernel("cluster8_generic", Team.CLUSTER, 8, 90_000),
                kernel("grid_large", Team.GRID, 1, 4_000),
                kernel("solo_12_80_40_1_gelu", Team.SOLO, 1, 120_000),
                kernel("grid_12_80_40_1_gelu", Team.GRID, 1, 120_000),
                kernel("cluster8_12_80_40_1_gelu", Team.CLUSTER, 8, 120_000),
                kernel("cluster16_12_80_40_1_gelu", Team.CLUSTER, 16, 120_000)));
    }

    private static TrainingPlan plan(int replicas, int rows, int batch) {
        return plan(new DenseNetwork(WIDTHS, Activation.GELU), replicas, rows, batch);
    }

    private static TrainingPlan plan(Network network, int replicas, int rows, int batch) {
        List<int[]> sets = List.of(IntStream.range(0, rows).toArray());
        return new TrainingPlan(
                network,
                new Loss.Huber(1),
                Optimizer.Adam.DEFAULT,
                new LearningRateRule.Constant(1e-3),
                StopRule.epochs(1000),
                batch,
                batch > 0,
                new Monitor(10, Collections.nCopies(network.outputs(), 1.0), -1),
                Precision.FLOAT32,
                IntStream.range(0, replicas)
                        .mapToObj(seed -> new Replica(seed, sets, 0, 1, null))
                        .toList());
    }

    private static List<KernelChoice> choices(
            TrainingPlan plan, List<KernelInfo> kernels, Device.Properties gpu, @Nullable String wish) {
        return KernelChoice.of(plan, kernels, gpu, one -> 228 * 1024 / (one.sharedBytes() + 1024), wish);
    }

    private static KernelChoice best(TrainingPlan plan, Device.Properties gpu) {
        return choices(plan, kernels(), gpu, null).get(0);
    }

    @Test
    void oneNetworkIsSpreadAndManyStandAlone() {
        KernelChoice one = best(plan(1, 1720, 0), HOPPER);
        assertThat(one.kernel().team()).isNotEqualTo(Team.SOLO);
        assertThat(one.blocks()).isBetween(8, 132);
        assertThat(one.kernel().specialised()).isTrue();
        KernelChoice many = best(plan(500, 1720, 0), HOPPER);
        assertThat(many.text()).isEqualTo("train_solo_12_80_40_1_gelu:1");
    }

    /** CPUN-L of Dellen et al., in batches of 500; kernels for any size of memory are the last resort. */
    @Test
    void productUnitsAreSpreadOrStandAloneToo() {
        ProductUnitNetwork network = new ProductUnitNetwork(true, 10, 20, 40, 1e-6, 0.5);
        List<KernelInfo> kernels = List.of(
                units("solo_complex_product_units", Team.SOLO, 1, 128, 64, 77_000, List.of()),
                units("grid_complex_product_units", Team.GRID, 1, 256, 16, 41_000, List.of()),
                units("grid_large_complex_product_units", Team.GRID, 1, 256, 16, 2_000, List.of()),
                units("solo_10_20_40_2_complex_product_units", Team.SOLO, 1, 128, 64, 77_000, CPUN_L),
                units("grid_10_20_40_2_complex_product_units", Team.GRID, 1, 256, 16, 41_000, CPUN_L));
        assertThat(kernels).allMatch(kernel -> kernel.fits(network));
        assertThat(kernels).noneMatch(kernel -> kernel.fits(new ProductUnitNetwork(false, 10, 20, 40, 0.1, 0.5)));
        assertThat(kernels())
                .noneMatch(kernel -> kernel.fits(network))
                .allMatch(kernel -> kernel.fits(new DenseNetwork(WIDTHS, Activation.GELU)));
        assertThat(kernels.stream().filter(kernel -> kernel.fits(new ProductUnitNetwork(true, 9, 0, 4, 1e-6, 0.5))))
                .hasSize(3);
        KernelChoice one =
                choices(plan(network, 1, 2099, 500), kernels, HOPPER, null).get(0);
        assertThat(one.kernel().name()).isEqualTo("train_grid_10_20_40_2_complex_product_units");
        assertThat(one.blocks()).isBetween(8, 32);
        List<KernelChoice> many = choices(plan(network, 500, 2099, 500), kernels, HOPPER, null);
        assertThat(many.get(0).text()).isEqualTo("train_solo_10_20_40_2_complex_product_units:1");
        assertThat(many.get(many.size() - 1).kernel().inWorkspace()).isTrue();
        assertThat(KernelInfo.moduleOf(network)).isEqualTo("10_20_40_2_complex_product_units");
        assertThat(KernelInfo.moduleOf(new DenseNetwork(WIDTHS, Activation.GELU)))
                .isEqualTo("12_80_40_1_gelu");
    }

    private static KernelInfo units(
            String name, Team team, int cluster, int threads, int rows, int sharedBytes, List<Integer> widths) {
        return new KernelInfo(
                "product_units",
                "train_" + name,
                team,
                threads,
                cluster,
                rows,
                sharedBytes,
                KernelInfo.Family.COMPLEX_PRODUCT_UNITS,
                null,
                widths);
    }

    /** More blocks than tiles of rows would only wait for the others. */
    @Test
    void aFewRowsAreNotSpreadOverTheWholeGpu() {
        assertThat(choices(plan(1, 40, 0), kernels(), HOPPER, "grid"))
                .filteredOn(choice -> !choice.kernel().layered())
                .isNotEmpty()
                .allMatch(choice -> choice.blocks() <= 3);
        assertThat(best(plan(1, 1720, 16), HOPPER).blocks()).isLessThanOrEqualTo(16);
    }

    @Test
    void theOrderOfTheTablesDoesNotMatter() {
        for (int replicas : new int[] {1, 3, 20, 132, 133}) {
            TrainingPlan plan = plan(replicas, 1720, 0);
            List<KernelInfo> turned = kernels();
            Collections.reverse(turned);
            assertThat(choices(plan, turned, HOPPER, null).get(0)).isEqualTo(best(plan, HOPPER));
        }
    }

    @Test
    void oldGpusHaveNoClustersAndSmallOnesNoBigBlocks() {
        assertThat(choices(plan(1, 1720, 0), kernels(), gpu(80, 108), null))
                .isNotEmpty()
                .allMatch(choice -> choice.kernel().cluster() == 1);
        assertThat(choices(plan(1, 1720, 0), kernels(), gpu(120, 84), null))
                .anyMatch(choice -> choice.kernel().cluster() == 8)
                .noneMatch(choice -> choice.kernel().cluster() == 16);
        Device.Properties small = new Device.Properties(0, "a GPU", 1L << 33, 86, 20, 99 << 10, 100 << 10, 1.5);
        assertThat(choices(plan(1, 1720, 0), kernels(), small, null))
                .isNotEmpty()
                .allMatch(choice -> choice.kernel().sharedBytes() <= 99 << 10);
        List<KernelInfo> none = List.of(kernel("solo_generic", Team.SOLO, 1, 300_000));
        assertThatThrownBy(() -> choices(plan(1, 1720, 0), none, HOPPER, null))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("no kernel fits this network on a GPU");
    }

    @Test
    void aWishIsMetAsItIsLogged() {
        TrainingPlan plan = plan(1, 1720, 0);
        for (KernelChoice choice : choices(plan, kernels(), HOPPER, null)) {
            assertThat(choices(plan, kernels(), HOPPER, choice.text())).containsExactly(choice);
        }
        assertThat(choices(plan, kernels(), HOPPER, "grid_generic:7").get(0).blocks())
                .isEqualTo(7);
        assertThat(choices(plan, kernels(), HOPPER, "solo").get(0).kernel().specialised())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"abacus", "grid:0", "grid:x", "grid:", "cluster8:12", "cluster8:800", "solo:2", "grid:-1"})
    void anImpossibleWishIsRefused(String wish) {
        assertThatThrownBy(() -> choices(plan(1, 1720, 0), kernels(), HOPPER, wish))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining(wish.split(":", 2)[0]);
    }
}
