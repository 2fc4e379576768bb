// Kernel (covariance) functions of pairs of points, a tile of 64 x 64 pairs at a time, in float64.
#pragma once

#include "dense_tiles.h"
#include "gputrain/kernel_models_abi.h"

namespace gputrain::device {

// Coordinates of the two sides' points that are in shared memory at a time.
constexpr int kCoordinates = 16;
constexpr int kCovarianceShared = 2 * kCoordinates * kTile + kTileThreads / 32;

// Points, [rows, columns].
struct Points {
  const double* coordinates;
  int rows;
};

// [coordinate][point] of some coordinates of a tile's points; 0 for points and coordinates that are not there, which
// adds nothing to a distance.
GT_DEVICE void stage_points(const Points& points, int first, int columns, int from, double* shared) {
  for (int i = thread(); i < kTile * kCoordinates; i += kTileThreads) {
    int point = first + i / kCoordinates;
    int column = from + i % kCoordinates;
    bool there = point < points.rows && column < columns;
    shared[i % kCoordinates * kTile + i / kCoordinates] =
        there ? points.coordinates[static_cast<int64_t>(point) * columns + column] : 0;
  }
}

// sums[i][j] += f(difference) over the first `columns` coordinates, in their order.
template <class Function>
GT_DEVICE void over_coordinates(const Points& a, const Points& b, int first_a, int first_b, int columns, int stride,
                                double* shared, Function add) {
  double* side_a = shared;
  double* side_b = shared + kCoordinates * kTile;
  for (int from = 0; from < columns; from += kCoordinates) {
    // Whoever still reads what is there.
    sync_block();
    stage_points(a, first_a, stride, from, side_a);
    stage_points(b, first_b, stride, from, side_b);
    sync_block();
    int here = columns - from < kCoordinates ? columns - from : kCoordinates;
    GT_NO_UNROLL
    for (int c = 0; c < here; c++) {
      for_pairs([&](int i, int j) {
        const double* at = side_b + c * kTile + part_column(j);
        add(i, j, side_a[c * kTile + part_row(i)], at[0]);
        add(i, j + 1, side_a[c * kTile + part_row(i)], at[1]);
      });
    }
  }
}

// A tile of a kernel's matrix: points from first_a on by points from first_b on, without noise.
GT_DEVICE void covariance_tile(const gt_covariance& spec, const Points& a, const Points& b, int first_a, int first_b,
                               double* shared, Part& values) {
  bool classes = spec.kind == GT_GAUSSIAN_WITH_CLASSES;
  // exp(-d^2 / (2 length^2)).
  double rate = spec.kind < GT_DISTANCE ? -0.5 / (spec.length * spec.length) : 0;
  if (spec.kind == GT_ADDITIVE) {
    over_coordinates(a, b, first_a, first_b, spec.columns, spec.columns, shared, [&](int i, int j, double x, double y) {
      double d = x - y;
      values[i][j] += exponential(rate * (d * d));
    });
    for_pairs([&](int i, int j) {
      values[i][j] *= spec.scale;
      values[i][j + 1] *= spec.scale;
    });
    return;
  }
  int columns = spec.columns - (classes ? 1 : 0);
  over_coordinates(a, b, first_a, first_b, columns, spec.columns, shared, [&](int i, int j, double x, double y) {
    double d = x - y;
    values[i][j] = multiply_add(d, d, values[i][j]);
  });
  double class_rate = classes ? -0.5 / (spec.class_length * spec.class_length) : 0;
  auto class_of = [&](const Points& points, int row) {
    return row < points.rows ? points.coordinates[static_cast<int64_t>(row + 1) * spec.columns - 1] : 0;
  };
  GT_UNROLL
  for (int i = 0; i < 4; i++) {
    GT_UNROLL
    for (int j = 0; j < 4; j++) {
      double square = values[i][j];
      if (spec.kind >= GT_DISTANCE) {
        values[i][j] = square_root(square);
      } else {
        values[i][j] = exponential(rate * square);
        if (classes && class_of(a, first_a + part_row(i)) == class_of(b, first_b + part_column(j))) {
          values[i][j] += spec.scale * exponential(class_rate * square);
        }
      }
      if (spec.kind == GT_SHIFTED_DISTANCE) {
        values[i][j] = spec.shift - values[i][j];
      }
    }
  }
}

// Writes a tile of the matrix of all pairs. Beyond the points it continues with 0, and with 1 on the diagonal of a
// symmetric matrix, whose own diagonal gets `spec.noise` on top.
GT_DEVICE void store_covariance(const gt_covariance& spec, const Points& a, const Points& b, int first_a, int first_b,
                                const Part& values, double* to, int64_t stride) {
  for_pairs([&](int i, int j) {
    int row = first_a + part_row(i);
    auto value = [&](int column_of) {
      int column = first_b + part_column(column_of);
      bool diagonal = spec.symmetric != 0 && row == column;
      if (row >= a.rows || column >= b.rows) {
        return diagonal ? 1.0 : 0.0;
      }
      return diagonal ? values[i][column_of] + spec.noise : values[i][column_of];
    };
    store2(to + row * stride + first_b + part_column(j), {value(j), value(j + 1)});
  });
}

}  // namespace gputrain::device
