#include "device_session.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace gputrain::bench {

namespace {

constexpr size_t kSharedWithoutAsking = 48 << 10;

size_t count(int n) { return static_cast<size_t>(n); }

template <class T>
void put(DeviceMemory& memory, const std::vector<T>& values) {
  memory.upload(values.data(), values.size() * sizeof(T));
}

}  // namespace

DeviceSession::DeviceSession(const Problem& problem, const TrainingKernel& kernel, Division division, int trained_rows)
    : problem_(problem),
      kernel_(kernel),
      division_(division),
      trained_rows_(trained_rows > 0 ? trained_rows : problem.rows),
      inputs_(problem.inputs.size() * sizeof(float)),
      targets_(problem.targets.size() * sizeof(float)),
      exact_targets_(problem.targets.size() * sizeof(double)),
      weights_(count(problem.outputs_of_row()) * sizeof(double)),
      rows_(count(problem.rows) * sizeof(int32_t)),
      set_begin_(2 * sizeof(int32_t)),
      active_(count(division.replicas) * sizeof(int32_t)),
      state_(4 * count(division.replicas) * size() * sizeof(float)),
      partial_(2 * count(division.replicas) * count(division.blocks) * size() * sizeof(float)),
      partial_loss_(2 * count(division.replicas) * count(division.blocks) * sizeof(double)),
      arrivals_(32 * count(division.replicas) * count(std::max(kernel.info.cluster, 1)) * sizeof(uint32_t)),
      replica_(count(division.replicas) * sizeof(gt_cuda_replica)),
      session_(sizeof(gt_cuda_session)) {
  put(inputs_, problem.inputs);
  put(targets_, problem.targets);
  put(exact_targets_, std::vector<double>(problem.targets.begin(), problem.targets.end()));
  put(weights_, std::vector<double>(count(problem.outputs_of_row()), 1.0));
  std::vector<int32_t> rows, active;
  for (int r = 0; r < problem.rows; r++) {
    rows.push_back(r);
  }
  for (int r = 0; r < division.replicas; r++) {
    active.push_back(r);
  }
  put(rows_, rows);
  put(active_, active);
  put(set_begin_, std::vector<int32_t>{0, trained_rows_});

  gt_cuda_session& s = host_;
  s.rules.rate_rule = GT_RATE_CONSTANT;
  s.rules.rate = Problem::kRate;
  s.rules.watched = -1;
  s.rules.max_epochs = std::numeric_limits<int64_t>::max();
  s.rules.sample_every = std::numeric_limits<int64_t>::max();
  std::copy(problem.widths.begin(), problem.widths.end(), s.widths);
  s.layers = static_cast<int32_t>(problem.widths.size()) - 1;
  s.family = problem.family;
  s.guard = Problem::kGuard;
  s.activation = GT_GELU;
  s.parameters = problem.parameters();
  s.loss = problem.loss();
  s.optimizer = GT_ADAM;
  s.batch_size = problem.batch;
  s.shuffle = problem.batch != 0 && problem.shuffle;
  s.row_sets = 1;
  s.replicas = division.replicas;
  s.huber_delta = Problem::kHuberDelta;
  s.beta1 = Problem::kBeta1;
  s.beta2 = Problem::kBeta2;
  s.epsilon = Problem::kEpsilon;
  s.inputs = inputs_.as<float>();
  s.targets = targets_.as<float>();
  s.exact_targets = exact_targets_.as<double>();
  s.output_weights = weights_.as<double>();
  s.replica = replica_.as<gt_cuda_replica>();
  s.partial = partial_.as<float>();
  s.partial_loss = partial_loss_.as<double>();
  s.arrivals = arrivals_.as<uint32_t>();
  measure();
  if (count(shared_bytes_) > kSharedWithoutAsking) {
    set_function_attribute(kernel_.function, kDynamicShared, shared_bytes_);
  }
  if (kernel_.info.cluster > 8) {
    set_function_attribute(kernel_.function, kLargeClusters, 1);
  }
  reset();
}

// Shared memory, and the workspace of the kernel that keeps its activations there.
void DeviceSession::measure() {
  session_.upload(&host_, sizeof(host_));
  shared_bytes_ = kernel_.info.shared_bytes;
  if (shared_bytes_ >= 0) {
    return;
  }
  // Of each kernel; floats of a team that goes layer by layer, and of a block that has its tile in the workspace.
  bool dense = problem_.family == GT_DENSE;
  std::vector<int64_t> measured(dense ? 6 : 10);
  DeviceMemory sizes(measured.size() * sizeof(int64_t));
  auto* session = session_.as<gt_cuda_session>();
  auto* to = sizes.as<int64_t>();
  void* parameters[] = {&session, &to};
  launch(find_function(kernel_.general, dense ? "measure" : "measure_product_units"), 1, 1, 0, parameters, false);
  sizes.download(measured.data(), measured.size() * sizeof(int64_t));
  shared_bytes_ = static_cast<int>(measured[count(kernel_.general_index)]);
  std::string name = kernel_.info.name;
  if (name.rfind("train_grid_large", 0) == 0) {
    int64_t floats = dense ? measured[measured.size() - 2] : division_.blocks * measured.back();
    workspace_ =
        std::make_unique<DeviceMemory>(count(division_.replicas) * static_cast<size_t>(floats) * sizeof(float));
    host_.workspace = workspace_->as<float>();
    host_.workspace_floats = measured.back();
    session_.upload(&host_, sizeof(host_));
  }
}

void DeviceSession::reset() {
  state_.clear();
  std::vector<gt_cuda_replica> replicas;
  size_t all = count(division_.replicas) * size();
  for (int r = 0; r < division_.replicas; r++) {
    size_t at = count(r) * size();
    const std::vector<float>& start = problem_.initial[r % Problem::kReplicas];
    state_.upload(start.data(), size() * sizeof(float), at * sizeof(float));
    gt_cuda_replica replica = {};
    replica.progress.loss = NAN;
    replica.progress.learning_rate = NAN;
    replica.progress.plateau_best = INFINITY;
    replica.progress.best_rms = INFINITY;
    replica.seed = seed(r);
    replica.rate_factor = 1;
    replica.rows = rows_.as<int32_t>();
    replica.set_begin = set_begin_.as<int32_t>();
    replica.parameters = state_.as<float>(at);
    replica.first_moment = state_.as<float>(all + at);
    replica.second_moment = state_.as<float>(2 * all + at);
    replica.best = state_.as<float>(3 * all + at);
    replicas.push_back(replica);
  }
  put(replica_, replicas);
}

float DeviceSession::advance(int64_t epochs) {
  arrivals_.clear();
  synchronise();
  auto* session = session_.as<const gt_cuda_session>();
  auto* active = active_.as<const int32_t>();
  auto blocks = static_cast<int32_t>(division_.blocks);
  void* parameters[] = {&session, &active, &blocks, &epochs};
  return timed([&] {
    launch(kernel_.function, division_.replicas * division_.blocks, kernel_.info.threads, shared_bytes_, parameters,
           kernel_.cooperative);
  });
}

gt_progress DeviceSession::progress(int replica) const {
  gt_cuda_replica found;
  replica_.download(&found, sizeof(found), count(replica) * sizeof(found));
  return found.progress;
}

std::vector<float> DeviceSession::vector_of(int replica, size_t which) const {
  std::vector<float> values(size());
  size_t at = (which * count(division_.replicas) + count(replica)) * size();
  state_.download(values.data(), values.size() * sizeof(float), at * sizeof(float));
  return values;
}

std::vector<float> DeviceSession::parameters(int replica) const { return vector_of(replica, 0); }
std::vector<float> DeviceSession::first_moment(int replica) const { return vector_of(replica, 1); }

}  // namespace gputrain::bench
