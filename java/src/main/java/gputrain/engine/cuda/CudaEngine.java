package gputrain.engine.cuda;

import gputrain.engine.DataSet;
import gputrain.engine.Engine;
import gputrain.engine.EngineException;
import gputrain.engine.EngineOptions;
import gputrain.engine.HostTraining;
import gputrain.engine.KernelProblem;
import gputrain.engine.KernelSession;
import gputrain.engine.Optimizer;
import gputrain.engine.Precision;
import gputrain.engine.Session;
import gputrain.engine.TrainingPlan;
import gputrain.model.DenseNetwork;
import gputrain.model.SplineNetwork;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Trains networks on NVIDIA GPUs, thousands of epochs inside one kernel: spline networks in float64, every other family in
 * float32; second-order training of all of them and kernel models in float64.
 */
public final class CudaEngine implements Engine {
    /** Weight matrices at most, as GT_MOST_LAYERS. */
    private static final int MOST_LAYERS = 15;

    /** Above, 32-bit offsets on the device do not do. */
    private static final int MOST_PARAMETERS = 1 << 26;

    /** Of all replicas together: four vectors of them and their rows cross the bus as one Java array each. */
    private static final long MOST_VALUES = Integer.MAX_VALUE / 4;

    private final @Nullable String wish;

    public CudaEngine() {
        this(null);
    }

    /**
     * @param wish the kernel to use where the options name none and the network's family has it; see {@link KernelChoice#of}
     *     and {@link SplineChoice#of}
     */
    public CudaEngine(@Nullable String wish) {
        this.wish = wish;
    }

    @Override
    public String name() {
        return "cuda";
    }

    @Override
    public int rank() {
        return 30;
    }

    @Override
    public Optional<String> unavailable() {
        return KernelImages.missing().or(Driver::failure).or(Trial::failure);
    }

    /** The networks that have kernels made for them, and where all kernels come from. */
    @Override
    public String remark() {
        if (KernelImages.missing().isPresent()) {
            return "";
        }
        List<String> shapes = KernelImages.names().stream()
                .filter(name -> Character.isDigit(name.charAt(0)))
                .map(CudaEngine::shape)
                .toList();
        return (shapes.isEmpty()
                        ? "kernels for any network"
                        : "kernels for any network, faster ones for " + String.join(", ", shapes))
                + "; " + KernelImages.origin();
    }

    /** A network as its module's name has it: widths, then an activation or a family. */
    private static String shape(String module) {
        Matcher parts = Pattern.compile("([0-9_]+)_([a-z_]+)").matcher(module);
        return parts.matches()
                ? (parts.group(1).replace('_', '-') + " " + parts.group(2).replace('_', ' '))
                : module;
    }

    @Override
    public List<Device> devices() {
        if (unavailable().isPresent()) {
            return List.of();
        }
        return IntStream.range(0, gputrain.engine.cuda.Device.count())
                .mapToObj(gputrain.engine.cuda.Device::properties)
                .map(one -> new Device(one.number(), one.name(), one.details()))
                .toList();
    }

    @Override
    public Optional<String> unsupported(TrainingPlan plan) {
        boolean secondOrder = plan.optimizer() instanceof Optimizer.LevenbergMarquardt;
        boolean splines = plan.network() instanceof SplineNetwork;
        if (!splines && plan.optimizer() instanceof Optimizer.Lbfgs) {
            return Optional.of("it has L-BFGS for spline networks alone; the jvm engine has it for every network");
        }
        if (!splines && !secondOrder && plan.precision() != Precision.FLOAT32) {
            return Optional.of("it computes in float32, the plan wants " + plan.precision());
        }
        int layers = plan.network() instanceof DenseNetwork dense
                ? dense.layers()
                : plan.network() instanceof SplineNetwork network ? network.layers() : 0;
        if (layers > MOST_LAYERS) {
            return Optional.of("it takes " + MOST_LAYERS + " layers at most, the network has " + layers);
        }
        if (plan.network().parameterCount() > MOST_PARAMETERS) {
            return Optional.of("it takes " + MOST_PARAMETERS + " parameters at most, the network has "
                    + plan.network().parameterCount());
        }
        // With L-BFGS, two of the four vectors are longer.
        long history = plan.optimizer() instanceof Optimizer.Lbfgs lbfgs ? lbfgs.history() : 1;
        long values = plan.replicas().size() * (plan.network().parameterCount() * (1 + history) / 2);
        long rows = plan.replicas().stream()
                .flatMap(replica -> replica.rowSets().stream())
                .mapToLong(set -> set.length)
                .sum();
        if (Math.max(values, rows) > MOST_VALUES) {
            return Optional.of("it takes " + MOST_VALUES + " parameters and rows at most, the "
                    + plan.replicas().size() + " networks have " + values + " and " + rows);
        }
        return Optional.empty();
    }

    @Override
    public Session open(TrainingPlan plan, DataSet data, EngineOptions options) {
        checkDevices(options);
        if (plan.optimizer() instanceof Optimizer.LevenbergMarquardt) {
            return HostTraining.get().open(plan, data, options, new CudaLinearisations(options.devices()));
        }
        String here = plan.network() instanceof SplineNetwork && !SplineChoice.knows(wish) ? null : wish;
        return new CudaSession(plan, data, options.devices(), options.kernel() != null ? options.kernel() : here);
    }

    @Override
    public Optional<String> kernelsUnsupported() {
        return Optional.empty();
    }

    @Override
    public KernelSession openKernel(KernelProblem problem, EngineOptions options) {
        checkDevices(options);
        return new CudaKernelSession(problem, options.device());
    }

    private void checkDevices(EngineOptions options) {
        unavailable().ifPresent(cause -> {
            throw new EngineException("cuda engine: " + cause);
        });
        int there = gputrain.engine.cuda.Device.count();
        for (int device : options.devices()) {
            if (device >= there) {
                throw new EngineException("cuda engine: no GPU " + device + "; there are " + there
                        + ", numbered from 0, see `gpu-train devices`");
            }
        }
    }
}
