package gputrain.engine.cuda;

import gputrain.engine.Replica;
import gputrain.engine.ReplicaState;
import gputrain.engine.ReplicaState.Status;
import gputrain.engine.Sample;
import gputrain.engine.TrainingPlan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import jcuda.Pointer;
import jcuda.Sizeof;
import jcuda.driver.CUdeviceptr;

/** The replicas on a GPU ({@code gt_cuda_replica}): their states, and the samples that the kernels leave. */
final class ReplicaMemory {
    /** In the order of the header's GT_RUNNING, ... */
    private static final List<Status> STATUSES = List.of(
            Status.RUNNING, Status.REACHED_EPOCHS, Status.REACHED_LOSS, Status.OUT_OF_PATIENCE, Status.NON_FINITE);

    /** Vectors of a replica: parameters, two moments, the best parameters. */
    private static final int VECTORS = 4;

    private static final long SAMPLE_BYTES = 64 << 20;
    private static final int MOST_SAMPLES = 1 << 16;

    private final TrainingPlan plan;
    private final Device device;
    private final Layout layout;
    private final int first;
    private final int count;
    private final int parameters;

    /** Entries of a replica's sum of parameters: none where nothing is averaged. */
    private final int summed;

    private final int sets;
    private final long sampleCapacity;
    private final byte[] replicas;
    private final CUdeviceptr replicaMemory;
    private final CUdeviceptr vectors;
    private final CUdeviceptr sums;
    private final CUdeviceptr samples;

    /** Takes the memory for replicas {@code first} to {@code first + count} of the plan, and writes their initial states. */
    ReplicaMemory(TrainingPlan plan, Device device, Layout layout, int first, int count) {
        this.plan = plan;
        this.device = device;
        this.layout = layout;
        this.first = first;
        this.count = count;
        this.parameters = plan.network().parameterCount();
        this.sets = plan.replicas().get(0).rowSets().size();
        this.vectors = device.allocate((long) Sizeof.FLOAT * VECTORS * count * parameters);
        this.summed = plan.averageLast() > 0 ? parameters : 0;
        this.sums = device.allocate(8L * count * summed);
        this.sampleCapacity = Math.max(16, Math.min(MOST_SAMPLES, SAMPLE_BYTES / (8L * count * (3 + sets))));
        this.samples = device.allocate(8L * count * sampleCapacity * (3 + sets));
        this.replicas = Struct.allocate(layout, "gt_cuda_replica", count);
        this.replicaMemory = device.allocate(replicas.length);
        fill();
    }

    /** Where the kernels find the replicas. */
    long address() {
        return Device.address(replicaMemory, 0);
    }

    /** Epochs of a launch at most: a replica takes one sample every so many epochs, and one more when it stops. */
    long mostEpochs() {
        long every = plan.monitor().every();
        return every > Long.MAX_VALUE / sampleCapacity ? Long.MAX_VALUE : (sampleCapacity - 2) * every;
    }

    /** Those that have not stopped. */
    int[] running() {
        return IntStream.range(0, count)
                .filter(i -> STATUSES.get(progress(i).getInt("status")).running())
                .toArray();
    }

    /** After a launch: reads where the replicas stand, and adds the samples of those that ran. */
    void take(int[] running, List<List<Sample>> taken) {
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
        upload();
    }

    List<ReplicaState> state() {
        float[] values = new float[Math.multiplyExact(VECTORS * count, parameters)];
        device.copyOut(Pointer.to(values), vectors, (long) Sizeof.FLOAT * values.length);
        double[] summedValues = new double[count * summed];
        device.copyOut(Pointer.to(summedValues), sums, 8L * summedValues.length);
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
                    vector(values, i, 3),
                    Arrays.copyOfRange(summedValues, i * summed, (i + 1) * summed)));
        }
        return states;
    }

    void restore(List<ReplicaState> states) {
        float[] values = new float[Math.multiplyExact(VECTORS * count, parameters)];
        double[] summedValues = new double[count * summed];
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
            System.arraycopy(state.parameterSum(), 0, summedValues, i * summed, summed);
        }
        device.copyIn(sums, Pointer.to(summedValues), 8L * summedValues.length);
        device.copyIn(vectors, Pointer.to(values), (long) Sizeof.FLOAT * values.length);
        upload();
    }

    private void fill() {
        List<Replica> mine = plan.replicas().subList(first, first + count);
        PlanImage.replicas(mine, this::replica, device);
        List<ReplicaState> initial = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Struct to = replica(i);
            String[] names = {"parameters", "first_moment", "second_moment", "best"};
            for (int v = 0; v < VECTORS; v++) {
                to.put(names[v], Device.address(vectors, (long) Sizeof.FLOAT * offset(i, v)));
            }
            to.put("parameter_sum", Device.address(sums, 8L * i * summed));
            to.put("samples", Device.address(samples, 8L * i * sampleCapacity * (3 + sets)));
            to.put("sample_capacity", sampleCapacity);
            to.put("sample_count", 0L);
            initial.add(ReplicaState.initial(plan, plan.initialParameters(mine.get(i))));
        }
        restore(initial);
    }

    private void upload() {
        device.copyIn(replicaMemory, Pointer.to(replicas), replicas.length);
    }

    private Struct replica(int i) {
        return Struct.at(layout, "gt_cuda_replica", replicas, i);
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
