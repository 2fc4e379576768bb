/** Files that appear whole or not at all. */
@NullMarked
package gputrain.file;

import org.jspecify.annotations.NullMarked;
