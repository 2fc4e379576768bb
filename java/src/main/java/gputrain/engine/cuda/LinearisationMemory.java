package gputrain.engine.cuda;

import java.util.HashMap;
import java.util.Map;
import jcuda.Pointer;
import jcuda.Sizeof;
import jcuda.driver.CUdeviceptr;

/** A GPU opened for the linearisations of one replica at a time, and memory there that they take over from each other. */
final class LinearisationMemory implements AutoCloseable {
    private final KernelModule module;
    private final Map<String, CUdeviceptr> places = new HashMap<>();
    private final Map<String, Long> sizes = new HashMap<>();

    LinearisationMemory(int device) {
        this.module = KernelModule.open(device, KernelImages.SECOND_ORDER);
    }

    KernelModule module() {
        return module;
    }

    /** Makes this thread's calls go to this GPU. */
    void use() {
        module.device().use();
    }

    Launch launch(String kernel) {
        return module.launch(kernel);
    }

    /** Memory of a name, for at least so many doubles; what is in it stays only where it was large enough. */
    CUdeviceptr doubles(String name, long count) {
        CUdeviceptr there = places.get(name);
        if (there == null || sizes.get(name) < count) {
            if (there != null) {
                places.remove(name);
                module.device().free(there);
            }
            there = module.device().allocate(Sizeof.DOUBLE * count);
            places.put(name, there);
            sizes.put(name, count);
        }
        return there;
    }

    CUdeviceptr cleared(String name, long count) {
        CUdeviceptr there = doubles(name, count);
        module.device().clear(there, Sizeof.DOUBLE * Math.max(1, count));
        return there;
    }

    CUdeviceptr put(String name, double[] values) {
        CUdeviceptr there = doubles(name, values.length);
        module.device().copyIn(there, Pointer.to(values), (long) Sizeof.DOUBLE * values.length);
        return there;
    }

    CUdeviceptr put(String name, int[] values) {
        CUdeviceptr there = doubles(name, (values.length + 1) / 2);
        module.device().copyIn(there, Pointer.to(values), (long) Sizeof.INT * values.length);
        return there;
    }

    /** Waits for what was started before. */
    double[] get(CUdeviceptr from, int count) {
        double[] values = new double[count];
        module.device().copyOut(Pointer.to(values), from, (long) Sizeof.DOUBLE * count);
        return values;
    }

    @Override
    public void close() {
        module.close();
    }
}
