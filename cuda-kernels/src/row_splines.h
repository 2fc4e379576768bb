// Rows through spline networks, as row_networks.h takes those of the other families: a layer's threads are dealt over
// its nodes, then over its edges, then over its outputs.
#pragma once

#include "row_networks.h"

namespace gputrain::device {

// A layer's places: among the nodes, edges and units of all layers, and in the parameter vector.
struct SplinePlaces {
  int in, out, node, edge, unit;
  int base, scale, coefficient, mask, knots, end;
};

struct SplineRow {
  int order, splines, node_size, nodes, edges;

  GT_DEVICE explicit SplineRow(const gt_linearised& net)
      : order(net.order), splines(net.intervals + net.order), node_size(2 * net.order + 4), nodes(0), edges(0) {
    for (int l = 0; l < net.layers; l++) {
      nodes += net.widths[l];
      edges += net.widths[l] * net.widths[l + 1];
    }
  }

  GT_DEVICE SplinePlaces first(const gt_linearised& net) const { return at(net, 0, 0, 0, 0, 0); }
  GT_DEVICE SplinePlaces after(const gt_linearised& net, int l, const SplinePlaces& p) const {
    return at(net, l + 1, p.node + p.in, p.edge + p.in * p.out, p.unit + p.out, p.end);
  }

  GT_DEVICE void forward(const gt_linearised& net, const double* parameters, const double* x, double* row,
                         double* outputs) const {
    double* intervals = row + net.extra + 2 * edges;
    double* inputs = intervals + nodes;
    for (int i = lane(); i < net.inputs; i += 32) {
      inputs[i] = x[i];
    }
    SplinePlaces p = first(net);
    for (int l = 0; l < net.layers; l++) {
      // A node's input is from the thread that takes it on here.
      for (int i = lane(); i < p.in; i += 32) {
        int v = p.node + i;
        const double* t = parameters + p.knots + i * (splines + order + 1);
        intervals[v] = splines_at(t, inputs[v], row + v * node_size);
      }
      sync_warp();
      for (int e = lane(); e < p.in * p.out; e += 32) {
        int v = p.node + e % p.in;
        const double* node = row + v * node_size;
        double sum = 0, slope = 0;
        each(intervals[v], [&](int k, int j) {
          double c = parameters[p.coefficient + e * splines + j];
          sum = multiply_add(c, node[2 + k], sum);
          slope = multiply_add(c, node[3 + order + k], slope);
        });
        double* edge = row + net.extra + 2 * (p.edge + e);
        edge[0] = sum;
        edge[1] =
            parameters[p.mask + e] * multiply_add(parameters[p.base + e], node[1], parameters[p.scale + e] * slope);
      }
      sync_warp();
      for (int o = lane(); o < p.out; o += 32) {
        double y = 0;
        for (int i = 0; i < p.in; i++) {
          int e = o * p.in + i;
          y += parameters[p.mask + e] * multiply_add(parameters[p.base + e], row[(p.node + i) * node_size],
                                                     parameters[p.scale + e] * row[net.extra + 2 * (p.edge + e)]);
        }
        if (l + 1 == net.layers) {
          outputs[o] = y;
        } else {
          inputs[p.node + p.in + o] = y;
        }
      }
      p = after(net, l, p);
    }
  }

  GT_DEVICE void backward(const gt_linearised& net, const double* row, const Direction& direction,
                          double* slopes) const {
    SplinePlaces p = first(net);
    for (int l = 0; l + 1 < net.layers; l++) {
      p = after(net, l, p);
    }
    for (int o = lane(); o < p.out; o += 32) {
      slopes[p.unit + o] = direction(o);
    }
    for (int l = net.layers - 1; l > 0; l--) {
      sync_warp();
      for (int i = lane(); i < p.in; i += 32) {
        double sum = 0;
        for (int o = 0; o < p.out; o++) {
          sum = multiply_add(slopes[p.unit + o], row[net.extra + 2 * (p.edge + o * p.in + i) + 1], sum);
        }
        slopes[p.unit - p.in + i] = sum;
      }
      SplinePlaces before = first(net);
      for (int k = 0; k + 1 < l; k++) {
        before = after(net, k, before);
      }
      p = before;
    }
  }

  // Derivative by entry q of the parameter vector, which is trained.
  GT_DEVICE double derivative(const gt_linearised& net, const double* parameters, const double* row,
                              const double* slopes, int q) const {
    SplinePlaces p = first(net);
    for (int l = 0; q >= p.end; l++) {
      p = after(net, l, p);
    }
    int e = q < p.scale ? q - p.base : q < p.coefficient ? q - p.scale : (q - p.coefficient) / splines;
    int v = p.node + e % p.in;
    const double* node = row + v * node_size;
    double g = slopes[p.unit + e / p.in] * parameters[p.mask + e];
    if (q < p.scale) {
      return g * node[0];
    }
    if (q < p.coefficient) {
      return g * row[net.extra + 2 * (p.edge + e)];
    }
    int k = (q - p.coefficient) % splines - static_cast<int>(row[net.extra + 2 * edges + v]) + order;
    return k >= 0 && k <= order ? g * parameters[p.scale + e] * node[2 + k] : 0;
  }

 private:
  GT_DEVICE SplinePlaces at(const gt_linearised& net, int l, int node, int edge, int unit, int begin) const {
    SplinePlaces p = {};
    if (l >= net.layers) {
      p.end = begin;
      return p;
    }
    p.in = net.widths[l];
    p.out = net.widths[l + 1];
    p.node = node;
    p.edge = edge;
    p.unit = unit;
    int count = p.in * p.out;
    p.base = begin;
    p.scale = begin + count;
    p.coefficient = p.scale + count;
    p.mask = p.coefficient + count * splines;
    p.knots = p.mask + count;
    p.end = p.knots + p.in * (splines + order + 1);
    return p;
  }

  // f(k, j) for the splines j = q - order + k that there are.
  template <class F>
  GT_DEVICE void each(double interval, const F& f) const {
    int begin = static_cast<int>(interval) - order;
    for (int k = begin < 0 ? -begin : 0; k <= order && begin + k < splines; k++) {
      f(k, begin + k);
    }
  }

  // silu and its slope, values and slopes of splines q - order ... q, of which those that are not there count as 0;
  // returns q, t_q <= x < t_(q+1). The recursion of Cox and de Boor on the knots that there are.
  GT_DEVICE double splines_at(const double* t, double x, double* node) const {
    double s = divide(1, 1 + exponential(-x));
    node[0] = x * s;
    node[1] = s * multiply_add(x, 1 - s, 1);
    double* value = node + 2;
    double* slope = value + order + 1;
    int last = splines + order;
    bool number = x == x;
    for (int k = 0; k <= order; k++) {
      value[k] = number ? 0 : x;
      slope[k] = number ? 0 : x;
    }
    if (!(x >= t[0] && x < t[last])) {
      return order;
    }
    int q = 0;
    for (int above = last; above - q > 1;) {
      int middle = (above + q) / 2;
      bool left = x < t[middle];
      above = left ? middle : above;
      q = left ? q : middle;
    }
    value[order] = 1;
    for (int p = 1; p <= order; p++) {
      int most = last - 1 - p;
      for (int k = order - p; k <= order; k++) {
        int j = q - order + k;
        if (j < 0 || j > most) {
          value[k] = 0;
          continue;
        }
        double here = divide(value[k], t[j + p] - t[j]);
        double next = k < order ? divide(value[k + 1], t[j + p + 1] - t[j + 1]) : 0;
        slope[k] = p * (here - next);
        value[k] = (x - t[j]) * here + (t[j + p + 1] - x) * next;
      }
    }
    return q;
  }
};

}  // namespace gputrain::device
