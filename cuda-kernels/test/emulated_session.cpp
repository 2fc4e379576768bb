#include "emulated_session.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <numeric>

#include "emulator/registry.h"

namespace gputrain {
namespace {

using emulation::registry;

template <class... Arguments>
std::string launch(const std::string& name, int blocks, int64_t shared, bool together, Arguments... arguments) {
  const emulation::Kernel& kernel = registry().kernels.at(name);
  void* parameters[] = {&arguments...};
  return emulation::run({&kernel, blocks, kernel.threads, static_cast<size_t>(shared), parameters, together});
}

gt_kernel_info info_of(const std::string& name, int* place_in_core) {
  for (auto& [table, object] : registry().globals) {
    if (table.rfind("kernel_table_", 0) != 0) {
      continue;
    }
    auto* infos = static_cast<const gt_kernel_info*>(object.data);
    for (size_t i = 0; i < object.bytes / sizeof(gt_kernel_info); i++) {
      if (name == infos[i].name) {
        *place_in_core = static_cast<int>(i);
        return infos[i];
      }
    }
  }
  std::fprintf(stderr, "no kernel %s\n", name.c_str());
  std::abort();
}

int parameters_of(const gt_plan& plan) {
  const int32_t* w = plan.widths;
  if (plan.family != GT_DENSE) {
    int logs = w[1] > 0 ? w[1] : w[0];
    return w[3] * (w[1] * (w[0] + 1) + w[2] * logs + w[2] + 1);
  }
  int count = 0;
  for (int l = 0; l < plan.layers; l++) {
    count += w[l + 1] * (w[l] + 1);
  }
  return count;
}

}  // namespace

std::vector<gt_kernel_info> kernels_for(int family, const std::vector<int>& widths, int activation) {
  std::vector<gt_kernel_info> found;
  for (auto& [table, object] : registry().globals) {
    if (table.rfind("kernel_table_", 0) != 0) {
      continue;
    }
    auto* infos = static_cast<const gt_kernel_info*>(object.data);
    for (size_t i = 0; i < object.bytes / sizeof(gt_kernel_info); i++) {
      bool any = infos[i].layers == 0;
      bool own = static_cast<size_t>(infos[i].layers + 1) == widths.size() &&
                 (family != GT_DENSE || infos[i].activation == activation) &&
                 std::equal(widths.begin(), widths.end(), infos[i].widths);
      if (infos[i].family == family && (any || own)) {
        found.push_back(infos[i]);
      }
    }
  }
  return found;
}

// Of the family's module: the kernels of the core module have names without a family.
std::string EmulatedSession::named(const char* kernel) const {
  return session_.family == GT_DENSE ? kernel : std::string(kernel) + "_product_units";
}

EmulatedSession::EmulatedSession(const gt_plan& plan, const gt_data& data) : own_(static_cast<size_t>(plan.replicas)) {
  session_.rules = plan.rules;
  std::copy_n(plan.widths, plan.layers + 1, session_.widths);
  session_.layers = plan.layers;
  session_.activation = plan.activation;
  session_.family = plan.family;
  session_.guard = plan.guard;
  session_.parameters = parameters_of(plan);
  session_.loss = plan.loss;
  session_.optimizer = plan.optimizer;
  session_.batch_size = plan.batch_size;
  session_.shuffle = plan.shuffle;
  session_.row_sets = plan.row_sets;
  session_.replicas = plan.replicas;
  session_.huber_delta = plan.huber_delta;
  session_.beta1 = plan.beta1;
  session_.beta2 = plan.beta2;
  session_.epsilon = plan.epsilon;
  session_.momentum = plan.momentum;
  size_t rows = static_cast<size_t>(data.rows);
  inputs_.assign(data.inputs, data.inputs + rows * static_cast<size_t>(plan.widths[0]));
  exact_targets_.assign(data.targets, data.targets + rows * static_cast<size_t>(plan.widths[plan.layers]));
  targets_.assign(exact_targets_.begin(), exact_targets_.end());
  output_weights_.assign(plan.output_weights, plan.output_weights + plan.widths[plan.layers]);
  session_.inputs = inputs_.data();
  session_.targets = targets_.data();
  session_.exact_targets = exact_targets_.data();
  session_.output_weights = output_weights_.data();
  constexpr size_t kSamples = 64;
  for (int i = 0; i < plan.replicas; i++) {
    const gt_replica& from = plan.replica[i];
    EmulatedReplica& own = own_[static_cast<size_t>(i)];
    size_t n = static_cast<size_t>(session_.parameters);
    own.set_begin.push_back(0);
    for (int s = 0; s < plan.row_sets; s++) {
      own.set_begin.push_back(own.set_begin.back() + from.set_sizes[s]);
    }
    own.rows.assign(from.rows, from.rows + own.set_begin.back());
    own.parameters.assign(from.initial, from.initial + n);
    own.first.assign(n, 0);
    own.second.assign(n, 0);
    own.best = own.parameters;
    own.sum.assign(n, 0);
    own.samples.assign(kSamples * static_cast<size_t>(3 + plan.row_sets), 0);
    gt_cuda_replica to = {};
    to.progress.loss = to.progress.learning_rate = std::numeric_limits<double>::quiet_NaN();
    to.progress.plateau_best = to.progress.best_rms = std::numeric_limits<double>::infinity();
    to.seed = from.seed;
    to.weight_decay = from.weight_decay;
    to.rate_factor = from.rate_factor;
    to.rows = own.rows.data();
    to.set_begin = own.set_begin.data();
    to.parameters = own.parameters.data();
    to.first_moment = own.first.data();
    to.second_moment = own.second.data();
    to.best = own.best.data();
    to.parameter_sum = own.sum.data();
    to.samples = own.samples.data();
    to.sample_capacity = kSamples;
    replicas_.push_back(to);
  }
  session_.replica = replicas_.data();
  sizes_.assign(session_.family == GT_DENSE ? 6 : 10, 0);
  launch(named("measure"), 1, 0, false, static_cast<const gt_cuda_session*>(&session_), sizes_.data());
  session_.workspace_floats = sizes_.back();
}

std::string EmulatedSession::advance(const std::string& kernel, int blocks, int64_t epochs) {
  int place = 0;
  gt_kernel_info info = info_of(kernel, &place);
  int64_t shared = info.shared_bytes >= 0 ? info.shared_bytes : sizes_[static_cast<size_t>(place)];
  size_t teams = replicas_.size();
  size_t n = static_cast<size_t>(session_.parameters);
  size_t team_blocks = static_cast<size_t>(blocks);
  std::vector<float> partial(teams * 2 * team_blocks / static_cast<size_t>(info.cluster) * n);
  std::vector<double> losses(teams * 2 * team_blocks);
  std::vector<uint32_t> arrivals(teams * 32 * static_cast<size_t>(info.cluster));
  // 16 bytes aligned, as device memory is.
  size_t layered = teams * static_cast<size_t>(sizes_[sizes_.size() - 2]);
  size_t tiles = teams * team_blocks * static_cast<size_t>(session_.workspace_floats);
  std::vector<float> workspace(std::max(layered, kernel.rfind("train_grid_large_", 0) == 0 ? tiles : 0));
  session_.partial = partial.data();
  session_.partial_loss = losses.data();
  session_.arrivals = arrivals.data();
  session_.workspace = workspace.data();
  std::vector<int32_t> active(teams);
  std::iota(active.begin(), active.end(), 0);
  return launch(kernel, static_cast<int>(teams) * blocks, shared, info.team != GT_TEAM_SOLO,
                static_cast<const gt_cuda_session*>(&session_), static_cast<const int32_t*>(active.data()),
                static_cast<int32_t>(blocks), epochs);
}

std::vector<float> EmulatedSession::predict(const std::vector<float>& inputs, int rows) {
  std::vector<float> outputs(static_cast<size_t>(rows * session_.widths[session_.layers]), NAN);
  std::vector<float> workspace(2 * static_cast<size_t>(session_.workspace_floats));
  session_.workspace = workspace.data();
  launch(named("predict"), 2, 0, false, static_cast<const gt_cuda_session*>(&session_),
         static_cast<const float*>(own_[0].parameters.data()), inputs.data(), static_cast<int32_t>(rows),
         outputs.data());
  return outputs;
}

std::vector<float> EmulatedSession::input_gradient(const std::vector<float>& inputs, int rows,
                                                   const std::vector<float>& weights) {
  std::vector<float> gradient(static_cast<size_t>(rows * session_.widths[0]), NAN);
  std::vector<float> workspace(2 * static_cast<size_t>(session_.workspace_floats));
  session_.workspace = workspace.data();
  launch(named("input_gradient"), 2, 0, false, static_cast<const gt_cuda_session*>(&session_),
         static_cast<const float*>(own_[0].parameters.data()), inputs.data(), static_cast<int32_t>(rows),
         weights.data(), gradient.data());
  return gradient;
}

}  // namespace gputrain
