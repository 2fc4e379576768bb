// The device's peak of fused multiply-adds in float32, to compare rates with: chains in registers and nothing else.
#include "peak.h"

extern "C" __global__ void __launch_bounds__(GT_PEAK_THREADS)
    fma_peak(float* out, int rounds, float factor, float summand) {
  float chain[GT_PEAK_CHAINS];
#pragma unroll
  for (int i = 0; i < GT_PEAK_CHAINS; i++) {
    chain[i] = static_cast<float>(threadIdx.x + i);
  }
  for (int round = 0; round < rounds; round++) {
#pragma unroll
    for (int step = 0; step < GT_PEAK_STEPS; step++) {
#pragma unroll
      for (int i = 0; i < GT_PEAK_CHAINS; i++) {
        chain[i] = fmaf(chain[i], factor, summand);
      }
    }
  }
  float sum = 0;
#pragma unroll
  for (int i = 0; i < GT_PEAK_CHAINS; i++) {
    sum += chain[i];
  }
  out[blockIdx.x * blockDim.x + threadIdx.x] = sum;
}
