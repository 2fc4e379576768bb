package gputrain.engine.cuda;

import gputrain.engine.Precision;
import jcuda.Pointer;
import jcuda.Sizeof;

/** Numbers on their way to or from a GPU, in the precision that they have there. */
interface Numbers {
    /** Room for so many, all 0. */
    static Numbers of(Precision precision, int count) {
        return precision == Precision.FLOAT64 ? new Doubles(new double[count]) : new Floats(new float[count]);
    }

    Pointer pointer();

    long bytes();

    /** {@code count} of them from {@code from} on. */
    double[] get(int from, int count);

    void put(int at, double[] values);

    /** Rounded to float32. */
    @SuppressWarnings("ArrayRecordComponent") // the array is what this is about
    record Floats(float[] values) implements Numbers {
        @Override
        public Pointer pointer() {
            return Pointer.to(values);
        }

        @Override
        public long bytes() {
            return (long) Sizeof.FLOAT * values.length;
        }

        @Override
        public double[] get(int from, int count) {
            double[] to = new double[count];
            for (int i = 0; i < count; i++) {
                to[i] = values[from + i];
            }
            return to;
        }

        @Override
        public void put(int at, double[] from) {
            for (int i = 0; i < from.length; i++) {
                values[at + i] = (float) from[i];
            }
        }
    }

    /** As they are. */
    @SuppressWarnings("ArrayRecordComponent")
    record Doubles(double[] values) implements Numbers {
        @Override
        public Pointer pointer() {
            return Pointer.to(values);
        }

        @Override
        public long bytes() {
            return (long) Sizeof.DOUBLE * values.length;
        }

        @Override
        public double[] get(int from, int count) {
            double[] to = new double[count];
            System.arraycopy(values, from, to, 0, count);
            return to;
        }

        @Override
        public void put(int at, double[] from) {
            System.arraycopy(from, 0, values, at, from.length);
        }
    }
}
