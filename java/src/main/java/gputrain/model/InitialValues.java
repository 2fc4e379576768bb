package gputrain.model;

/**
 * Initial parameters as PyTorch's {@code Linear} draws them: weights and biases uniform in (-1/sqrt(fan-in),
 * 1/sqrt(fan-in)). The draws are Philox words, rounded to float32, so that one seed gives the same bits on every engine.
 */
public final class InitialValues {
    /** Counter words 2 and 3 of the draws; keeps them apart from the shuffles of the same seed. */
    private static final long STREAM = 0x696E6974L;

    private InitialValues() {}

    /**
     * Draws the initial parameters.
     *
     * @return {@code [parameterCount]}, each value exactly representable in float32
     */
    public static double[] draw(DenseNetwork network, long seed) {
        double[] parameters = new double[network.parameterCount()];
        int[] words = {};
        int index = 0;
        for (int layer = 0; layer < network.layers(); layer++) {
            double bound = 1 / Math.sqrt(network.widths().get(layer));
            int end = network.weightOffset(layer + 1);
            for (; index < end; index++) {
                if (index % 4 == 0) {
                    words = Philox.block(seed, index / 4, STREAM);
                }
                parameters[index] = (float) (bound * (2 * Philox.unit24(words[index % 4]) - 1));
            }
        }
        return parameters;
    }
}
