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
import gputrain.engine.Sample;
import gputrain.engine.Session;
import gputrain.engine.StopRule;
import gputrain.engine.TrainingPlan;
import gputrain.model.Activation;
import gputrain.model.DenseNetwork;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Ten steps of Levenberg-Marquardt on the problem of second_order_peer.py; prints a line of JSON. Arguments: engine, file. */
final class SecondOrderTime {
    private static final int STEPS = 10;

    private SecondOrderTime() {}

    public static void main(String[] arguments) throws Exception {
        DenseNetwork network = new DenseNetwork(List.of(11, 80, 40, 1), Activation.GELU);
        DoubleBuffer file = ByteBuffer.wrap(Files.readAllBytes(Path.of(arguments[1])))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asDoubleBuffer();
        int rows = (int) file.get();
        double[] inputs = new double[rows * network.inputs()];
        double[] targets = new double[rows];
        double[] initial = new double[network.parameterCount()];
        file.get(inputs).get(targets).get(initial);
        Engine engine = Engines.all().stream()
                .filter(one -> one.name().equals(arguments[0]))
                .findFirst()
                .orElseThrow();
        TrainingPlan plan = new TrainingPlan(
                network,
                new Loss.MeanSquared(),
                new Optimizer.LevenbergMarquardt(1e-2, 12, 0),
                new LearningRateRule.Constant(1),
                StopRule.epochs(STEPS),
                0,
                false,
                new Monitor(1, List.of(1.0), -1),
                Precision.FLOAT64,
                List.of(new Replica(
                        1, List.of(IntStream.range(0, rows).toArray()), 5e-6, 1, initial)));
        DataSet data = new DataSet(rows, network.inputs(), 1, inputs, targets);
        double[] seconds = new double[6];
        List<Sample> samples = List.of();
        String method = "";
        for (int k = 0; k < seconds.length; k++) {
            try (Session session = engine.open(plan, data, EngineOptions.DEFAULT)) {
                method = session.method();
                long start = System.nanoTime();
                samples = session.advance(STEPS);
                seconds[k] = 1e-9 * (System.nanoTime() - start);
            }
        }
        // The first one waits for the modules and the compiler.
        double[] warm = Arrays.copyOfRange(seconds, 1, seconds.length);
        Arrays.sort(warm);
        System.out.printf(
                Locale.ROOT,
                "{\"method\": \"%s\", \"rows\": %d, \"ms_per_step\": %.4f, \"first_ms_per_step\": %.4f, \"losses\": [%s]}%n",
                method,
                rows,
                warm[warm.length / 2] / STEPS * 1e3,
                seconds[0] / STEPS * 1e3,
                samples.stream().map(one -> String.valueOf(one.loss())).collect(Collectors.joining(", ")));
    }
}
