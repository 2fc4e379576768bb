// A plan open on a data set: the replicas and the threads that train them.
#pragma once

#include <memory>
#include <vector>

#include "books.h"
#include "pool.h"

// What sessions of every number type have in common; what a network is and how it is trained is below.
struct gt_session {
 public:
  virtual ~gt_session() = default;
  gt_session(const gt_session&) = delete;
  gt_session& operator=(const gt_session&) = delete;

  void advance(int64_t epochs);
  int64_t sample_count() const;
  void take_samples(int32_t* replica, int64_t* epoch, double* loss, double* learning_rate, double* rms);
  virtual void get_state(int replica, gt_progress* progress, double* parameters, double* first_moment,
                         double* second_moment, double* best, double* parameter_sum) const = 0;
  virtual void set_state(int replica, const gt_progress& progress, const double* parameters, const double* first_moment,
                         const double* second_moment, const double* best, const double* parameter_sum) = 0;
  virtual void predict(const double* parameters, const double* inputs, int rows, double* outputs) const = 0;
  virtual void input_gradient(const double* parameters, const double* inputs, int rows, const double* weights,
                              double* gradient) const = 0;

 protected:
  gt_session(const gt_plan& plan, const gt_data& data, int threads);

  // The row sets of a replica.
  static std::vector<std::vector<int32_t>> row_sets(const gt_plan& plan, const gt_replica& given);
  void check_state(int replica, const double* parameter_sum) const;

  // Trains a replica on `members` threads, of which this is one, with the partial results of a team.
  virtual void train(int replica, int64_t epochs, int team, int member, int members) = 0;
  // Threads that can share a step over this many rows.
  virtual int most_members(int rows) const = 0;

  gt_rules rules_;
  int batch_size_;
  gputrain::Pool pool_;
  std::vector<gputrain::Books*> books_;  // of the replicas
  std::vector<int> training_rows_;

 private:
  std::vector<double> table_loss_, table_rate_;
};

namespace gputrain {

// The session of a plan's family. Throws std::invalid_argument.
std::unique_ptr<gt_session> open_session(const gt_plan& plan, const gt_data& data, int threads);

}  // namespace gputrain
