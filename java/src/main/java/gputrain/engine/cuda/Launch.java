package gputrain.engine.cuda;

import static gputrain.engine.cuda.Driver.check;

import java.util.ArrayList;
import java.util.List;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** A kernel with its arguments. */
final class Launch {
    private final CUfunction function;
    private final String name;
    private final List<Pointer> arguments = new ArrayList<>();

    private Launch(CUfunction function, String name) {
        this.function = function;
        this.name = name;
    }

    /** @param name of the kernel, for messages */
    static Launch of(CUfunction function, String name, Device device) {
        return new Launch(function, name + " on GPU " + device.properties().number());
    }

    Launch argument(CUdeviceptr memory) {
        arguments.add(Pointer.to(memory));
        return this;
    }

    Launch argument(int value) {
        arguments.add(Pointer.to(new int[] {value}));
        return this;
    }

    Launch argument(long value) {
        arguments.add(Pointer.to(new long[] {value}));
        return this;
    }

    Launch argument(double value) {
        arguments.add(Pointer.to(new double[] {value}));
        return this;
    }

    /** A structure passed by value. */
    Launch argument(byte[] structure) {
        arguments.add(Pointer.to(structure));
        return this;
    }

    /** No memory. */
    Launch none() {
        return argument(0L);
    }

    /** Runs the kernel to its end, its blocks in any order. */
    void run(int blocks, int threads, int sharedBytes) {
        check(start(blocks, threads, sharedBytes, false), "launch of " + name + " with " + blocks + " blocks");
        finish();
    }

    /** Starts the kernel behind those started before it; what fails in it, the next call that waits says. */
    void queue(int blocks, int threads, int sharedBytes) {
        check(start(blocks, threads, sharedBytes, false), "launch of " + name + " with " + blocks + " blocks");
    }

    /**
     * Runs the kernel to its end.
     *
     * @param together whether all blocks must be there at once
     * @return false, with nothing done, when the GPU cannot hold a cluster, or all blocks that must be there
     */
    boolean run(int blocks, int threads, int sharedBytes, boolean together) {
        int result = start(blocks, threads, sharedBytes, together);
        if (result == CUresult.CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE
                || result == CUresult.CUDA_ERROR_INVALID_CLUSTER_SIZE
                || result == CUresult.CUDA_ERROR_NOT_SUPPORTED) {
            return false;
        }
        check(result, "launch of " + name + " with " + blocks + " blocks");
        finish();
        return true;
    }

    private int start(int blocks, int threads, int sharedBytes, boolean together) {
        return together
                ? JCudaDriver.cuLaunchCooperativeKernel(
                        function, blocks, 1, 1, threads, 1, 1, sharedBytes, null, parameters())
                : JCudaDriver.cuLaunchKernel(
                        function, blocks, 1, 1, threads, 1, 1, sharedBytes, null, parameters(), null);
    }

    private Pointer parameters() {
        return Pointer.to(arguments.toArray(new Pointer[0]));
    }

    private void finish() {
        check(JCudaDriver.cuCtxSynchronize(), "kernel " + name);
    }
}
