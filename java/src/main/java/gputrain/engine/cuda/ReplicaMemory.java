package gputrain.engine.cuda;

import gputrain.engine.Precision;
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
import jcuda.driver.CUdeviceptr;

/** The replicas on a GPU ({@code gt_cuda_replica}, or {@code gt_spline_replica} in float64): their states, and the samples that the kernels leave. */
final class ReplicaMemory {
    /** In the order of the header's GT_RUNNING, ... */
    private static final List<Status> STATUSES = List.of(
            Status.RUNNING,
            Status.REACHED_EPOCHS,
            Status.REACHED_LOSS,
            Status.OUT_OF_PATIENCE,
            Status.NON_FINITE,
            Status.CONVERGED);

    /** Vectors of a replica, one after another. */
    private static final List<String> VECTORS = List.of("parameters", "first_moment", "second_moment", "best");

    private static final long SAMPLE_BYTES = 64 << 20;
    private static final int MOST_SAMPLES = 1 << 16;

    private final TrainingPlan plan;
    private final Device device;
    private final Layout layout;
    private final int first;
    private final int count;
    private final int parameters;

    /** The structure of a replica. */
    private final String struct;

    /** Entries of each of the {@link #VECTORS}, and of all. */
    private final int[] lengths;

    private final int stride;

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
        this.struct = plan.precision() == Precision.FLOAT64 ? "gt_spline_replica" : "gt_cuda_replica";
        int moment = plan.optimizer().momentSize(plan.network());
        this.lengths = new int[] {parameters, moment, moment, parameters};
        this.stride = Math.addExact(2 * parameters, Math.multiplyExact(2, moment));
        this.vectors = device.allocate((long) entryBytes() * count * stride);
        this.summed = plan.averageLast() > 0 ? parameters : 0;
        this.sums = device.allocate(8L * count * summed);
        this.sampleCapacity = Math.max(16, Math.min(MOST_SAMPLES, SAMPLE_BYTES / (8L * count * (3 + sets))));
        this.samples = device.allocate(8L * count * sampleCapacity * (3 + sets));
        this.replicas = Struct.allocate(layout, struct, count);
        this.replicaMemory = device.allocate(replicas.length);
        fill();
    }

    /** Where the kernels find the replicas. */
    long address() {
        return Device.address(replicaMemory, 0);
    }

    /** Trains the replicas with these numbers for so many epochs. */
    interface Launcher {
        void launch(int[] running, long epochs);
    }

    /** Runs every running replica for up to {@code epochs} epochs and takes the samples, by replica and epoch. */
    List<Sample> advance(long epochs, Launcher by) {
        List<List<Sample>> taken = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            taken.add(new ArrayList<>());
        }
        for (long done = 0; done < epochs; ) {
            int[] running = running();
            if (running.length == 0) {
                break;
            }
            long piece = Math.min(epochs - done, mostEpochs());
            by.launch(running, piece);
            take(running, taken);
            done += piece;
        }
        return taken.stream().flatMap(List::stream).toList();
    }

    /** Epochs of a launch at most: a replica takes one sample every so many epochs, and one more when it stops. */
    private long mostEpochs() {
        long every = plan.monitor().every();
        return every > Long.MAX_VALUE / sampleCapacity ? Long.MAX_VALUE : (sampleCapacity - 2) * every;
    }

    /** Those that have not stopped. */
    private int[] running() {
        return IntStream.range(0, count)
                .filter(i -> STATUSES.get(progress(i).getInt("status")).running())
                .toArray();
    }

    /** After a launch: reads where the replicas stand, and adds the samples of those that ran. */
    private void take(int[] running, List<List<Sample>> taken) {
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
        Numbers values = Numbers.of(plan.precision(), Math.multiplyExact(count, stride));
        device.copyOut(values.pointer(), vectors, values.bytes());
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
                    values.get((int) offset(i, 0), lengths[0]),
                    values.get((int) offset(i, 1), lengths[1]),
                    values.get((int) offset(i, 2), lengths[2]),
                    values.get((int) offset(i, 3), lengths[3]),
                    Arrays.copyOfRange(summedValues, i * summed, (i + 1) * summed)));
        }
        return states;
    }

    void restore(List<ReplicaState> states) {
        Numbers values = Numbers.of(plan.precision(), Math.multiplyExact(count, stride));
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
            values.put((int) offset(i, 0), state.parameters());
            values.put((int) offset(i, 1), state.firstMoment());
            values.put((int) offset(i, 2), state.secondMoment());
            values.put((int) offset(i, 3), state.bestParameters());
            System.arraycopy(state.parameterSum(), 0, summedValues, i * summed, summed);
        }
        device.copyIn(sums, Pointer.to(summedValues), 8L * summedValues.length);
        device.copyIn(vectors, values.pointer(), values.bytes());
        upload();
    }

    private void fill() {
        List<Replica> mine = plan.replicas().subList(first, first + count);
        PlanImage.replicas(mine, this::replica, device);
        List<ReplicaState> initial = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Struct to = replica(i);
            for (int v = 0; v < VECTORS.size(); v++) {
                to.put(VECTORS.get(v), Device.address(vectors, entryBytes() * offset(i, v)));
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
        return Struct.at(layout, struct, replicas, i);
    }

    private Struct progress(int i) {
        return replica(i).inner("progress", "gt_progress");
    }

    private long offset(int replica, int vector) {
        return (long) replica * stride + Arrays.stream(lengths, 0, vector).sum();
    }

    private int entryBytes() {
        return plan.precision() == Precision.FLOAT64 ? Double.BYTES : Float.BYTES;
    }
}
