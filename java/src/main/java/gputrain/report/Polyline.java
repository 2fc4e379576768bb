package gputrain.report;

/**
 * The path of a long curve. Of the points that fall on one pixel column only the first, the lowest, the highest and the
 * last are kept: the picture stays the same, spikes included, and its size is bounded by the width of the plot.
 */
final class Polyline {
    private static final int FIRST = 0;
    private static final int TOP = 1;
    private static final int BOTTOM = 2;
    private static final int LAST = 3;

    private final StringBuilder path = new StringBuilder();
    private boolean penDown;
    private long column = Long.MIN_VALUE;
    private final double[] columnX = new double[4];
    private final double[] columnY = new double[4];
    private final long[] order = new long[4];

    private Polyline() {}

    /** SVG path data; breaks where the axes cannot show a point, empty when there is none. */
    static String path(Frame frame, double[] x, double[] y) {
        Polyline line = new Polyline();
        for (int i = 0; i < x.length; i++) {
            if (frame.shows(x[i], y[i])) {
                line.add(i, frame.px(x[i]), frame.py(y[i]));
            } else if (!Double.isNaN(y[i])) {
                // An empty cell is a value not sampled; an infinite one is a break.
                line.lift();
            }
        }
        line.flush();
        return line.path.toString();
    }

    private void add(long index, double px, double py) {
        long here = (long) Math.floor(px);
        if (here != column) {
            flush();
            column = here;
            for (int k = FIRST; k <= LAST; k++) {
                set(k, index, px, py);
            }
            return;
        }
        if (py < columnY[TOP]) {
            set(TOP, index, px, py);
        }
        if (py > columnY[BOTTOM]) {
            set(BOTTOM, index, px, py);
        }
        set(LAST, index, px, py);
    }

    private void set(int k, long index, double px, double py) {
        order[k] = index;
        columnX[k] = px;
        columnY[k] = py;
    }

    private void flush() {
        if (column == Long.MIN_VALUE) {
            return;
        }
        boolean topFirst = order[TOP] <= order[BOTTOM];
        int[] sequence = {FIRST, topFirst ? TOP : BOTTOM, topFirst ? BOTTOM : TOP, LAST};
        long written = -1;
        for (int k : sequence) {
            if (order[k] != written) {
                path.append(penDown ? 'L' : 'M')
                        .append(Numbers.coordinate(columnX[k]))
                        .append(' ')
                        .append(Numbers.coordinate(columnY[k]));
                penDown = true;
                written = order[k];
            }
        }
        column = Long.MIN_VALUE;
    }

    private void lift() {
        flush();
        penDown = false;
    }
}
