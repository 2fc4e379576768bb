// The device operations that the kernels use, and nothing else of CUDA: nvcc takes the intrinsics below, the host
// compiler the emulation in test/emulator, which runs the same text thread by thread.
#pragma once

#include <stdint.h>

// A function for constant expressions on either side.
#ifdef __CUDACC__
#define GT_CONSTEXPR __host__ __device__ constexpr
#else
#define GT_CONSTEXPR constexpr
#endif

// Kernels with clusters are modules of their own for GPUs (-DGT_CLUSTERS=1, beside the others' -DGT_CLUSTERS=0): only
// these need the instructions of 9.0, so that everything else is compiled once, for 8.0 and all that came after.
#ifdef GT_CLUSTERS
#define GT_WITH_CLUSTERS (GT_CLUSTERS)
#define GT_WITHOUT_CLUSTERS (!GT_CLUSTERS)
#else
#define GT_WITH_CLUSTERS 1
#define GT_WITHOUT_CLUSTERS 1
#endif

#ifdef __CUDACC__

#define GT_KERNEL(threads, blocks_per_multiprocessor) \
  extern "C" __global__ void __launch_bounds__(threads, blocks_per_multiprocessor)
#define GT_CLUSTER(size) __cluster_dims__(size, 1, 1)
#define GT_DEVICE __device__ __forceinline__
#define GT_DEVICE_CALL __device__ __noinline__
#define GT_CONSTANT extern "C" __device__ const
#define GT_UNROLL _Pragma("unroll")
#define GT_NO_UNROLL _Pragma("unroll 1")
#define GT_PRAGMA(text) _Pragma(#text)
#define GT_UNROLL_BY(n) GT_PRAGMA(unroll n)

namespace gputrain::device {

struct alignas(16) Float4 {
  float x, y, z, w;
};
struct alignas(16) Double2 {
  double x, y;
};

GT_DEVICE int thread() { return static_cast<int>(threadIdx.x); }
GT_DEVICE int threads() { return static_cast<int>(blockDim.x); }
GT_DEVICE int block() { return static_cast<int>(blockIdx.x); }
GT_DEVICE int blocks() { return static_cast<int>(gridDim.x); }

// Dynamic shared memory of the block.
GT_DEVICE char* shared_memory() {
  extern __shared__ __align__(16) char gt_shared_memory[];
  return gt_shared_memory;
}

// Barriers; memory written before is seen after by all who take part. sync_warp: all 32 threads.
GT_DEVICE void sync_block() { __syncthreads(); }
GT_DEVICE void sync_warp() { __syncwarp(); }

GT_DEVICE float shuffle_xor(float value, int mask) { return __shfl_xor_sync(0xFFFFFFFFU, value, mask); }
GT_DEVICE double shuffle_xor(double value, int mask) { return __shfl_xor_sync(0xFFFFFFFFU, value, mask); }
// The value that thread `lane` of the warp passes.
GT_DEVICE double shuffle_from(double value, int lane) { return __shfl_sync(0xFFFFFFFFU, value, lane); }

// Clusters: barrier, and the same object of this block's shared memory in block `rank` of the cluster.
GT_DEVICE int cluster_rank() {
#if __CUDA_ARCH__ >= 900
  uint32_t rank;
  asm("mov.u32 %0, %%cluster_ctarank;" : "=r"(rank));
  return static_cast<int>(rank);
#else
  return 0;
#endif
}
GT_DEVICE void sync_cluster() {
#if __CUDA_ARCH__ >= 900
  // The barrier wants whole warps.
  __syncwarp();
  asm volatile("barrier.cluster.arrive.release.aligned;\n\tbarrier.cluster.wait.acquire.aligned;" ::: "memory");
#else
  __syncthreads();
#endif
}
template <class T>
GT_DEVICE T* peer(T* mine, int rank) {
#if __CUDA_ARCH__ >= 900
  uint64_t theirs;
  asm("mapa.u64 %0, %1, %2;" : "=l"(theirs) : "l"(mine), "r"(rank));
  return reinterpret_cast<T*>(theirs);
#else
  return mine;
#endif
}

// Global memory that other blocks write during the kernel: read past the first-level cache.
GT_DEVICE float load_shared_by_all(const float* at) { return __ldcg(at); }
GT_DEVICE double load_shared_by_all(const double* at) { return __ldcg(at); }
GT_DEVICE int32_t load_shared_by_all(const int32_t* at) { return __ldcg(at); }
GT_DEVICE Double2 load2_shared_by_all(const double* at) {
  double2 both = __ldcg(reinterpret_cast<const double2*>(at));
  return {both.x, both.y};
}

// A counter that blocks count up: everything that this thread saw is seen by who reads the count.
GT_DEVICE void arrive(uint32_t* counter) {
  asm volatile("red.release.gpu.global.add.u32 [%0], 1;" ::"l"(counter) : "memory");
}
GT_DEVICE uint32_t arrivals(const uint32_t* counter) {
  uint32_t count;
  asm volatile("ld.acquire.gpu.global.u32 %0, [%1];" : "=r"(count) : "l"(counter) : "memory");
  return count;
}
// Between two looks at a counter.
GT_DEVICE void relax() {}

// Copies 4 bytes from global to shared memory in the background; seen by this thread after copies_done().
GT_DEVICE void copy_async(float* shared, const float* global) {
  uint32_t to = static_cast<uint32_t>(__cvta_generic_to_shared(shared));
  asm volatile("cp.async.ca.shared.global [%0], [%1], 4;" ::"r"(to), "l"(global) : "memory");
}
GT_DEVICE void copies_done() { asm volatile("cp.async.wait_all;" ::: "memory"); }

// 2^x and 1/x within about 2 and 1 units in the last place; results below the normal range are 0.
GT_DEVICE float exp2_approximate(float x) {
  float y;
  asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
  return y;
}
GT_DEVICE float reciprocal_approximate(float x) {
  float y;
  asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
  return y;
}
// Within 1 or 2 units in the last place for every argument. The faster ones of the hardware have an absolute error, of
// sine and cosine one that grows with the angle and of the logarithm one that is all there is near 1; product units
// multiply logarithms by exponents and turn by angles of any size.
GT_DEVICE float exponential(float x) { return expf(x); }
GT_DEVICE float logarithm(float x) { return logf(x); }
GT_DEVICE float angle(float y, float x) { return atan2f(y, x); }
GT_DEVICE void sine_cosine(float x, float* sine, float* cosine) { sincosf(x, sine, cosine); }
// Correctly rounded.
GT_DEVICE float square_root(float x) { return __fsqrt_rn(x); }
GT_DEVICE float divide(float x, float y) { return __fdiv_rn(x, y); }
GT_DEVICE float multiply_add(float x, float y, float z) { return __fmaf_rn(x, y, z); }
GT_DEVICE double square_root(double x) { return __dsqrt_rn(x); }
GT_DEVICE double divide(double x, double y) { return __ddiv_rn(x, y); }
GT_DEVICE double multiply_add(double x, double y, double z) { return __fma_rn(x, y, z); }
// Within a unit in the last place.
GT_DEVICE double exponential(double x) { return exp(x); }
GT_DEVICE double logarithm(double x) { return log(x); }
// Within 2 or 3 units in the last place.
GT_DEVICE double error_complement(double x) { return erfc(x); }
GT_DEVICE double hyperbolic_tangent(double x) { return tanh(x); }
GT_DEVICE double angle(double y, double x) { return atan2(y, x); }
GT_DEVICE void sine_cosine(double x, double* sine, double* cosine) { sincos(x, sine, cosine); }

GT_DEVICE Float4 load4(const float* at) { return *reinterpret_cast<const Float4*>(at); }
GT_DEVICE void store4(float* at, Float4 value) { *reinterpret_cast<Float4*>(at) = value; }
GT_DEVICE Double2 load2(const double* at) { return *reinterpret_cast<const Double2*>(at); }
GT_DEVICE void store2(double* at, Double2 value) { *reinterpret_cast<Double2*>(at) = value; }

GT_DEVICE float absolute(float x) { return fabsf(x); }
GT_DEVICE double absolute(double x) { return fabs(x); }
GT_DEVICE float with_sign_of(float size, float x) { return copysignf(size, x); }
GT_DEVICE double with_sign_of(double size, double x) { return copysign(size, x); }

// Ends the kernel with an error that the host sees.
GT_DEVICE void fail() { __trap(); }

}  // namespace gputrain::device

#else
#include "emulator/device_emulation.h"
#ifndef GT_UNROLL_BY
#define GT_UNROLL_BY(n)
#endif
#endif
