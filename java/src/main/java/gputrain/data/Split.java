package gputrain.data;

import java.util.Arrays;

/** Row numbers of a training and a test part. Immutable: what it takes and gives are copies. */
public final class Split {

    private final String description;
    private final int[] train;
    private final int[] test;

    /**
     * @param description how it was made, for the run record
     * @param train 0-based rows, in the order in which they are to be used
     * @param test 0-based rows, none of them in {@code train}
     */
    public Split(String description, int[] train, int[] test) {
        this.description = description;
        this.train = train.clone();
        this.test = test.clone();
    }

    /** How it was made. */
    public String description() {
        return description;
    }

    /** 0-based training rows. */
    public int[] train() {
        return train.clone();
    }

    /** 0-based test rows. */
    public int[] test() {
        return test.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Split split
                && description.equals(split.description)
                && Arrays.equals(train, split.train)
                && Arrays.equals(test, split.test);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(train) + Arrays.hashCode(test);
    }

    @Override
    public String toString() {
        return description + " (" + train.length + " train, " + test.length + " test)";
    }
}
