package gputrain.engine.cuda;

import static gputrain.engine.cuda.Driver.check;

import java.util.ArrayList;
import java.util.List;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
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

    static Launch of(CUfunction function, String name) {
        return new Launch(function, name);
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

    /** Runs the kernel to its end. */
    void run(int blocks, int threads, int sharedBytes) {
        check(
                JCudaDriver.cuLaunchKernel(
                        function, blocks, 1, 1, threads, 1, 1, sharedBytes, null, parameters(), null),
                "cuLaunchKernel of " + name);
        finish();
    }

    /** Runs the kernel to its end, all blocks at once. */
    void runTogether(int blocks, int threads, int sharedBytes) {
        check(
                JCudaDriver.cuLaunchCooperativeKernel(
                        function, blocks, 1, 1, threads, 1, 1, sharedBytes, null, parameters()),
                "cuLaunchCooperativeKernel of " + name + " with " + blocks + " blocks");
        finish();
    }

    private Pointer parameters() {
        return Pointer.to(arguments.toArray(new Pointer[0]));
    }

    private void finish() {
        check(JCudaDriver.cuCtxSynchronize(), "kernel " + name);
    }
}
