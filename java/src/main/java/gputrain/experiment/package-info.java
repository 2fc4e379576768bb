/**
 * An experiment is a file: reads it, builds data set and plan, trains by both protocols, evaluates, and sets the result
 * beside the paper's.
 */
@NullMarked
package gputrain.experiment;

import org.jspecify.annotations.NullMarked;
