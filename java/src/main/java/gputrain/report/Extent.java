package gputrain.report;

/** The smallest and largest of the values seen; those that are not finite are passed over. */
final class Extent {
    private double min = Double.POSITIVE_INFINITY;
    private double max = Double.NEGATIVE_INFINITY;

    Extent add(double... values) {
        for (double value : values) {
            if (Double.isFinite(value)) {
                min = Math.min(min, value);
                max = Math.max(max, value);
            }
        }
        return this;
    }

    /** For a logarithmic axis: passes over what is not positive, too. */
    Extent addPositive(double... values) {
        for (double value : values) {
            if (value > 0) {
                add(value);
            }
        }
        return this;
    }

    boolean isEmpty() {
        return min > max;
    }

    double min() {
        return min;
    }

    double max() {
        return max;
    }
}
