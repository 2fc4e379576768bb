package gputrain.engine.cpp;

import gputrain.engine.JacobianMatrix;
import gputrain.engine.cpp.NativeDerivatives.NativeNetwork;
import gputrain.model.DenseNetwork;
import gputrain.model.Network;
import gputrain.model.ProductUnitNetwork;
import gputrain.model.SplineNetwork;
import java.util.List;
import org.bytedeco.javacpp.IntPointer;

/** Outputs and derivatives by our vector kernels, sixteen rows at a time. A row's numbers are the same in every range. */
final class NativeJacobian implements JacobianMatrix {
    private final int inputs;
    private final int outputs;
    private final int parameterCount;
    private final int count;
    // The library reads all three in every call; JavaCPP frees them with this object.
    private final IntPointer widths;
    private final IntPointer trained;
    private final NativeNetwork network = new NativeNetwork();

    NativeJacobian(Network shape, int[] trained) {
        this.inputs = shape.inputs();
        this.outputs = shape.outputs();
        this.parameterCount = shape.parameterCount();
        this.count = trained.length;
        this.trained = new IntPointer(trained);
        network.activation(0).intervals(0).order(0).guard(0);
        List<Integer> units;
        if (shape instanceof DenseNetwork dense) {
            units = dense.widths();
            network.family(0).activation(PlanMemory.activation(dense.activation()));
        } else if (shape instanceof ProductUnitNetwork product) {
            units = PlanMemory.widths(product);
            network.family(product.complex() ? 2 : 1).guard(product.guard());
        } else if (shape instanceof SplineNetwork splines) {
            units = splines.widths();
            network.family(3).intervals(splines.intervals()).order(splines.order());
        } else {
            throw new IllegalArgumentException("network unknown to the cpp engine: " + shape.text());
        }
        this.widths = new IntPointer(units.stream().mapToInt(Integer::intValue).toArray());
        network.widths(widths).layers(units.size() - 1);
    }

    @Override
    public void outputs(double[] parameters, double[] x, int rowFrom, int rowTo, double[] values) {
        require(parameters.length == parameterCount, "parameters");
        require(x.length / inputs >= rowTo && values.length / outputs >= rowTo, "rows");
        require(0 <= rowFrom && rowFrom <= rowTo, "range of rows");
        CppSession.check(NativeDerivatives.gt_outputs(network, parameters, x, rowFrom, rowTo, values));
    }

    @Override
    public void derivatives(double[] parameters, double[] x, int rowFrom, int rowTo, double[] scale, double[] result) {
        require(parameters.length == parameterCount, "parameters");
        require(x.length / inputs >= rowTo && scale.length / outputs >= rowTo, "rows");
        require(0 <= rowFrom && rowFrom <= rowTo, "range of rows");
        require(result.length >= (long) rowTo * outputs * count, "lines");
        CppSession.check(NativeDerivatives.gt_derivatives(
                network, trained, count, parameters, x, rowFrom, rowTo, scale, result));
    }

    /** What the library cannot know, before it writes into an array of ours. */
    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new IllegalArgumentException("an array does not fit the " + what);
        }
    }
}
