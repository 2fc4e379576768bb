/**
 * The engine in plain Java. In float64 it is the oracle that every other engine is held against, written to be read
 * beside the equations; in float32 it trains on any machine with a JDK, its inner loops shaped for HotSpot's vectoriser.
 */
@NullMarked
package gputrain.engine.jvm;

import org.jspecify.annotations.NullMarked;
