package gputrain.train;

import gputrain.engine.TrainingPlan;
import java.util.ArrayList;
import java.util.List;

/** Remembers what a run said, and asks for a stop after a number of reports. */
final class Recorder implements TrainingListener {
    final List<Progress> reports = new ArrayList<>();
    final List<String> warnings = new ArrayList<>();
    final StopRequest stop = new StopRequest();
    private final int stopAfter;
    long startedAt = -1;
    int finished;

    Recorder(int stopAfter) {
        this.stopAfter = stopAfter;
    }

    Recorder() {
        this(Integer.MAX_VALUE);
    }

    @Override
    public void started(TrainingPlan plan, long resumedFromEpoch) {
        startedAt = resumedFromEpoch;
    }

    @Override
    public void progress(Progress progress) {
        reports.add(progress);
        if (reports.size() >= stopAfter) {
            stop.request();
        }
    }

    @Override
    public void warning(String message) {
        warnings.add(message);
    }

    @Override
    public void finished() {
        finished++;
    }
}
