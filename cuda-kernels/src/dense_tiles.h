// Float64 matrices in tiles of 64 x 64, row-major with a stride that is a multiple of 64: what a block of 256 threads
// does with one tile. A matrix whose size is no multiple of 64 is continued by the unit matrix, which none of this
// changes, so that no tile has an edge.
#pragma once

#include "team.h"

namespace gputrain::device {

constexpr int kTile = 64;
constexpr int kTileThreads = 256;
// Columns of two matrices that are in shared memory at a time for a product.
constexpr int kDepth = 16;
// Of these columns: even for loads of 16 bytes, and not a multiple of the banks.
constexpr int kDepthStride = kTile + 2;
// Of a whole tile: odd, so that rows and columns are both read without bank conflicts.
constexpr int kTileStride = kTile + 1;
// A tile, reciprocals of its diagonal, a vector; the columns of a product take less.
constexpr int kTileShared = kTile * kTileStride + 2 * kTile;
static_assert(kTileShared >= 2 * kDepth * kDepthStride);

// Rows of a tile where the matrix has them.
struct Rows {
  const double* first;
  int64_t stride;
  GT_DEVICE double load(int row, int k) const { return load_shared_by_all(first + row * stride + k); }
};

// Rows from all over a matrix; those beyond `count` are 0.
struct GatheredRows {
  const double* matrix;
  int64_t stride;
  const int32_t* rows;
  int count;
  GT_DEVICE double load(int row, int k) const {
    return row < count ? load_shared_by_all(matrix + rows[row] * stride + k) : 0;
  }
};

// Each thread's part of a tile: 4 neighbouring rows; 2 + 2 columns, so that the 16 threads of a row load 16 bytes each
// from one stretch of shared memory.
using Part = double[4][4];
GT_DEVICE int part_row(int i) { return 4 * (thread() / 16) + i; }
GT_DEVICE int part_column(int j) { return 2 * (thread() % 16) + j % 2 + kTile / 2 * (j / 2); }

template <class Value>
GT_DEVICE void for_pairs(Value pair) {
  GT_UNROLL
  for (int i = 0; i < 4; i++) {
    GT_UNROLL
    for (int j = 0; j < 4; j += 2) {
      pair(i, j);
    }
  }
}

// sums[i][j] += sum over k in [begin, end) of a(row i, k) b(column j, k), in the order of k. The bounds are multiples
// of kDepth. The next columns are on their way while these are multiplied.
template <class A, class B>
GT_DEVICE void add_product(const A& a, const B& b, int begin, int end, double* shared, Part& sums) {
  double* columns_a = shared;
  double* columns_b = shared + kDepth * kDepthStride;
  int k = thread() % kDepth;
  int row = thread() / kDepth;
  constexpr int kRows = kTileThreads / kDepth;
  double next_a[4];
  double next_b[4];
  auto fetch = [&](int from) {
    GT_UNROLL
    for (int i = 0; i < 4; i++) {
      next_a[i] = a.load(row + kRows * i, from + k);
      next_b[i] = b.load(row + kRows * i, from + k);
    }
  };
  fetch(begin);
  GT_NO_UNROLL
  for (int from = begin; from < end; from += kDepth) {
    // Whoever still reads what is there.
    sync_block();
    GT_UNROLL
    for (int i = 0; i < 4; i++) {
      columns_a[k * kDepthStride + row + kRows * i] = next_a[i];
      columns_b[k * kDepthStride + row + kRows * i] = next_b[i];
    }
    sync_block();
    if (from + kDepth < end) {
      fetch(from + kDepth);
    }
    GT_UNROLL_BY(4)
    for (int d = 0; d < kDepth; d++) {
      const double* at_a = columns_a + d * kDepthStride + part_row(0);
      const double* at_b = columns_b + d * kDepthStride + part_column(0);
      Double2 a0 = load2(at_a);
      Double2 a1 = load2(at_a + 2);
      Double2 b0 = load2(at_b);
      Double2 b1 = load2(at_b + kTile / 2);
      const double x[4] = {a0.x, a0.y, a1.x, a1.y};
      const double y[4] = {b0.x, b0.y, b1.x, b1.y};
      GT_UNROLL
      for (int i = 0; i < 4; i++) {
        GT_UNROLL
        for (int j = 0; j < 4; j++) {
          sums[i][j] = multiply_add(x[i], y[j], sums[i][j]);
        }
      }
    }
  }
}

// C -= A B^T, tiles of matrices.
GT_DEVICE_CALL void subtract_product(double* c, int64_t c_stride, const double* a, int64_t a_stride, const double* b,
                                     int64_t b_stride, double* shared) {
  Part sums = {};
  add_product(Rows{a, a_stride}, Rows{b, b_stride}, 0, kTile, shared, sums);
  for_pairs([&](int i, int j) {
    double* at = c + part_row(i) * c_stride + part_column(j);
    Double2 old = load2_shared_by_all(at);
    store2(at, {old.x - sums[i][j], old.y - sums[i][j + 1]});
  });
}

// The row that a thread has in what follows, and its columns 4 i + quarter() of it.
GT_DEVICE int quarter_row() { return thread() / 4; }
GT_DEVICE int quarter() { return thread() % 4; }

// Cholesky factor of a tile, in place, 0 above the diagonal. Returns -1, or the first column whose pivot is not above
// `least` (or NaN), with the tile as it was.
//
// Columns stay unscaled until the end, A = V D^-1 V^T with D = diag(V): a column then waits for one division and for no
// square root. The block has passed a barrier since it used the shared memory.
GT_DEVICE_CALL int factor_tile(double* tile, int64_t stride, double least, double* shared) {
  double* column = shared;  // two of them in turns: one barrier a column is enough
  double* pivots = shared + 2 * kTile;
  int row = quarter_row();
  int mine = quarter();
  double v[kTile / 4];
  GT_UNROLL
  for (int i = 0; i < kTile / 4; i++) {
    v[i] = load_shared_by_all(tile + row * stride + 4 * i + mine);
  }
  GT_UNROLL
  for (int i = 0; i < kTile / 4; i++) {
    GT_UNROLL
    for (int q = 0; q < 4; q++) {
      int j = 4 * i + q;
      double* now = column + j % 2 * kTile;
      if (mine == q) {
        now[row] = v[i];
      }
      sync_block();
      double pivot = now[j];
      if (!(pivot > least)) {
        return j;
      }
      if (thread() == 0) {
        pivots[j] = pivot;
      }
      double factor = -divide(now[row], pivot);
      GT_UNROLL
      for (int c = i; c < kTile / 4; c++) {
        // A row's own elements right of the diagonal are worked on too, for nothing: a branch costs more.
        if (c > i || mine > q) {
          v[c] = multiply_add(factor, now[4 * c + mine], v[c]);
        }
      }
    }
  }
  sync_block();
  if (thread() < kTile) {
    pivots[thread()] = divide(1, square_root(pivots[thread()]));
  }
  sync_block();
  GT_UNROLL
  for (int i = 0; i < kTile / 4; i++) {
    int c = 4 * i + mine;
    tile[row * stride + c] = c <= row ? v[i] * pivots[c] : 0;
  }
  return -1;
}

// A factor's diagonal tile and the reciprocals of its diagonal into shared memory, [column][row]. The block has passed
// a barrier since it used that.
GT_DEVICE void stage_factor(const double* tile, int64_t stride, double* shared) {
  for (int i = thread(); i < kTile * kTile; i += kTileThreads) {
    double value = load_shared_by_all(tile + i / kTile * stride + i % kTile);
    shared[i % kTile * kTileStride + i / kTile] = value;
    if (i / kTile == i % kTile) {
      shared[kTile * kTileStride + i % kTile] = divide(1, value);
    }
  }
  sync_block();
}

// B L^-T in place of B, L the diagonal tile that stage_factor() left in `staged`: forward substitution for each row, by
// the 4 threads that have it.
GT_DEVICE_CALL void solve_rows(const double* staged, double* b, int64_t b_stride) {
  const double* reciprocals = staged + kTile * kTileStride;
  double* at = b + quarter_row() * b_stride + quarter();
  int mine = quarter();
  int lane = thread() % 32 - mine;
  double v[kTile / 4];
  GT_UNROLL
  for (int i = 0; i < kTile / 4; i++) {
    v[i] = load_shared_by_all(at + 4 * i);
  }
  GT_UNROLL
  for (int i = 0; i < kTile / 4; i++) {
    GT_UNROLL
    for (int q = 0; q < 4; q++) {
      int j = 4 * i + q;
      double x = shuffle_from(v[i] * reciprocals[j], lane + q);
      v[i] = mine == q ? x : v[i];
      GT_UNROLL
      for (int c = i; c < kTile / 4; c++) {
        if (c > i || mine > q) {
          v[c] = multiply_add(-x, staged[j * kTileStride + 4 * c + mine], v[c]);
        }
      }
    }
  }
  GT_UNROLL
  for (int i = 0; i < kTile / 4; i++) {
    at[4 * i] = v[i];
  }
}

// x -= A y, or x -= A^T y; A a tile, x and y of 64 in global memory.
GT_DEVICE_CALL void subtract_vector(double* x, const double* a, int64_t stride, const double* y, bool transposed,
                                    double* shared) {
  double sum = 0;
  if (!transposed) {
    GT_UNROLL
    for (int i = 0; i < kTile / 4; i++) {
      int c = 4 * i + quarter();
      sum = multiply_add(load_shared_by_all(a + quarter_row() * stride + c), load_shared_by_all(y + c), sum);
    }
    sum += shuffle_xor(sum, 1);
    sum += shuffle_xor(sum, 2);
    if (quarter() == 0) {
      x[quarter_row()] = load_shared_by_all(x + quarter_row()) - sum;
    }
  } else {
    // A column for each of 64 threads, in 4 groups that have 16 rows each, so that a warp reads along the rows.
    int c = thread() % kTile;
    int group = thread() / kTile;
    GT_UNROLL
    for (int i = 0; i < kTile / 4; i++) {
      int r = group * (kTile / 4) + i;
      sum = multiply_add(load_shared_by_all(a + r * stride + c), load_shared_by_all(y + r), sum);
    }
    shared[thread()] = sum;
    sync_block();
    if (group == 0) {
      double total = (shared[c] + shared[kTile + c]) + (shared[2 * kTile + c] + shared[3 * kTile + c]);
      x[c] = load_shared_by_all(x + c) - total;
    }
  }
  // Other threads of the block may read x next, or write the shared memory.
  sync_block();
}

// L^-1 x, or L^-T x, in place of x; L a factor's diagonal tile. The first warp, two elements a thread.
GT_DEVICE_CALL void solve_vector(double* x, const double* factor, int64_t stride, bool transposed, double* shared) {
  stage_factor(factor, stride, shared);
  const double* reciprocals = shared + kTile * kTileStride;
  if (thread() < 32) {
    int lane = thread();
    double low = load_shared_by_all(x + lane);
    double high = load_shared_by_all(x + lane + 32);
    GT_NO_UNROLL
    for (int step = 0; step < kTile; step++) {
      int j = transposed ? kTile - 1 - step : step;
      double solved = shuffle_from((j < 32 ? low : high) * reciprocals[j], j % 32);
      // Elements of column j of L, or of L^T.
      const double* of = transposed ? shared + j : shared + j * kTileStride;
      int step_of = transposed ? kTileStride : 1;
      bool low_waits = transposed ? lane < j : lane > j;
      bool high_waits = transposed ? lane + 32 < j : lane + 32 > j;
      low = lane == j ? solved : low_waits ? multiply_add(-solved, of[lane * step_of], low) : low;
      high = lane + 32 == j ? solved : high_waits ? multiply_add(-solved, of[(lane + 32) * step_of], high) : high;
    }
    x[lane] = low;
    x[lane + 32] = high;
  }
  sync_block();
}

}  // namespace gputrain::device
