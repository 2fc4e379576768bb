package gputrain.engine;

/**
 * Scaled inputs and targets of all rows that a plan's replicas refer to.
 *
 * @param inputs {@code [rows, inputWidth]} row-major
 * @param targets {@code [rows, targetWidth]} row-major
 */
public record DataSet(int rows, int inputWidth, int targetWidth, double[] inputs, double[] targets) {

    /** @throws IllegalArgumentException when an array's length does not fit or a value is not finite */
    public DataSet {
        checkLength("inputs", inputs, (long) rows * inputWidth);
        checkLength("targets", targets, (long) rows * targetWidth);
        checkFinite("inputs", inputs, inputWidth);
        checkFinite("targets", targets, targetWidth);
    }

    private static void checkLength(String what, double[] values, long expected) {
        if (values.length != expected) {
            throw new IllegalArgumentException(what + ": " + values.length + " values, expected " + expected);
        }
    }

    private static void checkFinite(String what, double[] values, int width) {
        for (int i = 0; i < values.length; i++) {
            if (!Double.isFinite(values[i])) {
                throw new IllegalArgumentException(
                        what + " row " + i / width + " column " + i % width + " is not finite: " + values[i]);
            }
        }
    }
}
