// src/device.h for the host compiler: the threads of a block are fibers that run one after another from barrier to
// barrier, in an order that changes. Code that forgets a barrier therefore reads what is not there yet.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

#include "machine.h"
#include "planting.h"

#define GT_KERNEL(threads, blocks_per_multiprocessor) static void
#define GT_CLUSTER(size)
#define GT_DEVICE inline
#define GT_DEVICE_CALL inline
#define GT_CONSTANT static const
#define GT_UNROLL
#define GT_NO_UNROLL

namespace gputrain::device {

using emulation::current;
using emulation::planted;
using emulation::Site;

struct alignas(16) Float4 {
  float x, y, z, w;
};
struct alignas(16) Double2 {
  double x, y;
};

inline int thread() { return current->thread; }
inline int threads() { return current->block->threads; }
inline int block() { return current->block->index; }
inline int blocks() { return current->block->grid; }

inline char* shared_memory() { return current->block->shared; }

// The sites are where tests plant errors, see planting.h.
inline void sync_block(Site site = Site::current()) {
  if (!planted(emulation::Plant::kNoBarrier, site)) {
    emulation::wait_at(current->block->barrier);
  }
}
inline void sync_warp(Site site = Site::current()) {
  if (!planted(emulation::Plant::kNoBarrier, site)) {
    emulation::wait_at(*current->warp);
  }
}

// All 32 threads put their value down, then each takes one.
template <class T>
inline T exchange(T value, int lane) {
  emulation::Warp& warp = *current->warp;
  double(&slots)[32] = warp.slots[warp.round & 1];
  static_assert(sizeof(T) <= sizeof(double));
  std::memcpy(&slots[current->thread % 32], &value, sizeof(T));
  emulation::wait_at(warp);
  T taken;
  std::memcpy(&taken, &slots[lane], sizeof(T));
  return taken;
}
inline float shuffle_xor(float value, int mask) { return exchange(value, (current->thread % 32) ^ mask); }
inline double shuffle_xor(double value, int mask) { return exchange(value, (current->thread % 32) ^ mask); }
inline double shuffle_from(double value, int lane) { return exchange(value, lane); }
inline int cluster_rank() { return current->block->cluster_rank; }
inline void sync_cluster(Site site = Site::current()) {
  if (!planted(emulation::Plant::kNoBarrier, site)) {
    emulation::wait_at(*current->block->cluster);
  }
}
template <class T>
inline T* peer(T* mine, int rank) {
  const emulation::Block& block = *current->block;
  auto offset = reinterpret_cast<const char*>(mine) - block.shared;
  return reinterpret_cast<T*>(block.cluster->blocks[static_cast<size_t>(rank)]->shared + offset);
}

inline float load_shared_by_all(const float* at) { return *at; }
inline double load_shared_by_all(const double* at) { return *at; }
inline int32_t load_shared_by_all(const int32_t* at) { return *at; }
inline void arrive(uint32_t* counter) { ++*counter; }
inline uint32_t arrivals(const uint32_t* counter, Site site = Site::current()) {
  return planted(emulation::Plant::kNoBarrier, site) ? *counter + (1U << 30) : *counter;
}
inline void relax() { emulation::yield(); }

// Copied as late as it may be, so that a forgotten wait shows.
inline void copy_async(float* shared, const float* global, Site site = Site::current()) {
  current->copies.push_back({shared + planted(emulation::Plant::kShiftedIndex, site), global});
}
inline void copies_done(Site site = Site::current()) {
  if (planted(emulation::Plant::kNoBarrier, site)) {
    return;
  }
  for (const emulation::Copy& copy : current->copies) {
    *copy.to = *copy.from;
  }
  current->copies.clear();
}

inline float exp2_approximate(float x) {
  float y = exp2f(x);
  return y < 1.17549435e-38F ? 0 : y;
}
inline float reciprocal_approximate(float x) {
  float y = 1 / x;
  return fabsf(y) < 1.17549435e-38F ? copysignf(0, y) : y;
}
inline float exponential(float x) { return std::exp(x); }
inline float logarithm(float x) { return std::log(x); }
inline float angle(float y, float x) { return std::atan2(y, x); }
inline void sine_cosine(float x, float* sine, float* cosine) {
  *sine = std::sin(x);
  *cosine = std::cos(x);
}
inline float square_root(float x) { return sqrtf(x); }
inline float divide(float x, float y) { return x / y; }
inline float multiply_add(float x, float y, float z) { return fmaf(x, y, z); }
inline double square_root(double x) { return sqrt(x); }
inline double divide(double x, double y) { return x / y; }
inline double multiply_add(double x, double y, double z) { return fma(x, y, z); }
inline double exponential(double x) { return exp(x); }
inline double logarithm(double x) { return log(x); }
inline double error_complement(double x) { return erfc(x); }
inline double hyperbolic_tangent(double x) { return tanh(x); }
inline double angle(double y, double x) { return atan2(y, x); }
inline void sine_cosine(double x, double* sine, double* cosine) {
  *sine = std::sin(x);
  *cosine = std::cos(x);
}
inline float absolute(float x) { return fabsf(x); }
inline double absolute(double x) { return fabs(x); }
inline float with_sign_of(float size, float x) { return copysignf(size, x); }
inline double with_sign_of(double size, double x) { return copysign(size, x); }

// As the device does, these fault on addresses that are not multiples of 16.
inline Float4 load4(const float* at, Site site = Site::current()) {
  at += 4 * planted(emulation::Plant::kShiftedIndex, site);
  emulation::check_aligned(at);
  Float4 value;
  std::memcpy(&value, at, sizeof(value));
  return value;
}
inline void store4(float* at, Float4 value, Site site = Site::current()) {
  at += 4 * planted(emulation::Plant::kShiftedIndex, site);
  emulation::check_aligned(at);
  std::memcpy(at, &value, sizeof(value));
}
inline Double2 load2(const double* at, Site site = Site::current()) {
  at += 2 * planted(emulation::Plant::kShiftedIndex, site);
  emulation::check_aligned(at);
  Double2 value;
  std::memcpy(&value, at, sizeof(value));
  return value;
}
inline Double2 load2_shared_by_all(const double* at, Site site = Site::current()) { return load2(at, site); }
inline void store2(double* at, Double2 value, Site site = Site::current()) {
  at += 2 * planted(emulation::Plant::kShiftedIndex, site);
  emulation::check_aligned(at);
  std::memcpy(at, &value, sizeof(value));
}

inline void fail() { emulation::fault("the kernel called fail()"); }

}  // namespace gputrain::device
