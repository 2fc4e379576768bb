package gputrain.engine.jvm;

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
        private double[] matrix = {};

        double[] jacobian(int size) {
            jacobian = atLeast(jacobian, size);
            return jacobian;
        }

        double[] matrix(int size) {
            matrix = atLeast(matrix, size);
            return matrix;
        }

        private static double[] atLeast(double[] array, int size) {
            return array.length >= size ? array : new double[size];
        }
    }
}
