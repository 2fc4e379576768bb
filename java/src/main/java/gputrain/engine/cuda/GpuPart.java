package gputrain.engine.cuda;

import gputrain.engine.DataSet;
import gputrain.engine.EngineException;
import gputrain.engine.Replica;
import gputrain.engine.ReplicaState;
import gputrain.engine.ReplicaState.Status;
import gputrain.engine.Sample;
import gputrain.engine.TrainingPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import jcuda.Pointer;
import jcuda.Sizeof;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import org.jspecify.annotations.Nullable;

/** The replicas of a plan that one GPU trains: their memory there, and the launches. */
final class GpuPart implements AutoCloseable {
    /** In the order of the header's GT_RUNNING, ... */
    private static final List<Status> STATUSES = List.of(
            Status.RUNNING, Status.REACHED_EPOCHS, Status.REACHED_LOSS, Status.OUT_OF_PATIENCE, Status.NON_FINITE);

    /** Vectors of a replica: parameters, two moments, the best parameters. */
    private static final int VECTORS = 4;

    private static final int THREADS = 256;
    private static final int PREDICT_ROWS = 32;
    private static final long SAMPLE_BYTES = 64 << 20;
    private static final int MOST_SAMPLES = 1 << 16;

    private final TrainingPlan plan;
    private final int first;
    private final int count;
    private final Device device;
    private final Modules modules;
    private final Team team;
    private final int parameters;
    private final int sets;
    private final long sampleCapacity;
    private final byte[] replicas;
    private final CUdeviceptr session;
    private final CUdeviceptr replicaMemory;
    private final CUdeviceptr vectors;
    private final CUdeviceptr samples;
    private final CUdeviceptr active;

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
        this.first = first;
        this.count = count;
        this.device = device;
        this.modules = modules;
        this.parameters = plan.network().parameterCount();
        this.sets = plan.replicas().get(0).rowSets().size();
        Layout layout = modules.layout();
        byte[] sessionBytes = PlanImage.session(plan, data, device, layout);
        Struct to = Struct.at(layout, "gt_cuda_session", sessionBytes, 0);

        long[] sizes = measure(sessionBytes);
        this.vectors = device.allocate((long) Sizeof.FLOAT * VECTORS * count * parameters);
        this.sampleCapacity = Math.max(16, Math.min(MOST_SAMPLES, SAMPLE_BYTES / (8L * count * (3 + sets))));
        this.samples = device.allocate(8L * count * sampleCapacity * (3 + sets));
        this.active = device.allocate((long) Sizeof.INT * count);
        this.replicas = Struct.allocate(layout, "gt_cuda_replica", count);
        this.replicaMemory = device.allocate(replicas.length);
        to.put("replica", Device.address(replicaMemory, 0)).put("replicas", count);
        to.put("workspace_floats", sizes[sizes.length - 1]);
        this.session = device.allocate(sessionBytes.length);
        fillReplicas();

        List<KernelChoice> choices = KernelChoice.of(
                plan, sized(modules.kernels(), sizes), device.properties(), modules::residentBlocks, wish);
        Team found = null;
        for (int i = 0; i < choices.size() && found == null; i++) {
            found = team(choices.get(i), sessionBytes);
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

    /** Takes the memory for a choice and tries whether the GPU holds its blocks at once; null when not even one team's. */
    private @Nullable Team team(KernelChoice choice, byte[] sessionBytes) {
        KernelInfo kernel = choice.kernel();
        CUfunction function = modules.function(kernel);
        Struct to = Struct.at(modules.layout(), "gt_cuda_session", sessionBytes, 0);
        for (int teams = Math.min(count, choice.teams()); teams > 0; teams--) {
            List<CUdeviceptr> taken = new ArrayList<>();
            int parts = choice.blocks() / kernel.cluster();
            taken.add(device.allocate(8L * teams * parts * parameters));
            taken.add(device.allocate(16L * teams * choice.blocks()));
            long arrivalBytes = 128L * teams * kernel.cluster();
            taken.add(device.allocate(arrivalBytes));
            boolean large = kernel.name().endsWith("_large");
            int workers = Math.max(device.properties().multiprocessors(), large ? teams * choice.blocks() : 0);
            taken.add(device.allocate(4L * workers * to.getLong("workspace_floats")));
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

    /** The kernel and how many replicas train at once, for the log. */
    String method() {
        return "kernel " + team.choice.text() + ", " + team.teams + (team.teams == 1 ? " network" : " networks")
                + " at once on GPU " + device.properties().number();
    }

    /** Runs every running replica for up to {@code epochs} epochs and takes the samples, by replica and epoch. */
    List<Sample> advance(long epochs) {
        device.use();
        List<List<Sample>> taken = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            taken.add(new ArrayList<>());
        }
        // A replica takes one sample every so many epochs, and one more when it stops.
        long most = Math.max(
                1,
                Math.multiplyHigh(sampleCapacity - 2, plan.monitor().every()) != 0
                        ? Long.MAX_VALUE
                        : (sampleCapacity - 2) * plan.monitor().every());
        for (long done = 0; done < epochs; ) {
            int[] running = running();
            if (running.length == 0) {
                break;
            }
            long piece = Math.min(epochs - done, most);
            launch(running, piece);
            download(running, taken);
            done += piece;
        }
        return taken.stream().flatMap(List::stream).toList();
    }

    List<ReplicaState> state() {
        device.use();
        float[] values = new float[Math.multiplyExact(VECTORS * count, parameters)];
        device.copyOut(Pointer.to(values), vectors, (long) Sizeof.FLOAT * values.length);
        List<ReplicaState> states = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Struct at = progress(i);
            states.add(new ReplicaState(
                    at.getLong("epoch"),
                    at.getLong("step"),
                    STATUSES.get(at.getInt("status")),
                    at.getDouble("loss"),
                    at.getDouble("learning_rate"),
                    at.getInt("rate_line"),
                    at.getDouble("plateau_best"),
                    at.getLong("plateau_bad"),
                    at.getDouble("best_rms"),
                    at.getLong("best_epoch"),
                    vector(values, i, 0),
                    vector(values, i, 1),
                    vector(values, i, 2),
                    vector(values, i, 3)));
        }
        return states;
    }

    /** @param states of this part's replicas */
    void restore(List<ReplicaState> states) {
        device.use();
        float[] values = new float[Math.multiplyExact(VECTORS * count, parameters)];
        for (int i = 0; i < count; i++) {
            ReplicaState state = states.get(i);
            progress(i)
                    .put("epoch", state.epoch())
                    .put("step", state.step())
                    .put("status", STATUSES.indexOf(state.status()))
                    .put("rate_line", state.rateLine())
                    .put("loss", state.loss())
                    .put("learning_rate", state.learningRate())
                    .put("plateau_best", state.plateauBest())
                    .put("plateau_bad", state.plateauBad())
                    .put("best_rms", state.bestRms())
                    .put("best_epoch", state.bestEpoch());
            put(values, i, 0, state.parameters());
            put(values, i, 1, state.firstMoment());
            put(values, i, 2, state.secondMoment());
            put(values, i, 3, state.bestParameters());
        }
        device.copyIn(vectors, Pointer.to(values), (long) Sizeof.FLOAT * values.length);
        uploadReplicas();
    }

    double[] predict(double[] at, double[] inputs, int rows) {
        return evaluate("predict", at, inputs, rows, null, plan.network().outputs());
    }

    double[] inputGradient(double[] at, double[] inputs, int rows, double[] outputWeights) {
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
            Launch launch = Launch.of(modules.function(KernelImages.CORE, name), name)
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
            int blocks = Math.min(device.properties().multiprocessors(), (rows + PREDICT_ROWS - 1) / PREDICT_ROWS);
            launch.argument(out).run(blocks, THREADS, 0);
            device.copyOut(Pointer.to(results), out, (long) Sizeof.FLOAT * results.length);
        } finally {
            taken.forEach(device::free);
        }
        return IntStream.range(0, results.length).mapToDouble(i -> results[i]).toArray();
    }

    private void launch(int[] running, long epochs) {
        device.copyIn(active, Pointer.to(running), (long) Sizeof.INT * running.length);
        // Blocks that wait for each other must all be there; those that do not may queue.
        boolean solo = team.choice.kernel().team() == KernelInfo.Team.SOLO;
        int together = solo ? running.length : team.teams;
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
        Launch launch = Launch.of(by.function, kernel.name())
                .argument(session)
                .argument(active.withByteOffset((long) Sizeof.INT * begin))
                .argument(by.choice.blocks())
                .argument(epochs);
        int blocks = teams * by.choice.blocks();
        if (kernel.team() == KernelInfo.Team.SOLO) {
            launch.run(blocks, kernel.threads(), kernel.sharedBytes());
            return true;
        }
        return launch.runTogether(blocks, kernel.threads(), kernel.sharedBytes());
    }

    private void download(int[] running, List<List<Sample>> taken) {
        device.copyOut(Pointer.to(replicas), replicaMemory, replicas.length);
        for (int i : running) {
            int width = 3 + sets;
            int n = Math.toIntExact(replica(i).getLong("sample_count"));
            double[] values = new double[n * width];
            device.copyOut(
                    Pointer.to(values), samples.withByteOffset(8L * i * sampleCapacity * width), 8L * values.length);
            for (int s = 0; s < n; s++) {
                List<Double> rms = new ArrayList<>();
                for (int k = 0; k < sets; k++) {
                    rms.add(values[s * width + 3 + k]);
                }
                taken.get(i)
                        .add(new Sample(
                                first + i,
                                (long) values[s * width],
                                values[s * width + 1],
                                values[s * width + 2],
                                rms));
            }
            replica(i).put("sample_count", 0L);
        }
        uploadReplicas();
    }

    private int[] running() {
        return IntStream.range(0, count)
                .filter(i -> STATUSES.get(progress(i).getInt("status")).running())
                .toArray();
    }

    private void fillReplicas() {
        List<ReplicaState> initial = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Replica replica = plan.replicas().get(first + i);
            Struct to = replica(i);
            PlanImage.replica(replica, to, device);
            String[] names = {"parameters", "first_moment", "second_moment", "best"};
            for (int v = 0; v < VECTORS; v++) {
                to.put(names[v], Device.address(vectors, (long) Sizeof.FLOAT * offset(i, v)));
            }
            to.put("samples", Device.address(samples, 8L * i * sampleCapacity * (3 + sets)));
            to.put("sample_capacity", sampleCapacity);
            to.put("sample_count", 0L);
            initial.add(ReplicaState.initial(plan.initialParameters(replica)));
        }
        restore(initial);
    }

    /** What `measure` of the core module says: shared memory of each of its kernels, then floats of workspace. */
    private long[] measure(byte[] sessionBytes) {
        CUdeviceptr at = device.upload(sessionBytes);
        long[] sizes = new long
                [(int) modules.kernels().stream()
                                .filter(one -> !one.specialised())
                                .count()
                        + 1];
        CUdeviceptr out = device.allocate(8L * sizes.length);
        Launch.of(modules.function(KernelImages.CORE, "measure"), "measure")
                .argument(at)
                .argument(out)
                .run(1, 1, 0);
        device.copyOut(Pointer.to(sizes), out, 8L * sizes.length);
        device.free(out);
        device.free(at);
        return sizes;
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

    private void uploadReplicas() {
        device.copyIn(replicaMemory, Pointer.to(replicas), replicas.length);
    }

    private Struct replica(int i) {
        return Struct.at(modules.layout(), "gt_cuda_replica", replicas, i);
    }

    private Struct progress(int i) {
        return replica(i).inner("progress", "gt_progress");
    }

    private long offset(int replica, int vector) {
        return ((long) replica * VECTORS + vector) * parameters;
    }

    private double[] vector(float[] values, int replica, int vector) {
        double[] to = new double[parameters];
        int at = (int) offset(replica, vector);
        for (int i = 0; i < parameters; i++) {
            to[i] = values[at + i];
        }
        return to;
    }

    private void put(float[] values, int replica, int vector, double[] from) {
        int at = (int) offset(replica, vector);
        for (int i = 0; i < parameters; i++) {
            values[at + i] = (float) from[i];
        }
    }
}
