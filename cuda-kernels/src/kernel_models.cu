// The module for kernel models (Gaussian processes, radial basis functions), in float64: covariance matrices, their
// Cholesky factors, and what is solved with them. All blocks have 256 threads; matrices are as in dense_tiles.h.
#include "covariance.h"
#include "dense_solver.h"
#include "gputrain/kernel_models_abi.h"

using namespace gputrain::device;

namespace {
GT_DEVICE double* shared_doubles() { return reinterpret_cast<double*>(shared_memory()); }
}  // namespace

// Shared memory in bytes that every kernel below is launched with.
GT_CONSTANT int32_t kernel_models_shared_bytes =
    static_cast<int32_t>(sizeof(double)) * (kTileShared > kCovarianceShared ? kTileShared : kCovarianceShared);

// The matrix of the kernel, every tile of it, a block a tile: points a by points b, both continued to whole tiles; to
// [64 row_tiles, stride]. Of a symmetric matrix the tiles above the diagonal are left out where `lower` is not 0.
// Writes the largest value of each tile's points to largest [row_tiles * column_tiles], unless that is null.
GT_KERNEL(256, 2)
covariance(gt_covariance spec, const double* a, int32_t rows_a, const double* b, int32_t rows_b, int32_t column_tiles,
           int32_t lower, double* to, int64_t stride, double* largest) {
  int i = block() / column_tiles;
  int j = block() % column_tiles;
  if (lower != 0 && j > i) {
    return;
  }
  Points from_a = {a, rows_a};
  Points from_b = {b, rows_b};
  Part values = {};
  covariance_tile(spec, from_a, from_b, i * kTile, j * kTile, shared_doubles(), values);
  store_covariance(spec, from_a, from_b, i * kTile, j * kTile, values, to, stride);
  if (largest == nullptr) {
    return;
  }
  double most = 0;
  GT_UNROLL
  for (int r = 0; r < 4; r++) {
    GT_UNROLL
    for (int c = 0; c < 4; c++) {
      bool there = i * kTile + part_row(r) < rows_a && j * kTile + part_column(c) < rows_b;
      most = there && values[r][c] > most ? values[r][c] : most;
    }
  }
  GT_UNROLL
  for (int mask = 1; mask < 32; mask *= 2) {
    double other = shuffle_xor(most, mask);
    most = other > most ? other : most;
  }
  // Not where the coordinates are, which others may still read.
  double* warps = shared_doubles() + 2 * kCoordinates * kTile;
  if (thread() % 32 == 0) {
    warps[thread() / 32] = most;
  }
  sync_block();
  if (thread() == 0) {
    for (int w = 1; w < kTileThreads / 32; w++) {
      most = warps[w] > most ? warps[w] : most;
    }
    largest[block()] = most;
  }
}

// Cooperative. The factor in place of the matrix's lower triangle and its diagonal to diagonal [64 tiles]; status [1],
// -1 before, gets the column whose pivot is not above `least`.
GT_KERNEL(256, 2)
factorise(double* matrix, int64_t stride, int32_t tiles, double least, uint32_t* arrivals, int32_t* status,
          double* diagonal) {
  Crew crew(blocks(), arrivals);
  if (cholesky(crew, {matrix, stride}, tiles, least, status, shared_doubles()) >= 0) {
    return;
  }
  for (int i = crew.member * threads() + thread(); i < tiles * kTile; i += crew.members * threads()) {
    diagonal[i] = load_shared_by_all(matrix + i * stride + i);
  }
}

// Cooperative. L^-T, whose rows' products are the inverse of L L^T, with zeros below.
GT_KERNEL(256, 2)
invert(const double* factor, int64_t stride, int32_t tiles, double* inverse, uint32_t* arrivals) {
  Crew crew(blocks(), arrivals);
  Matrix from = {const_cast<double*>(factor), stride};
  Matrix to = {inverse, stride};
  fill_unit(crew, to, tiles);
  solve_all_rows(crew, from, tiles, to, tiles, true, shared_doubles());
}

// Cooperative. B L^-T in place of B [64 rows, 64 tiles].
GT_KERNEL(256, 2)
solve_lower(const double* factor, int64_t stride, int32_t tiles, double* b, int32_t rows, uint32_t* arrivals) {
  Crew crew(blocks(), arrivals);
  Matrix from = {const_cast<double*>(factor), stride};
  solve_all_rows(crew, from, tiles, {b, stride}, rows, false, shared_doubles());
}

// Cooperative. (L L^T)^-1 x in place of x [64 tiles].
GT_KERNEL(256, 2)
solve(const double* factor, int64_t stride, int32_t tiles, double* x, uint32_t* arrivals) {
  Crew crew(blocks(), arrivals);
  solve_vector(crew, {const_cast<double*>(factor), stride}, tiles, x, shared_doubles());
}

// sums [rows] of each row times a vector [columns], or, where that is null, times itself.
GT_KERNEL(256, 2)
products(const double* matrix, int64_t stride, int32_t rows, int32_t columns, const double* vector, double* sums) {
  // Nobody waits here, so no counter is needed.
  Crew crew(blocks(), nullptr);
  row_products(crew, {const_cast<double*>(matrix), stride}, rows, columns, vector, sums);
}

// Blocks of the inverse of L L^T, from L^-T: of fold f the rows and columns members[begin .. end), in ascending order,
// to workspace + offset, [64 tiles, 64 tiles] continued by the unit matrix. A block a tile of the list. With a vector
// u, weight * u u^T is added to the inverse.
GT_KERNEL(256, 2)
gather(const double* inverse, int64_t stride, int32_t tiles, const gt_fold* folds, const gt_fold_tile* list,
       const int32_t* members, const double* u, double weight, double* workspace) {
  gt_fold_tile mine = list[block()];
  gt_fold fold = folds[mine.fold];
  int first_row = mine.row * kTile;
  int first_column = mine.column * kTile;
  const int32_t* rows = members + fold.begin + first_row;
  const int32_t* columns = members + fold.begin + first_column;
  int left = fold.members - first_row;
  int up = fold.members - first_column;
  // Left of the diagonal the rows are 0, and the least of a tile's rows is its first.
  int begin = rows[0] > columns[0] ? rows[0] : columns[0];
  Part sums = {};
  add_product(GatheredRows{inverse, stride, rows, left}, GatheredRows{inverse, stride, columns, up},
              begin / kTile * kTile, tiles * kTile, shared_doubles(), sums);
  int64_t fold_stride = static_cast<int64_t>(fold.tiles) * kTile;
  double* to = workspace + fold.offset + first_row * fold_stride + first_column;
  for_pairs([&](int i, int j) {
    auto value = [&](int c) {
      int row = part_row(i);
      int column = part_column(c);
      if (row >= left || column >= up) {
        return first_row + row == first_column + column ? 1.0 : 0.0;
      }
      return u == nullptr ? sums[i][c] : multiply_add(weight * u[rows[row]], u[columns[column]], sums[i][c]);
    };
    store2(to + part_row(i) * fold_stride + part_column(j), {value(j), value(j + 1)});
  });
}

// Cooperative where a crew has more than one block: crews take folds in turns. Factorises each fold's matrix in the
// workspace, solves with it in place of the fold's part of solutions [64 tiles of all folds], and writes the diagonal
// of its inverse to variances, of the same shape, unless that is null; spare is a second workspace for that. status
// [folds], -1 before, gets the column whose pivot is not positive; that fold's results are then undefined.
GT_KERNEL(256, 2)
leave_out(const gt_fold* folds, int32_t count, int32_t members, double* workspace, double* spare, double* solutions,
          double* variances, int32_t* status, uint32_t* arrivals) {
  Crew crew(members, arrivals);
  double* shared = shared_doubles();
  for (int f = crew.index; f < count; f += blocks() / members) {
    gt_fold fold = folds[f];
    int64_t stride = static_cast<int64_t>(fold.tiles) * kTile;
    Matrix matrix = {workspace + fold.offset, stride};
    // The same in all of the crew's blocks, so all go on to the next fold.
    if (cholesky(crew, matrix, fold.tiles, 0, status + f, shared) >= 0) {
      continue;
    }
    solve_vector(crew, matrix, fold.tiles, solutions + fold.place, shared);
    if (variances != nullptr) {
      Matrix inverse = {spare + fold.offset, stride};
      fill_unit(crew, inverse, fold.tiles);
      solve_all_rows(crew, matrix, fold.tiles, inverse, fold.tiles, true, shared);
      row_products(crew, inverse, fold.tiles * kTile, fold.tiles * kTile, nullptr, variances + fold.place);
    }
  }
}
