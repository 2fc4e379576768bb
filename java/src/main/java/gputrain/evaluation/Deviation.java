package gputrain.evaluation;

/**
 * How far predictions are from experiment over a set of nuclei (Huang et al., Eq. 1).
 *
 * @param rmsdMeV root-mean-square deviation; NaN for an empty set
 * @param maeMeV mean absolute deviation; NaN for an empty set
 * @param count nuclei
 */
public record Deviation(double rmsdMeV, double maeMeV, int count) {

    /**
     * Deviation over some rows.
     *
     * @param predicted MeV, one per row
     * @param experiment MeV, one per row
     * @param rows the rows that count
     */
    public static Deviation of(double[] predicted, double[] experiment, int[] rows) {
        double squares = 0;
        double absolute = 0;
        for (int row : rows) {
            double difference = predicted[row] - experiment[row];
            squares += difference * difference;
            absolute += Math.abs(difference);
        }
        int n = rows.length;
        return new Deviation(Math.sqrt(squares / n), absolute / n, n);
    }
}
