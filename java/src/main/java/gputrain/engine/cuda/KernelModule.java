package gputrain.engine.cuda;

import static gputrain.engine.cuda.Driver.check;

import gputrain.engine.EngineException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jcuda.Pointer;
import jcuda.Sizeof;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/**
 * The kernels of kernel models, and of what else works on their matrices, loaded on a GPU opened for them. Closing frees all
 * memory taken there.
 */
final class KernelModule implements AutoCloseable {
    /** Rows and columns of a tile. */
    static final int TILE = 64;

    private static final int THREADS = 256;

    /** Blocks of a multiprocessor that meet each other: one multiplies while another waits for memory. */
    private static final int MOST_RESIDENT = 2;

    private final Device device;
    private final List<CUmodule> modules = new ArrayList<>();
    private final Map<String, CUfunction> functions = new HashMap<>();
    private final CUdeviceptr arrivals;
    private final int sharedBytes;
    private final int capacity;

    /** @param others modules whose kernels are there as well */
    static KernelModule open(int number, String... others) {
        Device device = new Device(number);
        try {
            return new KernelModule(device, others);
        } catch (RuntimeException | Error e) {
            device.close();
            throw e;
        }
    }

    private KernelModule(Device device, String... others) {
        this.device = device;
        try {
            load(KernelImages.KERNEL_MODELS);
            for (String other : others) {
                load(other);
            }
            this.sharedBytes = readSharedBytes();
            this.capacity = device.properties().multiprocessors() * resident("leave_out");
            this.arrivals = device.allocate(128L * capacity);
        } catch (RuntimeException | Error e) {
            modules.forEach(JCudaDriver::cuModuleUnload);
            throw e;
        }
    }

    private void load(String name) {
        modules.add(LoadedModule.load(name, device));
    }

    private int readSharedBytes() {
        CUdeviceptr address = new CUdeviceptr();
        String name = "kernel_models_shared_bytes";
        check(
                JCudaDriver.cuModuleGetGlobal(address, new long[1], modules.get(0), name),
                "cuModuleGetGlobal of " + name);
        int[] bytes = new int[1];
        device.copyOut(Pointer.to(bytes), address, Sizeof.INT);
        return bytes[0];
    }

    /** Blocks of a multiprocessor that are there at once; the kernels are alike in what they need. */
    private int resident(String name) {
        int[] blocks = new int[1];
        check(
                JCudaDriver.cuOccupancyMaxActiveBlocksPerMultiprocessor(blocks, function(name), THREADS, sharedBytes),
                "cuOccupancyMaxActiveBlocksPerMultiprocessor of " + name);
        return Math.max(1, Math.min(MOST_RESIDENT, blocks[0]));
    }

    private CUfunction function(String name) {
        return functions.computeIfAbsent(name, wanted -> {
            CUfunction function = new CUfunction();
            int result = CUresult.CUDA_ERROR_NOT_FOUND;
            for (int i = 0; i < modules.size() && result == CUresult.CUDA_ERROR_NOT_FOUND; i++) {
                result = JCudaDriver.cuModuleGetFunction(function, modules.get(i), wanted);
            }
            check(result, "cuModuleGetFunction of " + wanted);
            return function;
        });
    }

    Device device() {
        return device;
    }

    /** Blocks that are there at once. */
    int capacity() {
        return capacity;
    }

    /** Counters of blocks that meet, for {@link #together}. */
    CUdeviceptr arrivals() {
        return arrivals;
    }

    Launch launch(String name) {
        return Launch.of(function(name), name, device);
    }

    /** Runs blocks that do not wait for each other. */
    void apart(Launch launch, long blocks) {
        launch.run(Math.toIntExact(blocks), THREADS, sharedBytes);
    }

    /** Starts blocks that do not wait for each other, behind what was started before. */
    void queue(Launch launch, long blocks) {
        launch.queue(Math.toIntExact(blocks), THREADS, sharedBytes);
    }

    /** Runs blocks that meet at {@link #arrivals}, at most {@link #capacity}. */
    void together(Launch launch, int blocks) {
        device.clear(arrivals, 128L * capacity);
        if (!launch.run(blocks, THREADS, sharedBytes, true)) {
            throw new EngineException("cuda engine: GPU " + device.properties().number() + " no longer holds " + blocks
                    + " blocks of a matrix's kernel at once; end other programs on it, or use --engine cpp");
        }
    }

    /** Blocks for so many tiles that can be worked on at once. */
    int blocks(long tiles) {
        return (int) Math.max(1, Math.min(capacity, tiles));
    }

    static int tiles(int rows) {
        return (rows + TILE - 1) / TILE;
    }

    @Override
    public void close() {
        try {
            device.use();
        } catch (RuntimeException lost) {
            // A lost GPU has nothing left to free.
        }
        modules.forEach(JCudaDriver::cuModuleUnload);
        device.close();
    }
}
