/**
 * The GPU engine: whole epochs inside CUDA kernels ({@code cuda-kernels/}), bound through JCuda's driver API. Needs the
 * NVIDIA driver and nothing else.
 */
@NullMarked
package gputrain.engine.cuda;

import org.jspecify.annotations.NullMarked;
