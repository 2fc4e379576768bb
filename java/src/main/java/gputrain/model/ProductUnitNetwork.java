package gputrain.model;

import java.util.ArrayList;
import java.util.List;

/**
 * Product units over an optional linear layer, summed by a linear unit (Dellen et al., Sections 2.1 and 2.2):
 *
 * <pre>
 *   z = W x + b,   u_k = product over j of z_j^(E_kj) = exp(sum over j of E_kj log z_j),   y = sum over k of c_k u_k + d
 * </pre>
 *
 * <p>Real: z is replaced by max(guard, z), the paper's ReLU. Complex: every parameter is complex, x is real, log is the
 * principal branch with |z| replaced by max(guard, |z|), so that it is finite at 0; the outputs are Re y and Im y. Without
 * linear units the product units see x itself.
 *
 * <p>Parameters are one vector: W {@code [linearUnits, inputs]}, b, E {@code [productUnits, linearUnits or inputs]}, c, d;
 * a complex one is its real parts, then its imaginary parts.
 *
 * @param complex whether weights and activations are complex
 * @param inputs at least 1
 * @param linearUnits at least 0
 * @param productUnits at least 1
 * @param guard smallest (absolute) value whose logarithm is taken, above 0
 * @param initialExponents exponents, and their imaginary parts, are at first uniform in +-initialExponents / sqrt(factors
 *     of a product unit)
 */
public record ProductUnitNetwork(
        boolean complex, int inputs, int linearUnits, int productUnits, double guard, double initialExponents)
        implements Network {

    /** A guard far below the values that occur and far above float32's smallest. */
    public static final double DEFAULT_GUARD = 1e-6;

    /** @throws IllegalArgumentException when a number is out of range; the message says which */
    public ProductUnitNetwork {
        if (inputs < 1 || linearUnits < 0 || productUnits < 1) {
            throw new IllegalArgumentException("a product-unit network needs inputs >= 1, linear units >= 0 and product"
                    + " units >= 1: " + inputs + ", " + linearUnits + ", " + productUnits);
        }
        requireGuard(guard);
        requireInitialExponents(initialExponents);
        long factors = linearUnits > 0 ? linearUnits : inputs;
        long count = 2 * ((inputs + 1L) * linearUnits + (factors + 1) * productUnits + 1);
        if (count > Integer.MAX_VALUE / 8) {
            throw new IllegalArgumentException("network too large: " + count + " parameters");
        }
    }

    /**
     * Checks a guard.
     *
     * @throws IllegalArgumentException when it is out of range
     */
    public static void requireGuard(double guard) {
        // Its square must be a normal float32 number.
        if (!(guard >= 1e-15 && guard <= 1)) {
            throw new IllegalArgumentException("the guard of a logarithm must be between 1e-15 and 1: " + guard);
        }
    }

    /**
     * Checks a scale of the first exponents.
     *
     * @throws IllegalArgumentException when it is out of range
     */
    public static void requireInitialExponents(double scale) {
        if (!(scale >= 0 && scale < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("the scale of the exponents must not be negative: " + scale);
        }
    }

    @Override
    public int outputs() {
        return complex ? 2 : 1;
    }

    /** Numbers that a product unit multiplies. */
    public int factors() {
        return linearUnits > 0 ? linearUnits : inputs;
    }

    @Override
    public List<ParameterTensor> tensors() {
        List<ParameterTensor> tensors = new ArrayList<>();
        double linear = 1 / Math.sqrt(inputs);
        double sum = 1 / Math.sqrt(productUnits);
        if (linearUnits > 0) {
            add(tensors, "linear.weight", List.of(linearUnits, inputs), linear);
            add(tensors, "linear.bias", List.of(linearUnits), linear);
        }
        add(tensors, "exponent", List.of(productUnits, factors()), initialExponents / Math.sqrt(factors()));
        add(tensors, "coefficient", List.of(productUnits), sum);
        add(tensors, "bias", List.of(1), sum);
        return List.copyOf(tensors);
    }

    private void add(List<ParameterTensor> tensors, String name, List<Integer> shape, double bound) {
        for (String part : complex ? List.of(".real", ".imaginary") : List.of("")) {
            ParameterTensor last = tensors.isEmpty() ? null : tensors.get(tensors.size() - 1);
            int offset = last == null ? 0 : last.offset() + last.size();
            tensors.add(new ParameterTensor(name + part, shape, offset, bound));
        }
    }

    /** Where the tensor of a name begins in the parameter vector; the imaginary parts follow the real ones. */
    public int offset(String name) {
        return tensors().stream()
                .filter(tensor -> tensor.name().equals(name) || tensor.name().equals(name + ".real"))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no tensor " + name))
                .offset();
    }

    @Override
    public long multiplyAddsPerRow() {
        long linear = 2L * inputs * linearUnits * (complex ? 2 : 1);
        long products = 3L * factors() * productUnits * (complex ? 4 : 1);
        return linear + products + 3L * productUnits * (complex ? 4 : 1);
    }

    @Override
    public String text() {
        return "[" + inputs + (linearUnits > 0 ? ", " + linearUnits + " linear" : "") + ", " + productUnits
                + (complex ? " complex" : "") + " product units, 1]";
    }
}
