package gputrain.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** The PTX that the repository carries for builds without nvcc was made from the sources beside it, all of it. */
class PackedKernelsTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path PACKED = ROOT.resolve("cuda-kernels/ptx");
    private static final String REMEDY = "the packed PTX is stale: run cuda-kernels/pack.sh (needs nvcc) and commit"
            + " cuda-kernels/ptx with the change of the kernels";

    @Test
    void itIsMadeFromTheSourcesThatAreHere() throws IOException {
        List<String> sums = new ArrayList<>();
        for (String source : sources()) {
            sums.add(sha256(ROOT.resolve(source)) + "  " + source);
        }

        assertThat(Files.readAllLines(PACKED.resolve("SOURCES.sha256")))
                .as(REMEDY)
                .containsExactlyInAnyOrderElementsOf(sums);
    }

    @Test
    void itHasEveryModule() throws IOException {
        List<String> trained = Files.readAllLines(PACKED.resolve("modules.txt"));
        List<String> shapes = Files.readAllLines(ROOT.resolve("cuda-kernels/shapes.txt")).stream()
                .filter(line -> Character.isDigit(line.charAt(0)))
                .map(line -> line.replace(' ', '_'))
                .toList();
        Set<String> files = new TreeSet<>(List.of(
                KernelImages.KERNEL_MODELS + ".ptx.gz",
                KernelImages.SECOND_ORDER + ".ptx.gz",
                KernelImages.SPLINES + ".ptx.gz"));
        trained.forEach(name -> files.addAll(List.of(name + ".ptx.gz", name + "_clusters.ptx.gz")));

        assertThat(trained)
                .as(REMEDY)
                .contains(KernelImages.CORE, KernelImages.PRODUCT_UNITS)
                .containsAll(shapes);
        assertThat(trained).hasSize(2 + shapes.size());
        try (Stream<Path> there = Files.list(PACKED)) {
            assertThat(there.map(path -> path.getFileName().toString()).filter(name -> name.endsWith(".gz")))
                    .as(REMEDY)
                    .containsExactlyInAnyOrderElementsOf(files);
        }
    }

    /** Kernels with clusters for 9.0, all others for 8.0, in versions of PTX that drivers for CUDA 12.0 and 11.0 take. */
    @Test
    void everyImageIsWholeAndForTheOldestGpu() throws IOException {
        try (Stream<Path> there = Files.list(PACKED)) {
            for (Path file :
                    there.filter(path -> path.toString().endsWith(".gz")).toList()) {
                boolean clusters = file.toString().endsWith("_clusters.ptx.gz");
                String ptx = text(file);
                assertThat(ptx.lines().filter(line -> line.startsWith(".version") || line.startsWith(".target")))
                        .as(file.toString())
                        .containsExactly(
                                clusters ? ".version 8.0" : ".version 7.0",
                                clusters ? ".target sm_90" : ".target sm_80");
                String kernels = ptx.lines()
                        .filter(line -> line.startsWith(".visible .entry"))
                        .collect(Collectors.joining("\n"));
                assertThat(kernels).as(file.toString()).isNotEmpty();
                assertThat(kernels.contains("cluster")).as(file.toString()).isEqualTo(clusters);
                // A pragma of PTX 8.3, which nvcc writes and the compilers of newer drivers refuse under an older
                // version.
                assertThat(ptx).as(file.toString()).doesNotContain("used_bytes_mask");
                assertThat(ptx.strip()).as(file.toString()).endsWith("}");
            }
        }
    }

    private static List<String> sources() throws IOException {
        List<String> sources = new ArrayList<>(List.of(
                "cuda-kernels/shapes.txt",
                "cuda-kernels/modules.cmake",
                "cuda-kernels/kernels.cmake",
                "cuda-kernels/ptx_version.cmake"));
        for (String directory :
                List.of("cuda-kernels/src", "cuda-kernels/include/gputrain", "native/include/gputrain")) {
            try (Stream<Path> files = Files.list(ROOT.resolve(directory))) {
                files.forEach(file -> sources.add(directory + "/" + file.getFileName()));
            }
        }
        return sources;
    }

    private static String text(Path file) throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String sha256(Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
