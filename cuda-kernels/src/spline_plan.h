// Where everything of a spline network lies in the memory of a block.
#pragma once

#include "gputrain/cuda_abi.h"
#include "strides.h"

namespace gputrain::device {

// A layer among all: its widths, and which of all nodes, edges and parameters is its first. A node is an input of a
// layer; its edges are the [out, in] functions; a unit is an output of a layer.
struct SplineLayer {
  int in, out;
  int node, edge, unit;
  int flat;  // base weights, scales, coefficients, mask, knots

  GT_DEVICE int edges() const { return in * out; }
};

// Rows that a warp takes at a time, one a thread, and what lies between a quantity's values for two quantities: lanes
// that read different quantities of a row reach different banks.
constexpr int kSplineRows = 32;
constexpr int kSplineStride = kSplineRows + 1;

// In doubles. Coefficients and knots are continued by `order` on both sides, so that no interval is a special one:
// coefficients by 0, knots by the last one. What the recursion then makes of splines that do not exist is finite, as an
// interval that a point lies in has a length.
struct SplinePlan {
  int order, splines;      // splines: of an edge
  int knots, last;         // knots: of a node; last: number of the last one
  int knot_stride;         // of a node's continued knots
  int coefficient_stride;  // of an edge's continued coefficients, and of a degree's reciprocals
  int nodes, edges, units;
  int sloped;  // edges whose derivative is kept begin here
  int edge_sums, sums;
  // Of the block.
  int knot, reciprocal;          // [node][continued knot]; [node][degree - 1][knot]: 1 / (t_(j + degree) - t_j)
  int silu_weight, coefficient;  // [edge]: mask base; [edge][continued coefficient]: mask scale c
  int penalty;                   // [edge]: what a row's |phi| adds to the objective
  int total;                     // [edge][spline, then silu], then the loss
  int warp_sums;                 // [2][8]
  int warps;
  // Of a warp.
  int basis;     // [node][order + 1 splines, then silu][row]
  int value;     // [unit][row]: outputs, then the gradient by them
  int slope;     // [edge - sloped][row]
  int sum;       // as total, without the loss
  int interval;  // [node][row], integers
  int sign;      // [edge][row], bytes: signs of phi
  int warp_size;

  // `first`: layer from which on derivatives are kept.
  GT_DEVICE SplinePlan(const gt_spline_session& s, int first)
      : order(s.order),
        splines(s.intervals + s.order),
        knots(s.intervals + 2 * s.order + 1),
        last(s.intervals + 2 * s.order),
        knot_stride(s.intervals + 4 * s.order + 1),
        coefficient_stride(s.intervals + 3 * s.order),
        nodes(0),
        edges(0),
        units(0),
        sloped(0),
        edge_sums(splines + 1) {
    for (int l = 0; l < s.layers; l++) {
      sloped = l == first ? edges : sloped;
      nodes += s.widths[l];
      edges += s.widths[l] * s.widths[l + 1];
      units += s.widths[l + 1];
    }
    sloped = first >= s.layers ? edges : sloped;
    bool penalised = s.penalty_l1 != 0 || s.penalty_entropy != 0;
    sums = edges * edge_sums;
    knot = 0;
    reciprocal = knot + nodes * knot_stride;
    silu_weight = reciprocal + nodes * order * coefficient_stride;
    coefficient = silu_weight + edges;
    penalty = coefficient + edges * coefficient_stride;
    total = penalty + (penalised ? edges : 0);
    warp_sums = total + sums + 1;
    warps = warp_sums + 2 * GT_MOST_SPLINE_WARPS;
    basis = 0;
    value = basis + nodes * (order + 2) * kSplineStride;
    slope = value + units * kSplineStride;
    sum = slope + (edges - sloped) * kSplineStride;
    interval = sum + sums;
    sign = interval + ceiling(nodes * kSplineStride, 2);
    warp_size = sign + (penalised ? ceiling(edges * kSplineRows, 8) : 0);
  }

  GT_DEVICE int64_t doubles(int warp_count) const { return warps + static_cast<int64_t>(warp_count) * warp_size; }

  GT_DEVICE SplineLayer first(const gt_spline_session& s) const { return {s.widths[0], s.widths[1], 0, 0, 0, 0}; }
  GT_DEVICE SplineLayer after(const gt_spline_session& s, int l, const SplineLayer& layer) const {
    int next = l + 2 <= s.layers ? s.widths[l + 2] : 0;
    return {layer.out,
            next,
            layer.node + layer.in,
            layer.edge + layer.edges(),
            layer.unit + layer.out,
            layer.flat + layer.edges() * (splines + 3) + layer.in * knots};
  }
  GT_DEVICE SplineLayer before(const gt_spline_session& s, int l, const SplineLayer& layer) const {
    int in = l > 0 ? s.widths[l - 1] : 0;
    return {in,
            layer.in,
            layer.node - in,
            layer.edge - in * layer.in,
            layer.unit - layer.in,
            layer.flat - in * layer.in * (splines + 3) - in * knots};
  }
};

// Where a block that trains has its own part of the session's workspace, in doubles: every block of a team has the
// whole state and moves it alike.
struct SplineWorkspace {
  int64_t moment;  // of one of the two
  int64_t gradient;
  int64_t first, second, minimiser;
  int64_t table;      // [node of the first layer][order + 1 splines, then silu][row]
  int64_t intervals;  // [node of the first layer][row], integers
  int64_t tile;       // what does not fit shared memory
  // Parameters come first.
  GT_DEVICE explicit SplineWorkspace(const gt_spline_session& s) {
    int64_t n = s.parameters;
    int64_t entries = static_cast<int64_t>(s.widths[0]) * s.most_rows;
    bool minimises = s.optimizer == GT_LBFGS;
    moment = minimises ? s.history * n : n;
    gradient = n;
    first = gradient + n;
    second = first + moment;
    minimiser = second + moment;
    table = minimiser + (minimises ? 4 * n + 2 * s.history : 0);
    intervals = table + entries * (s.order + 2);
    tile = intervals + (entries + 1) / 2;
  }
};

// The parts of a layer's parameters.
struct SplineParameters {
  int scale, coefficient, mask, knots, end;
  GT_DEVICE SplineParameters(const SplinePlan& plan, const SplineLayer& layer)
      : scale(layer.flat + layer.edges()),
        coefficient(scale + layer.edges()),
        mask(coefficient + layer.edges() * plan.splines),
        knots(mask + layer.edges()),
        end(knots + layer.in * plan.knots) {}
};

}  // namespace gputrain::device
