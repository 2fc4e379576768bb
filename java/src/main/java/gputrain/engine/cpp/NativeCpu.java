package gputrain.engine.cpp;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.annotation.ByPtrPtr;
import org.bytedeco.javacpp.annotation.ByRef;
import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.Const;
import org.bytedeco.javacpp.annotation.MemberGetter;
import org.bytedeco.javacpp.annotation.MemberSetter;
import org.bytedeco.javacpp.annotation.Name;
import org.bytedeco.javacpp.annotation.NoException;
import org.bytedeco.javacpp.annotation.Opaque;
import org.bytedeco.javacpp.annotation.Platform;
import org.jspecify.annotations.Nullable;

/**
 * The C interface, name for name; shapes, units and ownership are documented in its header. JavaCPP's builder reads this
 * class and writes the JNI library that {@link org.bytedeco.javacpp.Loader} unpacks.
 */
@Platform(include = "gputrain/gputrain_cpu.h", library = "jnigputrain")
@NoException
final class NativeCpu {
    static final int OK = 0;
    static final int INVALID_ARGUMENT = 1;

    private NativeCpu() {}

    @Opaque
    @Name("gt_session")
    static class NativeSession extends Pointer {
        /** A null pointer, to be filled by {@link #gt_open}. */
        NativeSession() {
            super((Pointer) null);
        }
    }

    @Name("gt_rules")
    static class Rules extends Pointer {
        Rules(Pointer address) {
            super(address);
        }

        @MemberSetter
        native Rules rate_rule(int value);

        @MemberSetter
        native Rules latched(int value);

        @MemberSetter
        native Rules table_lines(int value);

        @MemberSetter
        native Rules watched(int value);

        @MemberSetter
        native Rules table_loss(@Const DoublePointer value);

        @MemberSetter
        native Rules table_rate(@Const DoublePointer value);

        @MemberSetter
        native Rules rate(double value);

        @MemberSetter
        native Rules factor(double value);

        @MemberSetter
        native Rules threshold(double value);

        @MemberSetter
        native Rules minimum(double value);

        @MemberSetter
        native Rules every(@Cast("int64_t") long value);

        @MemberSetter
        native Rules rate_patience(@Cast("int64_t") long value);

        @MemberSetter
        native Rules max_epochs(@Cast("int64_t") long value);

        @MemberSetter
        native Rules training_loss_below(double value);

        @MemberSetter
        native Rules patience(@Cast("int64_t") long value);

        @MemberSetter
        native Rules sample_every(@Cast("int64_t") long value);

        @MemberSetter
        native Rules average_last(@Cast("int64_t") long value);
    }

    @Name("gt_progress")
    static class Progress extends Pointer {
        Progress() {
            allocate();
        }

        private native void allocate();

        native @Cast("int64_t") long epoch();

        native Progress epoch(long value);

        native @Cast("int64_t") long step();

        native Progress step(long value);

        native int status();

        native Progress status(int value);

        native int rate_line();

        native Progress rate_line(int value);

        native double loss();

        native Progress loss(double value);

        native double learning_rate();

        native Progress learning_rate(double value);

        native double plateau_best();

        native Progress plateau_best(double value);

        native @Cast("int64_t") long plateau_bad();

        native Progress plateau_bad(long value);

        native double best_rms();

        native Progress best_rms(double value);

        native @Cast("int64_t") long best_epoch();

        native Progress best_epoch(long value);
    }

    @Name("gt_replica")
    static class NativeReplica extends Pointer {
        NativeReplica(long size) {
            allocateArray(size);
        }

        private native void allocateArray(long size);

        @Override
        @SuppressWarnings("unchecked")
        public NativeReplica position(long position) {
            return super.position(position);
        }

        @MemberSetter
        native NativeReplica seed(@Cast("int64_t") long value);

        @MemberSetter
        native NativeReplica rows(@Const IntPointer value);

        @MemberSetter
        native NativeReplica set_sizes(@Const IntPointer value);

        @MemberSetter
        native NativeReplica weight_decay(double value);

        @MemberSetter
        native NativeReplica rate_factor(double value);

        @MemberSetter
        native NativeReplica initial(@Const DoublePointer value);
    }

    @Name("gt_plan")
    static class NativePlan extends Pointer {
        NativePlan() {
            allocate();
        }

        private native void allocate();

        @MemberSetter
        native NativePlan widths(@Const IntPointer value);

        @MemberSetter
        native NativePlan layers(int value);

        @MemberSetter
        native NativePlan family(int value);

        @MemberSetter
        native NativePlan activation(int value);

        @MemberSetter
        native NativePlan loss(int value);

        @MemberSetter
        native NativePlan optimizer(int value);

        @MemberSetter
        native NativePlan intervals(int value);

        @MemberSetter
        native NativePlan order(int value);

        @MemberSetter
        native NativePlan history(int value);

        @MemberSetter
        native NativePlan evaluations(int value);

        @MemberSetter
        native NativePlan tolerance(double value);

        @MemberSetter
        native NativePlan penalty_l1(double value);

        @MemberSetter
        native NativePlan penalty_entropy(double value);

        @MemberSetter
        native NativePlan huber_delta(double value);

        @MemberSetter
        native NativePlan guard(double value);

        @MemberSetter
        native NativePlan beta1(double value);

        @MemberSetter
        native NativePlan beta2(double value);

        @MemberSetter
        native NativePlan epsilon(double value);

        @MemberSetter
        native NativePlan momentum(double value);

        @MemberSetter
        native NativePlan batch_size(int value);

        @MemberSetter
        native NativePlan shuffle(int value);

        @MemberSetter
        native NativePlan output_weights(@Const DoublePointer value);

        @MemberSetter
        native NativePlan row_sets(int value);

        @MemberSetter
        native NativePlan replicas(int value);

        @MemberSetter
        native NativePlan replica(@Const NativeReplica value);

        @MemberGetter
        native @ByRef Rules rules();
    }

    @Name("gt_data")
    static class NativeData extends Pointer {
        NativeData() {
            allocate();
        }

        private native void allocate();

        @MemberSetter
        native NativeData inputs(@Const DoublePointer value);

        @MemberSetter
        native NativeData targets(@Const DoublePointer value);

        @MemberSetter
        native NativeData rows(int value);
    }

    static native int gt_open(
            @Const NativePlan plan, @Const NativeData data, int threads, @ByPtrPtr NativeSession session);

    static native void gt_close(NativeSession session);

    static native int gt_advance(NativeSession session, @Cast("int64_t") long epochs);

    static native @Cast("int64_t") long gt_sample_count(@Const NativeSession session);

    static native int gt_take_samples(
            NativeSession session,
            int[] replica,
            @Cast("int64_t*") long[] epoch,
            double[] loss,
            double[] learningRate,
            double[] rms);

    static native int gt_get_state(
            @Const NativeSession session,
            int replica,
            Progress progress,
            double[] parameters,
            double[] firstMoment,
            double[] secondMoment,
            double[] bestParameters,
            double @Nullable [] parameterSum);

    static native int gt_set_state(
            NativeSession session,
            int replica,
            @Const Progress progress,
            @Const double[] parameters,
            @Const double[] firstMoment,
            @Const double[] secondMoment,
            @Const double[] bestParameters,
            @Const double @Nullable [] parameterSum);

    static native int gt_predict(
            @Const NativeSession session,
            @Const double[] parameters,
            @Const double[] inputs,
            int rows,
            double[] outputs);

    static native int gt_input_gradient(
            @Const NativeSession session,
            @Const double[] parameters,
            @Const double[] inputs,
            int rows,
            @Const double[] outputWeights,
            double[] gradient);

    static native int gt_assemble(
            int kind,
            double length,
            double classLength,
            double weight,
            @Const double[] a,
            int rowsA,
            @Const double @Nullable [] b,
            int rowsB,
            int columns,
            int threads,
            double[] result);

    static native int gt_measure_peak(int threads, double seconds, double[] gflops);

    static native @Cast("const char*") @Nullable BytePointer gt_isa();

    static native @Cast("const char*") BytePointer gt_last_error();
}
