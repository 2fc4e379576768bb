/**
 * Runs a plan on an engine: the loop around {@link gputrain.engine.Session#advance}, progress, checkpoints and resume,
 * stop by signal, and the files that hold parameters. Knows nothing of nuclei.
 */
@NullMarked
package gputrain.train;

import org.jspecify.annotations.NullMarked;
