/** What a model is worth: deviations from experiment, of one replica, of many, and of their mean. */
@NullMarked
package gputrain.evaluation;

import org.jspecify.annotations.NullMarked;
