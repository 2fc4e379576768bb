/**
 * What a person sees of a finished run: one HTML file that opens offline, and the same figures as SVG files. Reads the
 * files of a run directory and nothing else, so that a report can be written again on any machine.
 */
@NullMarked
package gputrain.report;

import org.jspecify.annotations.NullMarked;
