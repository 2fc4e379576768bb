package gputrain.engine.cuda;

import static gputrain.engine.cuda.Driver.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import jcuda.Pointer;
import jcuda.Sizeof;
import jcuda.driver.CUcontext;
import jcuda.driver.CUctx_flags;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/**
 * A GPU opened for work: its context and the memory taken on it. Closing frees everything, whatever happened before. Not
 * thread-safe; {@link #use} before calls from a thread.
 */
final class Device implements AutoCloseable {
    /** What a GPU is. {@code computeCapability} 90 stands for 9.0. */
    record Properties(
            int number,
            String name,
            long memoryBytes,
            int computeCapability,
            int multiprocessors,
            int sharedBytesOfBlock,
            int sharedBytesOfMultiprocessor,
            double clockGigahertz) {
        /** Blocks of a cluster at most; 16 is beyond what all GPUs with clusters promise, but the data-centre ones have it. */
        int mostClusterBlocks() {
            return computeCapability < 90 ? 1 : computeCapability < 110 ? 16 : 8;
        }

        String details() {
            return String.format(
                    Locale.ROOT,
                    "%.0f GiB, compute capability %d.%d, %d multiprocessors, driver for CUDA %s",
                    memoryBytes / 0x1p30,
                    computeCapability / 10,
                    computeCapability % 10,
                    multiprocessors,
                    Driver.version());
        }
    }

    private final Properties properties;
    private final CUdevice handle;
    private final CUcontext context = new CUcontext();
    private final List<CUdeviceptr> allocations = new ArrayList<>();
    private boolean closed;

    Device(int number) {
        this.properties = properties(number);
        this.handle = handle(number);
        // While a kernel runs for minutes, the processor sleeps instead of asking again and again.
        check(
                JCudaDriver.cuDevicePrimaryCtxSetFlags(handle, CUctx_flags.CU_CTX_SCHED_BLOCKING_SYNC),
                "cuDevicePrimaryCtxSetFlags on GPU " + number);
        check(JCudaDriver.cuDevicePrimaryCtxRetain(context, handle), "cuDevicePrimaryCtxRetain on GPU " + number);
        use();
    }

    static int count() {
        int[] count = new int[1];
        check(JCudaDriver.cuDeviceGetCount(count), "cuDeviceGetCount");
        return count[0];
    }

    static Properties properties(int number) {
        CUdevice device = handle(number);
        byte[] name = new byte[256];
        check(JCudaDriver.cuDeviceGetName(name, name.length, device), "cuDeviceGetName");
        int length = 0;
        while (length < name.length && name[length] != 0) {
            length++;
        }
        long[] memory = new long[1];
        check(JCudaDriver.cuDeviceTotalMem(memory, device), "cuDeviceTotalMem");
        return new Properties(
                number,
                new String(name, 0, length, java.nio.charset.StandardCharsets.UTF_8),
                memory[0],
                10 * attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, device)
                        + attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, device),
                attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, device),
                attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN, device),
                attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_MULTIPROCESSOR, device),
                1e-6 * attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_CLOCK_RATE, device));
    }

    Properties properties() {
        return properties;
    }

    /** Makes this thread's calls go to this GPU. */
    void use() {
        check(JCudaDriver.cuCtxSetCurrent(context), "cuCtxSetCurrent on GPU " + properties.number());
    }

    /** Memory of at least one byte, not cleared, freed with the device. */
    CUdeviceptr allocate(long bytes) {
        CUdeviceptr memory = new CUdeviceptr();
        int result = JCudaDriver.cuMemAlloc(memory, Math.max(bytes, 1));
        if (result == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
            long[] free = new long[1];
            long[] total = new long[1];
            JCudaDriver.cuMemGetInfo(free, total);
            check(
                    result,
                    String.format(
                            Locale.ROOT,
                            "cuMemAlloc of %.1f MiB on GPU %d (%.1f of %.1f MiB free)",
                            bytes / 0x1p20,
                            properties.number(),
                            free[0] / 0x1p20,
                            total[0] / 0x1p20));
        }
        check(result, "cuMemAlloc on GPU " + properties.number());
        allocations.add(memory);
        return memory;
    }

    /** Memory that nobody has taken. */
    long freeBytes() {
        long[] free = new long[1];
        check(JCudaDriver.cuMemGetInfo(free, new long[1]), "cuMemGetInfo on GPU " + properties.number());
        return free[0];
    }

    CUdeviceptr upload(byte[] values) {
        return upload(Pointer.to(values), values.length);
    }

    CUdeviceptr upload(int[] values) {
        return upload(Pointer.to(values), (long) values.length * Sizeof.INT);
    }

    CUdeviceptr upload(float[] values) {
        return upload(Pointer.to(values), (long) values.length * Sizeof.FLOAT);
    }

    CUdeviceptr upload(double[] values) {
        return upload(Pointer.to(values), (long) values.length * Sizeof.DOUBLE);
    }

    private CUdeviceptr upload(Pointer from, long bytes) {
        CUdeviceptr memory = allocate(bytes);
        copyIn(memory, from, bytes);
        return memory;
    }

    void copyIn(CUdeviceptr to, Pointer from, long bytes) {
        if (bytes > 0) {
            check(JCudaDriver.cuMemcpyHtoD(to, from, bytes), "cuMemcpyHtoD on GPU " + properties.number());
        }
    }

    void copyOut(Pointer to, CUdeviceptr from, long bytes) {
        if (bytes > 0) {
            check(JCudaDriver.cuMemcpyDtoH(to, from, bytes), "cuMemcpyDtoH on GPU " + properties.number());
        }
    }

    void clear(CUdeviceptr memory, long bytes) {
        check(JCudaDriver.cuMemsetD8(memory, (byte) 0, bytes), "cuMemsetD8 on GPU " + properties.number());
    }

    /** Frees what {@link #allocate} and {@link #upload} gave, before the device is closed. */
    void free(CUdeviceptr memory) {
        if (allocations.remove(memory)) {
            // Fails on a lost GPU only, and then an earlier call has said so.
            JCudaDriver.cuMemFree(memory);
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        // After a lost device these calls fail too; there is nothing left to free then.
        JCudaDriver.cuCtxSetCurrent(context);
        allocations.forEach(JCudaDriver::cuMemFree);
        allocations.clear();
        JCudaDriver.cuDevicePrimaryCtxRelease(handle);
    }

    /** The address {@code bytes} behind the begin of some memory. */
    static long address(CUdeviceptr memory, long bytes) {
        return new Address(memory).value() + bytes;
    }

    /** JCuda keeps a pointer's value to itself and its subclasses. */
    private static final class Address extends CUdeviceptr {
        Address(CUdeviceptr memory) {
            super(memory);
        }

        long value() {
            return getNativePointer() + getByteOffset();
        }
    }

    private static CUdevice handle(int number) {
        CUdevice device = new CUdevice();
        check(JCudaDriver.cuDeviceGet(device, number), "cuDeviceGet of GPU " + number);
        return device;
    }

    private static int attribute(int which, CUdevice device) {
        int[] value = new int[1];
        check(JCudaDriver.cuDeviceGetAttribute(value, which, device), "cuDeviceGetAttribute");
        return value[0];
    }
}
