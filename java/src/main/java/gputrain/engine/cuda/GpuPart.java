package gputrain.engine.cuda;

import gputrain.engine.DataSet;
import gputrain.engine.EngineException;
import gputrain.engine.ReplicaState;
import gputrain.engine.Sample;
import gputrain.engine.TrainingPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import jcuda.Pointer;
import jcuda.Sizeof;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import org.jspecify.annotations.Nullable;

/** The replicas of a plan that one GPU trains: their memory there, and the launches. */
final class GpuPart implements CudaSession.Part {
    private static final int THREADS = 256;
    private static final int PREDICT_ROWS = 32;
    private static final long PREDICT_BYTES = 1L << 30;

    private final TrainingPlan plan;
    private final int count;
    private final Device device;
    private final Modules modules;
    private final Team team;
    private final ReplicaMemory replicas;
    private final CUdeviceptr session;
    private final CUdeviceptr active;
    private final int predictBlocks;

    /**
     * Takes the memory and writes the initial state. Replicas {@code first} to {@code first + count} of the plan.
     *
     * @param wish see {@link KernelChoice#of}
     */
    static GpuPart open(TrainingPlan plan, DataSet data, int number, int first, int count, @Nullable String wish) {
        Device device = new Device(number);
        try {
            Modules modules = new Modules(device, plan.network());
            try {
                return new GpuPart(plan, data, device, modules, first, count, wish);
            } catch (RuntimeException | Error e) {
                modules.close();
                throw e;
            }
        } catch (RuntimeException | Error e) {
            device.close();
            throw e;
        }
    }

    private GpuPart(
            TrainingPlan plan,
            DataSet data,
            Device device,
            Modules modules,
            int first,
            int count,
            @Nullable String wish) {
        this.plan = plan;
        this.count = count;
        this.device = device;
        this.modules = modules;
        Layout layout = modules.layout();
        byte[] sessionBytes = PlanImage.session(plan, data, device, layout);
        Struct to = Struct.at(layout, "gt_cuda_session", sessionBytes, 0);

        long[] sizes = measure(sessionBytes);
        this.active = device.allocate((long) Sizeof.INT * count);
        this.replicas = new ReplicaMemory(plan, device, layout, first, count);
        to.put("replica", replicas.address()).put("replicas", count);
        long eachBlock = sizes[sizes.length - 1];
        to.put("workspace_floats", eachBlock);
        this.predictBlocks = (int) Math.max(
                1, Math.min(PREDICT_BYTES / (4 * eachBlock), device.properties().multiprocessors()));
        this.session = device.allocate(sessionBytes.length);

        List<KernelChoice> choices = KernelChoice.of(
                plan, sized(modules.kernels(), sizes), device.properties(), modules::residentBlocks, wish);
        Team found = null;
        for (int i = 0; i < choices.size() && found == null; i++) {
            found = team(choices.get(i), sessionBytes, sizes[sizes.length - 2]);
        }
        if (found == null) {
            throw new EngineException("cuda engine: GPU " + device.properties().number() + " cannot run "
                    + choices.get(0).text() + ": its blocks do not fit at once");
        }
        this.team = found;
    }

    /**
     * The kernel in use.
     *
     * @param teams replicas that train at once
     */
    private record Team(KernelChoice choice, CUfunction function, int teams, CUdeviceptr arrivals, long arrivalBytes) {}

    /**
     * Takes the memory for a choice and tries whether the GPU holds its blocks at once; null when not even one team's.
     *
     * @param teamFloats workspace of a team that trains layer by layer
     */
    private @Nullable Team team(KernelChoice choice, byte[] sessionBytes, long teamFloats) {
        KernelInfo kernel = choice.kernel();
        CUfunction function = modules.function(kernel);
        Struct to = Struct.at(modules.layout(), "gt_cuda_session", sessionBytes, 0);
        for (int teams = choice.apart() ? count : Math.min(count, choice.teams()); teams > 0; teams--) {
            long eachBlock = to.getLong("workspace_floats");
            long training = kernel.layered()
                    ? teams * teamFloats
                    : kernel.inWorkspace() ? (long) teams * choice.blocks() * eachBlock : 0;
            int parts = kernel.layered() || choice.apart() ? 0 : choice.blocks() / kernel.cluster();
            long arrivalBytes = 128L * teams * kernel.cluster();
            long[] bytes = {
                Math.max(8L, 8L * teams * parts * plan.network().parameterCount()),
                16L * teams * choice.blocks(),
                arrivalBytes,
                4 * Math.max(predictBlocks * eachBlock, training)
            };
            // Fewer teams, or of blocks with much memory each a choice with fewer blocks, may still fit.
            if ((teams > 1 || kernel.inWorkspace()) && LongStream.of(bytes).sum() > device.freeBytes()) {
                continue;
            }
            List<CUdeviceptr> taken =
                    LongStream.of(bytes).mapToObj(device::allocate).toList();
            to.put("partial", Device.address(taken.get(0), 0));
            to.put("partial_loss", Device.address(taken.get(1), 0));
            to.put("arrivals", Device.address(taken.get(2), 0));
            to.put("workspace", Device.address(taken.get(3), 0));
            device.copyIn(session, Pointer.to(sessionBytes), sessionBytes.length);
            Team team = new Team(choice, function, teams, taken.get(2), arrivalBytes);
            int[] some = IntStream.range(0, teams).toArray();
            device.copyIn(active, Pointer.to(some), (long) Sizeof.INT * teams);
            if (launch(team, 0, teams, 0)) {
                return team;
            }
            taken.forEach(device::free);
        }
        return null;
    }

    @Override
    public String method() {
        int together = Math.min(team.teams, team.choice.teams());
        return "kernel " + team.choice.text() + ", " + together + (together == 1 ? " network" : " networks")
                + " at once on GPU " + device.properties().number();
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
    public double[] predict(double[] at, double[] inputs, int rows) {
        return evaluate("predict", at, inputs, rows, null, plan.network().outputs());
    }

    @Override
    public double[] inputGradient(double[] at, double[] inputs, int rows, double[] outputWeights) {
        return evaluate(
                "input_gradient",
                at,
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
            String name, double[] at, double[] inputs, int rows, double @Nullable [] weights, int width) {
        float[] results = new float[Math.multiplyExact(rows, width)];
        if (rows == 0) {
            return new double[0];
        }
        device.use();
        List<CUdeviceptr> taken = new ArrayList<>();
        try {
            taken.add(device.upload(PlanImage.floats(at)));
            taken.add(device.upload(PlanImage.floats(inputs)));
            Launch launch = general(name)
                    .argument(session)
                    .argument(taken.get(0))
                    .argument(taken.get(1))
                    .argument(rows);
            if (weights != null) {
                taken.add(device.upload(PlanImage.floats(weights)));
                launch.argument(taken.get(2));
            }
            CUdeviceptr out = device.allocate((long) Sizeof.FLOAT * results.length);
            taken.add(out);
            int blocks = Math.min(predictBlocks, (rows + PREDICT_ROWS - 1) / PREDICT_ROWS);
            launch.argument(out).run(blocks, THREADS, 0);
            device.copyOut(Pointer.to(results), out, (long) Sizeof.FLOAT * results.length);
        } finally {
            taken.forEach(device::free);
        }
        return IntStream.range(0, results.length).mapToDouble(i -> results[i]).toArray();
    }

    private void launch(int[] running, long epochs) {
        device.copyIn(active, Pointer.to(running), (long) Sizeof.INT * running.length);
        int together = team.teams;
        for (int begin = 0; begin < running.length; begin += together) {
            int teams = Math.min(together, running.length - begin);
            if (!launch(team, begin, teams, epochs)) {
                throw new EngineException(
                        "cuda engine: GPU " + device.properties().number() + " no longer holds "
                                + teams + " teams of " + team.choice.text()
                                + "; end other programs on it, or use --engine cpp");
            }
        }
    }

    /** Runs some of the active replicas; false when their blocks do not fit the GPU at once. */
    private boolean launch(Team by, int begin, int teams, long epochs) {
        device.clear(by.arrivals, by.arrivalBytes);
        KernelInfo kernel = by.choice.kernel();
        Launch launch = Launch.of(by.function, kernel.name(), device)
                .argument(session)
                .argument(active.withByteOffset((long) Sizeof.INT * begin))
                .argument(by.choice.blocks())
                .argument(epochs);
        // Blocks that wait for each other must all be there; those that do not may queue.
        return launch.run(teams * by.choice.blocks(), kernel.threads(), kernel.sharedBytes(), !by.choice.apart());
    }

    /**
     * What `measure` of the family's module says: shared memory of each of its kernels, then floats of workspace, of a team
     * that trains layer by layer and of a block that predicts.
     */
    private long[] measure(byte[] sessionBytes) {
        CUdeviceptr at = device.upload(sessionBytes);
        long[] sizes = new long
                [(int) modules.kernels().stream()
                                .filter(one -> !one.specialised())
                                .count()
                        + 2];
        CUdeviceptr out = device.allocate(8L * sizes.length);
        general("measure").argument(at).argument(out).run(1, 1, 0);
        device.copyOut(Pointer.to(sizes), out, 8L * sizes.length);
        device.free(out);
        device.free(at);
        return sizes;
    }

    /** A kernel of the module for every network of the family. */
    private Launch general(String name) {
        KernelInfo.Family family = KernelInfo.Family.of(plan.network());
        return Launch.of(modules.function(family.module(), family.kernel(name)), family.kernel(name), device);
    }

    private List<KernelInfo> sized(List<KernelInfo> kernels, long[] sizes) {
        List<KernelInfo> usable = new ArrayList<>();
        int general = 0;
        for (KernelInfo info : kernels) {
            if (info.specialised()) {
                usable.add(info);
            } else {
                usable.add(info.withSharedBytes((int) Math.min(sizes[general++], Integer.MAX_VALUE)));
            }
        }
        return usable.stream().filter(info -> info.fits(plan.network())).toList();
    }
}
