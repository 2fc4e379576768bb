package gputrain.engine.cuda;

import gputrain.model.Activation;
import gputrain.model.DenseNetwork;
import gputrain.model.Network;
import gputrain.model.ProductUnitNetwork;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A training kernel of a module, from the module's own table ({@code gt_kernel_info} in cuda_abi.h).
 *
 * @param module the module that has it
 * @param sharedBytes dynamic shared memory of a block
 * @param family of the networks that it trains
 * @param activation the only one after its layers; null for any, or for networks without
 * @param widths the only {@linkplain #widths(Network) widths} it trains; empty for any
 */
record KernelInfo(
        String module,
        String name,
        Team team,
        int threads,
        int cluster,
        int tileRows,
        int sharedBytes,
        Family family,
        @Nullable Activation activation,
        List<Integer> widths) {

    /** How blocks share a replica: GT_TEAM_SOLO, ... */
    enum Team {
        SOLO,
        GRID,
        CLUSTER
    }

    /** Kinds of networks: GT_DENSE, ... */
    enum Family {
        DENSE(""),
        PRODUCT_UNITS("product_units"),
        COMPLEX_PRODUCT_UNITS("complex_product_units");

        /** How the names of modules and kernels say it. */
        private final String text;

        Family(String text) {
            this.text = text;
        }

        static Family of(Network network) {
            return network instanceof DenseNetwork ? DENSE : network.complex() ? COMPLEX_PRODUCT_UNITS : PRODUCT_UNITS;
        }

        /** The module with the kernels for every network of the family. */
        String module() {
            return this == DENSE ? KernelImages.CORE : KernelImages.PRODUCT_UNITS;
        }

        /** A kernel of that module, which both kinds of product units share. */
        String kernel(String name) {
            return this == DENSE ? name : name + "_" + KernelImages.PRODUCT_UNITS;
        }
    }

    /** A network's widths as {@code gt_plan} has them. */
    static List<Integer> widths(Network network) {
        return network instanceof ProductUnitNetwork units
                ? List.of(units.inputs(), units.linearUnits(), units.productUnits(), units.outputs())
                : ((DenseNetwork) network).widths();
    }

    /** Of a dense network. */
    static @Nullable Activation activation(Network network) {
        return network instanceof DenseNetwork dense ? dense.activation() : null;
    }

    /** The module that would have kernels for just this network. */
    static String moduleOf(Network network) {
        Activation activation = activation(network);
        return widths(network).stream().map(width -> width + "_").collect(Collectors.joining())
                + (activation == null
                        ? Family.of(network).text
                        : activation.name().toLowerCase(Locale.ROOT));
    }

    boolean specialised() {
        return !widths.isEmpty();
    }

    /** Whether it goes layer by layer through global memory, for networks of any size. */
    boolean layered() {
        return name.equals("train_grid_large");
    }

    /** Whether every block has its tile in global memory, for networks of any size. */
    boolean inWorkspace() {
        return name.startsWith("train_grid_large_");
    }

    boolean fits(Network network) {
        return family == Family.of(network)
                && (!specialised() || (widths.equals(widths(network)) && activation == activation(network)));
    }

    KernelInfo withSharedBytes(int bytes) {
        return new KernelInfo(module, name, team, threads, cluster, tileRows, bytes, family, activation, widths);
    }
}
