package gputrain.bench;

import gputrain.engine.DataSet;
import gputrain.engine.Engine;
import gputrain.engine.EngineOptions;
import gputrain.engine.Engines;
import gputrain.engine.LearningRateRule;
import gputrain.engine.Loss;
import gputrain.engine.Monitor;
import gputrain.engine.Optimizer;
import gputrain.engine.Precision;
import gputrain.engine.Replica;
import gputrain.engine.ReplicaState;
import gputrain.engine.Session;
import gputrain.engine.StopRule;
import gputrain.engine.TrainingPlan;
import gputrain.model.Activation;
import gputrain.model.DenseNetwork;
import gputrain.model.Philox;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Time of one full-batch epoch of one call of {@code advance}, divided by its replicas' number: the figure that a
 * training run is made of. The answer is checked before and after: the loss must have fallen and be finite.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class EpochBenchmark {
    private static final int EPOCHS = 50;

    @Param({"cpp", "jvm"})
    private String engine = "cpp";

    @Param({"1", "2"})
    private int threads;

    @Param({"1", "2"})
    private int replicas;

    @Param({"13-80-40-3", "12-80-40-1", "11-120-60-3", "7-32-16-1"})
    private String widths = "13-80-40-3";

    @Param("1720")
    private int rows;

    private Session session = null;

    /** Opens the session; the data are a smooth function of uniform inputs. */
    @Setup(Level.Trial)
    public void open() {
        List<Integer> shape =
                Stream.of(widths.split("-", -1)).map(Integer::valueOf).toList();
        DenseNetwork network = new DenseNetwork(shape, Activation.GELU);
        double[] inputs = new double[rows * network.inputs()];
        double[] targets = new double[rows * network.outputs()];
        for (int r = 0; r < rows; r++) {
            double phase = 0;
            for (int i = 0; i < network.inputs(); i++) {
                double x = Philox.unit24(Philox.block(1, (long) r * network.inputs() + i, 0)[0]);
                inputs[r * network.inputs() + i] = x;
                phase += x * Math.cos(i);
            }
            for (int k = 0; k < network.outputs(); k++) {
                targets[r * network.outputs() + k] = Math.sin(phase + k);
            }
        }
        int[] all = IntStream.range(0, rows).toArray();
        List<Replica> members = new ArrayList<>();
        for (int seed = 1; seed <= replicas; seed++) {
            members.add(new Replica(seed, List.of(all), 0, 1, null));
        }
        TrainingPlan plan = new TrainingPlan(
                network,
                new Loss.Huber(1),
                Optimizer.Adam.DEFAULT,
                new LearningRateRule.Constant(1e-4),
                StopRule.epochs(Long.MAX_VALUE / 4),
                0,
                false,
                new Monitor(Long.MAX_VALUE / 4, Collections.nCopies(network.outputs(), 1.0), -1),
                Precision.FLOAT32,
                members);
        Engine chosen = Engines.choose(engine, plan).engine();
        session = chosen.open(
                plan,
                new DataSet(rows, network.inputs(), network.outputs(), inputs, targets),
                new EngineOptions(0, threads));
        session.advance(1);
    }

    /** One replica-epoch. */
    @Benchmark
    @OperationsPerInvocation(EPOCHS)
    public Object epoch() {
        return session.advance(EPOCHS);
    }

    /** Checks that the epochs were real. */
    @TearDown(Level.Trial)
    public void close() {
        for (ReplicaState state : session.state()) {
            if (!(state.loss() < 0.5) || state.epoch() < EPOCHS) {
                throw new IllegalStateException("not training: " + state.epoch() + " epochs, loss " + state.loss());
            }
        }
        session.close();
    }
}
