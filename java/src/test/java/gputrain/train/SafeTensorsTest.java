package gputrain.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import gputrain.train.SafeTensors.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafeTensorsTest {
    private static final Path FILE = Path.of("some.safetensors");

    @TempDir
    Path directory;

    @Test
    void writesTheBytesOfTheReference() throws IOException {
        assertThat(example().encode()).isEqualTo(reference());
    }

    @Test
    void readsTheReference() throws IOException {
        SafeTensors read = SafeTensors.decode(FILE, reference());
        assertThat(read.metadata()).containsExactly(Map.entry("format", "pt"));
        assertThat(read.tensors()).containsOnlyKeys("b", "a.weight", "scalar");
        assertThat(read.tensors().get("b").values()).containsExactly(0.1, -1e300);
        assertThat(read.tensors().get("a.weight").shape()).containsExactly(2, 3);
        assertThat(read.tensors().get("a.weight").values()).containsExactly(1, 2, 3, -4.5, 0.1f, -0.0);
        assertThat(read.tensors().get("scalar").shape()).isEmpty();
        assertThat(read.tensors().get("scalar").values()).containsExactly(7);
    }

    @Test
    void roundTripKeepsEveryBit() {
        SplittableRandom random = new SplittableRandom(1);
        double[] values =
                random.longs(1000).mapToDouble(Double::longBitsToDouble).toArray();
        double[] floats = random.ints(999)
                .mapToDouble(Float::intBitsToFloat)
                .map(value -> Double.isNaN(value) ? 0 : value)
                .toArray();
        Path file = directory.resolve("new").resolve("x.safetensors");
        new SafeTensors(
                        Map.of("note", "µ \"quoted\" \n"),
                        Map.of(
                                "doubles",
                                new Tensor(SafeTensors.Type.F64, List.of(10, 100), values),
                                "floats",
                                new Tensor(SafeTensors.Type.F32, List.of(999), floats),
                                "empty",
                                new Tensor(SafeTensors.Type.F32, List.of(3, 0), new double[0])))
                .write(file);
        SafeTensors read = SafeTensors.read(file);
        assertThat(read.metadata()).containsExactly(Map.entry("note", "µ \"quoted\" \n"));
        assertThat(read.tensors().get("doubles").values()).isEqualTo(values);
        assertThat(read.tensors().get("floats").values()).isEqualTo(floats);
        assertThat(read.tensors().get("empty").shape()).containsExactly(3, 0);
        assertThat(directory.resolve("new")).isDirectoryContaining(path -> path.equals(file));
        assertThat(directory.resolve("new")).isDirectoryNotContaining(path -> !path.equals(file));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"t":{"dtype":"F32","shape":[2],"data_offsets":[0,12]},"u":{"dtype":"F32","shape":[1],"data_offsets":[12,16]}} | shape [2] of F32 does not fit into 12 bytes
            {"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"u":{"dtype":"F32","shape":[3],"data_offsets":[4,16]}}   | tensor u overlaps
            {"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"u":{"dtype":"F32","shape":[1],"data_offsets":[12,16]}}  | a gap of 4 bytes before tensor u
            {"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}                                                         | 8 bytes after the last tensor
            {"t":{"dtype":"F32","shape":[5],"data_offsets":[0,20]}}                                                        | bytes 0 to 20 of 16; is the file truncated?
            {"t":{"dtype":"F32","shape":[4],"data_offsets":[16,0]}}                                                        | bytes 16 to 0
            {"t":{"dtype":"F32","shape":[-4],"data_offsets":[0,16]}}                                                       | whole numbers
            {"t":{"dtype":"F32","shape":[4.0],"data_offsets":[0,16]}}                                                      | whole numbers
            {"t":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,16]}}                                    | does not fit
            {"t":{"dtype":"F32","shape":[4],"data_offsets":[0,99999999999999999999]}}                                      | whole numbers
            {"t":{"dtype":"F32","shape":4,"data_offsets":[0,16]}}                                                          | is not a list
            {"t":{"dtype":"F32","shape":[4],"data_offsets":[0]}}                                                           | not two numbers
            {"t":{"dtype":"BF16","shape":[8],"data_offsets":[0,16]}}                                                       | type BF16; convert it to F32 or F64
            {"t":{"dtype":"F32","shape":[4]}}                                                                              | needs dtype, shape and data_offsets
            {"t":7}                                                                                                        | needs dtype, shape and data_offsets
            {"__metadata__":7}                                                                                             | is not an object
            {"__metadata__":{"a":7}}                                                                                       | entry a is not a string
            {"t":{"dtype":"F32","shape":[4],"data_offsets":[0,16]},"t":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}  | Duplicate field
            {"t":{"dtype":"F32"                                                                                            | not JSON
            {} x                                                                                                           | not JSON
            """)
    void refusesAHeaderThatDoesNotFitTheData(String header, String cause) {
        assertThatThrownBy(() -> SafeTensors.decode(FILE, file(header, 16)))
                .isInstanceOf(SafeTensorsException.class)
                .hasMessageStartingWith("some.safetensors: ")
                .hasMessageContaining(cause);
    }

    @Test
    void refusesEveryTruncation() throws IOException {
        byte[] whole = reference();
        for (int length = 0; length < whole.length; length++) {
            byte[] part = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> SafeTensors.decode(FILE, part))
                    .as("first %d bytes", length)
                    .isInstanceOf(SafeTensorsException.class);
        }
    }

    @Test
    void mutationsAreReadOrRefusedAndNothingElse() throws IOException {
        byte[] whole = reference();
        SplittableRandom random = new SplittableRandom(20261121);
        int refused = 0;
        for (int trial = 0; trial < 20_000; trial++) {
            byte[] mutant = mutate(whole, random);
            try {
                SafeTensors.decode(FILE, mutant);
            } catch (SafeTensorsException e) {
                refused++;
            } catch (RuntimeException | Error e) {
                fail("trial %d: %s", trial, e, e);
            }
        }
        assertThat(refused).isBetween(10_000, 19_999);
    }

    private static byte[] mutate(byte[] whole, SplittableRandom random) {
        byte[] mutant = Arrays.copyOf(whole, whole.length + (random.nextInt(8) == 0 ? random.nextInt(-64, 65) : 0));
        String alphabet = "0123456789-.e[]{}:,\"";
        for (int n = random.nextInt(1, 6); n > 0; n--) {
            int at = random.nextInt(mutant.length);
            switch (random.nextInt(3)) {
                case 0 -> mutant[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> mutant[at] = (byte) alphabet.charAt(random.nextInt(alphabet.length()));
                default -> {
                    int from = random.nextInt(mutant.length);
                    int count = random.nextInt(Math.min(16, mutant.length - Math.max(at, from)) + 1);
                    System.arraycopy(mutant, from, mutant, at, count);
                }
            }
        }
        return mutant;
    }

    @Test
    void refusesWhatIsNoFileOrAnotherKindOfFile() throws IOException {
        assertThatThrownBy(() -> SafeTensors.read(directory.resolve("none")))
                .isInstanceOf(SafeTensorsException.class)
                .hasMessageContaining("no such file");
        assertThatThrownBy(() -> SafeTensors.read(directory)).isInstanceOf(SafeTensorsException.class);
        Path pickle = Files.write(directory.resolve("weights.pt"), new byte[] {'P', 'K', 3, 4, 0, 0, 0, 0, 0, 0, 8, 0});
        assertThatThrownBy(() -> SafeTensors.read(pickle))
                .isInstanceOf(SafeTensorsException.class)
                .hasMessageContaining("not a safetensors file");
    }

    private static SafeTensors example() {
        return new SafeTensors(
                Map.of("format", "pt"),
                Map.of(
                        "scalar",
                        new Tensor(SafeTensors.Type.F32, List.of(), new double[] {7}),
                        "a.weight",
                        new Tensor(SafeTensors.Type.F32, List.of(2, 3), new double[] {1, 2, 3, -4.5, 0.1, -0.0}),
                        "b",
                        new Tensor(SafeTensors.Type.F64, List.of(2), new double[] {0.1, -1e300})));
    }

    private static byte[] file(String header, int dataBytes) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + json.length + dataBytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .array();
    }

    private static byte[] reference() throws IOException {
        try (InputStream in = SafeTensorsTest.class.getResourceAsStream("reference.safetensors")) {
            assertThat(in).isNotNull();
            return in.readAllBytes();
        }
    }
}
