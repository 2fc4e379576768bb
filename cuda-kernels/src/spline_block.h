// What a block knows of a spline network beside the rows: what follows from the knots, weights as the rows take them,
// sums over threads and warps, and the gradient that follows from the sums over the rows.
#pragma once

#include "driver.h"
#include "spline_plan.h"

namespace gputrain::device {

struct SplineBlock {
  const gt_spline_session& session;
  SplinePlan plan;
  const double* parameters = nullptr;  // [parameters]
  double penalty = 0;                  // of the edges, by weigh()

  // first: layer from which on the derivatives of edges are kept.
  GT_DEVICE SplineBlock(const gt_spline_session& s, double* memory, int first)
      : session(s), plan(s, first), memory_(memory) {}

  GT_DEVICE bool penalised() const { return session.penalty_l1 != 0 || session.penalty_entropy != 0; }
  GT_DEVICE double* total() const { return memory_ + plan.total; }

  // What depends on the knots alone. The parameters must be there.
  GT_DEVICE void begin() {
    SplineLayer layer = plan.first(session);
    for (int l = 0; l < session.layers; l++) {
      const double* from = parameters + SplineParameters(plan, layer).knots;
      for (int i = thread(); i < layer.in * plan.knot_stride; i += threads()) {
        const double* t = from + i / plan.knot_stride * plan.knots;
        int j = i % plan.knot_stride - plan.order;
        memory_[plan.knot + layer.node * plan.knot_stride + i] = t[j < 0 ? 0 : j > plan.last ? plan.last : j];
      }
      layer = plan.after(session, l, layer);
    }
    sync_block();
    int each = plan.order * plan.coefficient_stride;
    for (int i = thread(); i < plan.nodes * each; i += threads()) {
      const double* t = memory_ + plan.knot + i / each * plan.knot_stride + i % plan.coefficient_stride;
      int degree = i % each / plan.coefficient_stride + 1;
      memory_[plan.reciprocal + i] = divide(1, t[degree] - t[0]);
    }
    sync_block();
  }

  // What forward() reads, from the parameters, which all threads have passed a barrier behind.
  GT_DEVICE void prepare() {
    SplineLayer layer = plan.first(session);
    for (int l = 0; l < session.layers; l++) {
      SplineParameters at(plan, layer);
      for (int i = thread(); i < layer.edges() * plan.coefficient_stride; i += threads()) {
        int e = i / plan.coefficient_stride;
        int j = i % plan.coefficient_stride - plan.order;
        double mask = parameters[at.mask + e];
        bool there = j >= 0 && j < plan.splines;
        memory_[plan.coefficient + layer.edge * plan.coefficient_stride + i] =
            there ? mask * parameters[at.scale + e] * parameters[at.coefficient + e * plan.splines + j] : 0;
        if (j == 0) {
          memory_[plan.silu_weight + layer.edge + e] = mask * parameters[layer.flat + e];
        }
      }
      layer = plan.after(session, l, layer);
    }
    sync_block();
  }

  // Sum, and largest value (NaN if there is one), over the block's threads; the same bits in all.
  GT_DEVICE double block_sum(double mine) {
    return over_block(mine, [](double a, double b) { return a + b; });
  }
  GT_DEVICE double block_largest(double mine) {
    return over_block(mine, [](double a, double b) { return a > b || a != a ? a : b; });
  }

  // The first `n` sums of all warps, to total().
  GT_DEVICE void add_warps(int n) {
    for (int i = thread(); i < n; i += threads()) {
      const double* of = memory_ + plan.warps + plan.sum + i;
      double sum = of[0];
      for (int w = 1; w < threads() / 32; w++) {
        sum += of[w * plan.warp_size];
      }
      total()[i] = sum;
    }
    sync_block();
  }

  // From total(), the sums over `rows` rows of each edge's |phi|: the penalty, and what a row's |phi| adds to it.
  GT_DEVICE void weigh(int rows) {
    double sum = 0;
    int edge = 0;
    for (int l = 0; l < session.layers; l++) {
      int edges = session.widths[l] * session.widths[l + 1];
      double a = 0;
      for (int e = thread(); e < edges; e += threads()) {
        a += total()[edge + e] / rows;
      }
      a = block_sum(a);
      double entropy = 0;
      for (int e = thread(); e < edges; e += threads()) {
        double q = total()[edge + e] / rows / a;
        entropy -= q > 0 ? q * logarithm(q) : 0;
      }
      entropy = block_sum(entropy);
      for (int e = thread(); e < edges; e += threads()) {
        double q = total()[edge + e] / rows / a;
        double slope = q > 0 ? -(logarithm(q) + entropy) / a : 0;
        memory_[plan.penalty + edge + e] = (session.penalty_l1 + session.penalty_entropy * slope) / rows;
      }
      sum += session.penalty_l1 * a + session.penalty_entropy * entropy;
      edge += edges;
    }
    penalty = sum;
    sync_block();
  }

  // Component i of the gradient of loss and penalty, from total().
  GT_DEVICE double gradient(int i) const {
    SplineLayer layer = plan.first(session);
    for (int l = 0; l < session.layers; l++) {
      SplineParameters at(plan, layer);
      if (i < at.end) {
        return i < at.mask ? gradient_in(layer, at, i) : 0;
      }
      layer = plan.after(session, l, layer);
    }
    return 0;
  }

  GT_DEVICE bool trains(int i) const {
    SplineLayer layer = plan.first(session);
    for (int l = 0; l < session.layers; l++) {
      SplineParameters at(plan, layer);
      if (i < at.end) {
        return i < at.mask;
      }
      layer = plan.after(session, l, layer);
    }
    return false;
  }

 private:
  template <class F>
  GT_DEVICE double over_block(double mine, const F& join) {
    GT_UNROLL
    for (int mask = 1; mask < 32; mask *= 2) {
      mine = join(mine, shuffle_xor(mine, mask));
    }
    // Two places in turns: nobody writes one before all have passed the barrier behind which it was read.
    turn_ ^= 1;
    double* warps = memory_ + plan.warp_sums + turn_ * GT_MOST_SPLINE_WARPS;
    if (thread() % 32 == 0) {
      warps[thread() / 32] = mine;
    }
    sync_block();
    double all = warps[0];
    for (int w = 1; w < threads() / 32; w++) {
      all = join(all, warps[w]);
    }
    return all;
  }

  GT_DEVICE double gradient_in(const SplineLayer& layer, const SplineParameters& at, int i) const {
    if (i >= at.coefficient) {
      int e = (i - at.coefficient) / plan.splines;
      int j = (i - at.coefficient) % plan.splines;
      return parameters[at.mask + e] * parameters[at.scale + e] * total()[(layer.edge + e) * plan.edge_sums + j];
    }
    int e = i < at.scale ? i - layer.flat : i - at.scale;
    const double* sums = total() + (layer.edge + e) * plan.edge_sums;
    double sum = sums[plan.splines];
    if (i >= at.scale) {
      sum = 0;
      for (int j = 0; j < plan.splines; j++) {
        sum = multiply_add(parameters[at.coefficient + e * plan.splines + j], sums[j], sum);
      }
    }
    return parameters[at.mask + e] * sum;
  }

 protected:
  double* memory_;

 private:
  int turn_ = 0;
};

}  // namespace gputrain::device
