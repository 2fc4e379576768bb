// Stand-alone benchmark of the CPU engine: checks that training learns and that the number of threads changes no bit,
// then prints the best of many short runs beside the multiply-add peak measured between them.
//
//   gputrain_cpu_bench [rows] [width width ...]          default: 1720 rows, 13 80 40 3
//   gputrain_cpu_bench real|complex [rows] [n m p]       product units, default: 2099 rows, 10 20 40, batches of 500
//   gputrain_cpu_bench splines [rows] [intervals] [width width ...]
//                                                        order 3, default: 1872 rows, 5 intervals, 4 8 1; prints the
//                                                        time of an evaluation and of an iteration of L-BFGS
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <vector>

#include "gputrain/gputrain_cpu.h"

namespace {

// Of the splines.
constexpr int32_t kOrder = 3;

struct Problem {
  std::vector<int32_t> widths;
  int32_t rows;
  std::vector<double> inputs, targets, initial, weights;
  std::vector<int32_t> list, sizes;
  gt_replica replica{};
  gt_plan plan{};
  gt_data data{};

  Problem(int32_t family, int32_t row_count, std::vector<int32_t> given, int32_t intervals = 0)
      : widths(std::move(given)), rows(row_count) {
    std::mt19937 random(1);
    std::uniform_real_distribution<double> unit(0, 1);
    int32_t in = widths.front();
    int32_t out = widths.back();
    for (int32_t r = 0; r < rows; r++) {
      double sum = 0;
      double repeated[2] = {};
      for (int32_t i = 0; i < in; i++) {
        inputs.push_back(family == GT_SPLINES ? of_nucleus(i, unit(random), repeated) : unit(random));
        sum += inputs.back() * std::cos(i);
      }
      for (int32_t k = 0; k < out; k++) {
        targets.push_back(std::sin(sum + k));
      }
      list.push_back(r);
    }
    auto parameters = [&](int32_t n, double bound) {
      for (int32_t i = 0; i < n; i++) {
        initial.push_back(bound * (2 * unit(random) - 1));
      }
    };
    for (size_t l = 0; l + 1 < widths.size() && family == GT_DENSE; l++) {
      parameters((widths[l] + 1) * widths[l + 1], 1 / std::sqrt(widths[l]));
    }
    for (size_t l = 0; l + 1 < widths.size() && family == GT_SPLINES; l++) {
      const int32_t edges = widths[l] * widths[l + 1];
      parameters(edges * 2, 1);
      parameters(edges * (intervals + kOrder), 0.3);
      initial.insert(initial.end(), static_cast<size_t>(edges), 1.0);
      for (int32_t i = 0; i < widths[l] * (intervals + 2 * kOrder + 1); i++) {
        initial.push_back(2.0 * (i % (intervals + 2 * kOrder + 1) - kOrder) / intervals - 1);
      }
    }
    if (family == GT_PRODUCT_UNITS || family == GT_COMPLEX_PRODUCT_UNITS) {
      parameters(out * widths[1] * (in + 1), 1 / std::sqrt(in));
      parameters(out * widths[2] * (widths[1] > 0 ? widths[1] : in), 0.1);
      parameters(out * (widths[2] + 1), 0.1);
      plan.guard = 1e-6;
      plan.batch_size = 500;
      plan.shuffle = 1;
    }
    sizes = {rows};
    weights.assign(static_cast<size_t>(out), 0.0);
    weights.back() = 1;
    replica = {1, list.data(), sizes.data(), 0, 1, initial.data()};
    plan.widths = widths.data();
    plan.layers = static_cast<int32_t>(widths.size()) - 1;
    plan.family = family;
    plan.activation = GT_GELU;
    plan.loss = GT_HUBER;
    plan.optimizer = GT_ADAM;
    plan.huber_delta = 1;
    plan.beta1 = 0.9;
    plan.beta2 = 0.999;
    plan.epsilon = 1e-8;
    plan.intervals = intervals;
    plan.order = kOrder;
    plan.history = 10;
    plan.evaluations = 25;
    plan.output_weights = weights.data();
    plan.row_sets = 1;
    plan.replicas = 1;
    plan.replica = &replica;
    plan.rules.rate_rule = GT_RATE_CONSTANT;
    plan.rules.rate = 1e-3;
    plan.rules.watched = -1;
    plan.rules.max_epochs = INT64_MAX;
    plan.rules.sample_every = INT64_MAX;
    data = {inputs.data(), targets.data(), rows};
  }

  // Inputs whose values repeat, as those of nuclei do: two numbers of nucleons, and two functions of their distances
  // from closed shells, which are kept in `distance`.
  static double of_nucleus(int32_t column, double random, double distance[2]) {
    if (column % 4 < 2) {
      const int number = 8 + static_cast<int>(random * (column % 4 == 0 ? 103 : 150));
      int least = 1000;
      for (int shell : {8, 20, 28, 50, 82, 126, 184}) {
        least = std::min(least, std::abs(number - shell));
      }
      distance[column % 4] = least;
      return number / 80.0 - 1;
    }
    const double product = distance[0] * distance[1];
    return column % 4 == 2 ? 0.2 * product / (distance[0] + distance[1] + 1e-9) - 1 : product / 150 - 1;
  }

  // Multiply-adds of an epoch, forward and backward; the first layer needs no input gradient.
  double multiply_adds() const {
    double sum = 0;
    if (plan.family != GT_DENSE) {
      // Products of complex numbers with real ones, and of complex ones with each other.
      const double planes = plan.family == GT_COMPLEX_PRODUCT_UNITS ? 2 : 1;
      const double factors = widths[1] > 0 ? widths[1] : widths[0];
      return rows * (2 * planes * widths[0] * widths[1] + 3 * planes * planes * factors * widths[2]);
    }
    for (size_t l = 0; l + 1 < widths.size(); l++) {
      sum += (l == 0 ? 2.0 : 3.0) * widths[l] * widths[l + 1];
    }
    return sum * rows;
  }
};

void must(int code) {
  if (code != GT_OK) {
    std::fprintf(stderr, "%s\n", gt_last_error());
    std::exit(1);
  }
}

class Session {
 public:
  Session(const Problem& problem, int threads) : parameters_(problem.initial.size()) {
    must(gt_open(&problem.plan, &problem.data, threads, &session_));
  }
  ~Session() { gt_close(session_); }
  void advance(int64_t epochs) { must(gt_advance(session_, epochs)); }
  double loss(std::vector<double>* parameters) {
    gt_progress progress;
    std::vector<double> rest(parameters_);
    parameters->resize(parameters_);
    must(gt_get_state(session_, 0, &progress, parameters->data(), rest.data(), rest.data(), rest.data(), nullptr));
    return progress.loss;
  }

 private:
  size_t parameters_;
  gt_session* session_ = nullptr;
};

bool check(const Problem& problem) {
  std::vector<double> one, two, last;
  Session single(problem, 1);
  single.advance(1);
  double before = single.loss(&one);
  single.advance(299);
  double after = single.loss(&one);
  Session pair(problem, 2);
  pair.advance(300);
  pair.loss(&two);
  bool same = std::memcmp(one.data(), two.data(), one.size() * sizeof(double)) == 0;
  std::printf("loss after 1 epoch %.6f, after 300 %.6f; two threads give %s\n", before, after,
              same ? "the same bits" : "OTHER BITS");
  return same && after < before;
}

// The best and the median of many short runs, in microseconds an epoch.
struct Times {
  double best, median;
};

Times times_of(Session* session, int64_t epochs, int runs) {
  std::vector<double> times;
  for (int run = 0; run < runs; run++) {
    auto begin = std::chrono::steady_clock::now();
    session->advance(epochs);
    std::chrono::duration<double, std::micro> passed = std::chrono::steady_clock::now() - begin;
    times.push_back(passed.count() / static_cast<double>(epochs));
  }
  std::sort(times.begin(), times.end());
  return {times[0], times[times.size() / 2]};
}

int bench_splines(int count, char** arguments) {
  const int32_t rows = count > 2 ? std::atoi(arguments[2]) : 1872;
  const int32_t intervals = count > 3 ? std::atoi(arguments[3]) : 5;
  std::vector<int32_t> widths;
  for (int i = 4; i < count; i++) {
    widths.push_back(std::atoi(arguments[i]));
  }
  Problem problem(GT_SPLINES, rows, count > 4 ? widths : std::vector<int32_t>{4, 8, 1}, intervals);
  problem.plan.loss = GT_MEAN_SQUARED;
  std::printf("%s, splines of order %d on %d intervals, %d rows, widths", gt_isa(), kOrder, intervals, rows);
  for (int32_t width : problem.widths) {
    std::printf(" %d", width);
  }
  std::printf("\n");
  if (!check(problem)) {
    return 1;
  }
  std::printf("threads  us/evaluation (median)  us/iteration (median)\n");
  for (int threads : {1, 2}) {
    // An epoch of gradient descent is an evaluation and an update of a few hundred parameters.
    problem.plan.optimizer = GT_SGD;
    problem.plan.rules.rate = 1e-3;
    Session descent(problem, threads);
    descent.advance(20);
    const Times evaluation = times_of(&descent, 20, 200);
    problem.plan.optimizer = GT_LBFGS;
    problem.plan.rules.rate = 1;
    Session lbfgs(problem, threads);
    lbfgs.advance(20);
    const Times iteration = times_of(&lbfgs, 20, 50);
    std::printf("%7d  %13.1f (%6.1f)  %12.1f (%6.1f)\n", threads, evaluation.best, evaluation.median, iteration.best,
                iteration.median);
  }
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (count > 1 && std::strcmp(arguments[1], "splines") == 0) {
    return bench_splines(count, arguments);
  }
  const bool real = count > 1 && std::strcmp(arguments[1], "real") == 0;
  const bool complex = count > 1 && std::strcmp(arguments[1], "complex") == 0;
  const int given = real || complex ? 2 : 1;
  int32_t rows = count > given ? std::atoi(arguments[given]) : given == 2 ? 2099 : 1720;
  std::vector<int32_t> widths = {13, 80, 40, 3};
  if (given == 2) {
    widths = {10, 20, 40};
  }
  if (count > given + 2) {
    widths.clear();
    for (int i = given + 1; i < count; i++) {
      widths.push_back(std::atoi(arguments[i]));
    }
  }
  if (given == 2) {
    widths.push_back(complex ? 2 : 1);
  }
  Problem problem(complex ? GT_COMPLEX_PRODUCT_UNITS : real ? GT_PRODUCT_UNITS : GT_DENSE, rows, widths);
  std::printf("%s, %s, %d rows, widths", gt_isa(),
              complex ? "complex product units"
              : real  ? "product units"
                      : "dense",
              rows);
  for (int32_t width : widths) {
    std::printf(" %d", width);
  }
  std::printf("\n");
  if (!check(problem)) {
    return 1;
  }
  const double flop = 2 * problem.multiply_adds();
  // Short runs, so that some fall between what else the machine does.
  const int64_t epochs = std::max<int64_t>(1, static_cast<int64_t>(4e8 / flop));
  std::printf("threads  us/epoch (median)  GFLOP/s     peak   share\n");
  for (int threads : {1, 2}) {
    Session session(problem, threads);
    session.advance(epochs);
    std::vector<double> times;
    double peak = 0;
    for (int run = 0; run < 300; run++) {
      auto begin = std::chrono::steady_clock::now();
      session.advance(epochs);
      std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
      times.push_back(seconds.count() / static_cast<double>(epochs));
      double now = 0;
      must(gt_measure_peak(threads, 0.001, &now));
      peak = std::max(peak, now);
    }
    std::sort(times.begin(), times.end());
    double rate = flop / times[0] * 1e-9;
    std::printf("%7d  %8.1f (%6.1f)  %7.1f  %7.1f  %5.1f %%\n", threads, times[0] * 1e6, times[times.size() / 2] * 1e6,
                rate, peak, 100 * rate / peak);
  }
  return 0;
}
