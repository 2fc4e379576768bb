package gputrain.engine;

/**
 * Points and values that a kernel model is fitted to.
 *
 * @param rows points, at least 1
 * @param columns coordinates of a point, at least 1
 * @param coordinates {@code [rows, columns]} row-major
 * @param targets {@code [rows]}
 */
public record KernelProblem(int rows, int columns, double[] coordinates, double[] targets) {
    /** A matrix of more rows does not fit a Java array. */
    public static final int MAX_ROWS = 46_340;

    /** @throws IllegalArgumentException when an array's length does not fit or a value is not finite */
    public KernelProblem {
        if (rows < 1 || columns < 1) {
            throw new IllegalArgumentException("a kernel model needs a point and a coordinate, not " + rows
                    + " points of " + columns + " coordinates");
        }
        if (rows > MAX_ROWS) {
            throw new IllegalArgumentException(rows + " points: a kernel matrix holds at most " + MAX_ROWS
                    + " (its memory grows with the square)");
        }
        checkPoints(coordinates, rows, columns);
        if (targets.length != rows) {
            throw new IllegalArgumentException("targets: " + targets.length + " values, expected " + rows);
        }
        for (int i = 0; i < rows; i++) {
            if (!Double.isFinite(targets[i])) {
                throw new IllegalArgumentException("target " + i + " is not finite: " + targets[i]);
            }
        }
    }

    /** @throws IllegalArgumentException when the length does not fit or a coordinate is not finite */
    static void checkPoints(double[] coordinates, int rows, int columns) {
        if (rows < 0 || coordinates.length != (long) rows * columns) {
            throw new IllegalArgumentException(
                    "coordinates: " + coordinates.length + " values, expected " + rows + " x " + columns);
        }
        for (int i = 0; i < coordinates.length; i++) {
            if (!Double.isFinite(coordinates[i])) {
                throw new IllegalArgumentException(
                        "point " + i / columns + " coordinate " + i % columns + " is not finite: " + coordinates[i]);
            }
        }
    }
}
