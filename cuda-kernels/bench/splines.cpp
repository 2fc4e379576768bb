#include "splines.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>
#include <numeric>

#include "json.h"
#include "spline_case.h"

namespace gputrain::bench {

namespace {

constexpr int kCheckedEpochs = 5;
constexpr size_t kSamples = 64;
constexpr int kTooManyBlocks = 720;

SplineCase problem(Extent extent, int optimizer) {
  SplineCase one;
  one.widths = {4, 8, 1};
  one.intervals = 5;
  one.optimizer = optimizer;
  one.history = 10;
  one.rows = extent == Extent::emulated ? 70 : 1872;
  one.measured = extent == Extent::emulated ? 9 : 468;
  one.loss = GT_MEAN_SQUARED;
  return one;
}

// The case's replicas over and over in the memory of the device.
class Session {
 public:
  Session(const SplineCase& one, Handle module, Division division)
      : one_(one),
        division_(division),
        function_(find_function(module, "train_cubic_splines")),
        host_(spline_session(one.plan, one.data)),
        inputs_(8 * one.inputs.size()),
        targets_(8 * one.targets.size()),
        weights_(8 * one.output_weights.size()),
        rows_(4 * one.row_numbers.size()),
        begins_(4 * 3),
        active_(4 * static_cast<size_t>(division.replicas)),
        replicas_(sizeof(gt_spline_replica) * static_cast<size_t>(division.replicas)),
        session_(sizeof(gt_spline_session)),
        arrivals_(128 * static_cast<size_t>(division.replicas)) {
    // Samples are few, so that a launch of any length has room for them.
    host_.rules.sample_every = int64_t{1} << 40;
    host_.rules.max_epochs = int64_t{1} << 40;
    inputs_.upload(one.inputs.data(), 8 * one.inputs.size());
    targets_.upload(one.targets.data(), 8 * one.targets.size());
    weights_.upload(one.output_weights.data(), 8 * one.output_weights.size());
    rows_.upload(one.row_numbers.data(), 4 * one.row_numbers.size());
    int32_t begins[3] = {0, one.rows, one.rows + one.measured};
    begins_.upload(begins, sizeof(begins));
    std::vector<int32_t> active(static_cast<size_t>(division.replicas));
    std::iota(active.begin(), active.end(), 0);
    active_.upload(active.data(), 4 * active.size());
    host_.inputs = inputs_.as<double>();
    host_.targets = targets_.as<double>();
    host_.output_weights = weights_.as<double>();
    host_.replica = replicas_.as<gt_spline_replica>();
    host_.replicas = division.replicas;
    host_.arrivals = arrivals_.as<uint32_t>();
    measure(module);
    moment_ = initial_state(one.plan, one.replica[0]).first.size();
    stride_ = 2 * static_cast<size_t>(host_.parameters) + 2 * moment_ + 5 * kSamples;
    state_ = std::make_unique<DeviceMemory>(8 * stride_ * active.size());
    reset();
  }

  // Puts all replicas where their training begins.
  void reset() {
    auto n = static_cast<size_t>(host_.parameters);
    for (int r = 0; r < division_.replicas; r++) {
      const gt_replica& from = one_.replica[static_cast<size_t>(r % one_.replicas)];
      SplineState start = initial_state(one_.plan, from);
      Doubles all = start.parameters;
      all.resize(n + 2 * moment_);
      all.insert(all.end(), start.parameters.begin(), start.parameters.end());
      size_t at = stride_ * static_cast<size_t>(r);
      state_->upload(all.data(), 8 * all.size(), 8 * at);
      gt_spline_replica to = {};
      to.progress = start.progress;
      to.seed = from.seed;
      to.weight_decay = from.weight_decay;
      to.rate_factor = from.rate_factor;
      to.rows = rows_.as<int32_t>();
      to.set_begin = begins_.as<int32_t>();
      to.parameters = state_->as<double>(at);
      to.first_moment = to.parameters + n;
      to.second_moment = to.first_moment + moment_;
      to.best = to.second_moment + moment_;
      to.samples = to.best + n;
      to.sample_capacity = kSamples;
      replicas_.upload(&to, sizeof(to), sizeof(to) * static_cast<size_t>(r));
    }
  }

  // One launch; milliseconds on the device.
  float advance(int64_t epochs) {
    arrivals_.clear();
    auto* session = session_.as<gt_spline_session>();
    auto* active = active_.as<int32_t>();
    int32_t blocks = division_.blocks;
    void* parameters[] = {&session, &active, &blocks, &epochs};
    return timed(
        [&] { launch(function_, division_.replicas * blocks, 32 * warps_, shared_bytes_, parameters, blocks > 1); });
  }

  SplineState state(int replica) const {
    gt_spline_replica from;
    replicas_.download(&from, sizeof(from), sizeof(from) * static_cast<size_t>(replica));
    SplineState state;
    state.progress = from.progress;
    auto n = static_cast<size_t>(host_.parameters);
    size_t at = stride_ * static_cast<size_t>(replica);
    auto take = [&](Doubles& to, size_t count) {
      to.resize(count);
      state_->download(to.data(), 8 * count, 8 * at);
      at += count;
    };
    take(state.parameters, n);
    take(state.first, moment_);
    take(state.second, moment_);
    take(state.best, n);
    return state;
  }

  int warps() const { return warps_; }
  int shared_bytes() const { return shared_bytes_; }
  Handle function() const { return function_; }

 private:
  void measure(Handle module) {
    DeviceMemory sizes(8 * GT_SPLINE_SIZES);
    session_.upload(&host_, sizeof(host_));
    auto* session = session_.as<gt_spline_session>();
    auto* to = sizes.as<int64_t>();
    void* parameters[] = {&session, &to};
    launch(find_function(module, "measure_splines"), 1, 1, 0, parameters, false);
    synchronise();
    int64_t found[GT_SPLINE_SIZES];
    sizes.download(found, sizeof(found));
    int most = device_attribute(kMostSharedBytes, 0);
    warps_ = GT_MOST_SPLINE_WARPS;
    while (warps_ > 1 && found[warps_ - 1] > most) {
      warps_--;
    }
    shared_bytes_ = static_cast<int>(found[warps_ - 1]);
    set_function_attribute(function_, kDynamicShared, shared_bytes_);
    auto blocks = static_cast<size_t>(division_.replicas) * static_cast<size_t>(division_.blocks);
    host_.workspace_doubles = found[GT_MOST_SPLINE_WARPS + 1];
    host_.partial_doubles = found[GT_SPLINE_SIZES - 1];
    workspace_ = std::make_unique<DeviceMemory>(8 * blocks * static_cast<size_t>(host_.workspace_doubles));
    partial_ = std::make_unique<DeviceMemory>(8 * 2 * blocks * static_cast<size_t>(host_.partial_doubles));
    host_.workspace = workspace_->as<double>();
    host_.partial = partial_->as<double>();
    session_.upload(&host_, sizeof(host_));
  }

  const SplineCase& one_;
  Division division_;
  Handle function_;
  gt_spline_session host_;
  DeviceMemory inputs_, targets_, weights_, rows_, begins_, active_, replicas_, session_, arrivals_;
  std::unique_ptr<DeviceMemory> workspace_, partial_, state_;
  size_t moment_ = 0, stride_ = 0;
  int warps_ = 0, shared_bytes_ = 0;
};

// Microseconds of an epoch of all replicas, the median of launches of about 50 ms, but no more than `most` epochs.
double time_of_epoch(Session& session, double most) {
  session.reset();
  session.advance(10);
  float warm = session.advance(50);
  auto epochs = static_cast<int64_t>(std::clamp(50 * 50 / static_cast<double>(warm), 50.0, most));
  std::vector<double> times;
  for (int i = 0; i < 5; i++) {
    session.reset();
    times.push_back(1e3 * static_cast<double>(session.advance(epochs)) / static_cast<double>(epochs));
  }
  std::sort(times.begin(), times.end());
  return times[2];
}

// Empty, or how the first and the last replica differ from the reference, or from other cuts of their epochs.
std::string check(SplineCase& one, Session& session, Division division) {
  std::vector<SplineState> expected = one.expected(kCheckedEpochs);
  std::vector<SplineState> actual;
  session.advance(kCheckedEpochs);
  for (int r = 0; r < one.replicas; r++) {
    // The last one with this start.
    int last = division.replicas - 1 - (division.replicas - 1 - r) % one.replicas;
    actual.push_back(r < division.replicas ? session.state(last) : expected[static_cast<size_t>(r)]);
  }
  for (SplineState& state : expected) {
    state.samples.clear();
  }
  for (SplineState& state : actual) {
    state.samples.clear();
  }
  std::string error = difference(one, actual, expected);
  session.reset();
  session.advance(2);
  session.advance(kCheckedEpochs - 2);
  return !error.empty() || same_bits(session.state(0),
                                     division.replicas > one.replicas ? session.state(one.replicas) : session.state(0))
             ? error
             : "other bits in a replica with the same start";
}

}  // namespace

std::vector<Division> spline_divisions(int m, Extent extent) {
  if (extent == Extent::emulated) {
    return {{3, 1}, {1, 2}};
  }
  std::vector<Division> chosen = {{1, 1}, {1, 8}, {1, 15}, {10, m / 10}, {m, 1}};
  if (extent == Extent::full) {
    chosen.insert(chosen.end(), {{1, 4}, {1, 30}, {1, 60}, {10, 1}, {10, 4}, {10, 8}, {2 * m, 1}});
  }
  return chosen;
}

Verdict measure_splines(const Target& target, Division division, const Record& record) {
  open_device(target.device);
  Handle module = load_module(target.directory, "splines", target.device);
  Json json;
  json.text("record", "splines").text("kernel", "train_cubic_splines").text("network", "4-8-1 splines");
  json.whole("replicas", division.replicas).whole("blocks", division.blocks);
  try {
    SplineCase lbfgs = problem(target.extent, GT_LBFGS);
    lbfgs.fill();
    lbfgs.plan.rules.sample_every = int64_t{1} << 40;
    Session session(lbfgs, module, division);
    json.whole("rows", lbfgs.rows).whole("warps", session.warps()).whole("shared_bytes", session.shared_bytes());
    json.whole("registers", function_attribute(session.function(), kRegisters));
    json.whole("local_bytes", function_attribute(session.function(), kLocalBytes));
    std::string error = check(lbfgs, session, division);
    json.flag("passed", error.empty());
    if (!error.empty()) {
      std::printf("train_cubic_splines, %d x %d blocks: %s\n", division.replicas, division.blocks, error.c_str());
    }
    if (target.timing) {
      SplineCase adam = problem(target.extent, GT_ADAM);
      adam.fill();
      Session steps(adam, module, division);
      double evaluation = time_of_epoch(steps, 20000);
      // Before it converges.
      double iteration = time_of_epoch(session, 200);
      json.number("us_per_evaluation", evaluation).number("us_per_iteration", iteration);
      std::printf("train_cubic_splines %4d x %3d blocks: %9.2f us an evaluation, %9.2f us an iteration\n",
                  division.replicas, division.blocks, evaluation, iteration);
    }
    record(json.line());
    return error.empty() ? Verdict::passed : Verdict::failed;
  } catch (const DriverError& e) {
    if (e.code != kTooManyBlocks) {
      throw;
    }
    record(json.text("error", e.what()).line());
    return Verdict::skipped;
  }
}

std::string dump_splines(const std::string& path) {
  SplineCase one = problem(Extent::full, GT_ADAM);
  one.fill();
  std::FILE* out = std::fopen(path.c_str(), "wb");
  bool written = out != nullptr;
  for (const Doubles* values : {&one.inputs, &one.targets, &one.initial[0]}) {
    written = written && std::fwrite(values->data(), 8, values->size(), out) == values->size();
  }
  if (out == nullptr || std::fclose(out) != 0 || !written) {
    throw std::runtime_error("cannot write " + path);
  }
  // A step of plain gradient descent at rate 1 moves the parameters by the gradient.
  SplineCase step = problem(Extent::full, GT_SGD);
  step.rate = 1;
  step.fill();
  step.plan.momentum = 0;
  SplineState after = initial_state(step.plan, step.replica[0]);
  SplineReference(step.plan, step.data, step.replica[0]).advance(after, 1);
  double square = 0;
  for (size_t i = 0; i < after.parameters.size(); i++) {
    double g = after.parameters[i] - one.initial[0][i];
    square += g * g;
  }
  Json json;
  json.whole("rows", one.rows).whole("all_rows", one.rows + one.measured).whole("inputs", one.widths[0]);
  json.whole("hidden", one.widths[1]).whole("intervals", one.intervals).whole("order", one.order);
  json.whole("parameters", static_cast<int64_t>(one.initial[0].size()));
  json.number("loss", after.progress.loss).number("gradient_norm", std::sqrt(square));
  return json.line();
}

}  // namespace gputrain::bench
