package gputrain.evaluation;

/** The functions f that a curve is compared with as c f(a x + b) + d. */
public enum ElementaryFunction {
    LINE("x", false, false, false),
    SQUARE("x²", false, true, false),
    CUBE("x³", false, true, false),
    RECIPROCAL("1/x", false, true, true),
    ROOT("√x", false, true, true),
    EXPONENTIAL("exp", true, false, false),
    LOGARITHM("log", false, true, true),
    SINE("sin", true, true, false),
    TANGENT("tanh", true, true, false),
    GAUSS("gauss", true, true, false),
    ABSOLUTE("abs", false, true, false);

    private final String symbol;
    private final boolean scaled;
    private final boolean shifted;
    private final boolean positive;

    /**
     * @param scaled whether a changes the curve in a way that c and d cannot
     * @param shifted the same for b
     * @param positive whether the argument must stay above 0
     */
    ElementaryFunction(String symbol, boolean scaled, boolean shifted, boolean positive) {
        this.symbol = symbol;
        this.scaled = scaled;
        this.shifted = shifted;
        this.positive = positive;
    }

    /** As tables write it. */
    public String symbol() {
        return symbol;
    }

    boolean scaled() {
        return scaled;
    }

    boolean shifted() {
        return shifted;
    }

    boolean positive() {
        return positive;
    }

    /** The value at an argument; {@code gauss} is exp(-x^2). */
    public double at(double x) {
        return switch (this) {
            case LINE -> x;
            case SQUARE -> x * x;
            case CUBE -> x * x * x;
            case RECIPROCAL -> 1 / x;
            case ROOT -> Math.sqrt(x);
            case EXPONENTIAL -> Math.exp(x);
            case LOGARITHM -> Math.log(x);
            case SINE -> Math.sin(x);
            case TANGENT -> Math.tanh(x);
            case GAUSS -> Math.exp(-x * x);
            case ABSOLUTE -> Math.abs(x);
        };
    }
}
