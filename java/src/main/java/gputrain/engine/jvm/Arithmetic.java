package gputrain.engine.jvm;

import gputrain.engine.Replica;

/** The inner arithmetic of a session in one precision; everything else is shared between the precisions. */
interface Arithmetic {

    /** A trainer for one replica, to be used by one thread at a time. */
    Trainer trainer(Replica replica);

    /** As {@link gputrain.engine.Session#predict}; the sizes have been checked. */
    double[] predict(double[] parameters, double[] inputs, int rows);

    /** As {@link gputrain.engine.Session#inputGradient}; the sizes have been checked. */
    double[] inputGradient(double[] parameters, double[] inputs, int rows, double[] outputWeights);

    /** Parameters, gradient and moments of one replica. Vectors are handed out and taken as doubles, copied. */
    interface Trainer {

        /**
         * Puts the gradient of the batch's mean loss in place; the parameters stay.
         *
         * @param rows rows of the data set; those at positions {@code from} to {@code to - 1} are the batch
         * @return the batch's loss, summed over its rows and outputs
         */
        double gradient(int[] rows, int from, int to);

        /**
         * One step of the optimiser with the gradient in place.
         *
         * @param step 1 for the first step
         */
        void update(double rate, long step);

        /**
         * One iteration of L-BFGS or Levenberg-Marquardt on all rows.
         *
         * @param rate trial step of the line search of L-BFGS
         * @param steps of the optimiser done before
         * @return the loss before it, summed over rows and outputs, and whether the parameters moved; not finite when the
         *     loss or the objective is not, and then nothing has changed
         */
        Iteration iterate(int[] rows, double rate, long steps);

        /** Gives back what it borrowed for its iterations; to be called where a session pauses. */
        default void rest() {}

        /** Sum over the rows of e^2, e as at {@link gputrain.engine.Monitor}. */
        double sumOfSquares(int[] rows, double[] outputWeights);

        double[] parameters();

        double[] firstMoment();

        double[] secondMoment();

        void load(double[] parameters, double[] firstMoment, double[] secondMoment);
    }

    /** See {@link Trainer#iterate}. */
    record Iteration(double loss, QuasiNewton.Outcome outcome) {}
}
