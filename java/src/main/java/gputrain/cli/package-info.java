/** The command line. */
@NullMarked
package gputrain.cli;

import org.jspecify.annotations.NullMarked;
