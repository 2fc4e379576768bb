/** JMH benchmarks of the public API; see bench/README.md. */
@NullMarked
package gputrain.bench;

import org.jspecify.annotations.NullMarked;
