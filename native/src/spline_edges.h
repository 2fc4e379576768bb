// The edges of a layer of a spline network that is not the first: the splines at every row's own numbers, the sums at
// the nodes above, and the way back.
#pragma once

#include "doubles.h"
#include "spline_network.h"

namespace gputrain::GT_ISA {

// Rows up to whole groups of four, in which sums of lanes are formed.
constexpr int whole_groups(int rows) { return (rows + 3) / 4 * 4; }

// silu(x) = x / (1 + e^-x) and its derivative; NaN where x is not finite.
GT_INLINE void silu(Doubles x, Doubles* value, Doubles* slope) {
  const Doubles e = exp_of_negative(-abs(x));
  const Doubles larger = all(1.0) / (all(1.0) + e);
  const Doubles smaller = e * larger;
  const Longs positive = x > Doubles{};
  const Doubles sigmoid = select(positive, larger, smaller);
  const Doubles rest = select(positive, smaller, larger);
  *value = fma(x, sigmoid, x - x);
  *slope = sigmoid * fma(x, rest, all(1.0));
}

// Descriptions are taken by value below: as locals whose address nobody has they stay in registers, whereas the vector
// stores might change what a reference refers to.

// For the n rows' numbers x: silu, record and splines. Rows up to a whole group are computed as well.
template <int K>
void edge_splines(const Splines net, const SplineLayer layer, const SplineTables tables, int n,
                  const SplineNodes nodes) {
  constexpr int kQuads = K / 4;
  const ptrdiff_t stride = layer.in_stride;
  const int padded = whole_groups(n);
  for (ptrdiff_t at = 0; at < padded * stride; at += kDoubles) {
    Doubles value, slope;
    silu(load(nodes.x + at), &value, &slope);
    store(nodes.silu + at, value);
    store(nodes.slope + at, slope);
  }
  for (ptrdiff_t i = 0; i < stride; i += kDoubles) {
    for (int r = 0; r < padded; r += 4) {
      const double* knots = tables.knots + layer.knots + i;
      Doubles x[4];
      Longs record[4];
#pragma GCC unroll 4
      for (int k = 0; k < 4; k++) {
        x[k] = load(nodes.x + (r + k) * stride + i);
        record[k] = Longs{};
      }
      for (int t = 0; t < net.knots; t++, knots += stride) {
        const Doubles knot = load(knots);
#pragma GCC unroll 4
        for (int k = 0; k < 4; k++) {
          record[k] = count_from(record[k], x[k], knot);
        }
      }
#pragma GCC unroll 4
      for (int k = 0; k < 4; k++) {
        store(reinterpret_cast<double*>(nodes.record + (r + k) * stride + i), reinterpret_cast<Doubles>(record[k]));
      }
    }
  }
  for (ptrdiff_t i = 0; i < layer.in; i++) {
    const double* middle = tables.middle + layer.middle + i * net.records;
    const double* pieces = tables.pieces + layer.pieces + i * net.records * K * K;
    double* splines = nodes.splines + i * 2 * K;
    for (int r = 0; r < padded; r++, splines += 2 * K * layer.in) {
      const int64_t record = nodes.record[r * stride + i];
      const Quad u = all_quad(nodes.x[r * stride + i] - middle[record]);
      const double* piece = pieces + record * K * K;
#pragma GCC unroll 2
      for (int q = 0; q < kQuads; q++) {
        Quad slope = load_quad(piece + (K - 1) * K + 4 * q);
        Quad value = fma(slope, u, load_quad(piece + (K - 2) * K + 4 * q));
#pragma GCC unroll 8
        for (int p = K - 3; p >= 0; p--) {
          slope = fma(slope, u, value);
          value = fma(value, u, load_quad(piece + p * K + 4 * q));
        }
        store(splines + 4 * q, value);
        store(splines + K + 4 * q, slope);
      }
    }
  }
}

// Where an edge's coefficients on a record begin.
GT_INLINE const double* edge_coefficients(const Splines& net, const SplineLayer& layer, const SplineWeights& weights,
                                          int output, int input, int64_t record) {
  return weights.coefficients + layer.coefficients +
         (static_cast<ptrdiff_t>(output) * layer.in + input) * net.extended + record;
}

// Sums at Outputs nodes of Rows rows, four together.
template <int K, int Rows, int Outputs>
GT_INLINE Quad four_sums(const Splines& net, const SplineLayer& layer, const SplineWeights& weights,
                         const SplineNodes& nodes, int row, int output) {
  const ptrdiff_t stride = layer.in_stride;
  Quad sum[4];
#pragma GCC unroll 4
  for (Quad& one : sum) {
    one = zero_quad();
  }
  for (int i = 0; i < layer.in; i++) {
#pragma GCC unroll 4
    for (int r = 0; r < Rows; r++) {
      const double* splines = nodes.splines + (static_cast<ptrdiff_t>(row + r) * layer.in + i) * 2 * K;
      const double* c = edge_coefficients(net, layer, weights, output, i, nodes.record[(row + r) * stride + i]);
#pragma GCC unroll 2
      for (int s = 0; s < K; s += 4) {
        const Quad spline = load_quad(splines + s);
#pragma GCC unroll 4
        for (int o = 0; o < Outputs; o++) {
          Quad& to = sum[r * Outputs + o];
          to = fma(spline, load_quad(c + static_cast<ptrdiff_t>(o) * layer.in * net.extended + s), to);
        }
      }
    }
  }
  const double* base = weights.base + layer.base + output * stride;
  for (ptrdiff_t i = 0; i < stride; i += 4) {
#pragma GCC unroll 4
    for (int r = 0; r < Rows; r++) {
#pragma GCC unroll 4
      for (int o = 0; o < Outputs; o++) {
        Quad& to = sum[r * Outputs + o];
        to = fma(load_quad(nodes.silu + (row + r) * stride + i), load_quad(base + o * stride + i), to);
      }
    }
  }
  return sums_of(sum);
}

// y [n][out_stride] = sum_i phi_oi(x_i)
template <int K>
void node_sums(const Splines net, const SplineLayer layer, const SplineWeights weights, int n, const SplineNodes nodes,
               double* y) {
  const ptrdiff_t stride = layer.out_stride;
  if (layer.out >= 4) {
    for (int r = 0; r < n; r++) {
      for (int o = 0; o < layer.out; o += 4) {
        // The last four overlap those before.
        const int output = o + 4 <= layer.out ? o : layer.out - 4;
        store(y + r * stride + output, four_sums<K, 1, 4>(net, layer, weights, nodes, r, output));
      }
    }
    return;
  }
  for (int r = 0; r < n; r += 4) {
    for (int o = 0; o < layer.out; o++) {
      double sums[4];
      store(sums, four_sums<K, 4, 1>(net, layer, weights, nodes, r, o));
      for (int i = 0; i < 4; i++) {
        y[(r + i) * stride + o] = sums[i];
      }
    }
  }
}

// phi of the edges from four inputs to an output, of one row.
template <int K>
GT_INLINE Quad four_edges(const Splines& net, const SplineLayer& layer, const SplineWeights& weights,
                          const SplineNodes& nodes, int row, int output, int input) {
  const ptrdiff_t at = static_cast<ptrdiff_t>(row) * layer.in_stride + input;
  Quad product[4];
#pragma GCC unroll 4
  for (int a = 0; a < 4; a++) {
    product[a] = zero_quad();
    if (input + a < layer.in) {
      const double* splines = nodes.splines + (static_cast<ptrdiff_t>(row) * layer.in + input + a) * 2 * K;
      const double* c = edge_coefficients(net, layer, weights, output, input + a, nodes.record[at + a]);
#pragma GCC unroll 2
      for (int s = 0; s < K; s += 4) {
        product[a] = fma(load_quad(splines + s), load_quad(c + s), product[a]);
      }
    }
  }
  const double* base = weights.base + layer.base + output * layer.in_stride + input;
  return fma(load_quad(nodes.silu + at), load_quad(base), sums_of(product));
}

// Adds the |phi| of the rows to the edges' sums.
template <int K>
void add_edge_sizes(const Splines net, const SplineLayer layer, const SplineWeights weights, int n,
                    const SplineNodes nodes, double* sums) {
  for (int o = 0; o < layer.out; o++) {
    double* to = sums + layer.base + o * layer.in_stride;
    for (int i = 0; i < layer.in_stride; i += 4) {
      Quad sum = load_quad(to + i);
      for (int r = 0; r < n; r++) {
        sum = add(sum, abs(four_edges<K>(net, layer, weights, nodes, r, o, i)));
      }
      store(to + i, sum);
    }
  }
}

// From the gradient dy [n][out_stride] at a layer's outputs: the gradient with respect to its inputs, in place of them,
// and, when training, those of its parameters. Outputs: their number, or 0 for any. edge: room for four numbers an
// output, when penalised.
template <int K, int Outputs, bool Penalised, bool Training>
void edges_backward_of(const Splines net, const SplineLayer layer, const SplineWeights weights, int n,
                       const SplineNodes nodes, const double* dy, double* edge, const double* penalty,
                       const SplineGradient gradient) {
  constexpr int kQuads = K / 4;
  const ptrdiff_t stride = layer.in_stride;
  const ptrdiff_t coefficients_of_output = static_cast<ptrdiff_t>(layer.in) * net.extended;
  const int outputs = Outputs > 0 ? Outputs : layer.out;
  for (int r = 0; r < n; r++) {
    const double* d = dy + static_cast<ptrdiff_t>(r) * layer.out_stride;
    for (ptrdiff_t i = 0; i < stride; i += 4) {
      Quad through_base = zero_quad();
      const Quad value = load_quad(nodes.silu + r * stride + i);
      for (int o = 0; o < outputs; o++) {
        const ptrdiff_t at = o * stride + i;
        Quad of_edges = all_quad(d[o]);
        if constexpr (Penalised) {
          const Quad sign = sign_of(four_edges<K>(net, layer, weights, nodes, r, o, static_cast<int>(i)));
          of_edges = fma(sign, load_quad(penalty + layer.base + at), of_edges);
          store(edge + 4 * o, of_edges);
        }
        through_base = fma(of_edges, load_quad(weights.base + layer.base + at), through_base);
        if constexpr (Training) {
          double* to = gradient.base + layer.base + at;
          store(to, fma(of_edges, value, load_quad(to)));
        }
      }
      Quad through_splines[4];
#pragma GCC unroll 4
      for (int a = 0; a < 4; a++) {
        through_splines[a] = zero_quad();
        const int input = static_cast<int>(i) + a;
        if (input >= layer.in) {
          continue;
        }
        const int64_t record = nodes.record[r * stride + input];
        const double* splines = nodes.splines + (static_cast<ptrdiff_t>(r) * layer.in + input) * 2 * K;
        const double* c = edge_coefficients(net, layer, weights, 0, input, record);
        Quad spline[kQuads];
        Quad curve[kQuads];
#pragma GCC unroll 2
        for (int q = 0; q < kQuads; q++) {
          spline[q] = load_quad(splines + 4 * q);
          curve[q] = zero_quad();
        }
        const ptrdiff_t slot = static_cast<ptrdiff_t>(layer.splines) + (input * net.records + record) * outputs * K;
        for (int o = 0; o < outputs; o++, c += coefficients_of_output) {
          const Quad of_edge = all_quad(Penalised ? edge[4 * o + a] : d[o]);
#pragma GCC unroll 2
          for (int q = 0; q < kQuads; q++) {
            curve[q] = fma(of_edge, load_quad(c + 4 * q), curve[q]);
            if constexpr (Training) {
              double* to = gradient.splines + slot + o * K + 4 * q;
              store(to, fma(of_edge, spline[q], load_quad(to)));
            }
          }
        }
#pragma GCC unroll 2
        for (int q = 0; q < kQuads; q++) {
          through_splines[a] = fma(curve[q], load_quad(splines + K + 4 * q), through_splines[a]);
        }
      }
      store(nodes.x + r * stride + i,
            fma(load_quad(nodes.slope + r * stride + i), through_base, sums_of(through_splines)));
    }
  }
}

template <int K, bool Penalised, bool Training>
void edges_backward(const Splines& net, const SplineLayer& layer, const SplineWeights& weights, int n,
                    const SplineNodes& nodes, const double* dy, double* edge, const double* penalty,
                    const SplineGradient& gradient) {
  if (layer.out == 1) {
    edges_backward_of<K, 1, Penalised, Training>(net, layer, weights, n, nodes, dy, edge, penalty, gradient);
  } else {
    edges_backward_of<K, 0, Penalised, Training>(net, layer, weights, n, nodes, dy, edge, penalty, gradient);
  }
}

}  // namespace gputrain::GT_ISA
