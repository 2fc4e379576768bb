package gputrain.report;

import java.util.ArrayList;
import java.util.List;

/** Maps values to a share of an axis, and says where its marks stand. */
sealed interface Scale {

    /** 0 at the low end of the axis, 1 at the high end. */
    double fraction(double value);

    /** Whether the axis can show the value at all. */
    boolean shows(double value);

    /** The marks, from low to high. */
    List<Tick> ticks();

    /**
     * A mark of an axis.
     *
     * @param label empty for a mark without a number
     */
    record Tick(double value, String label) {}

    /** A linear axis from {@code min} to {@code max} with a mark every {@code step}. */
    record Linear(double min, double max, double step) implements Scale {

        /**
         * An axis that covers the values and begins and ends on a mark.
         *
         * @param about number of intervals wished for
         */
        static Linear covering(Extent extent, int about) {
            double low = extent.isEmpty() ? 0 : extent.min();
            double high = extent.isEmpty() ? 1 : extent.max();
            double room = room(low, high);
            low -= room;
            high += room;
            double step = roundStep((high - low) / about);
            return new Linear(Math.floor(low / step + 1e-9) * step, Math.ceil(high / step - 1e-9) * step, step);
        }

        /** An axis with given ends, whose marks need not be the ends; ends that are the same are moved apart. */
        static Linear between(double min, double max, int about) {
            double room = room(min, max);
            return new Linear(min - room, max + room, roundStep((max - min + 2 * room) / about));
        }

        /** What values that are all the same need on both sides, so that there is an axis. */
        private static double room(double low, double high) {
            if (high - low > 1e-12 * Math.max(Math.abs(low), Math.abs(high))) {
                return 0;
            }
            return low == 0 ? 1 : Math.abs(low) * 0.1;
        }

        /** The smallest of 1, 2, 5 times a power of ten that is not below the wish. */
        static double roundStep(double wish) {
            double power = Math.pow(10, Math.floor(Math.log10(wish)));
            for (double factor : new double[] {1, 2, 5}) {
                if (factor * power >= wish * (1 - 1e-9)) {
                    return factor * power;
                }
            }
            return 10 * power;
        }

        @Override
        public double fraction(double value) {
            return (value - min) / (max - min);
        }

        @Override
        public boolean shows(double value) {
            return Double.isFinite(value);
        }

        @Override
        public List<Tick> ticks() {
            double reach = Math.max(Math.abs(min), Math.abs(max));
            int decimals = (int) Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
            int digits = 1 + (int) (Math.floor(Math.log10(reach)) - Math.floor(Math.log10(step) + 1e-9));
            boolean far = decimals > 5 || reach >= 1e7;
            List<Tick> ticks = new ArrayList<>();
            long last = (long) Math.floor(max / step + 1e-9);
            for (long i = (long) Math.ceil(min / step - 1e-9); i <= last; i++) {
                double value = i * step;
                ticks.add(new Tick(value, far ? Numbers.significant(value, digits) : Numbers.fixed(value, decimals)));
            }
            return List.copyOf(ticks);
        }
    }

    /** A logarithmic axis; {@code min} and {@code max} are positive. */
    record Log(double min, double max) implements Scale {
        private static final double[] FACTORS = {1, 2, 5};

        /** An axis that covers the positive values and ends on 1, 2 or 5 times a power of ten. */
        static Log covering(Extent extent) {
            double low = extent.isEmpty() ? 0.1 : extent.min();
            double high = extent.isEmpty() ? 1 : extent.max();
            if (high / low < 1.5) {
                low /= 1.5;
                high *= 1.5;
            }
            return new Log(1 / Linear.roundStep(1 / low), Linear.roundStep(high));
        }

        @Override
        public double fraction(double value) {
            return Math.log(value / min) / Math.log(max / min);
        }

        @Override
        public boolean shows(double value) {
            return value > 0 && Double.isFinite(value);
        }

        @Override
        public List<Tick> ticks() {
            double decades = Math.log10(max / min);
            boolean plain = decades <= 3 && min >= 0.999e-3 && max <= 1.001e5;
            int every = (int) Math.ceil(decades / 8);
            List<Tick> ticks = new ArrayList<>();
            int last = (int) Math.floor(Math.log10(max) + 1e-9);
            for (int power = (int) Math.floor(Math.log10(min) + 1e-9); power <= last; power++) {
                for (double factor : FACTORS) {
                    double value = factor * Math.pow(10, power);
                    if (value < min * (1 - 1e-9) || value > max * (1 + 1e-9)) {
                        continue;
                    }
                    boolean named = plain || decades <= 2 || (factor == 1 && Math.floorMod(power, every) == 0);
                    if (named || every == 1) {
                        ticks.add(new Tick(value, named ? label(factor, power, plain) : ""));
                    }
                }
            }
            return List.copyOf(ticks);
        }

        private static String label(double factor, int power, boolean plain) {
            if (plain) {
                return Numbers.fixed(factor * Math.pow(10, power), Math.max(0, -power));
            }
            String mantissa = factor == 1 ? "" : Numbers.fixed(factor, 0) + "·";
            return mantissa + "10" + Numbers.superscript(power);
        }
    }

    /** Places 0, 1, ... with names, each in the middle of its share of the axis. */
    record Places(List<String> names) implements Scale {
        @Override
        public double fraction(double place) {
            return (place + 0.5) / names.size();
        }

        @Override
        public boolean shows(double place) {
            return place >= 0 && place < names.size();
        }

        @Override
        public List<Tick> ticks() {
            List<Tick> ticks = new ArrayList<>();
            names.forEach(name -> ticks.add(new Tick(ticks.size(), name)));
            return List.copyOf(ticks);
        }
    }

    /** Rows 0 to {@code count - 1} from the high end to the low end, each in the middle of its band; no marks. */
    record Rows(int count) implements Scale {
        @Override
        public double fraction(double row) {
            return 1 - (row + 0.5) / count;
        }

        @Override
        public boolean shows(double row) {
            return row >= 0 && row < count;
        }

        @Override
        public List<Tick> ticks() {
            return List.of();
        }
    }
}
