// Takes rows through a spline network in float64, y_o = sum_i phi_oi(x_i), phi_oi = mask (base silu + scale sum_j c_j
// B_j), forward and backward.
//
// A warp has 32 rows, one a thread, and waits for no other warp before the sums. Forward, a thread keeps its row's
// splines, of which only order + 1 of a node differ from 0, and the derivatives of the edges. Backward it goes on by
// itself; then the warp's threads are dealt over the entries of the gradient, each adding up the 32 rows in their
// order. All that the gradient needs of an edge with g = dF/dphi is sum g silu and, for each spline, sum g B_j:
//   dF/dbase = mask sum g silu    dF/dc_j = mask scale sum g B_j    dF/dscale = mask sum_j c_j sum g B_j
//
// Inputs and knots of the first layer do not change during a launch, so its splines are computed once.
#pragma once

#include "loss.h"
#include "spline_block.h"
#include "splines_at.h"

namespace gputrain::device {

// Order: as of SplinesAt.
template <int Order>
struct SplineTile : SplineBlock {
  static constexpr int kThreads = 32 * GT_MOST_SPLINE_WARPS;
  using Splines = SplinesAt<Order>;
  // Outputs for which a thread adds up at once.
  static constexpr int kOutputs = 4;

  // What rows are taken through the network for.
  enum Kind { kSizes, kGradient, kSquares, kPredict, kInputGradient };

  struct Pass {
    Rows rows;
    int lo, hi;
    double scale;           // of the gradient: 1 / (rows of the step times outputs)
    const double* weights;  // of the outputs, for the gradient by the inputs
    double* to;             // predictions, or gradients by the inputs
  };

  // first: as of SplineBlock.
  GT_DEVICE SplineTile(const gt_spline_session& s, double* memory, int first = 1) : SplineBlock(s, memory, first) {}

  // The first layer's splines for rows of the replica's list; the block passes a barrier before it takes rows.
  GT_DEVICE void keep_first_layer(const int32_t* rows, int count, double* table, int32_t* intervals) {
    int n = session.widths[0];
    for (int i = thread(); i < n * count; i += threads()) {
      int node = i / count;
      int place = i % count;
      Splines at = splines_at(node, session.inputs[static_cast<int64_t>(rows[place]) * n + node]);
      at.keep(plan.order, table + static_cast<int64_t>(node) * (plan.order + 2) * count + place, count);
      intervals[i] = at.interval;
    }
    table_ = table;
    intervals_ = intervals;
    kept_ = count;
  }

  // Takes positions lo ... hi through the network. Returns the thread's part of the sum of the losses, or of the
  // squared errors; sums over the rows of each warp stay with the warp. By value, so that the compiler knows that
  // nothing written here is part of it.
  GT_DEVICE_CALL static double take(SplineTile tile, Kind kind, Pass pass) { return tile.run(kind, pass); }

 private:
  GT_DEVICE Splines splines_at(int node, double x) const {
    return {plan.order,
            memory_ + plan.knot + node * plan.knot_stride + plan.order,
            plan.last,
            memory_ + plan.reciprocal + node * plan.order * plan.coefficient_stride + plan.order,
            plan.coefficient_stride,
            x};
  }

  GT_DEVICE double run(Kind kind, const Pass& pass) {
    double* warp = memory_ + plan.warps + thread() / 32 * plan.warp_size;
    int lane = thread() % 32;
    for (int i = lane; i < plan.sums; i += 32) {
      warp[plan.sum + i] = 0;
    }
    double sum = 0;
    for (int begin = pass.lo + thread() / 32 * kSplineRows; begin < pass.hi; begin += threads()) {
      int count = pass.hi - begin < kSplineRows ? pass.hi - begin : kSplineRows;
      bool there = lane < count;
      // Threads without a row of their own take the last one, for nothing: all are needed in sums over the warp.
      int position = begin + (there ? lane : count - 1);
      int row = pass.rows.at(position);
      forward(warp, kind, pass.rows.place(position), row, there);
      double value = outputs(warp, kind, pass, row);
      sum += there ? value : 0;
      if (kind == kGradient || kind == kInputGradient) {
        bool asked = kind == kInputGradient && there;
        backward(warp, kind, asked ? pass.to + static_cast<int64_t>(row) * session.widths[0] : nullptr);
      }
      if (kind == kGradient) {
        sync_warp();
        add_gradients(warp, count);
        sync_warp();
      }
    }
    return sum;
  }

  GT_DEVICE void forward(double* warp, Kind kind, int place, int row, bool there) {
    int lane = thread() % 32;
    double* basis = warp + plan.basis + lane;
    double* value = warp + plan.value + lane;
    int32_t* interval = reinterpret_cast<int32_t*>(warp + plan.interval) + lane;
    int8_t* sign = reinterpret_cast<int8_t*>(warp + plan.sign) + lane;
    bool signs = kind == kGradient && penalised();
    SplineLayer layer = plan.first(session);
    for (int l = 0; l < session.layers; l++) {
      bool slopes = layer.edge >= plan.sloped && (kind == kGradient || kind == kInputGradient);
      for (int o = 0; o < layer.out; o++) {
        value[(layer.unit + o) * kSplineStride] = 0;
      }
      for (int i = 0; i < layer.in; i++) {
        double x = l > 0               ? value[(layer.unit - layer.in + i) * kSplineStride]
                   : table_ != nullptr ? 0
                                       : session.inputs[static_cast<int64_t>(row) * layer.in + i];
        Splines at = l > 0 || table_ == nullptr
                         ? splines_at(layer.node + i, x)
                         : Splines(plan.order, table_ + static_cast<int64_t>(i) * (plan.order + 2) * kept_ + place,
                                   kept_, intervals_[i * kept_ + place]);
        if (kind == kGradient) {
          at.keep(plan.order, basis + (layer.node + i) * (plan.order + 2) * kSplineStride, kSplineStride);
          interval[(layer.node + i) * kSplineStride] = at.interval;
        }
        for (int o = 0; o < layer.out; o++) {
          int e = layer.edge + o * layer.in + i;
          const double* c = memory_ + plan.coefficient + e * plan.coefficient_stride + at.interval;
          double w = memory_[plan.silu_weight + e];
          double phi = w * at.silu;
          if (slopes) {
            double slope = w * at.silu_slope;
            Splines::each(plan.order, [&](int p) {
              double coefficient = c[p];
              phi = multiply_add(coefficient, at.value[p], phi);
              slope = multiply_add(coefficient, at.slope[p], slope);
            });
            warp[plan.slope + (e - plan.sloped) * kSplineStride + lane] = slope;
          } else {
            Splines::each(plan.order, [&](int p) { phi = multiply_add(c[p], at.value[p], phi); });
          }
          value[(layer.unit + o) * kSplineStride] += phi;
          if (signs) {
            sign[e * kSplineRows] = static_cast<int8_t>((phi > 0) - (phi < 0));
          }
          if (kind == kSizes) {
            add_size(warp + plan.sum, e, there ? absolute(phi) : 0);
          }
        }
      }
      layer = plan.after(session, l, layer);
    }
  }

  // By the thread that has set the sum to 0.
  GT_DEVICE void add_size(double* sums, int e, double size) {
    GT_UNROLL
    for (int mask = 1; mask < 32; mask *= 2) {
      size += shuffle_xor(size, mask);
    }
    if (thread() % 32 == e % 32) {
      sums[e] += size;
    }
  }

  // What the row adds to a sum; leaves the gradient by the outputs in their place.
  GT_DEVICE double outputs(double* warp, Kind kind, const Pass& pass, int row) {
    int m = session.widths[session.layers];
    double* y = warp + plan.value + (plan.units - m) * kSplineStride + thread() % 32;
    const double* target = session.targets + static_cast<int64_t>(row) * m;
    double sum = 0;
    for (int o = 0; o < m; o++) {
      double value = y[o * kSplineStride];
      if (kind == kGradient) {
        double slope;
        sum += loss_of(session.loss, session.huber_delta, value - target[o], &slope);
        y[o * kSplineStride] = pass.scale * slope;
      } else if (kind == kSquares) {
        sum += session.output_weights[o] * (value - target[o]);
      } else if (kind == kPredict) {
        pass.to[static_cast<int64_t>(row) * m + o] = value;
      } else if (kind == kInputGradient) {
        y[o * kSplineStride] = pass.weights[o];
      }
    }
    return kind == kSquares ? sum * sum : sum;
  }

  // dF/dphi of an edge of output unit o, of a row.
  GT_DEVICE double edge_gradient(const double* warp, int e, int unit, int row, bool signs) const {
    double g = warp[plan.value + unit * kSplineStride + row];
    if (signs) {
      int sign = reinterpret_cast<const int8_t*>(warp + plan.sign)[e * kSplineRows + row];
      g = multiply_add(sign, memory_[plan.penalty + e], g);
    }
    return g;
  }

  // Gradients by the units of all layers but the last, or, to `inputs` unless null, by the inputs.
  GT_DEVICE void backward(double* warp, Kind kind, double* inputs) {
    int lane = thread() % 32;
    bool signs = kind == kGradient && penalised();
    SplineLayer layer = {session.widths[session.layers], 0, plan.nodes, plan.edges, plan.units, session.parameters};
    for (int l = session.layers - 1; l >= 0; l--) {
      layer = plan.before(session, l + 1, layer);
      if (layer.edge < plan.sloped) {
        break;
      }
      for (int i = 0; i < layer.in; i++) {
        double sum = 0;
        for (int o = 0; o < layer.out; o++) {
          int e = layer.edge + o * layer.in + i;
          sum = multiply_add(edge_gradient(warp, e, layer.unit + o, lane, signs),
                             warp[plan.slope + (e - plan.sloped) * kSplineStride + lane], sum);
        }
        if (l > 0) {
          warp[plan.value + (layer.unit - layer.in + i) * kSplineStride + lane] = sum;
        } else if (inputs != nullptr) {
          inputs[i] = sum;
        }
      }
    }
  }

  // Adds `rows` rows to the warp's sums. A thread has a spline of a node, or its silu, for some of the outputs.
  GT_DEVICE void add_gradients(double* warp, int rows) {
    bool signs = penalised();
    SplineLayer layer = plan.first(session);
    for (int l = 0; l < session.layers; l++) {
      int each = layer.in * plan.edge_sums;
      for (int item = thread() % 32; item < each * ceiling(layer.out, kOutputs); item += 32) {
        int first = item / each * kOutputs;
        int i = item % each / plan.edge_sums;
        int j = item % plan.edge_sums;
        bool silu = j == plan.splines;
        const double* basis = warp + plan.basis + (layer.node + i) * (plan.order + 2) * kSplineStride;
        const int32_t* interval =
            reinterpret_cast<const int32_t*>(warp + plan.interval) + (layer.node + i) * kSplineStride;
        double sums[kOutputs] = {};
        for (int r = 0; r < rows; r++) {
          int p = silu ? plan.order + 1 : j - interval[r] + plan.order;
          bool there = silu || (p >= 0 && p <= plan.order);
          double b = there ? basis[p * kSplineStride + r] : 0;
          GT_UNROLL
          for (int k = 0; k < kOutputs; k++) {
            int o = first + k;
            if (o < layer.out) {
              sums[k] = multiply_add(edge_gradient(warp, layer.edge + o * layer.in + i, layer.unit + o, r, signs), b,
                                     sums[k]);
            }
          }
        }
        GT_UNROLL
        for (int k = 0; k < kOutputs; k++) {
          if (first + k < layer.out) {
            warp[plan.sum + (layer.edge + (first + k) * layer.in + i) * plan.edge_sums + j] += sums[k];
          }
        }
      }
      layer = plan.after(session, l, layer);
    }
  }

  const double* table_ = nullptr;  // of keep_first_layer(), for kept_ rows
  const int32_t* intervals_ = nullptr;
  int kept_ = 0;
};

}  // namespace gputrain::device
