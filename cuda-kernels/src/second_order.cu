// The module for second-order training, in float64: networks linearised on their rows, and the systems that are solved
// with that; kernel_models.cu factorises and solves them. Every kernel has blocks of 256 threads and is launched with
// the shared memory of those. The tiles of a matrix are as in dense_tiles.h.
#include "dense_solver.h"
#include "derivative_tiles.h"
#include "row_splines.h"

using namespace gputrain::device;

namespace {

constexpr int kWarps = kTileThreads / 32;
// Behind what products stage.
constexpr int kWarpSums = 2 * kDepth * kDepthStride;
static_assert(kWarpSums + kTileThreads <= kTileShared);

GT_DEVICE double* shared_doubles() { return reinterpret_cast<double*>(shared_memory()); }

// The number of this warp among those of the grid.
GT_DEVICE int warp_of_grid() { return block() * kWarps + thread() / 32; }

// Derivative of an output by entry q of the parameter vector.
GT_DEVICE double derivative(const gt_linearised& net, const double* parameters, const double* row, const double* slopes,
                            int q) {
  if (net.family == GT_SPLINES) {
    return SplineRow(net).derivative(net, parameters, row, slopes, q);
  }
  if (net.family == GT_COMPLEX_PRODUCT_UNITS) {
    return ComplexProductUnitRow(net).derivative(row, slopes, q);
  }
  for (int l = 0; l < net.factors; l++) {
    const gt_factor& f = net.factor[l];
    int e = q - f.weight;
    if (e >= 0 && e < f.in * f.out) {
      return slopes[f.slopes + e / f.in] * row[f.values + e % f.in];
    }
    if (f.bias >= 0 && q >= f.bias && q < f.bias + f.out) {
      return slopes[f.slopes + q - f.bias];
    }
  }
  return 0;
}

}  // namespace

// Outputs [rows, net.outputs] and what is kept of the rows, values [rows, net.values]. A warp a row.
GT_KERNEL(256, 2)
row_values(gt_linearised net, const double* parameters, const double* inputs, int32_t rows, double* values,
           double* outputs) {
  int r = warp_of_grid();
  if (r >= rows) {
    return;
  }
  const double* x = inputs + static_cast<int64_t>(r) * net.inputs;
  double* row = values + static_cast<int64_t>(r) * net.values;
  double* y = outputs + static_cast<int64_t>(r) * net.outputs;
  if (net.family == GT_DENSE) {
    DenseRow::forward(net, parameters, x, row, y);
  } else if (net.family == GT_PRODUCT_UNITS) {
    ProductUnitRow::forward(net, parameters, x, row, y);
  } else if (net.family == GT_COMPLEX_PRODUCT_UNITS) {
    ComplexProductUnitRow(net).forward(net, parameters, x, row, y);
  } else {
    SplineRow(net).forward(net, parameters, x, row, y);
  }
}

// What is kept of each output, times its scale, slopes [rows net.outputs, net.slopes]; or, unless `combined` is null,
// of that combination of a row's outputs, [rows, net.slopes]. A warp each.
GT_KERNEL(256, 2)
output_slopes(gt_linearised net, const double* parameters, const double* values, int32_t rows, const double* scale,
              const double* combined, double* slopes) {
  int i = warp_of_grid();
  int of_row = combined != nullptr ? 1 : net.outputs;
  if (i >= rows * of_row) {
    return;
  }
  const double* row = values + static_cast<int64_t>(i / of_row) * net.values;
  double* to = slopes + static_cast<int64_t>(i) * net.slopes;
  Direction direction = {combined, i % of_row, combined != nullptr ? 0 : scale[i]};
  if (net.family == GT_DENSE) {
    DenseRow::backward(net, parameters, row, direction, to);
  } else if (net.family == GT_PRODUCT_UNITS) {
    ProductUnitRow::backward(net, parameters, row, direction, to);
  } else if (net.family == GT_COMPLEX_PRODUCT_UNITS) {
    ComplexProductUnitRow(net).backward(net, parameters, row, direction, to);
  } else {
    SplineRow(net).backward(net, row, direction, to);
  }
}

// sums [count]: for each output the sum over the factors of weight |d|^2 (|h|^2 + 1), the weighted square of its
// derivatives. A warp an output.
GT_KERNEL(256, 2)
factor_squares(gt_linearised net, gt_factor_weights weights, const double* values, const double* slopes, int32_t count,
               int32_t of_row, double* sums) {
  int i = warp_of_grid();
  if (i >= count) {
    return;
  }
  const double* row = values + static_cast<int64_t>(i / of_row) * net.values;
  const double* of = slopes + static_cast<int64_t>(i) * net.slopes;
  auto square = [](const double* at, int n) {
    double sum = 0;
    for (int k = lane(); k < n; k += 32) {
      sum = multiply_add(at[k], at[k], sum);
    }
    return sum_of_warp(sum);
  };
  double sum = 0;
  for (int l = 0; l < net.factors; l++) {
    const gt_factor& f = net.factor[l];
    double h = square(row + f.values, f.in) + (f.bias < 0 ? 0 : 1);
    sum = multiply_add(weights.of[l] * square(of + f.slopes, f.out), h, sum);
  }
  if (lane() == 0) {
    sums[i] = sum;
  }
}

// product [count]: the derivatives of each output times a vector of parameters. A warp an output.
GT_KERNEL(256, 2)
factor_times(gt_linearised net, const double* vector, const double* values, const double* slopes, int32_t count,
             int32_t of_row, double* product) {
  int i = warp_of_grid();
  if (i >= count) {
    return;
  }
  const double* row = values + static_cast<int64_t>(i / of_row) * net.values;
  const double* of = slopes + static_cast<int64_t>(i) * net.slopes;
  double sum = 0;
  for (int l = 0; l < net.factors; l++) {
    const gt_factor& f = net.factor[l];
    for (int o = lane(); o < f.out; o += 32) {
      double change = dot(vector + f.weight + o * f.in, row + f.values, f.in);
      sum = multiply_add(of[f.slopes + o], change + (f.bias < 0 ? 0 : vector[f.bias + o]), sum);
    }
  }
  sum = sum_of_warp(sum);
  if (lane() == 0) {
    product[i] = sum;
  }
}

// product, of parameters: the derivatives times a vector of the outputs, added up. Of a factor a block has one entry of
// d and 32 of h, the bias behind the last as one more; its warps share the rows.
GT_KERNEL(256, 2)
factor_transposed(gt_linearised net, const double* vector, const double* values, const double* slopes, int32_t rows,
                  int32_t of_row, double* product) {
  int rest = block();
  int l = 0;
  auto widths = [&](const gt_factor& f) { return (f.in + (f.bias < 0 ? 0 : 1) + 31) / 32; };
  for (; rest >= net.factor[l].out * widths(net.factor[l]); l++) {
    rest -= net.factor[l].out * widths(net.factor[l]);
  }
  gt_factor f = net.factor[l];
  int o = rest / widths(f);
  int k = rest % widths(f) * 32 + lane();
  double sum = 0;
  int end = share(rows, thread() / 32 + 1, kWarps);
  GT_UNROLL_BY(4)
  for (int r = share(rows, thread() / 32, kWarps); r < end; r++) {
    const double* of = slopes + static_cast<int64_t>(r) * of_row * net.slopes + f.slopes + o;
    double e = 0;
    for (int i = 0; i < of_row; i++) {
      e = multiply_add(vector[r * of_row + i], of[static_cast<int64_t>(i) * net.slopes], e);
    }
    double h = k < f.in ? values[static_cast<int64_t>(r) * net.values + f.values + k] : 1;
    sum = multiply_add(e, h, sum);
  }
  double* sums = shared_doubles();
  sums[thread()] = sum;
  sync_block();
  if (thread() < 32 && k < f.in + (f.bias < 0 ? 0 : 1)) {
    for (int w = 1; w < kWarps; w++) {
      sum += sums[32 * w + thread()];
    }
    product[k < f.in ? f.weight + o * f.in + k : f.bias + o] = sum;
  }
}

// Sum over the factors of weight times the products of their derivatives, outputs of `a` by outputs of `b`, a block a
// tile, to [64 tiles, stride]. Symmetric: with `shift` on the diagonal, on and below that alone.
GT_KERNEL(256, 1)
factor_products(gt_linearised net, gt_factor_weights weights, const double* values_a, const double* slopes_a,
                int32_t count_a, int32_t of_row_a, const double* values_b, const double* slopes_b, int32_t count_b,
                int32_t of_row_b, int32_t symmetric, double shift, int32_t column_tiles, double* to, int64_t stride) {
  int row = block() / column_tiles;
  int column = block() % column_tiles;
  if (symmetric != 0 && column > row) {
    return;
  }
  Outputs a = {values_a, slopes_a, count_a, of_row_a};
  Outputs b = {values_b, slopes_b, count_b, of_row_b};
  Part total = {};
  if (of_row_a == 1 && of_row_b == 1) {
    add_factors<true>(net, weights, a, b, row, column, shared_doubles(), total);
  } else {
    add_factors<false>(net, weights, a, b, row, column, shared_doubles(), total);
  }
  store_system(total, row, column, count_a, symmetric != 0, shift, nullptr, to, stride);
}

// partial [tiles^2, GT_MOST_FACTORS], entries on and below the diagonal: what each tile adds to the trace, for each
// factor, of the inverse W W^T times the products of its derivatives.
GT_KERNEL(256, 1)
factor_traces(gt_linearised net, const double* inverse, int64_t stride, int32_t tiles, const double* values,
              const double* slopes, int32_t count, int32_t of_row, double* partial) {
  int row = block() / tiles;
  int column = block() % tiles;
  if (column > row) {
    return;
  }
  double* shared = shared_doubles();
  Part with = {};
  inverse_tile(inverse, stride, tiles, row, column, shared, with);
  Outputs all = {values, slopes, count, of_row};
  auto add = [&](int l, const Part& products) {
    double sum = inner_product(with, products, row != column, shared + kWarpSums);
    if (thread() == 0) {
      partial[static_cast<int64_t>(block()) * GT_MOST_FACTORS + l] = sum;
    }
  };
  if (of_row == 1) {
    over_factors<true>(net, all, all, row, column, shared, add);
  } else {
    over_factors<false>(net, all, all, row, column, shared, add);
  }
}

// The derivatives of `count` outputs by the parameters `trained` [parameters_trained] as a matrix of lines `stride`
// apart, of outputs or, transposed, of parameters; its lines are continued to whole tiles of them and its columns to
// the stride, by 0.
GT_KERNEL(256, 2)
derivatives(gt_linearised net, const double* parameters, const int32_t* trained, int32_t parameters_trained,
            const double* values, const double* slopes, int32_t count, int32_t of_row, int32_t transposed, double* to,
            int64_t stride) {
  int lines = transposed != 0 ? parameters_trained : count;
  int64_t all = static_cast<int64_t>((lines + kTile - 1) / kTile * kTile) * stride;
  for (int64_t e = static_cast<int64_t>(block()) * threads() + thread(); e < all;
       e += static_cast<int64_t>(blocks()) * threads()) {
    int line = static_cast<int>(e / stride);
    int column = static_cast<int>(e % stride);
    int i = transposed != 0 ? column : line;
    int p = transposed != 0 ? line : column;
    to[e] = i < count && p < parameters_trained
                ? derivative(net, parameters, values + static_cast<int64_t>(i / of_row) * net.values,
                             slopes + static_cast<int64_t>(i) * net.slopes, trained[p])
                : 0;
  }
}

// P Q^T of lines [depth], depth a multiple of 16, with the columns weighted unless `weights` is null; a block a tile,
// to [64 tiles, stride]. Symmetric: with `diagonal` [count_p] added, `shift` where that is null, on and below that
// alone.
GT_KERNEL(256, 2)
line_products(const double* p, int64_t stride_p, int32_t count_p, const double* q, int64_t stride_q, int32_t count_q,
              int32_t depth, const double* weights, int32_t symmetric, double shift, const double* diagonal,
              int32_t column_tiles, double* to, int64_t stride) {
  int row = block() / column_tiles;
  int column = block() % column_tiles;
  if (symmetric != 0 && column > row) {
    return;
  }
  Part sums = {};
  add_product(Lines{p, stride_p, row * kTile, count_p, weights}, Lines{q, stride_q, column * kTile, count_q, nullptr},
              0, depth, shared_doubles(), sums);
  store_system(sums, row, column, count_p, symmetric != 0, shift, diagonal, to, stride);
}

// partial [tiles^2], entries on and below the diagonal: what each tile adds to the trace of the inverse W W^T times P V
// P^T with V = diag(weights [depth]).
GT_KERNEL(256, 1)
line_traces(const double* inverse, int64_t stride, int32_t tiles, const double* p, int64_t stride_p, int32_t count,
            int32_t depth, const double* weights, double* partial) {
  int row = block() / tiles;
  int column = block() % tiles;
  if (column > row) {
    return;
  }
  double* shared = shared_doubles();
  Part with = {};
  inverse_tile(inverse, stride, tiles, row, column, shared, with);
  Part products = {};
  add_product(Lines{p, stride_p, row * kTile, count, weights}, Lines{p, stride_p, column * kTile, count, nullptr}, 0,
              depth, shared, products);
  double sum = inner_product(with, products, row != column, shared + kWarpSums);
  if (thread() == 0) {
    partial[block()] = sum;
  }
}

// sums [lines] of each line's squares, weighted unless `weights` is null. A warp a line.
GT_KERNEL(256, 2)
line_squares(const double* p, int64_t stride, int32_t lines, int32_t columns, const double* weights, double* sums) {
  int i = warp_of_grid();
  if (i >= lines) {
    return;
  }
  double sum = 0;
  for (int k = lane(); k < columns; k += 32) {
    double value = p[i * stride + k];
    sum = multiply_add(weights == nullptr ? value : weights[k] * value, value, sum);
  }
  sum = sum_of_warp(sum);
  if (lane() == 0) {
    sums[i] = sum;
  }
}

// product [lines] = P x. A warp a line.
GT_KERNEL(256, 2)
line_times(const double* p, int64_t stride, int32_t lines, int32_t columns, const double* vector, double* product) {
  int i = warp_of_grid();
  if (i >= lines) {
    return;
  }
  double sum = 0;
  for (int k = lane(); k < columns; k += 32) {
    sum = multiply_add(p[i * stride + k], vector[k], sum);
  }
  sum = sum_of_warp(sum);
  if (lane() == 0) {
    product[i] = sum;
  }
}

// product [columns] = P^T u. A block has 32 columns; its warps share the lines.
GT_KERNEL(256, 2)
line_transposed(const double* p, int64_t stride, int32_t lines, int32_t columns, const double* vector,
                double* product) {
  int k = block() * 32 + lane();
  double sum = 0;
  int end = share(lines, thread() / 32 + 1, kWarps);
  GT_UNROLL_BY(4)
  for (int i = share(lines, thread() / 32, kWarps); i < end; i++) {
    sum = multiply_add(vector[i], k < columns ? p[i * stride + k] : 0, sum);
  }
  double* sums = shared_doubles();
  sums[thread()] = sum;
  sync_block();
  if (thread() < 32 && k < columns) {
    for (int w = 1; w < kWarps; w++) {
      sum += sums[32 * w + thread()];
    }
    product[k] = sum;
  }
}
