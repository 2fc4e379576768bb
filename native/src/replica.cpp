#include "replica.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "permutation.h"

namespace gputrain {
namespace {

constexpr int kMostChunks = 16;
// Rows below which a chunk is not worth a thread.
constexpr int kChunkRows = 2 * kTileRows;

// First row of chunk c of n: whole groups, spread evenly.
int chunk_begin(int rows, int c, int n) {
  int64_t group = static_cast<int64_t>(row_groups(rows)) * c / n;
  return static_cast<int>(std::min<int64_t>(group * kRowGroup, rows));
}

int share(int n, int member, int members) { return static_cast<int>(static_cast<int64_t>(n) * member / members); }

}  // namespace

void Replica::load(const Model& model, const double* given) {
  model.pack(given, primary.data());
  model.mirror_all(primary.data(), mirror.data());
}

Team::Team(const Settings& settings, int members) : settings_(settings), outputs_(static_cast<size_t>(members)) {
  for (int i = 0; i < members; i++) {
    workers_.push_back(settings.model->worker());
  }
}

int Team::chunks(const Model& model, int rows) {
  // Partial gradients of a large network cost more than the rows of a small chunk.
  int most = model.primary_size() > (1 << 18) ? 4 : model.primary_size() > (1 << 15) ? 8 : kMostChunks;
  int n = 1;
  while (2 * n <= most && 2 * n * kChunkRows <= rows) {
    n *= 2;
  }
  return n;
}

void Team::advance(Replica& replica, int64_t epochs, int member, int members) {
  if (member == 0) {
    size_t sets = replica.sets.size();
    size_t chunks = 1;
    for (const auto& set : replica.sets) {
      chunks = std::max(chunks, static_cast<size_t>(Team::chunks(*settings_.model, set->count())));
    }
    while (gradient_.size() < chunks) {
      gradient_.emplace_back(settings_.model->primary_size());
    }
    loss_.resize(std::max(loss_.size(), chunks));
    squares_.resize(std::max(squares_.size(), sets * kMostChunks));
  }
  barrier_.wait(members);
  // Every member keeps the books, from the same numbers, so that nobody waits for a decision.
  gt_progress progress = replica.progress;
  barrier_.wait(members);
  run_epochs(
      settings_.rules, replica.rate_factor, epochs, &progress,
      [&](double rate) { return run_epoch(replica, progress, rate, &progress.step, member, members); },
      [&] { average(replica, member, members); },
      [&](double rate) { sample(replica, &progress, rate, member, members); });
  if (member == 0) {
    replica.progress = progress;
  }
}

// The steps of one epoch. Stops before the update of a batch whose loss is not finite.
double Team::run_epoch(Replica& replica, const gt_progress& progress, double rate, int64_t* step_number, int member,
                       int members) {
  int rows = replica.sets[0]->count();
  int batch = settings_.batch_size == 0 ? rows : std::min(settings_.batch_size, rows);
  Permutation order(rows, replica.seed, progress.epoch);
  const Permutation* shuffled = settings_.shuffle && batch < rows ? &order : nullptr;
  double sum = 0;
  for (int first = 0; first < rows; first += batch) {
    Step step = {first, std::min(batch, rows - first), 0, rate, *step_number + 1};
    step.chunks = chunks(*settings_.model, step.rows);
    gradients(replica, step, shuffled, member, members);
    barrier_.wait(members);
    for (int c = 0; c < step.chunks; c++) {
      sum += loss_[static_cast<size_t>(c)];
    }
    if (!std::isfinite(sum)) {
      // The next write to the losses must not overtake a member that still adds them up.
      barrier_.wait(members);
      return sum;
    }
    ++*step_number;
    update(replica, step, member, members);
    barrier_.wait(members);
  }
  return sum / (static_cast<double>(rows) * static_cast<double>(settings_.model->outputs()));
}

// Gradients and losses of this member's chunks; then the sums of the tree that need nobody else's.
void Team::gradients(const Replica& replica, const Step& step, const Permutation* order, int member, int members) {
  Loss loss = settings_.loss;
  loss.scale =
      static_cast<float>(1.0 / (static_cast<double>(step.rows) * static_cast<double>(settings_.model->outputs())));
  int first = share(step.chunks, member, members);
  int last = share(step.chunks, member + 1, members);
  for (int c = first; c < last; c++) {
    size_t i = static_cast<size_t>(c);
    int begin = chunk_begin(step.rows, c, step.chunks);
    int count = chunk_begin(step.rows, c + 1, step.chunks) - begin;
    loss_[i] = workers_[static_cast<size_t>(member)]->train(
        replica.parameters(), {*replica.sets[0], order, step.first + begin, count}, loss, gradient_[i].data());
  }
  add_own(step.chunks, first, last);
}

void Team::add_own(int chunks, int first, int last) {
  for (int stride = 1; stride < chunks; stride *= 2) {
    for (int c = 0; c + stride < chunks; c += 2 * stride) {
      if (c >= first && c + 2 * stride <= last) {
        settings_.kernels->add(gradient_[static_cast<size_t>(c)].data(),
                               gradient_[static_cast<size_t>(c + stride)].data(), settings_.model->primary_size());
      }
    }
  }
}

// This member's share of the parameters: the rest of the tree, the optimiser, the mirror.
void Team::update(Replica& replica, const Step& step, int member, int members) {
  const Kernels& kernels = *settings_.kernels;
  double t = static_cast<double>(step.number);
  double bias1 = 1 - std::pow(settings_.beta1, t);
  double bias2 = 1 - std::pow(settings_.beta2, t);
  AdamStep adam = {static_cast<float>(settings_.beta1),     static_cast<float>(settings_.beta2),
                   static_cast<float>(1 - settings_.beta1), static_cast<float>(1 - settings_.beta2),
                   static_cast<float>(settings_.epsilon),   static_cast<float>(replica.weight_decay),
                   static_cast<float>(step.rate / bias1),   static_cast<float>(1 / std::sqrt(bias2))};
  SgdStep sgd = {static_cast<float>(settings_.momentum), static_cast<float>(replica.weight_decay),
                 static_cast<float>(step.rate)};
  size_t size = settings_.model->primary_size();
  for (const UpdateUnit& unit : settings_.model->units()) {
    if ((unit.begin + unit.end) / 2 * static_cast<size_t>(members) / size != static_cast<size_t>(member)) {
      continue;
    }
    size_t n = unit.end - unit.begin;
    for (int stride = 1; stride < step.chunks; stride *= 2) {
      for (int c = 0; c + stride < step.chunks; c += 2 * stride) {
        bool added = false;
        for (int other = 0; other < members && !added; other++) {
          added = c >= share(step.chunks, other, members) && c + 2 * stride <= share(step.chunks, other + 1, members);
        }
        if (!added) {
          kernels.add(gradient_[static_cast<size_t>(c)].data() + unit.begin,
                      gradient_[static_cast<size_t>(c + stride)].data() + unit.begin, n);
        }
      }
    }
    float* p = replica.primary.data() + unit.begin;
    const float* g = gradient_[0].data() + unit.begin;
    if (settings_.optimizer == GT_ADAM) {
      kernels.adam(p, replica.first_moment.data() + unit.begin, replica.second_moment.data() + unit.begin, g, n, adam);
    } else {
      kernels.sgd(p, replica.first_moment.data() + unit.begin, g, n, sgd);
    }
    settings_.model->mirror(unit, replica.primary.data(), replica.mirror.data());
  }
}

// Adds this member's share of the parameters to their sum over the epochs.
void Team::average(Replica& replica, int member, int members) {
  size_t size = replica.primary.size();
  size_t first = size * static_cast<size_t>(member) / static_cast<size_t>(members);
  size_t last = size * (static_cast<size_t>(member) + 1) / static_cast<size_t>(members);
  for (size_t i = first; i < last; i++) {
    replica.parameter_sum[i] += static_cast<double>(replica.primary[i]);
  }
}

// The rms of every row set; every member arrives at the same decision about the best parameters.
void Team::sample(Replica& replica, gt_progress* progress, double rate, int member, int members) {
  size_t sets = replica.sets.size();
  for (size_t s = 0; s < sets; s++) {
    const PackedRows& set = *replica.sets[s];
    int n = chunks(*settings_.model, set.count());
    for (int c = share(n, member, members); c < share(n, member + 1, members); c++) {
      squares_[s * kMostChunks + static_cast<size_t>(c)] =
          squares(replica, set, chunk_begin(set.count(), c, n), chunk_begin(set.count(), c + 1, n), member);
    }
  }
  barrier_.wait(members);
  std::vector<double> all;
  for (size_t s = 0; s < sets; s++) {
    const PackedRows& set = *replica.sets[s];
    double sum = 0;
    for (int c = 0; c < chunks(*settings_.model, set.count()); c++) {
      sum += squares_[s * kMostChunks + static_cast<size_t>(c)];
    }
    double rms = set.count() == 0 ? std::numeric_limits<double>::quiet_NaN() : std::sqrt(sum / set.count());
    if (static_cast<int>(s) == settings_.rules.watched && gt_improved(progress, rms) && member == 0) {
      std::copy(replica.primary.data(), replica.primary.data() + replica.primary.size(), replica.best.data());
    }
    all.push_back(rms);
  }
  if (member == 0) {
    replica.enter(*progress, rate, all);
  }
  // Nobody updates parameters or squares before all have read them.
  barrier_.wait(members);
}

double Team::squares(const Replica& replica, const PackedRows& set, int first, int last, int member) {
  size_t outputs = settings_.model->outputs();
  std::vector<float>& computed = outputs_[static_cast<size_t>(member)];
  computed.resize(std::max(computed.size(), static_cast<size_t>(last - first) * outputs));
  workers_[static_cast<size_t>(member)]->forward(replica.parameters(), {set, nullptr, first, last - first},
                                                 computed.data());
  const float* y = computed.data();
  double sum = 0;
  for (int position = first; position < last; position++) {
    size_t row = static_cast<size_t>(set.rows()[static_cast<size_t>(position)]);
    double error = 0;
    for (size_t k = 0; k < outputs; k++) {
      error += settings_.output_weights[k] * (static_cast<double>(*y++) - settings_.targets[row * outputs + k]);
    }
    sum += error * error;
  }
  return sum;
}

}  // namespace gputrain
