// A tile of a matrix product in float32, by one block: operands go through shared memory in slices along the summed
// dimension, the next slice being fetched while this one is used; sums stay in registers, each in order of that
// dimension.
#pragma once

#include "device.h"

namespace gputrain::device {

struct Product {
  static constexpr int kThreads = 128;
  static constexpr int kSide = 64;  // rows and columns of a tile
  // This thread's rows: 4 row_group() + i and, kSide / 2 on, 4 more; its columns: 4 column_group() + j. Neighbouring
  // threads then read neighbouring 16 bytes of shared memory.
  static constexpr int kRows = 8;
  static constexpr int kColumns = 4;
  static constexpr int kFloats = 2 * 2 * 16 * (kSide + 4);  // of shared memory, 16-byte aligned

  GT_DEVICE static int row(int i) { return 4 * (thread() % 8) + i % 4 + i / 4 * (kSide / 2); }
  GT_DEVICE static int column(int j) { return 4 * (thread() / 8) + j; }

  // sum[i][j] = sum over k < depth of a(k, row(i)) b(k, column(j)). Operands are functions of (k, row or column of the
  // tile) for every such pair up to kSide; a_along, b_along: whether neighbours in memory differ in k.
  // `buffer`, 0 at first, goes on from tile to tile, which so begins in the half of the memory that nobody reads.
  template <bool a_along, bool b_along, class A, class B>
  GT_DEVICE static void tile(float* memory, int& buffer, int depth, const A& a, const B& b,
                             float (&sum)[kRows][kColumns]) {
    GT_UNROLL
    for (int i = 0; i < kRows; i++) {
      GT_UNROLL
      for (int j = 0; j < kColumns; j++) {
        sum[i][j] = 0;
      }
    }
    float next_a[kEach], next_b[kEach];
    fetch<a_along>(a, 0, depth, next_a);
    fetch<b_along>(b, 0, depth, next_b);
    int half = buffer;
    for (int k = 0; k < depth; k += kDepth) {
      float* here = memory + half * 2 * kSlice;
      put<a_along>(here, next_a);
      put<b_along>(here + kSlice, next_b);
      // Who still reads the other buffer has not come here yet, and it is not written before all have.
      sync_block();
      if (k + kDepth < depth) {
        fetch<a_along>(a, k + kDepth, depth, next_a);
        fetch<b_along>(b, k + kDepth, depth, next_b);
      }
      multiply(here, sum);
      half ^= 1;
    }
    buffer = half;
  }

 private:
  static constexpr int kDepth = 16;  // of a slice
  static constexpr int kStride = kSide + 4;
  static constexpr int kSlice = kDepth * kStride;
  static constexpr int kEach = kDepth * kSide / kThreads;

  template <bool along>
  GT_DEVICE static int k_of(int e) {
    return along ? thread() % kDepth : thread() / kSide + e * (kThreads / kSide);
  }
  template <bool along>
  GT_DEVICE static int place_of(int e) {
    return along ? thread() / kDepth + e * (kThreads / kDepth) : thread() % kSide;
  }

  template <bool along, class F>
  GT_DEVICE static void fetch(const F& f, int first, int depth, float (&to)[kEach]) {
    GT_UNROLL
    for (int e = 0; e < kEach; e++) {
      int k = first + k_of<along>(e);
      to[e] = k < depth ? f(k, place_of<along>(e)) : 0;
    }
  }

  template <bool along>
  GT_DEVICE static void put(float* slice, const float (&from)[kEach]) {
    GT_UNROLL
    for (int e = 0; e < kEach; e++) {
      slice[k_of<along>(e) * kStride + place_of<along>(e)] = from[e];
    }
  }

  GT_DEVICE static void multiply(const float* slices, float (&sum)[kRows][kColumns]) {
    const float* a = slices + row(0);
    const float* b = slices + kSlice + column(0);
    GT_UNROLL
    for (int k = 0; k < kDepth; k++) {
      Float4 x = load4(a + k * kStride);
      Float4 y = load4(a + k * kStride + kSide / 2);
      Float4 w = load4(b + k * kStride);
      const float rows[kRows] = {x.x, x.y, x.z, x.w, y.x, y.y, y.z, y.w};
      const float columns[kColumns] = {w.x, w.y, w.z, w.w};
      GT_UNROLL
      for (int i = 0; i < kRows; i++) {
        GT_UNROLL
        for (int j = 0; j < kColumns; j++) {
          sum[i][j] = multiply_add(rows[i], columns[j], sum[i][j]);
        }
      }
    }
  }
};

}  // namespace gputrain::device
