// Outputs and derivatives of spline networks, in float64, with the splines of spline_edges.h at every row's numbers.
#pragma once

#include "jacobian_network.h"
#include "spline_edges.h"

namespace gputrain::GT_ISA {

// Edges of a layer, [out][in_stride].
GT_INLINE ptrdiff_t edges_of(const SplineLayer& layer) { return static_cast<ptrdiff_t>(layer.out) * layer.in_stride; }

// Curve and derivative of the edges of a layer, and the sums at the nodes above, of a row.
template <int K>
void spline_row(const SplineJacobian& net, int l, int r) {
  const SplineLayer& layer = net.net.layer[l];
  const SplineNodes& nodes = net.nodes[l];
  const ptrdiff_t stride = layer.in_stride;
  const double* silu = nodes.silu + r * stride;
  const double* silu_slope = nodes.slope + r * stride;
  for (int o = 0; o < layer.out; o++) {
    const ptrdiff_t edge = o * stride;
    double* curve = net.curve[l] + r * edges_of(layer) + edge;
    double* slope = net.slope[l] + r * edges_of(layer) + edge;
    Quad sum[4] = {zero_quad(), zero_quad(), zero_quad(), zero_quad()};
    for (ptrdiff_t i = 0; i < stride; i += 4) {
      Quad values[4], slopes[4];
#pragma GCC unroll 4
      for (int a = 0; a < 4; a++) {
        values[a] = slopes[a] = zero_quad();
        if (i + a >= layer.in) {
          continue;
        }
        const double* splines = nodes.splines + (r * static_cast<ptrdiff_t>(layer.in) + i + a) * 2 * K;
        const double* c = net.coefficients[l] + (o * static_cast<ptrdiff_t>(layer.in) + i + a) * net.net.extended +
                          nodes.record[r * stride + i + a];
#pragma GCC unroll 2
        for (int s = 0; s < K; s += 4) {
          values[a] = fma(load_quad(splines + s), load_quad(c + s), values[a]);
          slopes[a] = fma(load_quad(splines + K + s), load_quad(c + s), slopes[a]);
        }
      }
      const Quad base = load_quad(net.base[l] + edge + i);
      const Quad scale = load_quad(net.scale[l] + edge + i);
      const Quad curves = sums_of(values);
      store(curve + i, curves);
      store(slope + i, fma(base, load_quad(silu_slope + i), mul(scale, sums_of(slopes))));
      sum[0] = add(sum[0], fma(base, load_quad(silu + i), mul(scale, curves)));
    }
    double total[4];
    store(total, sums_of(sum));
    net.nodes[l + 1].x[r * static_cast<ptrdiff_t>(layer.out_stride) + o] = total[0];
  }
}

// Derivatives by the parameters of an edge's splines: those that are not 0 on a record, of which some may not exist.
template <int K>
GT_INLINE void spline_numbers(const SplineJacobian& net, double factor, const double* splines, int64_t record,
                              double* to) {
  const int64_t first = record - 1 - net.order;
  if (first >= 0 && first + K <= net.splines) {
#pragma GCC unroll 2
    for (int s = 0; s < K; s += 4) {
      store(to + first + s, mul(all_quad(factor), load_quad(splines + s)));
    }
    return;
  }
  for (int s = 0; s <= net.order; s++) {
    if (first + s >= 0 && first + s < net.splines) {
      to[first + s] = factor * splines[s];
    }
  }
}

// Derivatives of output k on a row; the line is 0.
template <int K>
void spline_line(const SplineJacobian& net, int r, int k, double output_scale, double* line) {
  double* above = net.gradient;
  double* below = net.gradient_below;
  for (int l = net.net.layers - 1; l >= 0; l--) {
    const SplineLayer& layer = net.net.layer[l];
    const SplineNodes& nodes = net.nodes[l];
    const ptrdiff_t stride = layer.in_stride;
    const bool last = l + 1 == net.net.layers;
    for (ptrdiff_t i = 0; i < stride; i++) {
      below[i] = 0;
    }
    for (int o = last ? k : 0; o < (last ? k + 1 : layer.out); o++) {
      const double d = last ? output_scale : above[o];
      const double* curve = net.curve[l] + r * edges_of(layer) + o * stride;
      const double* slope = net.slope[l] + r * edges_of(layer) + o * stride;
      const double* mask = net.mask[l] + o * stride;
      const double* scale = net.scale[l] + o * stride;
      const ptrdiff_t edge = static_cast<ptrdiff_t>(o) * layer.in;
      double* of_base = line + net.offsets[l][0] + edge;
      double* of_scale = line + net.offsets[l][1] + edge;
      double* of_splines = line + net.offsets[l][2] + edge * net.splines;
      for (int i = 0; i < layer.in; i++) {
        const double g = d * mask[i];
        of_base[i] = g * nodes.silu[r * stride + i];
        of_scale[i] = g * curve[i];
        spline_numbers<K>(net, d * scale[i], nodes.splines + (r * static_cast<ptrdiff_t>(layer.in) + i) * 2 * K,
                          nodes.record[r * stride + i], of_splines + static_cast<ptrdiff_t>(i) * net.splines);
      }
      for (ptrdiff_t i = 0; i < stride; i += 4) {
        store(below + i, fma(all_quad(d), load_quad(slope + i), load_quad(below + i)));
      }
    }
    double* const free = above;
    above = below;
    below = free;
  }
}

template <int K>
void splines_jacobian_of(const SplineJacobian& net, const JacobianTile& tile) {
  const SplineLayer& first = net.net.layer[0];
  for (int r = 0; r < whole_groups(tile.rows); r++) {
    const double* row = tile.inputs + (r < tile.rows ? r : tile.rows - 1) * static_cast<ptrdiff_t>(first.in);
    for (int i = 0; i < first.in; i++) {
      net.nodes[0].x[r * static_cast<ptrdiff_t>(first.in_stride) + i] = row[i];
    }
  }
  for (int l = 0; l < net.net.layers; l++) {
    edge_splines<K>(net.net, net.net.layer[l], net.tables, tile.rows, net.nodes[l]);
    for (int r = 0; r < tile.rows; r++) {
      spline_row<K>(net, l, r);
    }
  }
  const SplineLayer& last = net.net.layer[net.net.layers - 1];
  for (int r = 0; r < tile.rows; r++) {
    for (int k = 0; k < last.out; k++) {
      const ptrdiff_t at = static_cast<ptrdiff_t>(r) * last.out + k;
      if (tile.outputs != nullptr) {
        tile.outputs[at] = net.nodes[net.net.layers].x[r * static_cast<ptrdiff_t>(last.out_stride) + k];
      }
      if (tile.lines != nullptr) {
        double* line = tile.lines + at * tile.stride;
        for (ptrdiff_t i = 0; i < tile.stride; i++) {
          line[i] = 0;
        }
        spline_line<K>(net, r, k, tile.scale[at], line);
      }
    }
  }
}

inline void splines_jacobian(const SplineJacobian& net, const JacobianTile& tile) {
  if (net.net.lanes == 4) {
    splines_jacobian_of<4>(net, tile);
  } else {
    splines_jacobian_of<8>(net, tile);
  }
}

}  // namespace gputrain::GT_ISA
