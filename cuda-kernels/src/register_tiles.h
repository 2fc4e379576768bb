// Matrix products of a tile of rows, in registers. Activations are [feature][row] with a stride, weights [column][k].
#pragma once

#include "strides.h"

namespace gputrain::device {

// How a group deals a [columns, ks] gradient over its threads: thread t has ks t % k_threads + i k_threads and columns
// t / k_threads + j n_threads.
struct Deal {
  int k_threads, n_threads, ks, ns;
};
GT_CONSTEXPR Deal deal(int group, int k, int n, int most_k, int most_n) {
  Deal best = {0, 0, 0, 0};
  int least = 1 << 30;
  for (int k_threads = 1; k_threads <= group; k_threads *= 2) {
    int n_threads = group / k_threads;
    int ks = ceiling(k, k_threads);
    int ns = ceiling(n, n_threads);
    int cost = 64 * ks * ns + ks + ns;
    if (ks * k_threads <= most_k && ns * n_threads <= most_n && cost < least) {
      least = cost;
      best = {k_threads, n_threads, ks, ns};
    }
  }
  return best;
}

GT_DEVICE void add_outer(const Float4& x, float w, float (&sum)[4]) {
  sum[0] = multiply_add(x.x, w, sum[0]);
  sum[1] = multiply_add(x.y, w, sum[1]);
  sum[2] = multiply_add(x.z, w, sum[2]);
  sum[3] = multiply_add(x.w, w, sum[3]);
}

GT_DEVICE float dot(const Float4& x, const Float4& y, float sum) {
  sum = multiply_add(x.x, y.x, sum);
  sum = multiply_add(x.y, y.y, sum);
  sum = multiply_add(x.z, y.z, sum);
  return multiply_add(x.w, y.w, sum);
}

template <int N>
GT_DEVICE void zero(float (&to)[N]) {
  GT_UNROLL
  for (int i = 0; i < N; i++) {
    to[i] = 0;
  }
}
template <int M, int N>
GT_DEVICE void zero(float (&to)[M][N]) {
  GT_UNROLL
  for (int i = 0; i < M; i++) {
    zero(to[i]);
  }
}

// sums[c][r] += sum over k < 4 K of a[k][r] b[c ColumnStep][k]; `a` points to this thread's 4 rows, `b` to its first
// column.
template <int K, int RowStride, int Stride, int ColumnStep, int Columns>
GT_DEVICE void product(const float* a, const float* b, float (&sums)[Columns][4]) {
  GT_UNROLL_BY(2)
  for (int k = 0; k < K; k++) {
    Float4 x[4];
    GT_UNROLL
    for (int j = 0; j < 4; j++) {
      x[j] = load4(a + (4 * k + j) * RowStride);
    }
    GT_UNROLL
    for (int c = 0; c < Columns; c++) {
      Float4 w = load4(b + c * ColumnStep * Stride + 4 * k);
      add_outer(x[0], w.x, sums[c]);
      add_outer(x[1], w.y, sums[c]);
      add_outer(x[2], w.z, sums[c]);
      add_outer(x[3], w.w, sums[c]);
    }
  }
}

// gradient[j][i] += sum over the tile's rows of delta[n][row] a[k][row], for the ns and ks that the deal gives
// `member`.
template <int Rows, int RowStride, int KThreads, int NThreads, int Ks, int Ns>
GT_DEVICE void outer(int member, const float* delta, const float* a, float (&gradient)[Ns][Ks]) {
  delta += member / KThreads * RowStride;
  a += member % KThreads * RowStride;
  GT_NO_UNROLL
  for (int row = 0; row < Rows; row += 4) {
    // The smaller side waits in registers while the other streams by.
    if (Ks <= Ns) {
      Float4 kept[Ks];
      GT_UNROLL
      for (int i = 0; i < Ks; i++) {
        kept[i] = load4(a + i * KThreads * RowStride + row);
      }
      GT_UNROLL
      for (int j = 0; j < Ns; j++) {
        Float4 d = load4(delta + j * NThreads * RowStride + row);
        GT_UNROLL
        for (int i = 0; i < Ks; i++) {
          gradient[j][i] = dot(d, kept[i], gradient[j][i]);
        }
      }
    } else {
      Float4 kept[Ns];
      GT_UNROLL
      for (int j = 0; j < Ns; j++) {
        kept[j] = load4(delta + j * NThreads * RowStride + row);
      }
      GT_UNROLL
      for (int i = 0; i < Ks; i++) {
        Float4 x = load4(a + i * KThreads * RowStride + row);
        GT_UNROLL
        for (int j = 0; j < Ns; j++) {
          gradient[j][i] = dot(kept[j], x, gradient[j][i]);
        }
      }
    }
  }
}

// Sum over the 4 neighbouring threads that share columns.
GT_DEVICE float over_four(float sum) {
  sum += shuffle_xor(sum, 1);
  return sum + shuffle_xor(sum, 2);
}

// Stores sums over rows, of which 4 neighbours have a part each, for columns first + c ColumnStep < Width.
template <int Width, int ColumnStep, int Columns>
GT_DEVICE void store_columns(int first, bool writer, const float (&sums)[Columns], float* to) {
  GT_UNROLL
  for (int c = 0; c < Columns; c++) {
    float sum = over_four(sums[c]);
    int column = first + c * ColumnStep;
    if (writer && column < Width) {
      to[column] = sum;
    }
  }
}

// Stores [N, K] from the threads that outer() dealt it to.
template <int KThreads, int NThreads, int K, int N, int Ks, int Ns>
GT_DEVICE void store_weights(int member, const float (&sums)[Ns][Ks], float* to) {
  GT_UNROLL
  for (int j = 0; j < Ns; j++) {
    int n = member / KThreads + j * NThreads;
    GT_UNROLL
    for (int i = 0; i < Ks; i++) {
      int k = member % KThreads + i * KThreads;
      if (n < N && k < K) {
        to[n * K + k] = sums[j][i];
      }
    }
  }
}

}  // namespace gputrain::device
