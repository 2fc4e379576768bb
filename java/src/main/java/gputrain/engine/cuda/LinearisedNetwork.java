package gputrain.engine.cuda;

import gputrain.model.DenseNetwork;
import gputrain.model.Network;
import gputrain.model.ParameterGroups;
import gputrain.model.ProductUnitNetwork;
import gputrain.model.SplineNetwork;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** What the kernels of second-order training know of a network, a {@code gt_linearised}, and how much they keep of a row. */
final class LinearisedNetwork {
    /** As GT_MOST_FACTORS. */
    static final int MOST_FACTORS = 16;

    /** In the order of GT_DENSE, ... */
    private static final int DENSE = 0;

    private static final int PRODUCT_UNITS = 1;
    private static final int COMPLEX_PRODUCT_UNITS = 2;
    private static final int SPLINES = 3;

    /** h and d are continued to a multiple of this, as kDepth. */
    private static final int DEPTH = 16;

    /** Parameters whose derivatives are an outer product d h^T: a gt_factor. */
    record Factor(int in, int out, int values, int slopes, int weight, int bias) {
        /** The group of all of its parameters; -1 where they have several. */
        int group(ParameterGroups groups) {
            int[] of = groups.groups();
            for (int k = 0; k < in * out; k++) {
                if (of[weight + k] != of[weight]) {
                    return -1;
                }
            }
            for (int k = 0; bias >= 0 && k < out; k++) {
                if (of[bias + k] != of[weight]) {
                    return -1;
                }
            }
            return of[weight];
        }

        /** Blocks of 32 entries of h, with the bias, for each entry of d. */
        int transposedBlocks() {
            return out * ((in + (bias < 0 ? 0 : 1) + 31) / 32);
        }
    }

    private final Network network;
    private final List<Factor> factors = new ArrayList<>();
    private int values;
    private int slopes;

    LinearisedNetwork(Network network) {
        this.network = network;
        if (network instanceof DenseNetwork dense) {
            for (int l = 0; l < dense.layers(); l++) {
                add(dense.widths().get(l), dense.widths().get(l + 1), dense.weightOffset(l), dense.biasOffset(l));
            }
        } else if (network instanceof ProductUnitNetwork units && !units.complex()) {
            int linear = units.linearUnits();
            if (linear > 0) {
                add(units.inputs(), linear, 0, units.offset("linear.bias"));
            }
            add(units.factors(), units.productUnits(), units.offset("exponent"), -1);
            add(units.productUnits(), 1, units.offset("coefficient"), units.offset("bias"));
        }
    }

    private void add(int in, int out, int weight, int bias) {
        factors.add(new Factor(in, out, values, slopes, weight, bias));
        values += whole(in);
        slopes += whole(out);
    }

    /** Up to a multiple of what a product takes at a time. */
    static int whole(int n) {
        return (n + DEPTH - 1) / DEPTH * DEPTH;
    }

    Network network() {
        return network;
    }

    /** Empty where derivatives are no outer products. */
    List<Factor> factors() {
        return factors;
    }

    /** Multiply-adds of a product of two outputs' derivatives by factors. */
    long depth() {
        return (long) values + slopes;
    }

    /** Doubles kept of a row. */
    int values() {
        if (network instanceof DenseNetwork) {
            return 2 * values;
        }
        if (network instanceof ProductUnitNetwork units) {
            return units.complex()
                    ? units.inputs() + 4 * units.factors() + 2 * units.productUnits()
                    : values + units.factors();
        }
        SplineNetwork splines = (SplineNetwork) network;
        return extra() + 2 * splines.edges() + 2 * nodes(splines);
    }

    /** Doubles kept of an output. */
    int slopes() {
        if (network instanceof ProductUnitNetwork units && units.complex()) {
            return 2 + 2 * units.productUnits() + 2 * units.factors();
        }
        return network instanceof SplineNetwork splines
                ? splines.widths().subList(1, splines.widths().size()).stream()
                        .mapToInt(Integer::intValue)
                        .sum()
                : slopes;
    }

    private int extra() {
        return network instanceof SplineNetwork splines ? nodes(splines) * (2 * splines.order() + 4) : values;
    }

    private static int nodes(SplineNetwork network) {
        return network.widths().subList(0, network.layers()).stream()
                .mapToInt(Integer::intValue)
                .sum();
    }

    /** A gt_linearised. */
    byte[] bytes() {
        ByteBuffer bytes = ByteBuffer.allocate(Double.BYTES + 28 * Integer.BYTES + MOST_FACTORS * 6 * Integer.BYTES)
                .order(ByteOrder.nativeOrder());
        List<Integer> widths = List.of();
        int family = DENSE;
        int activation = 0;
        int layers = 0;
        int intervals = 0;
        int order = 0;
        double guard = 0;
        if (network instanceof DenseNetwork dense) {
            widths = dense.widths();
            activation = Modules.ACTIVATIONS.indexOf(dense.activation());
            layers = dense.layers();
        } else if (network instanceof ProductUnitNetwork units) {
            widths = List.of(units.inputs(), units.linearUnits(), units.productUnits());
            family = units.complex() ? COMPLEX_PRODUCT_UNITS : PRODUCT_UNITS;
            guard = units.guard();
        } else if (network instanceof SplineNetwork splines) {
            widths = splines.widths();
            family = SPLINES;
            layers = splines.layers();
            intervals = splines.intervals();
            order = splines.order();
        }
        bytes.putDouble(guard).putInt(family).putInt(activation);
        bytes.putInt(network.inputs()).putInt(network.outputs());
        bytes.putInt(values())
                .putInt(slopes())
                .putInt(extra())
                .putInt(factors.size())
                .putInt(layers);
        for (int i = 0; i <= MOST_FACTORS; i++) {
            bytes.putInt(i < widths.size() ? widths.get(i) : 0);
        }
        bytes.putInt(intervals).putInt(order);
        for (Factor one : factors) {
            bytes.putInt(one.in).putInt(one.out).putInt(one.values).putInt(one.slopes);
            bytes.putInt(one.weight).putInt(one.bias);
        }
        return bytes.array();
    }
}
