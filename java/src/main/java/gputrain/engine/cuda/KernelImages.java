package gputrain.engine.cuda;

import gputrain.engine.EngineException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The compiled kernels of this installation: the jar's, or those of the directory that a system property names. Of every
 * module there is PTX, which the driver compiles for any GPU from 8.0 (from 9.0, where it has clusters), and for the GPUs that
 * the build named there is machine code.
 */
final class KernelImages {
    /** Names a directory with modules.txt, origin.txt and the images to use instead of the jar's. */
    static final String PROPERTY = "gputrain.cuda.kernels";

    /** The module that every network needs. */
    static final String CORE = "core";

    /** The module for networks of product units. */
    static final String PRODUCT_UNITS = "product_units";

    /** The module for kernel models, which is not among {@link #names}. */
    static final String KERNEL_MODELS = "kernel_models";

    /** The module for second-order training, which is not among {@link #names}. */
    static final String SECOND_ORDER = "second_order";

    /** The module for spline networks, which is not among {@link #names} either. */
    static final String SPLINES = "splines";

    private KernelImages() {}

    /** Why there are no kernels, in one line; empty when there are. */
    static Optional<String> missing() {
        try (InputStream list = open("modules.txt")) {
            return list != null
                    ? Optional.empty()
                    : Optional.of(
                            directory() == null
                                    ? "this jar was built without CUDA kernels; build it again, the build says why it leaves them out"
                                    : "no modules.txt in " + directory() + ", which -D" + PROPERTY + " names");
        } catch (IOException e) {
            return Optional.of("the kernels cannot be read: " + e);
        }
    }

    /** Names of the modules that train networks in float32: {@link #CORE}, {@link #PRODUCT_UNITS}, those of one shape. */
    static List<String> names() {
        return new String(read("modules.txt"), StandardCharsets.UTF_8).lines().toList();
    }

    /** Who made these kernels, and for which GPUs, in one line. */
    static String origin() {
        return new String(read("origin.txt"), StandardCharsets.UTF_8).strip();
    }

    /** The PTX of a module, packed or not, with the 0 at its end that the driver wants. */
    static byte[] ptx(String module) {
        byte[] text;
        try (InputStream packed = open(module + ".ptx.gz")) {
            text = packed == null ? read(module + ".ptx") : new GZIPInputStream(packed).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Arrays.copyOf(text, text.length + 1);
    }

    /**
     * The machine code of a module for a GPU, or for the earlier ones of its generation, whose code it runs; null where there
     * is none.
     *
     * @param computeCapability 86 for 8.6
     */
    static byte @Nullable [] machineCode(String module, int computeCapability) {
        for (int other = computeCapability; other >= computeCapability / 10 * 10; other--) {
            String file = module + ".sm_" + other + ".cubin";
            try (InputStream in = open(file)) {
                if (in != null) {
                    return in.readAllBytes();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return null;
    }

    private static byte[] read(String file) {
        try (InputStream in = open(file)) {
            if (in == null) {
                throw new EngineException("cuda engine: the kernels' file " + file + " is missing; rebuild the jar");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static @Nullable InputStream open(String file) throws IOException {
        Path directory = directory();
        if (directory == null) {
            return KernelImages.class.getResourceAsStream(file);
        }
        Path path = directory.resolve(file);
        return Files.isRegularFile(path) ? Files.newInputStream(path) : null;
    }

    private static @Nullable Path directory() {
        String named = System.getProperty(PROPERTY);
        return named == null ? null : Path.of(named);
    }
}
