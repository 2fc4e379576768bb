// Matrix products of a tile of rows, real or complex, of any widths, by a block. Activations are [plane][feature][row],
// weights [plane][column][k]; a thread has 4 rows of every kColumnGroups-th column.
#pragma once

#include "register_tiles.h"

namespace gputrain::device {

template <int Planes, int Threads, int Rows>
struct PlaneProducts {
  static constexpr int kRowGroups = Rows / 4;
  static constexpr int kColumnGroups = Threads / kRowGroups;
  static constexpr int kRowStride = odd_stride(Rows);
  static_assert(32 % kRowGroups == 0, "a column's rows are summed within a warp");

  GT_DEVICE static int row_group() { return thread() % kRowGroups; }
  GT_DEVICE static int column_group() { return thread() / kRowGroups; }

  // Sum over the tile's rows, of which a thread has 4; all threads of the warp call it together.
  GT_DEVICE static float over_rows(const float (&own)[4]) {
    float sum = (own[0] + own[1]) + (own[2] + own[3]);
    GT_UNROLL
    for (int mask = 1; mask < kRowGroups; mask *= 2) {
      sum += shuffle_xor(sum, mask);
    }
    return sum;
  }

  // Calls f(column, sums) for this thread's columns of a product with `columns` columns, in its own rows.
  template <int In, int Columns, class F>
  GT_DEVICE static void columns_of(const float* a, int a_plane, const float* b, int b_plane, int stride, int ks,
                                   int columns, const F& f) {
    GT_NO_UNROLL
    for (int first = column_group(); first < columns; first += Columns * kColumnGroups) {
      const float* of[Columns];
      float sum[Columns][Planes][4];
      GT_UNROLL
      for (int c = 0; c < Columns; c++) {
        int column = first + c * kColumnGroups;
        // One beyond the last repeats the first.
        of[c] = b + (column < columns ? column : first) * stride;
        zero(sum[c]);
      }
      product<In, Planes>(a + 4 * row_group(), a_plane, of, b_plane, ks, sum);
      GT_UNROLL
      for (int c = 0; c < Columns; c++) {
        int column = first + c * kColumnGroups;
        if (column < columns) {
          f(column, sum[c]);
        }
      }
    }
  }

  // gradient[place(plane, n, k)] += sum over the tile's rows of d[n] conj(a[k]); `a` has In planes. A thread has blocks
  // of Ns by Ks entries, far apart, so that neighbouring threads read neighbouring features.
  template <int In, int Ns, int Ks, class F>
  GT_DEVICE static void add_outer_products(int first, float* gradient, const float* d, int d_plane, int ns,
                                           const float* a, int a_plane, int ks, const F& place) {
    int k_step = ceiling(ks, Ks);
    int n_step = ceiling(ns, Ns);
    GT_NO_UNROLL
    for (int item = first; item < k_step * n_step; item += Threads) {
      int k = item % k_step;
      int n = item / k_step;
      float sum[Planes][Ns][Ks] = {};
      GT_NO_UNROLL
      for (int row = 0; row < Rows; row += 4) {
        Float4 x[In][Ks];
        GT_UNROLL
        for (int i = 0; i < In * Ks; i++) {
          x[i / Ks][i % Ks] = load4(a + i / Ks * a_plane + (k + i % Ks * k_step) * kRowStride + row);
        }
        GT_UNROLL
        for (int j = 0; j < Ns; j++) {
          Float4 y[Planes];
          GT_UNROLL
          for (int i = 0; i < Planes; i++) {
            y[i] = load4(d + i * d_plane + (n + j * n_step) * kRowStride + row);
          }
          GT_UNROLL
          for (int i = 0; i < Ks; i++) {
            sum[0][j][i] = dot(y[0], x[0][i], sum[0][j][i]);
            if constexpr (Planes == 2) {
              sum[1][j][i] = dot(y[1], x[0][i], sum[1][j][i]);
            }
            if constexpr (In == 2) {
              sum[0][j][i] = dot(y[1], x[1][i], sum[0][j][i]);
              sum[1][j][i] = dot({-y[0].x, -y[0].y, -y[0].z, -y[0].w}, x[1][i], sum[1][j][i]);
            }
          }
        }
      }
      GT_UNROLL
      for (int e = 0; e < Planes * Ns * Ks; e++) {
        int column = n + e / Ks % Ns * n_step;
        int feature = k + e % Ks * k_step;
        if (column < ns && feature < ks) {
          gradient[place(e / (Ns * Ks), column, feature)] += sum[e / (Ns * Ks)][e / Ks % Ns][e % Ks];
        }
      }
    }
  }

 private:
  // sum[c] += sum over k < `ks`, a multiple of 4, of a[k][own rows] b[c][k]; planes of `a` and `b` are so far apart.
  template <int In, int Out, int Columns>
  GT_DEVICE static void product(const float* a, int a_plane, const float* const (&b)[Columns], int b_plane, int ks,
                                float (&sum)[Columns][Out][4]) {
    GT_UNROLL_BY(2)
    for (int k = 0; k < ks; k += 4) {
      Float4 x[In][4];
      GT_UNROLL
      for (int i = 0; i < In; i++) {
        GT_UNROLL
        for (int j = 0; j < 4; j++) {
          x[i][j] = load4(a + i * a_plane + (k + j) * kRowStride);
        }
      }
      GT_UNROLL
      for (int c = 0; c < Columns; c++) {
        Float4 re = load4(b[c] + k);
        add_four(x[0], re, sum[c][0]);
        if constexpr (Out == 2) {
          Float4 im = load4(b[c] + b_plane + k);
          add_four(x[0], im, sum[c][1]);
          if constexpr (In == 2) {
            add_four(x[1], {-im.x, -im.y, -im.z, -im.w}, sum[c][0]);
            add_four(x[1], re, sum[c][1]);
          }
        }
      }
    }
  }
  GT_DEVICE static void add_four(const Float4 (&x)[4], const Float4& w, float (&sum)[4]) {
    add_outer(x[0], w.x, sum);
    add_outer(x[1], w.y, sum);
    add_outer(x[2], w.z, sum);
    add_outer(x[3], w.w, sum);
  }
};

}  // namespace gputrain::device
