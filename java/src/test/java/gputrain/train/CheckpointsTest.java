package gputrain.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import gputrain.engine.ReplicaState;
import gputrain.engine.Sample;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CheckpointsTest {
    private static final Fingerprint FINGERPRINT = new Fingerprint(Map.of("engine", "1", "data", "2"));

    @TempDir
    Path directory;

    /** Ways in which a file on disk is ruined. */
    enum Damage {
        EMPTY {
            @Override
            byte[] of(byte[] whole) {
                return new byte[0];
            }
        },
        HALF {
            @Override
            byte[] of(byte[] whole) {
                return Arrays.copyOf(whole, whole.length / 2);
            }
        },
        LAST_BYTE_MISSING {
            @Override
            byte[] of(byte[] whole) {
                return Arrays.copyOf(whole, whole.length - 1);
            }
        },
        TAIL_OF_ZEROS {
            @Override
            byte[] of(byte[] whole) {
                byte[] damaged = whole.clone();
                Arrays.fill(damaged, whole.length / 3, whole.length, (byte) 0);
                return damaged;
            }
        },
        ONE_BIT {
            @Override
            byte[] of(byte[] whole) {
                byte[] damaged = whole.clone();
                damaged[whole.length / 2] ^= 4;
                return damaged;
            }
        },
        OTHER_FILE {
            @Override
            byte[] of(byte[] whole) {
                return "not what it seems, and long enough".getBytes(StandardCharsets.US_ASCII);
            }
        };

        abstract byte[] of(byte[] whole);
    }

    @Test
    void everyBitComesBack() throws IOException {
        Checkpoint written = checkpoint(5);
        Checkpoints checkpoints = prepared();
        checkpoints.write(written);
        Checkpoint read =
                prepared().newest(FINGERPRINT, CheckpointsTest::noWarning).orElseThrow();
        assertThat(bytes(read)).isEqualTo(bytes(written));
        ReplicaState state = read.states().get(0);
        assertThat(Double.doubleToRawLongBits(state.parameters()[0])).isEqualTo(0x7FF8_0000_0000_1234L);
        assertThat(Double.doubleToRawLongBits(state.parameters()[1])).isEqualTo(Long.MIN_VALUE);
        assertThat(state.parameters()[2]).isEqualTo(Double.MIN_VALUE);
        assertThat(state.loss()).isNaN();
        assertThat(read.samples()).isEqualTo(written.samples());
        assertThat(read.device()).isEqualTo("a device");
        assertThat(read.trainingSeconds()).isEqualTo(0.1 + 0.2);
    }

    @Test
    void theLastTwoAreKept() throws IOException {
        Checkpoints checkpoints = prepared();
        for (int epoch = 1; epoch <= 5; epoch++) {
            checkpoints.write(checkpoint(epoch));
            assertThat(names()).hasSize(Math.min(epoch, 2));
        }
        assertThat(names()).containsExactly("checkpoint-4.bin", "checkpoint-5.bin");
    }

    @ParameterizedTest
    @EnumSource
    void aDamagedFileGivesWayToTheOneBefore(Damage damage) throws IOException {
        Checkpoints writer = prepared();
        writer.write(checkpoint(1));
        writer.write(checkpoint(2));
        ruin("checkpoint-2.bin", damage);
        List<String> warnings = new ArrayList<>();
        Checkpoints reader = prepared();
        assertThat(reader.newest(FINGERPRINT, warnings::add).orElseThrow().epoch())
                .isEqualTo(1);
        assertThat(warnings)
                .singleElement()
                .asString()
                .contains("damaged checkpoint: " + directory.resolve("checkpoint-2.bin"));
        reader.write(checkpoint(3));
        assertThat(names())
                .as("the good one stays until a second good one is there")
                .containsExactly("checkpoint-1.bin", "checkpoint-3.bin");
    }

    @ParameterizedTest
    @EnumSource
    void whenAllAreDamagedEachIsNamed(Damage damage) throws IOException {
        Checkpoints writer = prepared();
        writer.write(checkpoint(1));
        writer.write(checkpoint(2));
        ruin("checkpoint-1.bin", damage);
        ruin("checkpoint-2.bin", damage);
        assertThatThrownBy(() -> prepared().newest(FINGERPRINT, CheckpointsTest::noWarning))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("checkpoint-1.bin (")
                .hasMessageContaining("checkpoint-2.bin (")
                .hasMessageContaining("delete the directory to start anew, or choose another --out");
    }

    @Test
    void noMutationIsTakenForACheckpoint() throws IOException {
        prepared().write(checkpoint(1));
        Path file = directory.resolve("checkpoint-1.bin");
        byte[] whole = Files.readAllBytes(file);
        SplittableRandom random = new SplittableRandom(5);
        for (int trial = 0; trial < 300; trial++) {
            byte[] mutant = Arrays.copyOf(whole, whole.length - (trial % 3 == 0 ? random.nextInt(whole.length) : 0));
            if (mutant.length == whole.length) {
                mutant[random.nextInt(mutant.length)] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(file, mutant);
            if (!Arrays.equals(mutant, whole)) {
                assertThatThrownBy(() -> prepared().newest(FINGERPRINT, CheckpointsTest::noWarning))
                        .as("trial %d", trial)
                        .isInstanceOf(CheckpointException.class);
            }
        }
    }

    @Test
    void anotherVersionIsNamed() throws IOException {
        prepared().write(checkpoint(1));
        Path file = directory.resolve("checkpoint-1.bin");
        byte[] bytes = Files.readAllBytes(file);
        bytes[11] = 1;
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, bytes.length - 4);
        ByteBuffer.wrap(bytes).putInt(bytes.length - 4, (int) crc.getValue());
        Files.write(file, bytes);
        assertThatThrownBy(() -> prepared().newest(FINGERPRINT, CheckpointsTest::noWarning))
                .hasMessageContaining("format version 1, this program reads 2");
    }

    @Test
    void anotherRunsCheckpointIsNotPassedOver() throws IOException {
        Checkpoints writer = prepared();
        writer.write(checkpoint(1));
        Fingerprint other = new Fingerprint(Map.of("engine", "1", "data", "3", "stop", "4"));
        assertThatThrownBy(() -> prepared().newest(other, CheckpointsTest::noWarning))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("different data, stop;");
    }

    @Test
    void whatAKilledProcessLeftIsClearedAndOtherFilesStay() throws IOException {
        Path left = Files.createFile(directory.resolve(".checkpoint-3.bin.0b5c.tmp"));
        Path other = Files.createFile(directory.resolve("notes.txt"));
        Path similar = Files.createFile(directory.resolve("checkpoint-x.bin"));
        assertThat(prepared().newest(FINGERPRINT, CheckpointsTest::noWarning)).isEqualTo(Optional.empty());
        assertThat(left).doesNotExist();
        assertThat(other).exists();
        assertThat(similar).exists();
    }

    @Test
    void aDirectoryThatCannotBeUsedIsAnErrorBeforeTraining() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        assertThatThrownBy(() -> new Checkpoints(file).prepare())
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("cannot keep checkpoints in " + file)
                .hasMessageContaining("is not a directory");
        assertThatThrownBy(() -> new Checkpoints(file.resolve("below")).prepare())
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("is not a directory");
    }

    private static void noWarning(String text) {
        fail("unexpected warning: " + text);
    }

    private Checkpoints prepared() {
        Checkpoints checkpoints = new Checkpoints(directory);
        checkpoints.prepare();
        return checkpoints;
    }

    private void ruin(String name, Damage damage) throws IOException {
        Path file = directory.resolve(name);
        Files.write(file, damage.of(Files.readAllBytes(file)));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static byte[] bytes(Checkpoint checkpoint) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CheckpointFormat.write(checkpoint, out);
        return out.toByteArray();
    }

    private static Checkpoint checkpoint(long epoch) {
        double[] odd = {
            Double.longBitsToDouble(0x7FF8_0000_0000_1234L), -0.0, Double.MIN_VALUE, Double.NEGATIVE_INFINITY, 0.1
        };
        ReplicaState state = new ReplicaState(
                epoch,
                17,
                ReplicaState.Status.RUNNING,
                Double.NaN,
                1e-3,
                2,
                0.25,
                4,
                Double.POSITIVE_INFINITY,
                3,
                odd,
                new double[] {1, 2, 3, 4, 5},
                new double[] {6, 7, 8, 9, 10},
                new double[] {11, 12, 13, 14, 15},
                new double[] {16, 17, 18, 19, 1e-300});
        return new Checkpoint(
                FINGERPRINT,
                "a device",
                0.1 + 0.2,
                List.of(
                        new Sample(0, 5, 0.5, 1e-3, List.of(0.1, Double.NaN)),
                        new Sample(0, 10, 0.25, 1e-3, List.of())),
                List.of(state));
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void anUnwritableDirectoryIsNamed() throws IOException {
        Path locked = Files.createDirectory(directory.resolve("locked"));
        Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("r-xr-xr-x"));
        assumeFalse(Files.isWritable(locked), "this user may write everywhere");
        assertThatThrownBy(() -> new Checkpoints(locked).prepare())
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("the directory " + locked + " is not writable");
    }
}
