#include "session.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string>

#include "kernels.h"

using namespace gputrain;

namespace {

void require(bool holds, const std::string& otherwise) {
  if (!holds) {
    throw std::invalid_argument(otherwise);
  }
}

NetworkSpec network_of(const gt_plan& plan) {
  require(plan.family >= GT_DENSE && plan.family <= GT_COMPLEX_PRODUCT_UNITS,
          "unknown network family " + std::to_string(plan.family));
  require(plan.layers >= 1 && plan.widths != nullptr, "a network needs at least one layer");
  require(plan.family != GT_DENSE || (plan.activation >= GT_IDENTITY && plan.activation <= GT_TANH),
          "unknown activation " + std::to_string(plan.activation));
  Activation activation = plan.family == GT_DENSE ? static_cast<Activation>(plan.activation) : Activation::identity;
  return {plan.family, std::vector<int>(plan.widths, plan.widths + plan.layers + 1), activation, plan.guard};
}

void check(const gt_plan& plan, const gt_data& data) {
  require(plan.loss >= GT_HUBER && plan.loss <= GT_COMPLEX_SQUARED, "unknown loss " + std::to_string(plan.loss));
  require(plan.loss != GT_COMPLEX_SQUARED || plan.family == GT_COMPLEX_PRODUCT_UNITS,
          "the complex squared loss needs a complex network");
  require(plan.optimizer == GT_ADAM || plan.optimizer == GT_SGD, "unknown optimiser " + std::to_string(plan.optimizer));
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
}

const char* const kSumMatches = "the sum of the parameters is given when the plan averages them, and only then";

gt_progress beginning() {
  double nan = std::numeric_limits<double>::quiet_NaN();
  double infinity = std::numeric_limits<double>::infinity();
  return {0, 0, GT_RUNNING, 0, nan, nan, infinity, 0, infinity, 0};
}

}  // namespace

gt_session::gt_session(const gt_plan& plan, const gt_data& data, int threads) : network_(network_of(plan)) {
  check(plan, data);
  require(threads >= 1, "threads must be at least 1: " + std::to_string(threads));
  settings_.kernels = &chosen_kernels();
  settings_.model = make_model(network_, *settings_.kernels, false);
  settings_.loss = {static_cast<LossKind>(plan.loss), static_cast<float>(plan.huber_delta), 0.0F};
  settings_.optimizer = plan.optimizer;
  settings_.beta1 = plan.beta1;
  settings_.beta2 = plan.beta2;
  settings_.epsilon = plan.epsilon;
  settings_.momentum = plan.momentum;
  settings_.batch_size = plan.batch_size;
  settings_.shuffle = plan.shuffle != 0;
  size_t outputs = settings_.model->outputs();
  settings_.output_weights.assign(plan.output_weights, plan.output_weights + outputs);
  settings_.targets.assign(data.targets, data.targets + static_cast<size_t>(data.rows) * outputs);
  settings_.rules = plan.rules;
  if (plan.rules.rate_rule == GT_RATE_TABLE) {
    settings_.table_loss.assign(plan.rules.table_loss, plan.rules.table_loss + plan.rules.table_lines);
    settings_.table_rate.assign(plan.rules.table_rate, plan.rules.table_rate + plan.rules.table_lines);
  }
  settings_.rules.table_loss = settings_.table_loss.data();
  settings_.rules.table_rate = settings_.table_rate.data();
  for (int i = 0; i < plan.replicas; i++) {
    add_replica(plan, plan.replica[i], data);
  }
  pool_ = std::make_unique<Pool>(threads);
  for (int i = 0; i < pool_->threads(); i++) {
    teams_.push_back(std::make_unique<Team>(settings_, i == 0 ? pool_->threads() : 1));
  }
}

void gt_session::add_replica(const gt_plan& plan, const gt_replica& given, const gt_data& data) {
  const Model& model = *settings_.model;
  auto added = std::make_unique<Replica>();
  added->seed = given.seed;
  added->weight_decay = given.weight_decay;
  added->rate_factor = given.rate_factor;
  const int32_t* rows = given.rows;
  for (int s = 0; s < plan.row_sets; s++) {
    int n = given.set_sizes[s];
    require(n >= (s == 0 ? 1 : 0), "a replica needs at least one training row");
    std::vector<int32_t> set(rows, rows + n);
    rows += n;
    for (int32_t row : set) {
      require(row >= 0 && row < data.rows, "a replica names row " + std::to_string(row) + " of a data set of " +
                                               std::to_string(data.rows) + " rows");
    }
    std::shared_ptr<const PackedRows> packed;
    for (const auto& other : replicas_) {
      for (const auto& known : other->sets) {
        if (packed == nullptr && known->rows() == set) {
          packed = known;
        }
      }
    }
    if (packed == nullptr) {
      packed = std::make_shared<PackedRows>(model.row_format(), std::move(set), data.inputs, data.targets);
    }
    added->sets.push_back(std::move(packed));
  }
  added->primary = Floats(model.primary_size());
  added->mirror = Floats(model.mirror_size());
  added->first_moment = Floats(model.primary_size());
  added->second_moment = Floats(model.primary_size());
  added->best = Floats(model.primary_size());
  added->progress = beginning();
  added->load(model, given.initial);
  model.pack(given.initial, added->best.data());
  added->parameter_sum.resize(plan.rules.average_last > 0 ? model.primary_size() : 0);
  replicas_.push_back(std::move(added));
}

void gt_session::advance(int64_t epochs) {
  require(epochs >= 0, "epochs must not be negative: " + std::to_string(epochs));
  std::vector<Replica*> running;
  for (const auto& one : replicas_) {
    if (one->progress.status == GT_RUNNING) {
      running.push_back(one.get());
    }
  }
  // Whole replicas go to threads; those left over, when they would leave half of the threads idle, are shared by all.
  int n = static_cast<int>(running.size());
  int threads = pool_->threads();
  int rows = n == 0 ? 0 : running[0]->sets[0]->count();
  int step = settings_.batch_size == 0 ? rows : std::min(rows, settings_.batch_size);
  int team = std::min(threads, Team::chunks(*settings_.model, step));
  int shared = n % threads * 2 <= threads && team > 1 ? n % threads : 0;
  int whole = n - shared;
  if (whole > 0) {
    std::atomic<int> next{0};
    pool_->run(std::min(threads, whole), [&](int member) {
      for (int i = next++; i < whole; i = next++) {
        teams_[static_cast<size_t>(member)]->advance(*running[static_cast<size_t>(i)], epochs, 0, 1);
      }
    });
  }
  for (int i = whole; i < n; i++) {
    pool_->run(team, [&](int member) { teams_[0]->advance(*running[static_cast<size_t>(i)], epochs, member, team); });
  }
}

int64_t gt_session::sample_count() const {
  size_t n = 0;
  for (const auto& one : replicas_) {
    n += one->samples.epoch.size();
  }
  return static_cast<int64_t>(n);
}

void gt_session::take_samples(int32_t* replica, int64_t* epoch, double* loss, double* learning_rate, double* rms) {
  for (size_t i = 0; i < replicas_.size(); i++) {
    SampleLog& log = replicas_[i]->samples;
    replica = std::fill_n(replica, log.epoch.size(), static_cast<int32_t>(i));
    epoch = std::copy(log.epoch.begin(), log.epoch.end(), epoch);
    loss = std::copy(log.loss.begin(), log.loss.end(), loss);
    learning_rate = std::copy(log.learning_rate.begin(), log.learning_rate.end(), learning_rate);
    rms = std::copy(log.rms.begin(), log.rms.end(), rms);
    log = SampleLog();
  }
}

const Replica& gt_session::replica(int index) const {
  require(index >= 0 && index < static_cast<int>(replicas_.size()),
          "replica " + std::to_string(index) + " of " + std::to_string(replicas_.size()));
  return *replicas_[static_cast<size_t>(index)];
}

void gt_session::get_state(int index, gt_progress* progress, double* parameters, double* first_moment,
                           double* second_moment, double* best, double* parameter_sum) const {
  const Replica& from = replica(index);
  const Model& model = *settings_.model;
  require((parameter_sum != nullptr) == (settings_.rules.average_last > 0), kSumMatches);
  *progress = from.progress;
  model.unpack(from.primary.data(), parameters);
  model.unpack(from.first_moment.data(), first_moment);
  model.unpack(from.second_moment.data(), second_moment);
  model.unpack(from.best.data(), best);
  if (parameter_sum != nullptr) {
    model.unpack(from.parameter_sum.data(), parameter_sum);
  }
}

void gt_session::set_state(int index, const gt_progress& progress, const double* parameters, const double* first_moment,
                           const double* second_moment, const double* best, const double* parameter_sum) {
  replica(index);
  Replica& to = *replicas_[static_cast<size_t>(index)];
  const Model& model = *settings_.model;
  require((parameter_sum != nullptr) == (settings_.rules.average_last > 0), kSumMatches);
  to.progress = progress;
  to.load(model, parameters);
  model.pack(first_moment, to.first_moment.data());
  model.pack(second_moment, to.second_moment.data());
  model.pack(best, to.best.data());
  if (parameter_sum != nullptr) {
    model.pack(parameter_sum, to.parameter_sum.data());
  }
}

PackedRows gt_session::packed_inputs(const double* inputs, int rows) const {
  std::vector<int32_t> all(static_cast<size_t>(std::max(rows, 0)));
  std::iota(all.begin(), all.end(), 0);
  return PackedRows(settings_.model->row_format(), std::move(all), inputs, nullptr);
}

void gt_session::predict(const double* parameters, const double* inputs, int rows, double* outputs) const {
  const Model& model = *settings_.model;
  Floats primary(model.primary_size());
  Floats mirror(model.mirror_size());
  model.pack(parameters, primary.data());
  model.mirror_all(primary.data(), mirror.data());
  const PackedRows packed = packed_inputs(inputs, rows);
  std::vector<float> computed(static_cast<size_t>(packed.count()) * model.outputs());
  model.worker()->forward({primary.data(), mirror.data()}, {packed, nullptr, 0, packed.count()}, computed.data());
  std::copy(computed.begin(), computed.end(), outputs);
}

void gt_session::input_gradient(const double* parameters, const double* inputs, int rows, const double* weights,
                                double* gradient) const {
  std::unique_ptr<Model> model = make_model(network_, *settings_.kernels, true);
  Floats primary(model->primary_size());
  Floats mirror(model->mirror_size());
  model->pack(parameters, primary.data());
  model->mirror_all(primary.data(), mirror.data());
  std::vector<float> output_weights(weights, weights + model->outputs());
  model->worker()->input_gradient({primary.data(), mirror.data()}, packed_inputs(inputs, rows), output_weights.data(),
                                  gradient);
}
