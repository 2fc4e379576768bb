// A plan open on a data set: the replicas and the threads that train them.
#pragma once

#include "replica.h"

struct gt_session {
 public:
  gt_session(const gt_plan& plan, const gt_data& data, int threads);

  void advance(int64_t epochs);
  int64_t sample_count() const;
  void take_samples(int32_t* replica, int64_t* epoch, double* loss, double* learning_rate, double* rms);
  void get_state(int replica, gt_progress* progress, double* parameters, double* first_moment, double* second_moment,
                 double* best, double* parameter_sum) const;
  void set_state(int replica, const gt_progress& progress, const double* parameters, const double* first_moment,
                 const double* second_moment, const double* best, const double* parameter_sum);
  void predict(const double* parameters, const double* inputs, int rows, double* outputs) const;
  void input_gradient(const double* parameters, const double* inputs, int rows, const double* weights,
                      double* gradient) const;

 private:
  void add_replica(const gt_plan& plan, const gt_replica& given, const gt_data& data);
  const gputrain::Replica& replica(int index) const;

  gputrain::PackedRows packed_inputs(const double* inputs, int rows) const;

  gputrain::NetworkSpec network_;
  gputrain::Settings settings_;
  std::vector<std::unique_ptr<gputrain::Replica>> replicas_;
  std::vector<std::unique_ptr<gputrain::Team>> teams_;  // one per thread; the first also serves all threads together
  std::unique_ptr<gputrain::Pool> pool_;
};
