package gputrain.model;

/**
 * Initial parameters, uniform in each tensor's bounds around its centre; those of a dense network are PyTorch's for {@code Linear},
 * (-1/sqrt(fan-in), 1/sqrt(fan-in)) for weights and biases. The draws are Philox words, rounded to float32, so that one seed gives the same bits on every engine.
 */
public final class InitialValues {
    /** Counter words 2 and 3 of the draws; keeps them apart from the shuffles of the same seed. */
    private static final long STREAM = 0x696E6974L;

    private InitialValues() {}

    /**
     * Draws the initial parameters.
     *
     * @return {@code [parameterCount]}, each trained value exactly representable in float32
     */
    public static double[] draw(Network network, long seed) {
        double[] parameters = new double[network.parameterCount()];
        int[] words = {};
        for (ParameterTensor tensor : network.tensors()) {
            int end = tensor.offset() + tensor.size();
            for (int index = tensor.offset(); index < end; index++) {
                if (index % 4 == 0) {
                    words = Philox.block(seed, index / 4, STREAM);
                }
                double centre = tensor.initialCentre()
                        .get((index - tensor.offset()) % tensor.initialCentre().size());
                double drawn = tensor.initialBound() * (2 * Philox.unit24(words[index % 4]) - 1);
                parameters[index] = tensor.trained() ? (float) (centre + drawn) : centre;
            }
        }
        return parameters;
    }
}
