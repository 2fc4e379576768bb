/**
 * How a plan is computed: the contract of an engine, and the choice among the engines found on this machine. Matrices
 * in, parameters out; knows nothing of nuclei.
 */
@NullMarked
package gputrain.engine;

import org.jspecify.annotations.NullMarked;
