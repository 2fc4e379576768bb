#include "session.h"

#include <algorithm>
#include <atomic>
#include <limits>
#include <stdexcept>
#include <string>

#include "network_session.h"
#include "require.h"
#include "spline_session.h"

using namespace gputrain;

namespace {

void check(const gt_plan& plan, const gt_data& data, int threads) {
  require(plan.family >= GT_DENSE && plan.family <= GT_SPLINES,
          "unknown network family " + std::to_string(plan.family));
  require(plan.layers >= 1 && plan.widths != nullptr, "a network needs at least one layer");
  require(plan.loss >= GT_HUBER && plan.loss <= GT_COMPLEX_SQUARED, "unknown loss " + std::to_string(plan.loss));
  require(plan.loss != GT_COMPLEX_SQUARED || plan.family == GT_COMPLEX_PRODUCT_UNITS,
          "the complex squared loss needs a complex network");
  require(plan.optimizer >= GT_ADAM && plan.optimizer <= GT_LBFGS,
          "unknown optimiser " + std::to_string(plan.optimizer));
  require(plan.optimizer != GT_LBFGS || plan.family == GT_SPLINES, "L-BFGS needs a spline network");
  require(plan.rules.rate_rule >= GT_RATE_CONSTANT && plan.rules.rate_rule <= GT_RATE_COSINE,
          "unknown learning-rate rule " + std::to_string(plan.rules.rate_rule));
  require(plan.rules.rate_rule != GT_RATE_TABLE || plan.rules.table_lines >= 1, "a rate table needs at least one line");
  require((plan.rules.rate_rule != GT_RATE_STEP && plan.rules.rate_rule != GT_RATE_COSINE) || plan.rules.every >= 1,
          "a step or cosine rule needs at least one epoch");
  require(plan.rules.sample_every >= 1, "epochs between samples must be at least 1");
  require(plan.rules.average_last >= 0,
          "epochs to average must not be negative: " + std::to_string(plan.rules.average_last));
  require(plan.batch_size >= 0, "batch size must not be negative: " + std::to_string(plan.batch_size));
  require(plan.replicas >= 1 && plan.row_sets >= 1, "a plan needs at least one replica and one row set");
  require(plan.rules.watched < plan.row_sets,
          "watched row set " + std::to_string(plan.rules.watched) + " of " + std::to_string(plan.row_sets));
  require(data.rows >= 1, "the data set has no rows");
  require(threads >= 1, "threads must be at least 1: " + std::to_string(threads));
}

}  // namespace

namespace gputrain {

Books::Books(const gt_replica& given)
    : seed(given.seed), weight_decay(given.weight_decay), rate_factor(given.rate_factor) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  progress = {0, 0, GT_RUNNING, 0, nan, nan, infinity, 0, infinity, 0};
}

void Books::enter(const gt_progress& at, double rate, const std::vector<double>& rms) {
  samples.epoch.push_back(at.epoch);
  samples.loss.push_back(at.loss);
  samples.learning_rate.push_back(rate);
  samples.rms.insert(samples.rms.end(), rms.begin(), rms.end());
}

std::unique_ptr<gt_session> open_session(const gt_plan& plan, const gt_data& data, int threads) {
  check(plan, data, threads);
  if (plan.family == GT_SPLINES) {
    return std::make_unique<SplineSession>(plan, data, threads);
  }
  return std::make_unique<NetworkSession>(plan, data, threads);
}

}  // namespace gputrain

gt_session::gt_session(const gt_plan& plan, const gt_data& data, int threads)
    : rules_(plan.rules), batch_size_(plan.batch_size), pool_(threads) {
  for (int i = 0; i < plan.replicas; i++) {
    const gt_replica& given = plan.replica[i];
    const int32_t* row = given.rows;
    for (int s = 0; s < plan.row_sets; s++) {
      require(given.set_sizes[s] >= (s == 0 ? 1 : 0), "a replica needs at least one training row");
      for (const int32_t* end = row + given.set_sizes[s]; row < end; row++) {
        require(*row >= 0 && *row < data.rows, "a replica names row " + std::to_string(*row) + " of a data set of " +
                                                   std::to_string(data.rows) + " rows");
      }
    }
  }
  if (rules_.rate_rule == GT_RATE_TABLE) {
    table_loss_.assign(rules_.table_loss, rules_.table_loss + rules_.table_lines);
    table_rate_.assign(rules_.table_rate, rules_.table_rate + rules_.table_lines);
  }
  rules_.table_loss = table_loss_.data();
  rules_.table_rate = table_rate_.data();
}

std::vector<std::vector<int32_t>> gt_session::row_sets(const gt_plan& plan, const gt_replica& given) {
  std::vector<std::vector<int32_t>> sets;
  const int32_t* rows = given.rows;
  for (int s = 0; s < plan.row_sets; s++) {
    sets.emplace_back(rows, rows + given.set_sizes[s]);
    rows += given.set_sizes[s];
  }
  return sets;
}

void gt_session::advance(int64_t epochs) {
  require(epochs >= 0, "epochs must not be negative: " + std::to_string(epochs));
  std::vector<int> running;
  for (size_t i = 0; i < books_.size(); i++) {
    if (books_[i]->progress.status == GT_RUNNING) {
      running.push_back(static_cast<int>(i));
    }
  }
  if (running.empty()) {
    return;
  }
  // Whole replicas go to threads; those left over, when they would leave half of the threads idle, are shared by all.
  const int n = static_cast<int>(running.size());
  const int threads = pool_.threads();
  const int rows = training_rows_[static_cast<size_t>(running[0])];
  const int team = std::min(threads, most_members(batch_size_ == 0 ? rows : std::min(rows, batch_size_)));
  const int shared = n % threads * 2 <= threads && team > 1 ? n % threads : 0;
  const int whole = n - shared;
  if (whole > 0) {
    std::atomic<int> next{0};
    pool_.run(std::min(threads, whole), [&](int member) {
      for (int i = next++; i < whole; i = next++) {
        train(running[static_cast<size_t>(i)], epochs, member, 0, 1);
      }
    });
  }
  for (int i = whole; i < n; i++) {
    pool_.run(team, [&](int member) { train(running[static_cast<size_t>(i)], epochs, 0, member, team); });
  }
}

int64_t gt_session::sample_count() const {
  size_t n = 0;
  for (const Books* one : books_) {
    n += one->samples.epoch.size();
  }
  return static_cast<int64_t>(n);
}

void gt_session::take_samples(int32_t* replica, int64_t* epoch, double* loss, double* learning_rate, double* rms) {
  for (size_t i = 0; i < books_.size(); i++) {
    SampleLog& log = books_[i]->samples;
    replica = std::fill_n(replica, log.epoch.size(), static_cast<int32_t>(i));
    epoch = std::copy(log.epoch.begin(), log.epoch.end(), epoch);
    loss = std::copy(log.loss.begin(), log.loss.end(), loss);
    learning_rate = std::copy(log.learning_rate.begin(), log.learning_rate.end(), learning_rate);
    rms = std::copy(log.rms.begin(), log.rms.end(), rms);
    log = SampleLog();
  }
}

void gt_session::check_state(int index, const double* parameter_sum) const {
  require(index >= 0 && index < static_cast<int>(books_.size()),
          "replica " + std::to_string(index) + " of " + std::to_string(books_.size()));
  require((parameter_sum != nullptr) == (rules_.average_last > 0),
          "the sum of the parameters is given when the plan averages them, and only then");
}
