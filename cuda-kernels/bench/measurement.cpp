#include "measurement.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <future>
#include <optional>

#include "json.h"
#include "peak.h"

namespace gputrain::bench {

namespace {

// Relative errors against float64. The gradient is a sum of at most 1,720 rows whose parts were rounded at 6e-8 a dozen
// times; one row left out changes it by 5e-4. The curve's bound at ten steps is the project's; later Adam amplifies
// rounding, where a gradient is near 0 its sign decides the step.
constexpr double kGradientTolerance = 2e-6;
constexpr double kEarlyTolerance = 1e-5;
constexpr double kLateTolerance = 1e-3;

constexpr int kTooManyBlocks = 720;
constexpr int kInvalidClusterSize = 912;

struct Check {
  double gradient = 0;  // of the first step; 0 with mini-batches, where it cannot be seen
  double first = 0;     // of the loss of the first epoch
  double early = 0;     // of the loss of epoch kEarlyEpochs
  double late = 0;      // of the last checked loss
  double loss = 0;      // the last checked
  bool repeats = true;  // the same bits again, however the epochs were cut into launches, and in other replicas
  bool passed() const {
    return gradient <= kGradientTolerance && first <= kEarlyTolerance && early <= kEarlyTolerance &&
           late <= kLateTolerance && repeats;
  }
};

// NaN counts as infinitely wrong.
double larger(double worst, double error) { return error <= worst ? worst : std::isnan(error) ? INFINITY : error; }

double relative(double value, double expected) { return std::fabs(value - expected) / std::fabs(expected); }

double gradient_error(const std::vector<float>& moment, const std::vector<double>& gradient) {
  double difference = 0;
  double norm = 0;
  for (size_t i = 0; i < gradient.size(); i++) {
    double d = moment[i] / (1 - Problem::kBeta1) - gradient[i];
    difference += d * d;
    norm += gradient[i] * gradient[i];
  }
  return std::sqrt(difference / norm);
}

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

Check check(DeviceSession& session, const Problem& problem, Division division, const References& expected, int epochs) {
  Check result;
  std::vector<int> looked_at = {0};
  if (division.replicas > 1) {
    looked_at.push_back(division.replicas - 1);
  }
  auto compare = [&](int epoch, double* worst) {
    for (int r : looked_at) {
      gt_progress at = session.progress(r);
      double loss = expected.at(r % Problem::kReplicas).losses[static_cast<size_t>(epoch) - 1];
      *worst = larger(*worst, at.epoch == epoch && at.status == GT_RUNNING ? relative(at.loss, loss) : NAN);
    }
  };
  session.advance(1);
  compare(1, &result.first);
  for (int r : looked_at) {
    if (problem.batch == 0) {
      const std::vector<double>& gradient = expected.at(r % Problem::kReplicas).first_gradient;
      result.gradient = larger(result.gradient, gradient_error(session.first_moment(r), gradient));
    }
  }
  session.advance(Trajectory::kEarlyEpochs - 1);
  compare(Trajectory::kEarlyEpochs, &result.early);
  session.advance(epochs - Trajectory::kEarlyEpochs);
  compare(epochs, &result.late);
  result.loss = session.progress(0).loss;

  std::vector<float> before = session.parameters(0);
  std::vector<float> last = session.parameters(division.replicas - 1);
  session.reset();
  session.advance(epochs);
  result.repeats =
      same_bits(before, session.parameters(0)) && same_bits(last, session.parameters(division.replicas - 1));
  if (division.replicas > Problem::kReplicas) {
    result.repeats =
        result.repeats && same_bits(last, session.parameters((division.replicas - 1) % Problem::kReplicas));
  }
  return result;
}

struct Timing {
  double median = NAN, least = NAN;  // microseconds of an epoch of all replicas
  int64_t epochs = 0;                // of a launch
};

// The median of launches that take some hundredths of a second each.
Timing time_epochs(DeviceSession& session, Extent extent) {
  if (extent == Extent::emulated) {
    float milliseconds = session.advance(1);
    return {milliseconds * 1e3, milliseconds * 1e3, 1};
  }
  session.advance(20);
  double estimate = session.advance(50) * 1e3 / 50;
  double wanted = extent == Extent::quick ? 2e4 : 5e4;
  Timing timing;
  timing.epochs = std::clamp<int64_t>(static_cast<int64_t>(wanted / estimate), 20, 20000);
  std::vector<double> times;
  for (int repeat = 0; repeat < (extent == Extent::quick ? 5 : 9); repeat++) {
    times.push_back(session.advance(timing.epochs) * 1e3 / static_cast<double>(timing.epochs));
  }
  std::sort(times.begin(), times.end());
  timing.median = times[times.size() / 2];
  timing.least = times[0];
  return timing;
}

// Peak of fused multiply-adds in 1e9 operations a second (an FMA is two); nothing without the peak module, which an
// emulated machine lacks.
std::optional<double> peak(const Target& target) {
  if (!std::ifstream(target.directory + "/peak.ptx")) {
    return {};
  }
  Handle function = find_function(load_module(target.directory, "peak", target.device), "fma_peak");
  int blocks = device_attribute(kMultiprocessors, target.device) * resident_blocks(function, GT_PEAK_THREADS, 0);
  int rounds = 4000;
  float factor = 0.999F;
  float summand = 0.001F;
  DeviceMemory out(static_cast<size_t>(blocks) * GT_PEAK_THREADS * sizeof(float));
  auto* to = out.as<float>();
  void* parameters[] = {&to, &rounds, &factor, &summand};
  double operations = 2.0 * blocks * GT_PEAK_THREADS * rounds * GT_PEAK_CHAINS * GT_PEAK_STEPS;
  double best = 0;
  for (int repeat = 0; repeat < 8; repeat++) {
    float milliseconds = timed([&] { launch(function, blocks, GT_PEAK_THREADS, 0, parameters, false); });
    best = std::max(best, operations / (milliseconds * 1e-3) * 1e-9);
  }
  return best;
}

// Time of an epoch when every block has one row: what meetings, sums, updates and the books cost.
double fixed_cost(const Problem& problem, const TrainingKernel& kernel, Division division, Extent extent) {
  DeviceSession session(problem, kernel, division, std::min(division.blocks, problem.rows));
  return time_epochs(session, extent).median;
}

class KernelRun {
 public:
  KernelRun(const Target& target, const Problem& problem, const References& expected, const Record& record,
            const TrainingKernel& kernel, double peak_rate)
      : target_(target), problem_(problem), expected_(expected), record_(record), kernel_(kernel), peak_(peak_rate) {}

  Verdict all() {
    int failed = 0;
    int ran = 0;
    int compute = device_attribute(kComputeMajor, target_.device);
    if (kernel_.info.cluster > 1 && compute < 9) {
      std::printf("%-34s clusters need compute capability 9.0\n", kernel_.info.name);
      return Verdict::skipped;
    }
    int multiprocessors = device_attribute(kMultiprocessors, target_.device);
    for (Division division : divisions(kernel_.info, multiprocessors, target_.extent)) {
      try {
        failed += !one(division);
        ran++;
      } catch (const DriverError& e) {
        refused(division, e.what());
        failed += e.code != kTooManyBlocks && e.code != kInvalidClusterSize;
        if (!usable()) {
          return Verdict::failed;
        }
      }
      std::fflush(stdout);
    }
    return failed == 0 && ran > 0 ? Verdict::passed : Verdict::failed;
  }

 private:
  // Whether the device survived: a launch that it refused leaves it so, a kernel that broke does not.
  static bool usable() {
    try {
      synchronise();
      return true;
    } catch (const DriverError&) {
      return false;
    }
  }

  Json head(Division division) const {
    Json json;
    json.text("record", "kernel").text("kernel", kernel_.info.name).text("network", problem_.name());
    json.whole("rows", problem_.rows).whole("batch", problem_.batch);
    json.whole("replicas", division.replicas).whole("blocks", division.blocks).whole("cluster", kernel_.info.cluster);
    return json;
  }

  void title(Division division) const {
    std::printf("%-30s %-11s %5d %4d x %3d ", kernel_.info.name, problem_.name().c_str(), problem_.batch,
                division.replicas, division.blocks);
  }

  void refused(Division division, const char* why) {
    title(division);
    std::printf("%s\n", why);
    record_(head(division).text("error", why).line());
  }

  bool one(Division division) {
    DeviceSession session(problem_, kernel_, division);
    Check checked = check(session, problem_, division, expected_, checked_epochs(target_.extent, problem_));
    Json json = head(division);
    json.flag("passed", checked.passed()).number("gradient_error", checked.gradient);
    json.number("first_loss_error", checked.first).number("early_loss_error", checked.early);
    json.number("late_loss_error", checked.late).number("loss", checked.loss).flag("repeats", checked.repeats);
    json.whole("registers", function_attribute(kernel_.function, kRegisters));
    json.whole("local_bytes", function_attribute(kernel_.function, kLocalBytes));
    json.whole("shared_bytes", session.shared_bytes() + function_attribute(kernel_.function, kStaticShared));
    title(division);
    if (!checked.passed()) {
      std::printf("CHECK FAILED: gradient %.1e, loss %.1e %.1e %.1e%s\n", checked.gradient, checked.first,
                  checked.early, checked.late, checked.repeats ? "" : ", other bits when repeated");
    } else if (!target_.timing) {
      std::printf("ok: gradient %.1e, loss %.1e %.1e %.1e\n", checked.gradient, checked.first, checked.early,
                  checked.late);
    } else {
      times(session, division, json);
    }
    record_(json.line());
    return checked.passed();
  }

  void times(DeviceSession& session, Division division, Json& json) {
    Timing timing = time_epochs(session, target_.extent);
    double fixed = fixed_cost(problem_, kernel_, division, target_.extent);
    double gflops = 2e-3 * problem_.multiply_adds() * division.replicas / timing.median;
    Traffic moved = traffic(kernel_.info, problem_, division);
    json.number("us_per_epoch", timing.median).number("us_least", timing.least).whole("launch_epochs", timing.epochs);
    json.number("replica_epochs_per_s", 1e6 * division.replicas / timing.median).number("gflops", gflops);
    json.number("peak_share", gflops / peak_).number("us_fixed", fixed);
    json.number("global_bytes", moved.global).number("distributed_bytes", moved.distributed);
    std::printf("%9.2f us %8.0f /s", timing.median, 1e6 * division.replicas / timing.median);
    if (std::isfinite(peak_)) {
      std::printf(" %5.1f %% of peak", 100 * gflops / peak_);
    }
    std::printf("; fixed %.2f us; %.2f MB, %.2f MB in clusters\n", fixed, moved.global * 1e-6,
                moved.distributed * 1e-6);
  }

  const Target& target_;
  const Problem& problem_;
  const References& expected_;
  const Record& record_;
  TrainingKernel kernel_;
  double peak_;
};

}  // namespace

References references(const Problem& problem, Extent extent) {
  std::map<int, std::future<Trajectory>> begun;
  for (int replica = 0; replica < Problem::kReplicas; replica++) {
    begun[replica] = std::async(std::launch::async, [&problem, extent, replica] {
      return reference(problem, problem.initial[replica], DeviceSession::seed(replica),
                       checked_epochs(extent, problem));
    });
  }
  References all;
  for (auto& [replica, trajectory] : begun) {
    all[replica] = trajectory.get();
  }
  return all;
}

void describe_device(const Target& target, const Record& record) {
  open_device(target.device);
  std::string name = device_name(target.device);
  int multiprocessors = device_attribute(kMultiprocessors, target.device);
  int tenths = 10 * device_attribute(kComputeMajor, target.device) + device_attribute(kComputeMinor, target.device);
  std::optional<double> rate = peak(target);
  std::printf("%s, compute capability %.1f, %d multiprocessors, driver %d, ", name.c_str(), tenths * 0.1,
              multiprocessors, driver_version());
  if (rate) {
    std::printf("float32 multiply-add peak %.1f TFLOP/s\n", *rate * 1e-3);
  } else {
    std::printf("peak not measured\n");
  }
  Json json;
  json.text("record", "device").text("device", name).number("compute", tenths * 0.1);
  json.whole("multiprocessors", multiprocessors).whole("driver", driver_version());
  json.whole("clock_khz", device_attribute(kClockKilohertz, target.device));
  json.whole("shared_bytes_most", device_attribute(kMostSharedBytes, target.device));
  json.number("peak_gflops", rate.value_or(NAN));
  record(json.line());
}

Verdict measure_kernel(const Target& target, const std::string& module, int kernel, const Problem& problem,
                       const References& expected, const Record& record) {
  open_device(target.device);
  double rate = target.timing ? peak(target).value_or(NAN) : NAN;
  std::string of_family = problem.family == GT_DENSE ? "core" : "product_units";
  Module general = open_module(target.directory, of_family, target.device);
  Module own = module == of_family ? general : open_module(target.directory, module, target.device);
  const gt_kernel_info& info = own.kernels[static_cast<size_t>(kernel)];
  TrainingKernel training = {info, find_kernel(own, target.directory, module, info, target.device), general.handle,
                             module == of_family ? kernel : -1, info.team != GT_TEAM_SOLO && !target.plain};
  return KernelRun(target, problem, expected, record, training, rate).all();
}

}  // namespace gputrain::bench
