package gputrain.engine.cpp;

import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.annotation.Const;
import org.bytedeco.javacpp.annotation.CriticalRegion;
import org.bytedeco.javacpp.annotation.MemberSetter;
import org.bytedeco.javacpp.annotation.Name;
import org.bytedeco.javacpp.annotation.NoException;
import org.bytedeco.javacpp.annotation.Platform;

/**
 * The part of the C interface that needs no session, in the library of {@link NativeCpu}. Calls are short and take the arrays
 * themselves, not copies: a result is as large as a Jacobian, and a call writes a few of its lines.
 */
@Platform(include = "gputrain/gputrain_cpu.h", library = "jnigputrain")
@NoException
final class NativeDerivatives {
    private NativeDerivatives() {}

    @Name("gt_network")
    static class NativeNetwork extends Pointer {
        NativeNetwork() {
            allocate();
        }

        private native void allocate();

        @MemberSetter
        native NativeNetwork widths(@Const IntPointer value);

        @MemberSetter
        native NativeNetwork layers(int value);

        @MemberSetter
        native NativeNetwork family(int value);

        @MemberSetter
        native NativeNetwork activation(int value);

        @MemberSetter
        native NativeNetwork intervals(int value);

        @MemberSetter
        native NativeNetwork order(int value);

        @MemberSetter
        native NativeNetwork guard(double value);
    }

    @CriticalRegion
    static native int gt_outputs(
            @Const NativeNetwork network,
            @Const double[] parameters,
            @Const double[] inputs,
            int rowFrom,
            int rowTo,
            double[] outputs);

    @CriticalRegion
    static native int gt_derivatives(
            @Const NativeNetwork network,
            @Const IntPointer trained,
            int count,
            @Const double[] parameters,
            @Const double[] inputs,
            int rowFrom,
            int rowTo,
            @Const double[] scale,
            double[] result);

    @CriticalRegion
    static native int gt_add_layer_products(
            @Const double[] hA,
            @Const double[] dA,
            int fromA,
            int toA,
            @Const double[] hB,
            @Const double[] dB,
            int fromB,
            int toB,
            int inputs,
            int width,
            int outputs,
            double[] result);
}
