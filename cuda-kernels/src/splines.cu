// The module for spline networks, in float64: training kernels, predictions and input gradients. Blocks have up to 256
// threads, whole warps: as many as find room in shared memory.
#include "spline_training.h"

using namespace gputrain::device;

namespace {

template <int Order, bool Shared>
GT_DEVICE void train(const gt_spline_session* session, const int32_t* active, int32_t blocks, int64_t epochs) {
  SplineTraining<Order, Shared>(*session, active, blocks, shared_memory()).run(epochs);
}

// Takes a block's share of rows through the network, in the session's workspace.
GT_DEVICE void evaluate(const gt_spline_session& session, const double* parameters, const double* inputs, int32_t rows,
                        SplineTile<0>::Kind kind, const double* weights, double* to) {
  gt_spline_session here = session;
  here.inputs = inputs;
  bool slopes = kind == SplineTile<0>::kInputGradient;
  SplineTile<0> tile(here, here.workspace + here.workspace_doubles * block(), slopes ? 0 : here.layers);
  tile.parameters = parameters;
  tile.begin();
  tile.prepare();
  Rows all = {nullptr, nullptr, 0};
  SplineTile<0>::take(tile, kind,
                      {all, share(rows, block(), blocks()), share(rows, block() + 1, blocks()), 0, weights, to});
}

}  // namespace

// The usual order, which the compiler then knows.
GT_KERNEL(256, 1)
train_cubic_splines(const gt_spline_session* session, const int32_t* active, int32_t blocks, int64_t epochs) {
  train<3, true>(session, active, blocks, epochs);
}

GT_KERNEL(256, 1)
train_splines(const gt_spline_session* session, const int32_t* active, int32_t blocks, int64_t epochs) {
  train<0, true>(session, active, blocks, epochs);
}

// For networks that do not fit shared memory.
GT_KERNEL(256, 1)
train_large_splines(const gt_spline_session* session, const int32_t* active, int32_t blocks, int64_t epochs) {
  train<0, false>(session, active, blocks, epochs);
}

// outputs [rows, outputs] of inputs [rows, inputs]; any number of blocks, each with its part of the workspace.
GT_KERNEL(256, 1)
predict_splines(const gt_spline_session* session, const double* parameters, const double* inputs, int32_t rows,
                double* outputs) {
  evaluate(*session, parameters, inputs, rows, SplineTile<0>::kPredict, nullptr, outputs);
}

// gradient [rows, inputs] of sum_k weights[k] y_k by the inputs.
GT_KERNEL(256, 1)
input_gradient_splines(const gt_spline_session* session, const double* parameters, const double* inputs, int32_t rows,
                       const double* weights, double* gradient) {
  evaluate(*session, parameters, inputs, rows, SplineTile<0>::kInputGradient, weights, gradient);
}

// As gt_spline_session says.
GT_KERNEL(1, 1) measure_splines(const gt_spline_session* session, int64_t* sizes) {
  SplinePlan plan(*session, 1);
  for (int warps = 1; warps <= GT_MOST_SPLINE_WARPS; warps++) {
    *sizes++ = kBooksBytes<double> + static_cast<int64_t>(sizeof(double)) * plan.doubles(warps);
  }
  SplineWorkspace at(*session);
  *sizes++ = kBooksBytes<double>;
  *sizes++ = at.tile;
  *sizes++ = at.tile + plan.doubles(GT_MOST_SPLINE_WARPS);
  *sizes++ = SplinePlan(*session, 0).doubles(GT_MOST_SPLINE_WARPS);
  *sizes = plan.sums + 1;
}
