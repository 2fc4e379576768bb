package gputrain.engine;

/**
 * A kernel model at new points.
 *
 * @param mean {@code [rows]} in units of the targets
 * @param variance {@code [rows]} of the function, without noise, in units of the kernel; empty when not asked for
 */
public record Posterior(double[] mean, double[] variance) {}
