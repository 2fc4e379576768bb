// One replica under way, and the epochs that one or more threads run for it together.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "books.h"
#include "model.h"
#include "pool.h"

namespace gputrain {

// The parts of a plan that all replicas share.
struct Settings {
  const Kernels* kernels;
  std::unique_ptr<Model> model;
  Loss loss;
  int optimizer;
  double beta1, beta2, epsilon, momentum;
  int batch_size;
  bool shuffle;
  std::vector<double> output_weights;
  std::vector<double> targets;  // [rows, outputs] of the data set, for the samples
  gt_rules rules;
};

struct Replica : Books {
  using Books::Books;

  std::vector<std::shared_ptr<const PackedRows>> sets;
  Floats primary, mirror, first_moment, second_moment, best;
  std::vector<double> parameter_sum;  // laid out as primary; empty when the plan averages nothing

  Parameters parameters() const { return {primary.data(), mirror.data()}; }
  void load(const Model& model, const double* given);
};

// Partial results of the threads that train one replica. A step's rows are cut into chunks whose number depends on the
// plan alone, and the chunks' gradients are added along a fixed binary tree: the number of threads changes no bit.
class Team {
 public:
  // members: at most this many threads will share a replica.
  Team(const Settings& settings, int members);

  // Chunks that a step over this many rows is cut into: a power of two.
  static int chunks(const Model& model, int rows);

  // Runs up to `epochs` epochs of the replica. Called by each of `members` threads with its index.
  void advance(Replica& replica, int64_t epochs, int member, int members);

 private:
  struct Step {
    int first, rows;  // positions in the order of the epoch
    int chunks;
    double rate;
    int64_t number;
  };

  double run_epoch(Replica& replica, const gt_progress& progress, double rate, int64_t* step, int member, int members);
  void gradients(const Replica& replica, const Step& step, const Permutation* order, int member, int members);
  void add_own(int chunks, int first, int last);
  void update(Replica& replica, const Step& step, int member, int members);
  static void average(Replica& replica, int member, int members);
  void sample(Replica& replica, gt_progress* progress, double rate, int member, int members);
  double squares(const Replica& replica, const PackedRows& set, int first, int last, int member);

  const Settings& settings_;
  Barrier barrier_;
  std::vector<std::unique_ptr<Worker>> workers_;  // per member
  std::vector<std::vector<float>> outputs_;       // per member
  std::vector<Floats> gradient_;                  // per chunk
  std::vector<double> loss_;                      // per chunk
  std::vector<double> squares_;                   // per row set and chunk
};

}  // namespace gputrain
