package gputrain.bench;

import gputrain.engine.HostTraining;
import gputrain.engine.JacobianMatrix;
import gputrain.engine.cpp.CppEngine;
import gputrain.model.Activation;
import gputrain.model.DenseNetwork;
import gputrain.model.Network;
import gputrain.model.ParameterGroups;
import gputrain.model.ProductUnitNetwork;
import gputrain.model.SplineNetwork;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Outputs and derivatives of a network on the rows that it is trained on, as second-order training asks for them: 64 rows a
 * call, calls side by side. The two engines' lines are compared first.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class JacobianBenchmark {
    private static final int TOGETHER = 64;

    @Param({"cpp", "jvm"})
    private String engine = "cpp";

    @Param({"cpun-l", "splines", "ann7", "huang", "huang-3"})
    private String network = "huang";

    private Network shape = new DenseNetwork(List.of(1, 1), Activation.IDENTITY);
    private int rows;
    private JacobianMatrix matrix = matrix("jvm");
    private double[] parameters = new double[0];
    private double[] inputs = new double[0];
    private double[] scale = new double[0];
    private double[] values = new double[0];
    private double[] lines = new double[0];

    private JacobianMatrix matrix(String of) {
        JacobianMatrix.Source source = of.equals("cpp")
                ? new CppEngine().derivatives()
                : HostTraining.get().derivatives();
        return source.of(shape, ParameterGroups.one(shape).trained());
    }

    private void choose() {
        rows = 1720;
        switch (network) {
            case "cpun-l" -> {
                shape = new ProductUnitNetwork(true, 10, 20, 40, 1e-6, 0.1);
                rows = 1949;
            }
            case "splines" -> {
                shape = new SplineNetwork(List.of(4, 8, 1), 5, 3, 0.1);
                rows = 1872;
            }
            case "ann7" -> {
                shape = new DenseNetwork(List.of(7, 32, 16, 1), Activation.GELU);
                rows = 3434;
            }
            case "huang" -> shape = new DenseNetwork(List.of(11, 80, 40, 1), Activation.GELU);
            case "huang-3" -> shape = new DenseNetwork(List.of(13, 80, 40, 3), Activation.GELU);
            default -> throw new IllegalArgumentException(network);
        }
    }

    /** Draws a network and its rows, and compares the engines. */
    @Setup(Level.Trial)
    public void prepare() {
        choose();
        SplittableRandom random = new SplittableRandom(1);
        parameters = new double[shape.parameterCount()];
        shape.tensors().forEach(tensor -> {
            for (int i = 0; i < tensor.size(); i++) {
                parameters[tensor.offset() + i] =
                        tensor.initialCentre().get(i % tensor.initialCentre().size())
                                + tensor.initialBound() * (2 * random.nextDouble() - 1);
            }
        });
        inputs = random.doubles((long) rows * shape.inputs(), -1, 1).toArray();
        scale = random.doubles((long) rows * shape.outputs(), 0.5, 1).toArray();
        values = new double[scale.length];
        lines = new double[scale.length * ParameterGroups.one(shape).trained().length];
        matrix = matrix("jvm");
        double[] expected = derivatives().clone();
        matrix = matrix("cpp");
        derivatives();
        for (int i = 0; i < lines.length; i++) {
            if (!(Math.abs(lines[i] - expected[i]) <= 1e-11 * (1 + Math.abs(expected[i])))) {
                throw new IllegalStateException(lines[i] + " and " + expected[i] + " at " + i);
            }
        }
        matrix = matrix(engine);
    }

    /** A step's derivatives. */
    @Benchmark
    public double[] derivatives() {
        parts().forEach(from ->
                matrix.derivatives(parameters, inputs, from, Math.min(rows, from + TOGETHER), scale, lines));
        return lines;
    }

    /** A step's outputs. */
    @Benchmark
    public double[] outputs() {
        parts().forEach(from -> matrix.outputs(parameters, inputs, from, Math.min(rows, from + TOGETHER), values));
        return values;
    }

    private IntStream parts() {
        return IntStream.range(0, (rows + TOGETHER - 1) / TOGETHER).parallel().map(part -> part * TOGETHER);
    }
}
