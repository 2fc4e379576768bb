package gputrain.engine;

/**
 * What a kernel model says of points that it was not fitted to.
 *
 * @param errors {@code [rows]} target minus posterior mean, the mean from all points outside the point's block
 * @param variances {@code [rows]} variance of that error in units of the kernel, noise included; empty when not asked for
 */
public record HeldOut(double[] errors, double[] variances) {}
