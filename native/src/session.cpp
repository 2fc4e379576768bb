#include "session.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
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

std::vector<int> checked_widths(const gt_plan& plan) {
  require(plan.layers >= 1 && plan.widths != nullptr, "a network needs at least one layer");
  std::vector<int> widths(plan.widths, plan.widths + plan.layers + 1);
  for (int width : widths) {
    require(width >= 1, "a layer width must be at least 1: " + std::to_string(width));
  }
  return widths;
}

void check(const gt_plan& plan, const gt_data& data) {
  require(plan.activation >= GT_IDENTITY && plan.activation <= GT_TANH,
          "unknown activation " + std::to_string(plan.activation));
  require(plan.loss >= GT_HUBER && plan.loss <= GT_MEAN_SQUARED, "unknown loss " + std::to_string(plan.loss));
  require(plan.optimizer == GT_ADAM || plan.optimizer == GT_SGD, "unknown optimiser " + std::to_string(plan.optimizer));
  require(plan.rules.rate_rule >= GT_RATE_CONSTANT && plan.rules.rate_rule <= GT_RATE_COSINE,
          "unknown learning-rate rule " + std::to_string(plan.rules.rate_rule));
  require(plan.rules.rate_rule != GT_RATE_TABLE || plan.rules.table_lines >= 1, "a rate table needs at least one line");
  require((plan.rules.rate_rule != GT_RATE_STEP && plan.rules.rate_rule != GT_RATE_COSINE) || plan.rules.every >= 1,
          "a step or cosine rule needs at least one epoch");
  require(plan.rules.sample_every >= 1, "epochs between samples must be at least 1");
  require(plan.batch_size >= 0, "batch size must not be negative: " + std::to_string(plan.batch_size));
  require(plan.replicas >= 1 && plan.row_sets >= 1, "a plan needs at least one replica and one row set");
  require(plan.rules.watched < plan.row_sets,
          "watched row set " + std::to_string(plan.rules.watched) + " of " + std::to_string(plan.row_sets));
  require(data.rows >= 1, "the data set has no rows");
}

gt_progress beginning() {
  double nan = std::numeric_limits<double>::quiet_NaN();
  double infinity = std::numeric_limits<double>::infinity();
  return {0, 0, GT_RUNNING, 0, nan, nan, infinity, 0, infinity, 0};
}

}  // namespace

gt_session::gt_session(const gt_plan& plan, const gt_data& data, int threads) : widths_(checked_widths(plan)) {
  check(plan, data);
  require(threads >= 1, "threads must be at least 1: " + std::to_string(threads));
  settings_.kernels = &chosen_kernels();
  Activation activation = static_cast<Activation>(plan.activation);
  settings_.layout = std::make_unique<Layout>(widths_, activation, settings_.kernels->lanes, false);
  settings_.loss = {static_cast<LossKind>(plan.loss), static_cast<float>(plan.huber_delta), 0.0F};
  settings_.optimizer = plan.optimizer;
  settings_.beta1 = plan.beta1;
  settings_.beta2 = plan.beta2;
  settings_.epsilon = plan.epsilon;
  settings_.momentum = plan.momentum;
  settings_.batch_size = plan.batch_size;
  settings_.shuffle = plan.shuffle != 0;
  size_t outputs = static_cast<size_t>(widths_.back());
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
  const Layout& layout = *settings_.layout;
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
      packed = std::make_shared<PackedRows>(layout, std::move(set), data.inputs, data.targets);
    }
    added->sets.push_back(std::move(packed));
  }
  added->primary = Floats(layout.primary_size());
  added->mirror = Floats(layout.mirror_size());
  added->first_moment = Floats(layout.primary_size());
  added->second_moment = Floats(layout.primary_size());
  added->best = Floats(layout.primary_size());
  added->progress = beginning();
  added->load(settings_, given.initial);
  layout.pack(given.initial, added->best.data());
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
  int team = std::min(threads, Team::chunks(*settings_.layout, step));
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
                           double* second_moment, double* best) const {
  const Replica& from = replica(index);
  const Layout& layout = *settings_.layout;
  *progress = from.progress;
  layout.unpack(from.primary.data(), parameters);
  layout.unpack(from.first_moment.data(), first_moment);
  layout.unpack(from.second_moment.data(), second_moment);
  layout.unpack(from.best.data(), best);
}

void gt_session::set_state(int index, const gt_progress& progress, const double* parameters, const double* first_moment,
                           const double* second_moment, const double* best) {
  replica(index);
  Replica& to = *replicas_[static_cast<size_t>(index)];
  const Layout& layout = *settings_.layout;
  to.progress = progress;
  to.load(settings_, parameters);
  layout.pack(first_moment, to.first_moment.data());
  layout.pack(second_moment, to.second_moment.data());
  layout.pack(best, to.best.data());
}

void gt_session::predict(const double* parameters, const double* inputs, int rows, double* outputs) const {
  const Layout& layout = *settings_.layout;
  const Kernels& kernels = *settings_.kernels;
  Floats primary(layout.primary_size());
  Floats mirror(layout.mirror_size());
  layout.pack(parameters, primary.data());
  layout.mirror_all(kernels, primary.data(), mirror.data());
  TileBuffers buffers(layout);
  size_t in = static_cast<size_t>(layout.inputs());
  size_t out = static_cast<size_t>(layout.outputs());
  size_t stride = static_cast<size_t>(layout.layer(0).in_stride);
  for (int first = 0; first < rows; first += kTileRows) {
    int valid = std::min(kTileRows, rows - first);
    for (size_t r = 0; r < static_cast<size_t>(valid); r++) {
      const double* from = inputs + (static_cast<size_t>(first) + r) * in;
      std::transform(from, from + in, buffers.inputs() + r * stride, [](double x) { return static_cast<float>(x); });
    }
    kernels.forward(layout.network(), {primary.data(), mirror.data()}, buffers.inputs(), tile_rows(valid),
                    buffers.scratch());
    for (int r = 0; r < valid; r++) {
      for (size_t k = 0; k < out; k++) {
        *outputs++ = static_cast<double>(buffers.output(layout, r, static_cast<int>(k)));
      }
    }
  }
}

void gt_session::input_gradient(const double* parameters, const double* inputs, int rows, const double* weights,
                                double* gradient) const {
  const Kernels& kernels = *settings_.kernels;
  Layout layout(widths_, settings_.layout->network().activation, kernels.lanes, true);
  Floats primary(layout.primary_size());
  Floats mirror(layout.mirror_size());
  layout.pack(parameters, primary.data());
  layout.mirror_all(kernels, primary.data(), mirror.data());
  TileBuffers buffers(layout);
  size_t in = static_cast<size_t>(layout.inputs());
  size_t stride = static_cast<size_t>(layout.layer(0).in_stride);
  std::vector<float> output_weights(weights, weights + layout.outputs());
  Floats result(static_cast<size_t>(kTileRows) * stride);
  for (int first = 0; first < rows; first += kTileRows) {
    int valid = std::min(kTileRows, rows - first);
    for (size_t r = 0; r < static_cast<size_t>(valid); r++) {
      const double* from = inputs + (static_cast<size_t>(first) + r) * in;
      std::transform(from, from + in, buffers.inputs() + r * stride, [](double x) { return static_cast<float>(x); });
    }
    kernels.input_gradient(layout.network(), {primary.data(), mirror.data()}, buffers.inputs(), tile_rows(valid),
                           output_weights.data(), buffers.scratch(), result.data());
    for (size_t r = 0; r < static_cast<size_t>(valid); r++) {
      for (size_t i = 0; i < in; i++) {
        *gradient++ = static_cast<double>(result[r * stride + i]);
      }
    }
  }
}
