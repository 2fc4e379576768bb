package gputrain.report;

import gputrain.nuclide.Nuclide;
import gputrain.report.Svg.Anchor;
import gputrain.report.Svg.Stroke;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;

/** The chart of nuclei in classes of one ink each, small enough for two side by side: N to the right, Z upwards. */
final class ChartMap {
    private static final int[] MAGIC = {8, 20, 28, 50, 82, 126};
    private static final double LEFT = 52;
    private static final double TOP = 26;
    private static final double BOTTOM = 46;
    private static final double LEGEND_ROW = 15;
    /** How far the marks of magic numbers reach, pixels. */
    private static final double MARK = 12;

    private static final Stroke MARKS = Stroke.solid(Ink.MUTED, 0.7);
    /** The names of smaller magic numbers would stand in those of the axes. */
    private static final int LEAST_NAMED = 28;
    /** Nuclei's room around those that are shown. */
    private static final int ROOM = 4;

    /**
     * A colour of the map.
     *
     * @param name for the legend
     */
    record Level(String name, Ink ink, List<Nuclide> nuclei) {}

    private final List<Nuclide> shown;
    private final int minN;
    private final int maxZ;
    private final int minZ;
    private final int maxN;
    private final double cell;
    private final Svg svg;

    private ChartMap(String title, Collection<Nuclide> shown, int width) {
        this.shown = List.copyOf(shown);
        minN = bound(Nuclide::N, false) - ROOM;
        maxN = bound(Nuclide::N, true) + ROOM;
        minZ = bound(Nuclide::Z, false) - ROOM;
        maxZ = bound(Nuclide::Z, true) + ROOM;
        cell = Math.min(9, (width - LEFT - 10) / (maxN - minN + 1));
        int height = (int) Math.ceil(TOP + BOTTOM + cell * (maxZ - minZ + 1));
        svg = new Svg(width, Math.max(height, 260), title);
    }

    /**
     * A map.
     *
     * @param title above it
     * @param background nuclei that are shown pale, for orientation; with those of the levels they decide what is seen
     * @param levels from the first of the legend to the last, at least one nucleus among them
     * @param legend what the levels' names mean; empty when they need no word
     */
    static Figure of(
            String fileName,
            int width,
            String title,
            Collection<Nuclide> background,
            List<Level> levels,
            String legend,
            String caption) {
        Set<Nuclide> all = new LinkedHashSet<>(background);
        levels.forEach(level -> all.addAll(level.nuclei()));
        ChartMap map = new ChartMap(title, all, width);
        map.axes();
        map.svg.text(LEFT, 16, title, Anchor.START, Ink.TEXT, 14);
        map.squares(background, Ink.GRID);
        levels.forEach(level -> map.squares(level.nuclei(), level.ink()));
        map.magicNumbers();
        map.legend(legend, levels);
        return new Figure(fileName, caption, map.svg);
    }

    private void squares(Collection<Nuclide> nuclei, Ink ink) {
        StringBuilder path = new StringBuilder();
        double gap = cell > 4 ? 0.5 : 0;
        String side = Numbers.coordinate(cell - gap);
        for (Nuclide nuclide : nuclei) {
            path.append('M')
                    .append(Numbers.coordinate(x(nuclide.N()) + gap / 2))
                    .append(' ')
                    .append(Numbers.coordinate(y(nuclide.Z()) + gap / 2))
                    .append('h')
                    .append(side)
                    .append('v')
                    .append(side)
                    .append("h-")
                    .append(side)
                    .append('z');
        }
        if (!path.isEmpty()) {
            svg.area(path.toString(), ink, 1);
        }
    }

    private void axes() {
        double bottom = y(minZ) + cell;
        double right = x(maxN) + cell;
        for (int n = Math.floorDiv(minN + 19, 20) * 20; n <= maxN; n += 20) {
            svg.line(x(n) + cell / 2, bottom, x(n) + cell / 2, bottom + 5, Stroke.solid(Ink.AXIS, 1));
            svg.text(x(n) + cell / 2, bottom + 18, Integer.toString(n), Anchor.MIDDLE, Ink.MUTED, Frame.TICK_SIZE);
        }
        for (int z = Math.floorDiv(minZ + 19, 20) * 20; z <= maxZ; z += 20) {
            svg.line(LEFT, y(z) + cell / 2, LEFT - 5, y(z) + cell / 2, Stroke.solid(Ink.AXIS, 1));
            svg.text(LEFT - 8, y(z) + cell / 2 + 4, Integer.toString(z), Anchor.END, Ink.MUTED, Frame.TICK_SIZE);
        }
        svg.line(LEFT, bottom, right, bottom, Stroke.solid(Ink.AXIS, 1));
        svg.line(LEFT, bottom, LEFT, y(maxZ), Stroke.solid(Ink.AXIS, 1));
        svg.text((LEFT + right) / 2, bottom + 37, "neutron number N", Anchor.MIDDLE, Ink.TEXT, Frame.LABEL_SIZE);
        svg.uprightText(14, (bottom + y(maxZ)) / 2, "proton number Z", Ink.TEXT, Frame.LABEL_SIZE);
    }

    /** Marks at both ends of each magic row and column that has nuclei; its lines would hide half of them. */
    private void magicNumbers() {
        for (int magic : MAGIC) {
            List<Nuclide> row = shown.stream().filter(one -> one.Z() == magic).toList();
            if (!row.isEmpty()) {
                double first = x(bound(row, Nuclide::N, false));
                double last = x(bound(row, Nuclide::N, true) + 1);
                for (double at : new double[] {y(magic), y(magic) + cell}) {
                    svg.line(first - MARK, at, first - 2, at, MARKS).line(last + 2, at, last + MARK, at, MARKS);
                }
                if (magic >= LEAST_NAMED) {
                    svg.text(first - MARK - 3, y(magic) + 4, Integer.toString(magic), Anchor.END, Ink.MUTED, 10);
                }
            }
            List<Nuclide> column =
                    shown.stream().filter(one -> one.N() == magic).toList();
            if (!column.isEmpty()) {
                double low = y(bound(column, Nuclide::Z, false)) + cell;
                double high = y(bound(column, Nuclide::Z, true));
                for (double at : new double[] {x(magic), x(magic) + cell}) {
                    svg.line(at, low + 2, at, low + MARK, MARKS).line(at, high - MARK, at, high - 2, MARKS);
                }
                if (magic >= LEAST_NAMED) {
                    String name = Integer.toString(magic);
                    svg.text(x(magic) + cell / 2, low + MARK + 10, name, Anchor.MIDDLE, Ink.MUTED, 10);
                }
            }
        }
    }

    private void legend(String meaning, List<Level> levels) {
        double left = LEFT + 12;
        double top = TOP + 6;
        if (!meaning.isEmpty()) {
            svg.text(left, top + 9, meaning, Anchor.START, Ink.TEXT, Frame.TICK_SIZE);
            top += LEGEND_ROW + 1;
        }
        for (int i = 0; i < levels.size(); i++) {
            double row = top + i * LEGEND_ROW;
            svg.rectangle(left, row, 12, 12, levels.get(i).ink(), 1);
            svg.text(left + 18, row + 10, levels.get(i).name(), Anchor.START, Ink.TEXT, Frame.TICK_SIZE);
        }
    }

    private double x(int n) {
        return LEFT + (n - minN) * cell;
    }

    private double y(int z) {
        return TOP + (maxZ - z) * cell;
    }

    private int bound(ToIntFunction<Nuclide> number, boolean upper) {
        return bound(shown, number, upper);
    }

    private static int bound(List<Nuclide> nuclei, ToIntFunction<Nuclide> number, boolean upper) {
        var values = nuclei.stream().mapToInt(number);
        return (upper ? values.max() : values.min()).orElse(0);
    }
}
