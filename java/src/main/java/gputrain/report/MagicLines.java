package gputrain.report;

import gputrain.report.Svg.Anchor;
import gputrain.report.Svg.Stroke;

/** Dashed lines at the magic numbers, with the numbers beside them. */
final class MagicLines {
    /** Closed shells that are known, and those that Huang et al. expect. */
    static final int[] NEUTRONS = {8, 20, 28, 50, 82, 126, 184, 198};

    static final int[] PROTONS = {8, 20, 28, 50, 82, 114, 120, 126};

    private MagicLines() {}

    static void vertical(Frame frame, int[] numbers, Extent shown) {
        for (int magic : numbers) {
            if (!shown.isEmpty() && magic >= shown.min() && magic <= shown.max()) {
                double at = frame.px(magic);
                frame.svg()
                        .line(at, frame.top(), at, frame.bottom(), Stroke.dashed(Ink.AXIS, 0.8))
                        .text(at + 3, frame.top() + 10, Integer.toString(magic), Anchor.START, Ink.MUTED, 10);
            }
        }
    }
}
