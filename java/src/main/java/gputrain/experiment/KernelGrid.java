package gputrain.experiment;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Results of a grid of hyperparameters.
 *
 * @param points rms deviation in MeV; NaN where the matrix was not positive definite
 */
public record KernelGrid(List<Point> points) {
    private static final String HEADER = "R,L,delta,rmsdMeV";

    /** One combination. */
    public record Point(int redundant, double length, double noise, double rmsdMeV) {}

    public KernelGrid {
        points = List.copyOf(points);
    }

    KernelGrid plus(List<Point> more) {
        List<Point> all = new ArrayList<>(points);
        all.addAll(more);
        return new KernelGrid(all);
    }

    /** Only the (R, L) that have so many noises. */
    KernelGrid whole(int noises) {
        return new KernelGrid(points.stream()
                .filter(p -> points.stream()
                                .filter(other -> other.redundant() == p.redundant() && other.length() == p.length())
                                .count()
                        == noises)
                .toList());
    }

    boolean has(int redundant, double length) {
        return points.stream().anyMatch(p -> p.redundant() == redundant && p.length() == length);
    }

    /** In the order of R, L and delta, whatever order they were computed in. */
    KernelGrid sorted() {
        return new KernelGrid(points.stream()
                .sorted(Comparator.comparingInt(Point::redundant)
                        .thenComparingDouble(Point::length)
                        .thenComparingDouble(Point::noise))
                .toList());
    }

    /** The smallest deviation of one R. */
    public Optional<Point> best(int redundant) {
        return points.stream()
                .filter(p -> p.redundant() == redundant && Double.isFinite(p.rmsdMeV()))
                .min(Comparator.comparingDouble(Point::rmsdMeV));
    }

    String csv() {
        StringBuilder text = new StringBuilder(HEADER).append('\n');
        for (Point p : points) {
            text.append(p.redundant())
                    .append(',')
                    .append(p.length())
                    .append(',')
                    .append(p.noise())
                    .append(',')
                    .append(Double.isFinite(p.rmsdMeV()) ? String.format(Locale.ROOT, "%.9f", p.rmsdMeV()) : "")
                    .append('\n');
        }
        return text.toString();
    }

    /**
     * Reads what {@link #csv} wrote.
     *
     * @throws ExperimentException naming the line that is not of a grid
     */
    static KernelGrid read(String file, String text) {
        List<Point> points = new ArrayList<>();
        String[] lines = text.split("\n", -1);
        if (!lines[0].equals(HEADER)) {
            throw new ExperimentException(
                    file + ":1: not a grid: expected " + HEADER + "; --fresh computes the run again");
        }
        // What follows the last end of a line is a line that was cut.
        for (int i = 1; i < lines.length - 1; i++) {
            String[] cells = lines[i].split(",", -1);
            try {
                points.add(new Point(
                        Integer.parseInt(cells[0]),
                        Double.parseDouble(cells[1]),
                        Double.parseDouble(cells[2]),
                        cells[3].isEmpty() ? Double.NaN : Double.parseDouble(cells[3])));
            } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
                throw new ExperimentException(
                        file + ":" + (i + 1) + ": not a line of a grid: \"" + lines[i]
                                + "\"; --fresh computes the run again",
                        e);
            }
        }
        return new KernelGrid(points);
    }
}
