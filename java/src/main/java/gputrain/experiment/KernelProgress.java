package gputrain.experiment;

/** Told how far a kernel experiment is. */
@FunctionalInterface
public interface KernelProgress {

    /**
     * A step is done.
     *
     * @param stage what is computed
     * @param done steps of it
     * @param of how many there are
     * @param note the latest result in a few words
     */
    void at(String stage, int done, int of, String note);
}
