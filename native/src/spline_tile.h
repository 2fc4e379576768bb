// Rows through a spline network and back, tile by tile, in float64.
#pragma once

#include "doubles.h"
#include "spline_edges.h"
#include "spline_network.h"

namespace gputrain::GT_ISA {

// table [lines][out_stride] = phi_oi of the first layer at every value of its inputs, or their derivatives.
template <int K>
void value_table(const SplineTask task, const SplineValues values, double* table) {
  const SplineLayer layer = task.net.layer[0];
  for (int i = 0; i < layer.in; i++) {
    const double* base = task.weights.base + layer.base + i * layer.out_stride;
    for (int line = task.rows.first_line[i]; line < task.rows.first_line[i + 1]; line++) {
      const ptrdiff_t value = task.rows.value[line];
      const ptrdiff_t record = i * task.net.extended + values.record[value];
      const double* c = task.weights.coefficients + layer.coefficients + record * layer.out_stride;
      const double* splines = values.splines + value * K;
      for (int o = 0; o < layer.out_stride; o += kDoubles) {
        Doubles sum = all(values.silu[value]) * load(base + o);
#pragma GCC unroll 8
        for (int s = 0; s < K; s++) {
          sum = fma(all(splines[s]), load(c + s * layer.out_stride + o), sum);
        }
        store(table + static_cast<ptrdiff_t>(line) * layer.out_stride + o, sum);
      }
    }
  }
}

// Gradients of the first layer's coefficients from those of the table. Lines are in the order of their values: those on
// the same record are added up in registers.
template <int K>
void table_backward(const SplineTask task, const SplineGradient gradient) {
  const SplineLayer layer = task.net.layer[0];
  const ptrdiff_t stride = layer.out_stride;
  for (int i = 0; i < layer.in; i++) {
    const int end = task.rows.first_line[i + 1];
    for (ptrdiff_t o = 0; o < stride; o += kDoubles) {
      const double* d = task.scratch.table_gradient + o;
      Doubles of_base{};
      for (int line = task.rows.first_line[i]; line < end;) {
        const int32_t record = task.values.record[task.rows.value[line]];
        Doubles sum[K];
#pragma GCC unroll 8
        for (Doubles& one : sum) {
          one = Doubles{};
        }
        for (; line < end && task.values.record[task.rows.value[line]] == record; line++) {
          const ptrdiff_t value = task.rows.value[line];
          const Doubles of_line = load(d + line * stride);
          of_base = fma(all(task.values.silu[value]), of_line, of_base);
#pragma GCC unroll 8
          for (int s = 0; s < K; s++) {
            sum[s] = fma(all(task.values.splines[value * K + s]), of_line, sum[s]);
          }
        }
        double* to = gradient.splines + layer.splines + (i * task.net.extended + record) * stride + o;
#pragma GCC unroll 8
        for (int s = 0; s < K; s++) {
          store(to + s * stride, load(to + s * stride) + sum[s]);
        }
      }
      double* to = gradient.base + layer.base + i * stride + o;
      store(to, load(to) + of_base);
    }
  }
}

// y [n][stride] = the sums of the rows' lines; rows beyond n up to whole groups of four are 0.
inline void sum_lines(const SplineTask task, int first, int n, double* y) {
  const SplineLayer layer = task.net.layer[0];
  const int32_t* line = task.rows.line + static_cast<ptrdiff_t>(first) * layer.in;
  for (int r = 0; r < n; r++, line += layer.in, y += layer.out_stride) {
    for (int o = 0; o < layer.out_stride; o += kDoubles) {
      const double* table = task.scratch.table + o;
      Doubles sum = load(table + static_cast<ptrdiff_t>(line[0]) * layer.out_stride);
      for (int i = 1; i < layer.in; i++) {
        sum += load(table + static_cast<ptrdiff_t>(line[i]) * layer.out_stride);
      }
      store(y + o, sum);
    }
  }
  for (int at = 0; at < (whole_groups(n) - n) * layer.out_stride; at++) {
    y[at] = 0;
  }
}

// Adds each row's gradient to those of its lines.
inline void add_to_lines(const SplineTask task, int first, int n, const double* dy) {
  const SplineLayer layer = task.net.layer[0];
  const int32_t* line = task.rows.line + static_cast<ptrdiff_t>(first) * layer.in;
  for (int r = 0; r < n; r++, line += layer.in, dy += layer.out_stride) {
    for (int o = 0; o < layer.out_stride; o += kDoubles) {
      const Doubles of_row = load(dy + o);
      for (int i = 0; i < layer.in; i++) {
        double* to = task.scratch.table_gradient + static_cast<ptrdiff_t>(line[i]) * layer.out_stride + o;
        store(to, load(to) + of_row);
      }
    }
  }
}

// Rows first ... first + n - 1 as far as the outputs, which are returned: [n][out_stride of the last layer].
template <int K>
double* forward_rows(const SplineTask& task, int first, int n) {
  const SplineNodes* nodes = task.scratch.nodes;
  sum_lines(task, first, n, nodes[1].x);
  for (int l = 1; l < task.net.layers; l++) {
    edge_splines<K>(task.net, task.net.layer[l], task.tables, n, nodes[l]);
    node_sums<K>(task.net, task.net.layer[l], task.weights, n, nodes[l], nodes[l + 1].x);
  }
  return nodes[task.net.layers].x;
}

// Calls f(first row, rows).
template <class F>
void for_row_tiles(int rows, F f) {
  for (int first = 0; first < rows; first += kSplineRows) {
    f(first, rows - first < kSplineRows ? rows - first : kSplineRows);
  }
}

template <int K>
void forward_splines_of(const SplineTask& task, double* outputs) {
  const SplineLayer& last = task.net.layer[task.net.layers - 1];
  value_table<K>(task, task.values, task.scratch.table);
  for_row_tiles(task.rows.rows, [&](int first, int n) {
    const double* y = forward_rows<K>(task, first, n);
    for (int r = 0; r < n; r++) {
      for (int o = 0; o < last.out; o++) {
        *outputs++ = y[r * last.out_stride + o];
      }
    }
  });
}

template <int K>
void edge_sizes_of(const SplineTask& task, double* sums) {
  const SplineLayer& layer = task.net.layer[0];
  value_table<K>(task, task.values, task.scratch.table);
  for (int i = 0; i < layer.in; i++) {
    double* to = sums + layer.base + i * layer.out_stride;
    for (int line = task.rows.first_line[i]; line < task.rows.first_line[i + 1]; line++) {
      const double* phi = task.scratch.table + static_cast<ptrdiff_t>(line) * layer.out_stride;
      for (int o = 0; o < layer.out_stride; o += kDoubles) {
        store(to + o, fma(all(task.rows.count[line]), abs(load(phi + o)), load(to + o)));
      }
    }
  }
  for_row_tiles(task.rows.rows, [&](int first, int n) {
    forward_rows<K>(task, first, n);
    for (int l = 1; l < task.net.layers; l++) {
      add_edge_sizes<K>(task.net, task.net.layer[l], task.weights, n, task.scratch.nodes[l], sums);
    }
  });
}

// What the penalty of the first layer's edges adds to the gradients of its table.
inline void penalise_table(const SplineTask& task, const double* penalty) {
  const SplineLayer& layer = task.net.layer[0];
  for (int i = 0; i < layer.in; i++) {
    const double* of_edge = penalty + layer.base + i * layer.out_stride;
    for (int line = task.rows.first_line[i]; line < task.rows.first_line[i + 1]; line++) {
      const ptrdiff_t at = static_cast<ptrdiff_t>(line) * layer.out_stride;
      for (int o = 0; o < layer.out_stride; o += kDoubles) {
        const Doubles sign = sign_of(load(task.scratch.table + at + o));
        store(task.scratch.table_gradient + at + o, sign * load(of_edge + o) * all(task.rows.count[line]));
      }
    }
  }
}

template <LossKind Kind>
double loss_of_rows(const SplineLoss& loss, const SplineLayer& last, int n, const double* targets, double* y) {
  double sum = 0;
  for (int r = 0; r < n; r++, y += last.out_stride, targets += last.out) {
    for (int o = 0; o < last.out; o++) {
      const double residual = y[o] - targets[o];
      const double size = __builtin_fabs(residual);
      if constexpr (Kind == LossKind::huber) {
        const double inner = loss.delta < size ? loss.delta : size;
        sum += inner * (size - 0.5 * inner);
        y[o] = __builtin_copysign(inner, residual) * loss.scale;
      } else if constexpr (Kind == LossKind::absolute) {
        sum += size;
        y[o] = size > 0 ? __builtin_copysign(loss.scale, residual) : 0.0;
      } else {
        sum += residual * residual;
        y[o] = 2 * residual * loss.scale;
      }
    }
  }
  return sum;
}

// Sum of the losses of n rows; y becomes the gradient.
inline double row_losses(const SplineLoss& loss, const SplineLayer& last, int n, const double* targets, double* y) {
  switch (loss.kind) {
    case LossKind::huber:
      return loss_of_rows<LossKind::huber>(loss, last, n, targets, y);
    case LossKind::absolute:
      return loss_of_rows<LossKind::absolute>(loss, last, n, targets, y);
    case LossKind::squared:
    case LossKind::complex_squared:
      break;
  }
  return loss_of_rows<LossKind::squared>(loss, last, n, targets, y);
}

template <int K, bool Penalised>
double train_splines_of(const SplineTask& task, const SplineLoss& loss, const double* penalty,
                        const SplineGradient& gradient) {
  const SplineLayer& layer = task.net.layer[0];
  const SplineLayer& last = task.net.layer[task.net.layers - 1];
  value_table<K>(task, task.values, task.scratch.table);
  if (Penalised) {
    penalise_table(task, penalty);
  } else {
    const ptrdiff_t size = static_cast<ptrdiff_t>(task.rows.first_line[layer.in]) * layer.out_stride;
    for (ptrdiff_t at = 0; at < size; at += kDoubles) {
      store(task.scratch.table_gradient + at, Doubles{});
    }
  }
  double sum = 0;
  for_row_tiles(task.rows.rows, [&](int first, int n) {
    double* d = forward_rows<K>(task, first, n);
    sum += row_losses(loss, last, n, task.rows.targets + static_cast<ptrdiff_t>(first) * last.out, d);
    for (int l = task.net.layers - 1; l > 0; l--) {
      edges_backward<K, Penalised, true>(task.net, task.net.layer[l], task.weights, n, task.scratch.nodes[l],
                                         task.scratch.nodes[l + 1].x, task.scratch.edge, penalty, gradient);
    }
    add_to_lines(task, first, n, task.scratch.nodes[1].x);
  });
  table_backward<K>(task, gradient);
  return sum;
}

template <int K>
void spline_input_gradient_of(const SplineTask& task, const SplineValues& slopes, const double* output_weights,
                              double* gradient) {
  const SplineLayer& layer = task.net.layer[0];
  const SplineLayer& last = task.net.layer[task.net.layers - 1];
  value_table<K>(task, task.values, task.scratch.table);
  value_table<K>(task, slopes, task.scratch.table_gradient);
  for_row_tiles(task.rows.rows, [&](int first, int n) {
    double* d = forward_rows<K>(task, first, n);
    for (int r = 0; r < n; r++) {
      for (int o = 0; o < last.out; o++) {
        d[r * last.out_stride + o] = output_weights[o];
      }
    }
    for (int l = task.net.layers - 1; l > 0; l--) {
      edges_backward<K, false, false>(task.net, task.net.layer[l], task.weights, n, task.scratch.nodes[l],
                                      task.scratch.nodes[l + 1].x, nullptr, nullptr, {});
    }
    const int32_t* line = task.rows.line + static_cast<ptrdiff_t>(first) * layer.in;
    d = task.scratch.nodes[1].x;
    for (int r = 0; r < n; r++, d += layer.out_stride) {
      for (int i = 0; i < layer.in; i++) {
        const double* slope = task.scratch.table_gradient + static_cast<ptrdiff_t>(*line++) * layer.out_stride;
        double sum = 0;
        for (int o = 0; o < layer.out; o++) {
          sum += d[o] * slope[o];
        }
        *gradient++ = sum;
      }
    }
  });
}

inline void forward_splines(const SplineTask& task, double* outputs) {
  task.net.lanes == 4 ? forward_splines_of<4>(task, outputs) : forward_splines_of<8>(task, outputs);
}

inline void edge_sizes(const SplineTask& task, double* sums) {
  task.net.lanes == 4 ? edge_sizes_of<4>(task, sums) : edge_sizes_of<8>(task, sums);
}

inline double train_splines(const SplineTask& task, const SplineLoss& loss, const double* penalty,
                            const SplineGradient& gradient) {
  if (penalty != nullptr) {
    return task.net.lanes == 4 ? train_splines_of<4, true>(task, loss, penalty, gradient)
                               : train_splines_of<8, true>(task, loss, penalty, gradient);
  }
  return task.net.lanes == 4 ? train_splines_of<4, false>(task, loss, penalty, gradient)
                             : train_splines_of<8, false>(task, loss, penalty, gradient);
}

inline void spline_input_gradient(const SplineTask& task, const SplineValues& slopes, const double* output_weights,
                                  double* gradient) {
  task.net.lanes == 4 ? spline_input_gradient_of<4>(task, slopes, output_weights, gradient)
                      : spline_input_gradient_of<8>(task, slopes, output_weights, gradient);
}

}  // namespace gputrain::GT_ISA
