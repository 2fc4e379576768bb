package gputrain.train;

import gputrain.engine.ReplicaState;
import gputrain.engine.Sample;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;

/**
 * Bytes of a checkpoint, big-endian: the magic {@code GPUTRAIN}, an int version, the fingerprint, the device, the
 * training time, the states, the samples, and the CRC-32C of all that. Doubles keep their exact bits, NaN payloads
 * included.
 */
final class CheckpointFormat {
    private static final byte[] MAGIC = "GPUTRAIN".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION = 2;
    private static final int SHORTEST = MAGIC.length + 2 * Integer.BYTES;

    private CheckpointFormat() {}

    static void write(Checkpoint checkpoint, OutputStream target) throws IOException {
        CheckedOutputStream checked = new CheckedOutputStream(target, new CRC32C());
        DataOutputStream out = new DataOutputStream(checked);
        out.write(MAGIC);
        out.writeInt(VERSION);
        Map<String, String> parts = checkpoint.fingerprint().parts();
        out.writeInt(parts.size());
        for (Map.Entry<String, String> part : parts.entrySet()) {
            out.writeUTF(part.getKey());
            out.writeUTF(part.getValue());
        }
        out.writeUTF(checkpoint.device());
        writeExact(out, checkpoint.trainingSeconds());
        out.writeInt(checkpoint.states().size());
        for (ReplicaState state : checkpoint.states()) {
            writeState(out, state);
        }
        out.writeInt(checkpoint.samples().size());
        for (Sample sample : checkpoint.samples()) {
            writeSample(out, sample);
        }
        out.writeInt((int) checked.getChecksum().getValue());
        out.flush();
    }

    /** @throws IOException when the file cannot be read or is not a whole checkpoint; the message says why */
    static Checkpoint read(Path file) throws IOException {
        long size = Files.size(file);
        verify(file, size);
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            in.skipNBytes(MAGIC.length);
            int version = in.readInt();
            if (version != VERSION) {
                throw new IOException("format version " + version + ", this program reads " + VERSION);
            }
            Map<String, String> parts = new LinkedHashMap<>();
            for (int n = length(in, size); n > 0; n--) {
                parts.put(in.readUTF(), in.readUTF());
            }
            String device = in.readUTF();
            double trainingSeconds = readExact(in);
            List<ReplicaState> states = new ArrayList<>();
            for (int n = length(in, size); n > 0; n--) {
                states.add(readState(in, size));
            }
            List<Sample> samples = new ArrayList<>();
            for (int n = length(in, size); n > 0; n--) {
                samples.add(readSample(in, size));
            }
            return new Checkpoint(new Fingerprint(parts), device, trainingSeconds, samples, states);
        } catch (EOFException e) {
            throw new IOException("shorter than its own counts say", e);
        }
    }

    /** The checksum goes first, so that the counts inside can be trusted. */
    private static void verify(Path file, long size) throws IOException {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            if (size < SHORTEST) {
                throw new IOException("truncated: " + size + " bytes");
            }
            byte[] magic = in.readNBytes(MAGIC.length);
            if (!Arrays.equals(magic, MAGIC)) {
                throw new IOException("not a checkpoint");
            }
            CRC32C crc = new CRC32C();
            crc.update(magic);
            update(crc, in, size - MAGIC.length - Integer.BYTES);
            if (in.readInt() != (int) crc.getValue()) {
                throw new IOException("truncated or damaged: the checksum does not fit");
            }
        }
    }

    private static void update(CRC32C crc, InputStream in, long count) throws IOException {
        byte[] buffer = new byte[1 << 16];
        long left = count;
        while (left > 0) {
            int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (read < 0) {
                throw new EOFException("the file became shorter while it was read");
            }
            crc.update(buffer, 0, read);
            left -= read;
        }
    }

    private static void writeState(DataOutputStream out, ReplicaState state) throws IOException {
        out.writeLong(state.epoch());
        out.writeLong(state.step());
        out.writeUTF(state.status().name());
        writeExact(out, state.loss());
        writeExact(out, state.learningRate());
        out.writeInt(state.rateLine());
        writeExact(out, state.plateauBest());
        out.writeLong(state.plateauBad());
        writeExact(out, state.bestRms());
        out.writeLong(state.bestEpoch());
        writeArray(out, state.parameters());
        writeArray(out, state.firstMoment());
        writeArray(out, state.secondMoment());
        writeArray(out, state.bestParameters());
        writeArray(out, state.parameterSum());
    }

    private static ReplicaState readState(DataInputStream in, long size) throws IOException {
        return new ReplicaState(
                in.readLong(),
                in.readLong(),
                status(in.readUTF()),
                readExact(in),
                readExact(in),
                in.readInt(),
                readExact(in),
                in.readLong(),
                readExact(in),
                in.readLong(),
                readArray(in, size),
                readArray(in, size),
                readArray(in, size),
                readArray(in, size),
                readArray(in, size));
    }

    private static ReplicaState.Status status(String name) throws IOException {
        try {
            return ReplicaState.Status.valueOf(name);
        } catch (IllegalArgumentException e) {
            throw new IOException("unknown status of a replica: " + name, e);
        }
    }

    private static void writeSample(DataOutputStream out, Sample sample) throws IOException {
        out.writeInt(sample.replica());
        out.writeLong(sample.epoch());
        writeExact(out, sample.loss());
        writeExact(out, sample.learningRate());
        out.writeInt(sample.rms().size());
        for (double rms : sample.rms()) {
            writeExact(out, rms);
        }
    }

    private static Sample readSample(DataInputStream in, long size) throws IOException {
        int replica = in.readInt();
        long epoch = in.readLong();
        double loss = readExact(in);
        double learningRate = readExact(in);
        List<Double> rms = new ArrayList<>();
        for (int n = length(in, size); n > 0; n--) {
            rms.add(readExact(in));
        }
        return new Sample(replica, epoch, loss, learningRate, rms);
    }

    /** {@code writeDouble} would turn every NaN into one. */
    private static void writeExact(DataOutputStream out, double value) throws IOException {
        out.writeLong(Double.doubleToRawLongBits(value));
    }

    private static double readExact(DataInputStream in) throws IOException {
        return Double.longBitsToDouble(in.readLong());
    }

    private static void writeArray(DataOutputStream out, double[] values) throws IOException {
        out.writeInt(values.length);
        ByteBuffer buffer = ByteBuffer.allocate(Math.multiplyExact(values.length, Double.BYTES));
        buffer.asDoubleBuffer().put(values);
        out.write(buffer.array());
    }

    private static double[] readArray(DataInputStream in, long size) throws IOException {
        double[] values = new double[length(in, size / Double.BYTES)];
        ByteBuffer.wrap(in.readNBytes(values.length * Double.BYTES))
                .asDoubleBuffer()
                .get(values);
        return values;
    }

    private static int length(DataInputStream in, long atMost) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > atMost) {
            throw new IOException("a count of " + length + " in a file too small for it");
        }
        return length;
    }
}
