package gputrain.cli;

import gputrain.data.DataFormatException;
import gputrain.data.TableFileException;
import gputrain.data.UnknownTableException;
import gputrain.engine.EngineException;
import gputrain.engine.NoSuchEngineException;
import gputrain.experiment.ExperimentException;
import gputrain.experiment.UsageException;
import gputrain.features.FeatureException;
import gputrain.file.OutputException;
import gputrain.nuclide.InputException;
import gputrain.report.ReportException;
import gputrain.train.CheckpointException;
import gputrain.train.SafeTensorsException;
import java.io.UncheckedIOException;

/** Exit codes, those of sysexits.h where one fits. */
final class ExitCode {
    static final int OK = 0;
    static final int USAGE = 2;
    static final int BAD_DATA = 65;
    static final int NO_DEVICE = 69;
    static final int BUG = 70;
    static final int INPUT_OUTPUT = 74;
    static final int STOPPED = 75;

    private ExitCode() {}

    /** The code of an error that ended a command. */
    static int of(Throwable error) {
        if (error instanceof UsageException || error instanceof UnknownTableException) {
            return USAGE;
        }
        if (error instanceof TableFileException) {
            return INPUT_OUTPUT;
        }
        if (error instanceof DataFormatException
                || error instanceof InputException
                || error instanceof ExperimentException
                || error instanceof FeatureException
                || error instanceof ReportException
                || error instanceof SafeTensorsException) {
            return BAD_DATA;
        }
        if (error instanceof NoSuchEngineException || error instanceof EngineException) {
            return NO_DEVICE;
        }
        if (error instanceof OutputException
                || error instanceof CheckpointException
                || error instanceof UncheckedIOException) {
            return INPUT_OUTPUT;
        }
        return BUG;
    }
}
