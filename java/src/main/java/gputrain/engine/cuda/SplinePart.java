package gputrain.engine.cuda;

import gputrain.engine.DataSet;
import gputrain.engine.EngineException;
import gputrain.engine.ReplicaState;
import gputrain.engine.Sample;
import gputrain.engine.TrainingPlan;
import gputrain.model.SplineNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import jcuda.Pointer;
import jcuda.Sizeof;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import org.jspecify.annotations.Nullable;

/** The spline networks of a plan that one GPU trains: their memory there, and the launches. */
final class SplinePart implements CudaSession.Part {
    private static final int PREDICT_THREADS = 256;
    private static final int PREDICT_ROWS = 256;
    private static final long PREDICT_BYTES = 1L << 30;

    private final TrainingPlan plan;
    private final Device device;
    private final Modules modules;
    private final SplineChoice choice;
    private final CUfunction function;
    private final ReplicaMemory replicas;
    private final CUdeviceptr session;
    private final CUdeviceptr predicting;
    private final CUdeviceptr active;
    private final CUdeviceptr arrivals;
    private final int predictBlocks;

    /** Replicas that train at once. */
    private final int teams;

    /**
     * Takes the memory and writes the initial state. Replicas {@code first} to {@code first + count} of the plan.
     *
     * @param wish see {@link SplineChoice#of}
     */
    static SplinePart open(TrainingPlan plan, DataSet data, int number, int first, int count, @Nullable String wish) {
        Device device = new Device(number);
        try {
            Modules modules = new Modules(device, plan.network());
            try {
                return new SplinePart(plan, data, device, modules, first, count, wish);
            } catch (RuntimeException | Error e) {
                modules.close();
                throw e;
            }
        } catch (RuntimeException | Error e) {
            device.close();
            throw e;
        }
    }

    private SplinePart(
            TrainingPlan plan,
            DataSet data,
            Device device,
            Modules modules,
            int first,
            int count,
            @Nullable String wish) {
        this.plan = plan;
        this.device = device;
        this.modules = modules;
        Layout layout = modules.layout();
        byte[] bytes = PlanImage.splines(plan, (SplineNetwork) plan.network(), data, device, layout);
        Struct to = Struct.at(layout, "gt_spline_session", bytes, 0);
        SplineChoice.Sizes sizes = measure(bytes);
        this.choice = SplineChoice.of(plan, sizes, device.properties(), this::residentBlocks, wish);
        this.function = function(choice);
        this.replicas = new ReplicaMemory(plan, device, layout, first, count);
        to.put("replica", replicas.address()).put("replicas", count);
        to.put("partial_doubles", sizes.partial());
        this.active = device.allocate((long) Sizeof.INT * count);
        this.session = device.allocate(bytes.length);
        this.predicting = device.allocate(bytes.length);
        this.predictBlocks = (int) Math.max(
                1,
                Math.min(
                        PREDICT_BYTES / (Sizeof.DOUBLE * sizes.predicting()),
                        device.properties().multiprocessors()));

        // Workspaces of different sizes, of which one is in use at a time.
        long training = sizes.workspace(choice.large());
        int most = choice.apart() ? count : Math.min(count, choice.teams());
        long[] needed = needed(sizes, most);
        while (most > 1 && LongStream.of(needed).sum() > device.freeBytes()) {
            most = (most + 1) / 2;
            needed = needed(sizes, most);
        }
        this.teams = most;
        CUdeviceptr workspace = device.allocate(needed[0]);
        this.arrivals = device.allocate(needed[2]);
        to.put("partial", Device.address(device.allocate(needed[1]), 0));
        to.put("arrivals", Device.address(arrivals, 0));
        to.put("workspace", Device.address(workspace, 0));
        to.put("workspace_doubles", sizes.predicting());
        device.copyIn(predicting, Pointer.to(bytes), bytes.length);
        to.put("workspace_doubles", training);
        device.copyIn(session, Pointer.to(bytes), bytes.length);
    }

    /** Bytes of the workspace, of the sums that blocks exchange, and of the counters that they meet at. */
    private long[] needed(SplineChoice.Sizes sizes, int networks) {
        long blocks = (long) networks * choice.blocks();
        long training = blocks * sizes.workspace(choice.large());
        return new long[] {
            Sizeof.DOUBLE * Math.max(training, predictBlocks * sizes.predicting()),
            choice.apart() ? Sizeof.DOUBLE : 2 * Sizeof.DOUBLE * blocks * sizes.partial(),
            128L * networks
        };
    }

    @Override
    public String method() {
        int together = Math.min(teams, choice.teams());
        return "float64, kernel " + choice.text() + " of " + choice.threads() + " threads, " + together
                + (together == 1 ? " network" : " networks") + " at once on GPU "
                + device.properties().number();
    }

    @Override
    public List<Sample> advance(long epochs) {
        device.use();
        return replicas.advance(epochs, this::launch);
    }

    @Override
    public List<ReplicaState> state() {
        device.use();
        return replicas.state();
    }

    @Override
    public void restore(List<ReplicaState> states) {
        device.use();
        replicas.restore(states);
    }

    @Override
    public double[] predict(double[] parameters, double[] inputs, int rows) {
        return evaluate(
                "predict_splines",
                parameters,
                inputs,
                rows,
                null,
                plan.network().outputs());
    }

    @Override
    public double[] inputGradient(double[] parameters, double[] inputs, int rows, double[] outputWeights) {
        return evaluate(
                "input_gradient_splines",
                parameters,
                inputs,
                rows,
                outputWeights,
                plan.network().inputs());
    }

    @Override
    public void close() {
        try {
            device.use();
        } catch (RuntimeException lost) {
            // A lost GPU has nothing left to free.
        }
        modules.close();
        device.close();
    }

    private double[] evaluate(
            String name, double[] parameters, double[] inputs, int rows, double @Nullable [] weights, int width) {
        double[] results = new double[Math.multiplyExact(rows, width)];
        if (rows == 0) {
            return results;
        }
        device.use();
        List<CUdeviceptr> taken = new ArrayList<>();
        try {
            taken.add(device.upload(parameters));
            taken.add(device.upload(inputs));
            Launch launch = general(name)
                    .argument(predicting)
                    .argument(taken.get(0))
                    .argument(taken.get(1))
                    .argument(rows);
            if (weights != null) {
                taken.add(device.upload(weights));
                launch.argument(taken.get(2));
            }
            CUdeviceptr out = device.allocate((long) Sizeof.DOUBLE * results.length);
            taken.add(out);
            int blocks = Math.min(predictBlocks, (rows + PREDICT_ROWS - 1) / PREDICT_ROWS);
            launch.argument(out).run(blocks, PREDICT_THREADS, 0);
            device.copyOut(Pointer.to(results), out, (long) Sizeof.DOUBLE * results.length);
        } finally {
            taken.forEach(device::free);
        }
        return results;
    }

    private void launch(int[] running, long epochs) {
        device.copyIn(active, Pointer.to(running), (long) Sizeof.INT * running.length);
        for (int begin = 0; begin < running.length; begin += teams) {
            int networks = Math.min(teams, running.length - begin);
            device.clear(arrivals, 128L * teams);
            Launch launch = Launch.of(function, choice.kernel(), device)
                    .argument(session)
                    .argument(active.withByteOffset((long) Sizeof.INT * begin))
                    .argument(choice.blocks())
                    .argument(epochs);
            // Blocks that wait for each other must all be there; those that do not may queue.
            if (!launch.run(networks * choice.blocks(), choice.threads(), choice.sharedBytes(), !choice.apart())) {
                throw new EngineException(
                        "cuda engine: GPU " + device.properties().number() + " does not hold " + networks + " teams of "
                                + choice.text() + "; end other programs on it, or use --engine cpp");
            }
        }
    }

    private SplineChoice.Sizes measure(byte[] bytes) {
        CUdeviceptr at = device.upload(bytes);
        long[] sizes = new long[SplineChoice.Sizes.COUNT];
        CUdeviceptr out = device.allocate((long) Sizeof.LONG * sizes.length);
        general("measure_splines").argument(at).argument(out).run(1, 1, 0);
        device.copyOut(Pointer.to(sizes), out, (long) Sizeof.LONG * sizes.length);
        device.free(out);
        device.free(at);
        return new SplineChoice.Sizes(sizes);
    }

    private Launch general(String name) {
        return Launch.of(modules.function(KernelImages.SPLINES, name), name, device);
    }

    private CUfunction function(SplineChoice wanted) {
        CUfunction found = modules.function(KernelImages.SPLINES, wanted.kernel());
        Modules.allowSharedMemory(found, wanted.sharedBytes());
        return found;
    }

    private int residentBlocks(SplineChoice wanted) {
        return Math.max(1, Modules.residentBlocks(function(wanted), wanted.threads(), wanted.sharedBytes()));
    }
}
