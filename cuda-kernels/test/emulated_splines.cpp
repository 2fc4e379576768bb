#include "emulated_splines.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "emulator/registry.h"
#include "spline_case.h"

namespace gputrain {

namespace {

constexpr size_t kSamples = 64;

template <class... Arguments>
std::string launch(const std::string& name, int blocks, int warps, int64_t shared, bool together,
                   Arguments... arguments) {
  const emulation::Kernel& kernel = emulation::registry().kernels.at(name);
  void* parameters[] = {&arguments...};
  return emulation::run({&kernel, blocks, 32 * warps, static_cast<size_t>(shared), parameters, together});
}

}  // namespace

EmulatedSplines::EmulatedSplines(const gt_plan& plan, const gt_data& data) : plan_(plan) {
  session_ = spline_session(plan, data);
  for (int i = 0; i < plan.replicas; i++) {
    const gt_replica& from = plan.replica[i];
    std::vector<int32_t> begins = {0};
    for (int s = 0; s < plan.row_sets; s++) {
      begins.push_back(begins.back() + from.set_sizes[s]);
    }
    set_begin_.push_back(begins);
    states_.push_back(initial_state(plan, from));
    states_.back().samples.assign(kSamples * static_cast<size_t>(3 + plan.row_sets), NAN);
  }
  for (size_t i = 0; i < states_.size(); i++) {
    SplineState& own = states_[i];
    const gt_replica& from = plan.replica[i];
    replicas_.push_back({own.progress, from.seed, from.weight_decay, from.rate_factor, from.rows, set_begin_[i].data(),
                         own.parameters.data(), own.first.data(), own.second.data(), own.best.data(), own.sum.data(),
                         own.samples.data(), kSamples, 0});
  }
  session_.replica = replicas_.data();
  launch("measure_splines", 1, 1, 0, false, static_cast<const gt_spline_session*>(&session_), +sizes_);
  session_.partial_doubles = sizes_[GT_SPLINE_SIZES - 1];
}

std::string EmulatedSplines::advance(const SplineLaunch& how, int64_t epochs) {
  bool large = how.kernel == "train_large_splines";
  int64_t shared = sizes_[large ? GT_MOST_SPLINE_WARPS : how.warps - 1];
  session_.workspace_doubles = sizes_[GT_MOST_SPLINE_WARPS + (large ? 2 : 1)];
  size_t teams = replicas_.size();
  size_t blocks = teams * static_cast<size_t>(how.blocks);
  // What no block wrote shows.
  Doubles partial(2 * blocks * static_cast<size_t>(session_.partial_doubles), NAN);
  Doubles workspace(blocks * static_cast<size_t>(session_.workspace_doubles), NAN);
  std::vector<uint32_t> arrivals(32 * teams);
  session_.partial = partial.data();
  session_.arrivals = arrivals.data();
  session_.workspace = workspace.data();
  std::vector<int32_t> active;
  for (size_t i = 0; i < teams; i++) {
    if (replicas_[i].progress.status == GT_RUNNING) {
      active.push_back(static_cast<int32_t>(i));
    }
  }
  return active.empty() ? ""
                        : launch(how.kernel, static_cast<int>(active.size()) * how.blocks, how.warps, shared,
                                 how.blocks > 1, static_cast<const gt_spline_session*>(&session_),
                                 static_cast<const int32_t*>(active.data()), static_cast<int32_t>(how.blocks), epochs);
}

SplineState EmulatedSplines::state(int replica) const {
  auto i = static_cast<size_t>(replica);
  SplineState copy = states_[i];
  copy.progress = replicas_[i].progress;
  copy.samples.resize(static_cast<size_t>(replicas_[i].sample_count * (3 + plan_.row_sets)));
  return copy;
}

std::vector<SplineState> EmulatedSplines::states() const {
  std::vector<SplineState> all;
  for (int i = 0; i < plan_.replicas; i++) {
    all.push_back(state(i));
  }
  return all;
}

void EmulatedSplines::restore(int replica, const SplineState& state) {
  auto i = static_cast<size_t>(replica);
  SplineState& own = states_[i];
  replicas_[i].progress = state.progress;
  own.parameters = state.parameters;
  own.first = state.first;
  own.second = state.second;
  own.best = state.best;
  own.sum = state.sum;
  replicas_[i].sample_count = 0;
}

Doubles EmulatedSplines::predict(const Doubles& parameters, const Doubles& inputs, int rows) {
  Doubles outputs(static_cast<size_t>(rows * plan_.widths[plan_.layers]), NAN);
  session_.workspace_doubles = sizes_[GT_MOST_SPLINE_WARPS + 3];
  Doubles workspace(2 * static_cast<size_t>(session_.workspace_doubles), NAN);
  session_.workspace = workspace.data();
  launch("predict_splines", 2, GT_MOST_SPLINE_WARPS, 0, false, static_cast<const gt_spline_session*>(&session_),
         parameters.data(), inputs.data(), static_cast<int32_t>(rows), outputs.data());
  return outputs;
}

Doubles EmulatedSplines::input_gradient(const Doubles& parameters, const Doubles& inputs, int rows,
                                        const Doubles& weights) {
  Doubles gradient(static_cast<size_t>(rows * plan_.widths[0]), NAN);
  session_.workspace_doubles = sizes_[GT_MOST_SPLINE_WARPS + 3];
  Doubles workspace(2 * static_cast<size_t>(session_.workspace_doubles), NAN);
  session_.workspace = workspace.data();
  launch("input_gradient_splines", 2, GT_MOST_SPLINE_WARPS, 0, false, static_cast<const gt_spline_session*>(&session_),
         parameters.data(), inputs.data(), static_cast<int32_t>(rows), weights.data(), gradient.data());
  return gradient;
}

}  // namespace gputrain
