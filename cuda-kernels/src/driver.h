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
// Its Team names the types: Number, Session and Replica. All threads of the block call them together; results are
// visible to all on return, and parameters that were set before are read behind a barrier.
#pragma once

#include "permutation.h"
#include "team.h"

namespace gputrain::device {

// Rows of the data set by their position in a step.
struct Rows {
  const int32_t* rows;       // null: all, as they are
  const Permutation* order;  // null: as given
  int first;
  // In the replica's list of rows.
  GT_DEVICE int place(int position) const {
    int i = first + position;
    return order == nullptr ? i : order->at(i);
  }
  GT_DEVICE int at(int position) const {
    int i = place(position);
    return rows == nullptr ? i : rows[i];
  }
};

// Scalars of a step. Adam: p -= rate m / (sqrt(v) inverse_root + epsilon), bias corrections folded in.
template <class Number>
struct Step {
  Number beta1, beta2, rest1, rest2, epsilon, momentum, weight_decay;
  Number rate, inverse_root;
};

// What the first thread keeps for the block.
template <class Number>
struct Books {
  gt_progress progress;
  double rate;
  Step<Number> step;
  Permutation order;
  int32_t due;
  int32_t averaged;
  int32_t improved;
};
template <class Number>
constexpr int kBooksBytes = (static_cast<int>(sizeof(Books<Number>)) + 15) / 16 * 16;

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

template <class Number, class Session, class Replica>
GT_DEVICE Step<Number> step_scalars(const Session& session, const Replica& replica, double rate, int64_t t) {
  Step<Number> step = {};
  step.weight_decay = static_cast<Number>(replica.weight_decay);
  if (session.optimizer == GT_ADAM) {
    step.beta1 = static_cast<Number>(session.beta1);
    step.beta2 = static_cast<Number>(session.beta2);
    step.rest1 = static_cast<Number>(1 - session.beta1);
    step.rest2 = static_cast<Number>(1 - session.beta2);
    step.epsilon = static_cast<Number>(session.epsilon);
    step.rate = static_cast<Number>(rate / (1 - power(session.beta1, t)));
    step.inverse_root = static_cast<Number>(1 / sqrt(1 - power(session.beta2, t)));
  } else {
    step.momentum = static_cast<Number>(session.momentum);
    step.rate = static_cast<Number>(rate);
  }
  return step;
}

// The parameter after the step; moves its moments.
template <class Number>
GT_DEVICE Number updated(int optimizer, const Step<Number>& step, Number parameter, Number gradient, Number* first,
                         Number* second) {
  Number g = multiply_add(step.weight_decay, parameter, gradient);
  if (optimizer == GT_ADAM) {
    Number m = multiply_add(step.beta1, *first, step.rest1 * g);
    Number v = multiply_add(step.beta2, *second, step.rest2 * g * g);
    *first = m;
    *second = v;
    return parameter - divide(step.rate * m, multiply_add(square_root(v), step.inverse_root, step.epsilon));
  }
  Number u = multiply_add(step.momentum, *first, g);
  *first = u;
  return multiply_add(-step.rate, u, parameter);
}

// Whether a double is neither infinite nor NaN.
GT_DEVICE bool finite(double x) { return x - x == 0; }

// Where an epoch is its steps.
struct StepsOnly {
  static constexpr bool kMinimises = false;
};

// A Minimiser with kMinimises has a way of its own through an epoch for the optimiser GT_LBFGS:
//   iterate(tile, team, rows, n, rate)   one iteration on n rows; the sum of the losses where it began
//   moved                                whether it ended elsewhere
template <class Tile, class Team, class Minimiser = StepsOnly>
struct Driver {
  using Number = typename Team::Number;
  using Session = typename Team::Session;
  using Replica = typename Team::Replica;

  const Session& session;
  Books<Number>* books;
  Team team;
  Replica& replica;
  Tile tile;
  Minimiser minimiser;
  Number* first;  // moments of the team's slice, from its begin on
  Number* second;

  // Numbers of shared memory between the books and the tile: the team's, then the moments when they are kept here.
  GT_CONSTEXPR static int team_numbers(int parameters) {
    int scratch = Team::scratch_floats(parameters, Tile::kThreads);
    return ((Team::kMomentsInPlace ? 1 : 3) * scratch + 3) / 4 * 4;
  }
  GT_CONSTEXPR static int shared_bytes(int parameters, int tile_numbers) {
    return kBooksBytes<Number> + static_cast<int>(sizeof(Number)) * (team_numbers(parameters) + tile_numbers);
  }

  GT_DEVICE Driver(const Session& s, const int32_t* active, int blocks, char* memory)
      : session(s),
        books(reinterpret_cast<Books<Number>*>(memory)),
        team(s, blocks, reinterpret_cast<Number*>(memory + kBooksBytes<Number>)),
        replica(s.replica[active[team.index]]),
        tile(s, reinterpret_cast<Number*>(memory + kBooksBytes<Number>) + team_numbers(s.parameters)) {
    if (Team::kMomentsInPlace) {
      first = replica.first_moment + team.slice_begin;
      second = replica.second_moment + team.slice_begin;
    } else {
      int scratch = Team::scratch_floats(s.parameters, Tile::kThreads);
      first = reinterpret_cast<Number*>(memory + kBooksBytes<Number>) + scratch;
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
    if constexpr (Minimiser::kMinimises) {
      if (session.optimizer == GT_LBFGS) {
        minimise(rows);
        return;
      }
    }
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

  GT_DEVICE void minimise(int rows) {
    if (thread() == 0) {
      books->rate = gt_begin_epoch(&session.rules, &books->progress) * replica.rate_factor;
    }
    sync_block();
    double sum = minimiser.iterate(tile, team, {replica.rows, nullptr, 0}, rows, books->rate);
    if (thread() == 0 && minimiser.moved) {
      books->progress.step++;
    } else if (thread() == 0) {
      // Unless the sum is not finite, which the end of the epoch sees.
      books->progress.status = GT_CONVERGED;
    }
    finish_epoch(sum / (static_cast<double>(rows) * session.widths[session.layers]));
  }

  // Sum of the step's losses; no update when the epoch's sum is not finite with it.
  GT_DEVICE double train_step(const Rows& taken, int n, double before) {
    if (thread() == 0) {
      books->step = step_scalars<Number>(session, replica, books->rate, books->progress.step + 1);
    }
    tile.accumulate(taken, share(n, team.rank(), team.blocks()), share(n, team.rank() + 1, team.blocks()), n);
    double loss = team.reduce(tile);
    if (finite(before + loss)) {
      Step<Number> step = books->step;
      for (int i = team.slice_begin + thread(); i < team.slice_end; i += threads()) {
        if (!team.trains(tile, i)) {
          continue;
        }
        int k = i - team.slice_begin;
        Number value = updated(session.optimizer, step, tile.get(i), team.gradient(tile, i), first + k, second + k);
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
