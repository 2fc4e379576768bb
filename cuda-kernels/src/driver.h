// The epochs of a replica inside one kernel: learning-rate rule, mini-batches, optimiser, samples and stop rule.
//
// A Tile holds the parameters in shared memory and takes rows through the network:
//   kThreads                      threads of a block
//   Tile(session, memory)         lays itself out at `memory`
//   clear()                       once, before the first set()
//   set(i, value[, rank])         parameter i, in this block or in block `rank` of its cluster
//   get(i)                        parameter i
//   accumulate(rows, lo, hi, n)   gradient of the loss, and the losses, over positions lo..hi of a step of n rows
//   loss()                        sum of the losses, undivided
//   gradient(i, 0[, rank])        the gradient's i-th component
//   squares(rows, lo, hi, n)      sum of the squared errors that are sampled
// All threads of the block call them together; results are visible to all on return, and parameters that were set
// before are read behind a barrier.
#pragma once

#include "permutation.h"
#include "team.h"

namespace gputrain::device {

// Rows of the data set by their position in a step.
struct Rows {
  const int32_t* rows;       // null: all, as they are
  const Permutation* order;  // null: as given
  int first;
  GT_DEVICE int at(int position) const {
    int i = first + position;
    int place = order == nullptr ? i : order->at(i);
    return rows == nullptr ? place : rows[place];
  }
};

// Scalars of a step. Adam: p -= rate m / (sqrt(v) inverse_root + epsilon), bias corrections folded in.
struct Step {
  float beta1, beta2, rest1, rest2, epsilon, momentum, weight_decay;
  float rate, inverse_root;
};

// What the first thread keeps for the block.
struct Books {
  gt_progress progress;
  double rate;
  Step step;
  Permutation order;
  int32_t due;
  int32_t averaged;
  int32_t improved;
};
constexpr int kBooksBytes = (static_cast<int>(sizeof(Books)) + 15) / 16 * 16;

// base^n, 0 <= base < 1; the same bits for the same n, however the epochs were cut into launches.
GT_DEVICE double power(double base, int64_t n) {
  double result = 1;
  while (n > 0) {
    if (base < 1e-40) {
      return 0;
    }
    if (n & 1) {
      result *= base;
    }
    n >>= 1;
    base *= base;
  }
  return result;
}

GT_DEVICE Step step_scalars(const gt_cuda_session& session, const gt_cuda_replica& replica, double rate, int64_t t) {
  Step step = {};
  step.weight_decay = static_cast<float>(replica.weight_decay);
  if (session.optimizer == GT_ADAM) {
    step.beta1 = static_cast<float>(session.beta1);
    step.beta2 = static_cast<float>(session.beta2);
    step.rest1 = static_cast<float>(1 - session.beta1);
    step.rest2 = static_cast<float>(1 - session.beta2);
    step.epsilon = static_cast<float>(session.epsilon);
    step.rate = static_cast<float>(rate / (1 - power(session.beta1, t)));
    step.inverse_root = static_cast<float>(1 / sqrt(1 - power(session.beta2, t)));
  } else {
    step.momentum = static_cast<float>(session.momentum);
    step.rate = static_cast<float>(rate);
  }
  return step;
}

// The parameter after the step; moves its moments.
GT_DEVICE float updated(int optimizer, const Step& step, float parameter, float gradient, float* first, float* second) {
  float g = multiply_add(step.weight_decay, parameter, gradient);
  if (optimizer == GT_ADAM) {
    float m = multiply_add(step.beta1, *first, step.rest1 * g);
    float v = multiply_add(step.beta2, *second, step.rest2 * g * g);
    *first = m;
    *second = v;
    return parameter - divide(step.rate * m, multiply_add(square_root(v), step.inverse_root, step.epsilon));
  }
  float u = multiply_add(step.momentum, *first, g);
  *first = u;
  return multiply_add(-step.rate, u, parameter);
}

// Whether a double is neither infinite nor NaN.
GT_DEVICE bool finite(double x) { return x - x == 0; }

template <class Tile, class Team>
struct Driver {
  const gt_cuda_session& session;
  Books* books;
  Team team;
  gt_cuda_replica& replica;
  Tile tile;
  float* first;  // moments of the team's slice, from its begin on
  float* second;

  // Floats of shared memory between the books and the tile: the team's, then the moments when they are kept here.
  GT_CONSTEXPR static int team_floats(int parameters) {
    int scratch = Team::scratch_floats(parameters, Tile::kThreads);
    return ((Team::kMomentsInPlace ? 1 : 3) * scratch + 3) / 4 * 4;
  }
  GT_CONSTEXPR static int shared_bytes(int parameters, int tile_floats) {
    return kBooksBytes + 4 * (team_floats(parameters) + tile_floats);
  }

  GT_DEVICE Driver(const gt_cuda_session& s, const int32_t* active, int blocks, char* memory)
      : session(s),
        books(reinterpret_cast<Books*>(memory)),
        team(s, blocks, reinterpret_cast<float*>(memory + kBooksBytes)),
        replica(s.replica[active[team.index]]),
        tile(s, reinterpret_cast<float*>(memory + kBooksBytes) + team_floats(s.parameters)) {
    if (Team::kMomentsInPlace) {
      first = replica.first_moment + team.slice_begin;
      second = replica.second_moment + team.slice_begin;
    } else {
      int scratch = Team::scratch_floats(s.parameters, Tile::kThreads);
      first = reinterpret_cast<float*>(memory + kBooksBytes) + scratch;
      second = first + scratch;
    }
  }

  GT_DEVICE void load() {
    if (thread() == 0) {
      books->progress = replica.progress;
    }
    tile.clear();
    sync_block();
    for (int i = thread(); i < session.parameters; i += threads()) {
      tile.set(i, replica.parameters[i]);
    }
    if (!Team::kMomentsInPlace) {
      for (int i = team.slice_begin + thread(); i < team.slice_end; i += threads()) {
        first[i - team.slice_begin] = replica.first_moment[i];
        second[i - team.slice_begin] = replica.second_moment[i];
      }
    }
    // No block reads or writes another's memory before that one has laid itself out.
    team.published(tile, replica);
  }

  GT_DEVICE void store() {
    bool writer = team.rank() < slices();
    for (int i = team.slice_begin + thread(); writer && i < team.slice_end; i += threads()) {
      replica.parameters[i] = tile.get(i);
      if (!Team::kMomentsInPlace) {
        replica.first_moment[i] = first[i - team.slice_begin];
        replica.second_moment[i] = second[i - team.slice_begin];
      }
    }
    if (team.rank() == 0 && thread() == 0) {
      replica.progress = books->progress;
    }
  }

  GT_DEVICE void run(int64_t epochs) {
    load();
    for (int64_t done = 0; done < epochs && books->progress.status == GT_RUNNING; done++) {
      epoch();
    }
    store();
  }

 private:
  // Different slices of the parameters among the team's blocks; blocks of a higher rank repeat them.
  GT_DEVICE int slices() const { return Team::kSlices == 0 ? team.blocks() : Team::kSlices; }

  GT_DEVICE void epoch() {
    int rows = replica.set_begin[1] - replica.set_begin[0];
    int batch = session.batch_size == 0 || session.batch_size > rows ? rows : session.batch_size;
    bool shuffled = session.shuffle != 0 && batch < rows;
    if (thread() == 0) {
      books->rate = gt_begin_epoch(&session.rules, &books->progress) * replica.rate_factor;
      if (shuffled) {
        books->order.begin(rows, replica.seed, books->progress.epoch);
      }
    }
    if (shuffled) {
      sync_block();
    }
    double sum = 0;
    for (int begin = 0; begin < rows && finite(sum); begin += batch) {
      int n = rows - begin < batch ? rows - begin : batch;
      Rows taken = {replica.rows, shuffled ? &books->order : nullptr, begin};
      sum += train_step(taken, n, sum);
    }
    finish_epoch(finite(sum) ? sum / (static_cast<double>(rows) * session.widths[session.layers]) : sum);
  }

  // Sum of the step's losses; no update when the epoch's sum is not finite with it.
  GT_DEVICE double train_step(const Rows& taken, int n, double before) {
    if (thread() == 0) {
      books->step = step_scalars(session, replica, books->rate, books->progress.step + 1);
    }
    tile.accumulate(taken, share(n, team.rank(), team.blocks()), share(n, team.rank() + 1, team.blocks()), n);
    double loss = team.reduce(tile);
    if (finite(before + loss)) {
      Step step = books->step;
      for (int i = team.slice_begin + thread(); i < team.slice_end; i += threads()) {
        int k = i - team.slice_begin;
        float value = updated(session.optimizer, step, tile.get(i), team.gradient(tile, i), first + k, second + k);
        team.publish(tile, replica, i, value);
      }
      if (thread() == 0) {
        books->progress.step++;
      }
    }
    team.published(tile, replica);
    return loss;
  }

  GT_DEVICE void finish_epoch(double loss) {
    if (thread() == 0) {
      books->due = gt_end_epoch(&session.rules, &books->progress, loss);
      books->averaged = gt_averaged(&session.rules, &books->progress);
    }
    sync_block();
    if (books->averaged && team.rank() < slices()) {
      for (int i = team.slice_begin + thread(); i < team.slice_end; i += threads()) {
        replica.parameter_sum[i] += static_cast<double>(tile.get(i));
      }
    }
    if (books->due) {
      sample();
    }
  }

  GT_DEVICE void sample() {
    double* to = nullptr;
    if (team.rank() == 0 && thread() == 0) {
      if (replica.sample_count >= replica.sample_capacity) {
        fail();
      }
      to = replica.samples + replica.sample_count * (3 + session.row_sets);
      to[0] = static_cast<double>(books->progress.epoch);
      to[1] = books->progress.loss;
      to[2] = books->rate;
    }
    for (int s = 0; s < session.row_sets; s++) {
      int begin = replica.set_begin[s];
      int n = replica.set_begin[s + 1] - begin;
      Rows taken = {replica.rows, nullptr, begin};
      double mine =
          tile.squares(taken, share(n, team.rank(), team.blocks()), share(n, team.rank() + 1, team.blocks()), n);
      double rms = sqrt(team.sum(mine) / n);  // NaN for an empty set
      if (to != nullptr) {
        to[3 + s] = rms;
      }
      if (s == session.rules.watched) {
        keep_best(rms);
      }
    }
    if (to != nullptr) {
      replica.sample_count++;
    }
    if (thread() == 0) {
      gt_settle(&session.rules, &books->progress);
    }
    sync_block();
  }

  GT_DEVICE void keep_best(double rms) {
    if (thread() == 0) {
      books->improved = gt_improved(&books->progress, rms);
    }
    sync_block();
    if (books->improved && team.rank() < slices()) {
      for (int i = team.slice_begin + thread(); i < team.slice_end; i += threads()) {
        replica.best[i] = tile.get(i);
      }
    }
  }
};

}  // namespace gputrain::device
