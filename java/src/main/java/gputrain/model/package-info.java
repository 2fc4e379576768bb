/**
 * What is trained, as plain data: network shapes, the parameter layout, initial values and the random generator that
 * every engine shares. Knows nothing of nuclei.
 */
@NullMarked
package gputrain.model;

import org.jspecify.annotations.NullMarked;
