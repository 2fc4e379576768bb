package gputrain.engine.cuda;

import static gputrain.engine.cuda.Driver.check;

import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** Puts a module of kernels on a GPU: machine code where there is some for it, else PTX, which the driver compiles. */
final class LoadedModule {
    /** Compiling takes seconds and the driver keeps the result; what is over sooner needs no words. */
    private static final long PATIENCE_MILLIS = 700;

    private LoadedModule() {}

    /** @throws gputrain.engine.EngineException when the driver takes neither */
    static CUmodule load(String name, Device device) {
        CUmodule module = new CUmodule();
        byte[] code = KernelImages.machineCode(name, device.properties().computeCapability());
        // A driver older than the toolkit that made the code refuses it and still compiles the PTX.
        if (code != null && JCudaDriver.cuModuleLoadData(module, code) == CUresult.CUDA_SUCCESS) {
            return module;
        }
        byte[] ptx = KernelImages.ptx(name);
        Thread notice = noticeOf(name, device);
        try {
            check(
                    JCudaDriver.cuModuleLoadData(module, ptx),
                    "cuModuleLoadData of the kernels " + name + " on GPU "
                            + device.properties().number());
        } finally {
            notice.interrupt();
        }
        return module;
    }

    /** Says what takes so long, should it take long. */
    private static Thread noticeOf(String name, Device device) {
        Thread notice = new Thread(
                () -> {
                    try {
                        Thread.sleep(PATIENCE_MILLIS);
                    } catch (InterruptedException loaded) {
                        return;
                    }
                    System.err.println("the NVIDIA driver compiles the kernels " + name + " for "
                            + device.properties().name()
                            + ", some seconds once; it keeps the result (CUDA_CACHE_PATH, ~/.nv/ComputeCache)");
                },
                "gpu-train compiling notice");
        notice.setDaemon(true);
        notice.start();
        return notice;
    }
}
