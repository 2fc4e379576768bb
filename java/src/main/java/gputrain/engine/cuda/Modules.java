package gputrain.engine.cuda;

import static gputrain.engine.cuda.Driver.check;

import gputrain.model.Activation;
import gputrain.model.Network;
import gputrain.model.SplineNetwork;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jcuda.Pointer;
import jcuda.Sizeof;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** The kernels loaded on a GPU: those for any network of a family, and those made for this one. */
final class Modules implements AutoCloseable {
    /** In the order of GT_TEAM_SOLO, ... */
    private static final List<KernelInfo.Team> TEAMS =
            List.of(KernelInfo.Team.SOLO, KernelInfo.Team.GRID, KernelInfo.Team.CLUSTER);

    /** In the order of GT_DENSE, ... */
    static final List<KernelInfo.Family> FAMILIES =
            List.of(KernelInfo.Family.DENSE, KernelInfo.Family.PRODUCT_UNITS, KernelInfo.Family.COMPLEX_PRODUCT_UNITS);

    /** In the order of GT_IDENTITY, ... */
    static final List<Activation> ACTIVATIONS =
            List.of(Activation.IDENTITY, Activation.GELU, Activation.RELU, Activation.TANH);

    private final Device device;
    private final Map<String, CUmodule> modules = new LinkedHashMap<>();
    private final List<KernelInfo> kernels = new ArrayList<>();
    private final Layout layout;

    /** Loads what a network can use. */
    Modules(Device device, Network network) {
        this.device = device;
        try {
            load(KernelImages.CORE);
            this.layout = new Layout(runLayout());
            if (network instanceof SplineNetwork) {
                load(KernelImages.SPLINES);
                return;
            }
            String general = KernelInfo.Family.of(network).module();
            if (!general.equals(KernelImages.CORE)) {
                load(general);
            }
            kernels.addAll(table(general));
            String own = KernelInfo.moduleOf(network);
            if (KernelImages.names().contains(own)) {
                load(own);
                kernels.addAll(table(own));
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    Layout layout() {
        return layout;
    }

    /** Those of the modules' tables; spline networks have none. */
    List<KernelInfo> kernels() {
        return List.copyOf(kernels);
    }

    CUfunction function(String module, String name) {
        CUfunction function = new CUfunction();
        CUmodule from = modules.get(module);
        if (from == null) {
            throw new IllegalArgumentException("module " + module + " is not loaded");
        }
        check(JCudaDriver.cuModuleGetFunction(function, from, name), "cuModuleGetFunction of " + name);
        return function;
    }

    /** A training kernel, allowed the shared memory and the cluster size that it needs. */
    CUfunction function(KernelInfo kernel) {
        String module = kernel.module();
        if (kernel.cluster() > 1) {
            module += "_clusters";
            if (!modules.containsKey(module)) {
                load(module);
            }
        }
        CUfunction function = function(module, kernel.name());
        allowSharedMemory(function, kernel.sharedBytes());
        if (kernel.cluster() > 8) {
            check(
                    JCudaDriver.cuFuncSetAttribute(function, NON_PORTABLE_CLUSTER_SIZE_ALLOWED, 1),
                    "cuFuncSetAttribute of " + kernel.name());
        }
        return function;
    }

    /** Blocks of a kernel that a multiprocessor holds at once. */
    int residentBlocks(KernelInfo kernel) {
        int[] blocks = new int[1];
        int result = residentBlocks(function(kernel), kernel.threads(), kernel.sharedBytes(), blocks);
        if (kernel.cluster() > 1 && (result != CUresult.CUDA_SUCCESS || blocks[0] == 0)) {
            // Not promised for kernels with clusters of their own; the launch will tell.
            return 1;
        }
        check(result, "cuOccupancyMaxActiveBlocksPerMultiprocessor of " + kernel.name());
        return blocks[0];
    }

    private static int residentBlocks(CUfunction function, int threads, int sharedBytes, int[] blocks) {
        return JCudaDriver.cuOccupancyMaxActiveBlocksPerMultiprocessor(blocks, function, threads, sharedBytes);
    }

    /** Blocks of a kernel without clusters that a multiprocessor holds at once. */
    static int residentBlocks(CUfunction function, int threads, int sharedBytes) {
        int[] blocks = new int[1];
        check(residentBlocks(function, threads, sharedBytes, blocks), "cuOccupancyMaxActiveBlocksPerMultiprocessor");
        return blocks[0];
    }

    static void allowSharedMemory(CUfunction function, int bytes) {
        check(
                JCudaDriver.cuFuncSetAttribute(
                        function, CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, bytes),
                "cuFuncSetAttribute");
    }

    private void load(String name) {
        modules.put(name, LoadedModule.load(name, device));
    }

    private int[] runLayout() {
        int[] entries = new int[Layout.CAPACITY];
        CUdeviceptr out = device.upload(entries);
        Launch.of(function(KernelImages.CORE, "layout"), "layout", device)
                .argument(out)
                .run(1, 1, 0);
        device.copyOut(Pointer.to(entries), out, (long) entries.length * Sizeof.INT);
        device.free(out);
        return entries;
    }

    private List<KernelInfo> table(String module) {
        int[] count = new int[1];
        device.copyOut(Pointer.to(count), global(module, "kernel_count_" + module), Sizeof.INT);
        byte[] bytes = Struct.allocate(layout, "gt_kernel_info", count[0]);
        device.copyOut(Pointer.to(bytes), global(module, "kernel_table_" + module), bytes.length);
        List<KernelInfo> infos = new ArrayList<>();
        for (int i = 0; i < count[0]; i++) {
            Struct info = Struct.at(layout, "gt_kernel_info", bytes, i);
            List<Integer> widths = new ArrayList<>();
            int layers = info.getInt("layers");
            for (int l = 0; layers > 0 && l <= layers; l++) {
                widths.add(info.getInt("widths", l));
            }
            infos.add(new KernelInfo(
                    module,
                    info.getText("name"),
                    TEAMS.get(info.getInt("team")),
                    info.getInt("threads"),
                    info.getInt("cluster"),
                    info.getInt("tile_rows"),
                    info.getInt("shared_bytes"),
                    FAMILIES.get(info.getInt("family")),
                    info.getInt("activation") < 0 ? null : ACTIVATIONS.get(info.getInt("activation")),
                    List.copyOf(widths)));
        }
        return infos;
    }

    private CUdeviceptr global(String module, String name) {
        CUdeviceptr address = new CUdeviceptr();
        long[] bytes = new long[1];
        check(JCudaDriver.cuModuleGetGlobal(address, bytes, modules.get(module), name), "cuModuleGetGlobal of " + name);
        return address;
    }

    @Override
    public void close() {
        modules.values().forEach(JCudaDriver::cuModuleUnload);
        modules.clear();
    }

    /** CU_FUNC_ATTRIBUTE_NON_PORTABLE_CLUSTER_SIZE_ALLOWED, which JCuda lacks. */
    private static final int NON_PORTABLE_CLUSTER_SIZE_ALLOWED = 14;
}
