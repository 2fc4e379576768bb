package gputrain.bench;

import gputrain.data.DataLibrary;
import gputrain.data.KFold;
import gputrain.data.MassEntry;
import gputrain.data.Selection;
import gputrain.data.Split;
import gputrain.data.TheoryTable;
import gputrain.engine.EngineOptions;
import gputrain.engine.Engines;
import gputrain.engine.KernelProblem;
import gputrain.engine.KernelSession;
import gputrain.features.RedundantCoordinates;
import gputrain.model.Kernel;
import java.util.List;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Kernel models of WS4's residuals on the 2,340 nuclei of AME2020: one fit, tenfold cross-validation, and a line of the
 * grid (tenfold with twenty noises). The answers are checked: cross-validation must give the known deviation.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 3, time = 2)
@Fork(1)
public class KernelModelBenchmark {
    private static final int REDUNDANT = 3;
    private static final double LENGTH = 0.031;
    private static final double NOISE = 0.001;
    private static final double GAUSSIAN_LENGTH = 0.0174;
    private static final double GAUSSIAN_NOISE = 0.347;

    @Param({"cpp", "jvm"})
    private String engine = "cpp";

    @Param({"additive", "gaussian"})
    private String kernel = "additive";

    @Param({"2"})
    private int threads = 2;

    private int[] folds = new int[0];
    private KernelSession session = open();

    private KernelSession open() {
        DataLibrary library = DataLibrary.bundled();
        TheoryTable theory = library.theory("ws4");
        List<MassEntry> entries = Selection.from("ame2020")
                .minZ(8)
                .minN(8)
                .measuredOnly()
                .uncertaintyAtMost(100)
                .select(library.experimental("ame2020"));
        double[] zn = new double[2 * entries.size()];
        double[] residuals = new double[entries.size()];
        for (int i = 0; i < residuals.length; i++) {
            MassEntry entry = entries.get(i);
            zn[2 * i] = entry.nuclide().Z();
            zn[2 * i + 1] = entry.nuclide().N();
            residuals[i] = entry.massExcessMeV()
                    - theory.find(entry.nuclide()).orElseThrow().massExcessMeV();
        }
        RedundantCoordinates coordinates = RedundantCoordinates.fit(zn, 2, additive() ? REDUNDANT : 0);
        return Engines.chooseForKernels(engine)
                .engine()
                .openKernel(
                        new KernelProblem(residuals.length, coordinates.columns(), coordinates.of(zn), residuals),
                        new EngineOptions(0, threads));
    }

    private boolean additive() {
        return kernel.equals("additive");
    }

    /** Opens the session with the parameters, which are set after construction, and checks it. */
    @Setup(Level.Trial)
    public void prepare() {
        session.close();
        session = open();
        assemble();
        folds = new int[session.matrix().length / 2340];
        List<Split> splits = new KFold(10, 1).split(folds.length);
        for (int fold = 0; fold < splits.size(); fold++) {
            for (int row : splits.get(fold).test()) {
                folds[row] = fold;
            }
        }
        double rms = Math.sqrt(
                java.util.Arrays.stream(tenfold()).map(e -> e * e).average().orElse(0));
        if (!(Math.abs(rms - (additive() ? 0.208 : 0.196)) < 0.002)) {
            throw new IllegalStateException("tenfold deviation " + rms + " MeV");
        }
    }

    /** Releases the session. */
    @TearDown(Level.Trial)
    public void close() {
        session.close();
    }

    private void assemble() {
        session.assemble(additive() ? new Kernel.Additive(LENGTH, 1) : new Kernel.Gaussian(GAUSSIAN_LENGTH));
    }

    /** Matrix, factor and coefficients. */
    @Benchmark
    public double[] fit() {
        assemble();
        session.factorise(additive() ? NOISE : GAUSSIAN_NOISE);
        return session.coefficients();
    }

    /** The same and the errors of ten folds. */
    @Benchmark
    public double[] tenfold() {
        fit();
        return session.leaveOut(folds, false).errors();
    }

    /** The errors of ten folds for twenty noises. */
    @Benchmark
    public List<double[]> line() {
        assemble();
        double[] noises =
                IntStream.range(0, 20).mapToDouble(i -> 1e-5 * Math.pow(2, i)).toArray();
        return session.crossValidate(noises, folds);
    }
}
