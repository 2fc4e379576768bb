package gputrain.engine.jvm;

import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Large arrays that replicas lend each other: there are as many sets of them as replicas are computed side by side. */
final class Workspaces {
    private final Queue<Workspace> idle = new ConcurrentLinkedQueue<>();

    Workspace take() {
        Workspace one = idle.poll();
        return one == null ? new Workspace() : one;
    }

    void give(Workspace one) {
        idle.add(one);
    }

    /** Arrays of one replica under way. What is in them is left from the last one. */
    static final class Workspace {
        private double[] jacobian = {};
        private double[] system = {};
        private double[][] grams = {};

        double[] jacobian(int size) {
            jacobian = atLeast(jacobian, size);
            return jacobian;
        }

        double[] system(int size) {
            system = atLeast(system, size);
            return system;
        }

        double[][] grams(int count, int size) {
            if (grams.length != count) {
                grams = new double[count][];
                Arrays.fill(grams, new double[0]);
            }
            for (int c = 0; c < count; c++) {
                grams[c] = atLeast(grams[c], size);
            }
            return grams;
        }

        private static double[] atLeast(double[] array, int size) {
            return array.length >= size ? array : new double[size];
        }
    }
}
