package gputrain.report;

/**
 * A drawing with the words that go below it.
 *
 * @param fileName name of its SVG file
 * @param caption what is drawn and how to read it
 */
record Figure(String fileName, String caption, Svg svg) {

    /** Whether it needs the page's whole width. */
    boolean wide() {
        return svg.width() > PAIR_WIDTH;
    }

    /** Width of a figure of which two stand side by side, in pixels. */
    static final int PAIR_WIDTH = 528;

    /** Width of a figure that stands alone, in pixels. */
    static final int FULL_WIDTH = 1080;
}
