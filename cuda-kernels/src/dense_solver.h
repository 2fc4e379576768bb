// Cholesky factorisation and what is solved with the factor, for matrices of dense_tiles.h, by one block or by the
// whole grid. Which block computes a tile changes nothing in it: every sum has one order.
#pragma once

#include "dense_tiles.h"

namespace gputrain::device {

// The blocks that work on one matrix. Global memory that one of them wrote is seen by all after wait().
class Crew {
 public:
  // Of the grid, in crews of `members`; each has a counter, 0 before the launch.
  GT_DEVICE Crew(int crew_members, uint32_t* arrivals)
      : members(crew_members),
        member(block() % crew_members),
        index(block() / crew_members),
        counter_(arrivals + 32 * static_cast<int64_t>(block() / crew_members)) {}

  GT_DEVICE void wait() {
    if (members == 1) {
      sync_block();
    } else {
      met_ += static_cast<uint32_t>(members);
      meet(counter_, met_);
    }
  }

  int members, member, index;

 private:
  uint32_t* counter_;
  uint32_t met_ = 0;
};

// Pointers into a matrix.
struct Matrix {
  double* first;
  int64_t stride;
  GT_DEVICE double* tile(int row, int column) const { return first + kTile * (row * stride + column); }
};

// L of A = L L^T in place of A's lower triangle of tiles; the tiles above the diagonal are neither read nor written.
// `status` is -1 before. Returns -1, or the first column whose pivot is not above `least`, the same in all blocks.
//
// Right-looking: few panels are ever there to look left at, and all tiles of the rest can be updated at once. The first
// block updates the next diagonal tile and factorises it while the others update the rest, so that a panel has two
// meetings and no block waits for a factorisation alone.
GT_DEVICE int cholesky(Crew& crew, const Matrix& a, int tiles, double least, int32_t* status, double* shared) {
  auto factor = [&](int p) {
    int failed = factor_tile(a.tile(p, p), a.stride, least, shared);
    if (failed >= 0 && thread() == 0) {
      *status = p * kTile + failed;
    }
  };
  if (crew.member == 0) {
    factor(0);
  }
  crew.wait();
  for (int p = 0; p + 1 < tiles && load_shared_by_all(status) < 0; p++) {
    stage_factor(a.tile(p, p), a.stride, shared);
    for (int i = p + 1 + crew.member; i < tiles; i += crew.members) {
      solve_rows(shared, a.tile(i, p), a.stride);
    }
    crew.wait();
    auto update = [&](int i, int j) {
      subtract_product(a.tile(i, j), a.stride, a.tile(i, p), a.stride, a.tile(j, p), a.stride, shared);
    };
    if (crew.member == 0) {
      update(p + 1, p + 1);
      // The factorisation deals the tile's elements to the threads in another way.
      sync_block();
      factor(p + 1);
    }
    // Tile e of the triangle's rows one after another; the first is done. Alone, the first block has the rest as well.
    int step = crew.members > 1 ? crew.members - 1 : 1;
    int j = crew.members > 1 ? crew.member : 1;
    if (crew.members == 1 || crew.member > 0) {
      for (int i = 0; i < tiles - p - 1; j += step) {
        while (j > i) {
          j -= i + 1;
          i++;
        }
        if (i < tiles - p - 1) {
          update(p + 1 + i, p + 1 + j);
        }
      }
    }
    crew.wait();
  }
  return load_shared_by_all(status);
}

// B L^-T in place of B, which has `rows` tiles of rows; with `upper` B has only zeros left of its diagonal tiles, which
// are neither read nor written.
GT_DEVICE void solve_all_rows(Crew& crew, const Matrix& factor, int tiles, const Matrix& b, int rows, bool upper,
                              double* shared) {
  for (int p = 0; p < tiles; p++) {
    int here = upper ? p + 1 : rows;
    stage_factor(factor.tile(p, p), factor.stride, shared);
    for (int i = crew.member; i < here; i += crew.members) {
      solve_rows(shared, b.tile(i, p), b.stride);
    }
    crew.wait();
    int64_t all = static_cast<int64_t>(here) * (tiles - p - 1);
    for (int64_t e = crew.member; e < all; e += crew.members) {
      int i = static_cast<int>(e % here);
      int q = p + 1 + static_cast<int>(e / here);
      subtract_product(b.tile(i, q), b.stride, b.tile(i, p), b.stride, factor.tile(q, p), factor.stride, shared);
    }
    crew.wait();
  }
}

// The unit matrix in the diagonal tiles and right of them, 0 left of them.
GT_DEVICE void fill_unit(Crew& crew, const Matrix& to, int tiles) {
  int64_t n = static_cast<int64_t>(tiles) * kTile;
  for (int64_t row = crew.member; row < n; row += crew.members) {
    for (int64_t column = thread(); column < n; column += kTileThreads) {
      to.first[row * to.stride + column] = row == column ? 1 : 0;
    }
  }
  crew.wait();
}

// (L L^T)^-1 x in place of x, both of `tiles`. As in cholesky(), the first block is a tile ahead.
GT_DEVICE void solve_vector(Crew& crew, const Matrix& factor, int tiles, double* x, double* shared) {
  for (bool transposed : {false, true}) {
    auto place = [&](int p) { return transposed ? tiles - 1 - p : p; };
    auto update = [&](int i, int p) {
      const double* tile = transposed ? factor.tile(place(p), place(i)) : factor.tile(i, p);
      subtract_vector(x + kTile * place(i), tile, factor.stride, x + kTile * place(p), transposed, shared);
    };
    auto solve = [&](int p) {
      solve_vector(x + kTile * place(p), factor.tile(place(p), place(p)), factor.stride, transposed, shared);
    };
    if (crew.member == 0) {
      solve(0);
    }
    crew.wait();
    for (int p = 0; p + 1 < tiles; p++) {
      if (crew.member == 0) {
        update(p + 1, p);
        solve(p + 1);
      }
      int step = crew.members > 1 ? crew.members - 1 : 1;
      int first = crew.members == 1 ? 0 : crew.member == 0 ? tiles : crew.member - 1;
      for (int i = p + 2 + first; i < tiles; i += step) {
        update(i, p);
      }
      crew.wait();
    }
  }
}

// sums[i] = sum over columns [0, columns) of a(i, column) times vector[column], or times itself without one: a warp a
// row, in one order. Rows from `first` on.
GT_DEVICE void row_products(Crew& crew, const Matrix& a, int rows, int columns, const double* vector, double* sums) {
  constexpr int kWarps = kTileThreads / 32;
  for (int row = crew.member * kWarps + thread() / 32; row < rows; row += crew.members * kWarps) {
    double sum = 0;
    for (int column = thread() % 32; column < columns; column += 32) {
      double value = load_shared_by_all(a.first + row * a.stride + column);
      sum = multiply_add(value, vector == nullptr ? value : vector[column], sum);
    }
    GT_UNROLL
    for (int mask = 1; mask < 32; mask *= 2) {
      sum += shuffle_xor(sum, mask);
    }
    if (thread() % 32 == 0) {
      sums[row] = sum;
    }
  }
}

}  // namespace gputrain::device
