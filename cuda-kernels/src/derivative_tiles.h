// Tiles of 64 x 64 of what second-order training solves with, made of derivatives: of their factors, so that nobody
// ever writes them down, or of a matrix of them.
#pragma once

#include "dense_tiles.h"
#include "row_networks.h"

namespace gputrain::device {

// Outputs, those of a row one after another, and what was kept of them.
struct Outputs {
  const double* values;  // [rows, net.values]
  const double* slopes;  // [count, net.slopes]
  int32_t count, of_row;
  GT_DEVICE int row(int i) const { return i / of_row; }
};

// h of a factor for the outputs of a tile, 0 beyond the last. Single: a row has one output.
template <bool Single>
struct Values {
  const double* first;
  int64_t stride;
  int begin, count, of_row;
  GT_DEVICE double load(int place, int k) const {
    int i = begin + place;
    return i < count ? load_shared_by_all(first + (Single ? i : i / of_row) * stride + k) : 0;
  }
};

// Lines of a matrix, their columns weighted unless `weights` is null; 0 beyond the last line.
struct Lines {
  const double* first;
  int64_t stride;
  int begin, count;
  const double* weights;
  GT_DEVICE double load(int place, int k) const {
    int i = begin + place;
    double value = i < count ? load_shared_by_all(first + i * stride + k) : 0;
    return weights == nullptr ? value : value * weights[k];
  }
};

GT_DEVICE int whole_depth(int n) { return (n + kDepth - 1) / kDepth * kDepth; }

// f(factor's number, values): for each factor the products of its derivatives of tile `row`'s outputs of `a` with those
// of tile `column` of `b`: (d . d)(h . h + 1), without the 1 where there are no biases.
template <bool Single, class F>
GT_DEVICE void over_factors(const gt_linearised& net, const Outputs& a, const Outputs& b, int row, int column,
                            double* shared, const F& f) {
  GT_NO_UNROLL
  for (int l = 0; l < net.factors; l++) {
    const gt_factor& factor = net.factor[l];
    auto slopes = [&](const Outputs& of, int tile) {
      return Lines{of.slopes + factor.slopes, net.slopes, tile * kTile, of.count, nullptr};
    };
    auto values = [&](const Outputs& of, int tile) {
      return Values<Single>{of.values + factor.values, net.values, tile * kTile, of.count, of.of_row};
    };
    Part sums = {};
    add_product(values(a, row), values(b, column), 0, whole_depth(factor.in), shared, sums);
    Part both = {};
    add_product(slopes(a, row), slopes(b, column), 0, whole_depth(factor.out), shared, both);
    double bias = factor.bias < 0 ? 0 : 1;
    GT_UNROLL
    for (int i = 0; i < 4; i++) {
      GT_UNROLL
      for (int j = 0; j < 4; j++) {
        both[i][j] *= sums[i][j] + bias;
      }
    }
    f(l, both);
  }
}

template <bool Single>
GT_DEVICE void add_factors(const gt_linearised& net, const gt_factor_weights& weights, const Outputs& a,
                           const Outputs& b, int row, int column, double* shared, Part& total) {
  over_factors<Single>(net, a, b, row, column, shared, [&](int l, const Part& values) {
    GT_UNROLL
    for (int i = 0; i < 4; i++) {
      GT_UNROLL
      for (int j = 0; j < 4; j++) {
        total[i][j] = multiply_add(weights.of[l], values[i][j], total[i][j]);
      }
    }
  });
}

// Writes a tile; of a symmetric matrix with `diagonal` added, or `shift` where that is null, and continued by the unit
// matrix.
GT_DEVICE void store_system(const Part& values, int row, int column, int count, bool symmetric, double shift,
                            const double* diagonal, double* to, int64_t stride) {
  for_pairs([&](int i, int j) {
    int line = row * kTile + part_row(i);
    auto value = [&](int c) {
      bool on = symmetric && line == column * kTile + part_column(c);
      return values[i][c] + (!on ? 0 : line >= count ? 1 : diagonal != nullptr ? diagonal[line] : shift);
    };
    store2(to + line * stride + column * kTile + part_column(j), {value(j), value(j + 1)});
  });
}

// Tile of the inverse W W^T of a factorised matrix, W = L^-T.
GT_DEVICE void inverse_tile(const double* w, int64_t stride, int tiles, int row, int column, double* shared,
                            Part& sums) {
  int begin = row > column ? row : column;
  add_product(Rows{w + row * kTile * stride, stride}, Rows{w + column * kTile * stride, stride}, begin * kTile,
              tiles * kTile, shared, sums);
}

// Sum over a tile of the products of two, to one thread; off the diagonal twice, for the tile on the other side of it.
// `warps`: 8 numbers of shared memory; the block passes a barrier before it calls this again.
GT_DEVICE double inner_product(const Part& a, const Part& b, bool off_diagonal, double* warps) {
  double sum = 0;
  GT_UNROLL
  for (int i = 0; i < 4; i++) {
    GT_UNROLL
    for (int j = 0; j < 4; j++) {
      sum = multiply_add(a[i][j], b[i][j], sum);
    }
  }
  sum_over_warps(sum, warps);
  double all = 0;
  for (int w = 0; w < kTileThreads / 32; w++) {
    all += warps[w];
  }
  return off_diagonal ? 2 * all : all;
}

}  // namespace gputrain::device
