package gputrain.engine.cuda;

import gputrain.model.DenseNetwork;
import java.util.List;

/**
 * A training kernel of a module, from the module's own table ({@code gt_kernel_info} in cuda_abi.h).
 *
 * @param module the module that has it
 * @param sharedBytes dynamic shared memory of a block
 * @param widths the only widths it trains; empty for any
 */
record KernelInfo(
        String module,
        String name,
        Team team,
        int threads,
        int cluster,
        int tileRows,
        int sharedBytes,
        int activation,
        List<Integer> widths) {

    /** How blocks share a replica: GT_TEAM_SOLO, ... */
    enum Team {
        SOLO,
        GRID,
        CLUSTER
    }

    /** Activations in the order of GT_IDENTITY, ... */
    static int code(DenseNetwork network) {
        return switch (network.activation()) {
            case IDENTITY -> 0;
            case GELU -> 1;
            case RELU -> 2;
            case TANH -> 3;
        };
    }

    boolean specialised() {
        return !widths.isEmpty();
    }

    /** Whether it goes layer by layer through global memory, for networks of any size. */
    boolean layered() {
        return name.equals("train_grid_large");
    }

    boolean fits(DenseNetwork network) {
        return !specialised() || (widths.equals(network.widths()) && activation == code(network));
    }

    KernelInfo withSharedBytes(int bytes) {
        return new KernelInfo(module, name, team, threads, cluster, tileRows, bytes, activation, widths);
    }
}
