package gputrain.evaluation;

import java.util.ArrayList;
import java.util.List;

/**
 * Residuals whose key lies in [{@code low}, {@code high}).
 *
 * @param rmsdMeV root-mean-square; NaN for an empty bin
 */
public record Bin(double low, double high, double rmsdMeV, int count) {

    /**
     * Root-mean-square of residuals in bins of equal width, the first one beginning at 0.
     *
     * @param keys one per residual, not negative
     * @param residualsMeV one per key
     * @return from 0 to the bin of the largest key, empty ones among them; none for no residuals
     */
    public static List<Bin> rms(double[] keys, double[] residualsMeV, double width) {
        int bins = 0;
        for (double key : keys) {
            bins = Math.max(bins, (int) Math.floor(key / width) + 1);
        }
        double[] squares = new double[bins];
        int[] counts = new int[bins];
        for (int i = 0; i < keys.length; i++) {
            int bin = (int) Math.floor(keys[i] / width);
            squares[bin] += residualsMeV[i] * residualsMeV[i];
            counts[bin]++;
        }
        List<Bin> list = new ArrayList<>();
        for (int bin = 0; bin < bins; bin++) {
            list.add(new Bin(bin * width, (bin + 1) * width, Math.sqrt(squares[bin] / counts[bin]), counts[bin]));
        }
        return List.copyOf(list);
    }
}
