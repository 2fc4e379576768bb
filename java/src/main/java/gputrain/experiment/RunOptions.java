package gputrain.experiment;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a person chooses for one run of an experiment.
 *
 * @param protocols in the order in which they are trained
 * @param seeds one replica each
 * @param out the run directory
 * @param initial parameters that every replica starts from, or null to draw them
 * @param fresh whether to throw away what the run directory holds of an unfinished or another run
 * @param checkpointInterval wall time between checkpoints
 */
public record RunOptions(
        List<Protocol> protocols,
        List<Long> seeds,
        Path out,
        double @Nullable [] initial,
        boolean fresh,
        Duration checkpointInterval) {

    public RunOptions {
        protocols = List.copyOf(protocols);
        seeds = List.copyOf(seeds);
        if (protocols.isEmpty() || seeds.isEmpty()) {
            throw new IllegalArgumentException("a run needs at least one protocol and one seed");
        }
    }
}
