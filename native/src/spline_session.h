// Spline networks, in float64.
#pragma once

#include "session.h"
#include "spline_trainer.h"

namespace gputrain {

class SplineSession final : public gt_session {
 public:
  SplineSession(const gt_plan& plan, const gt_data& data, int threads);

  void get_state(int replica, gt_progress* progress, double* parameters, double* first_moment, double* second_moment,
                 double* best, double* parameter_sum) const override;
  void set_state(int replica, const gt_progress& progress, const double* parameters, const double* first_moment,
                 const double* second_moment, const double* best, const double* parameter_sum) override;
  void predict(const double* parameters, const double* inputs, int rows, double* outputs) const override;
  void input_gradient(const double* parameters, const double* inputs, int rows, const double* weights,
                      double* gradient) const override;

 private:
  void train(int replica, int64_t epochs, int team, int member, int members) override;
  int most_members(int rows) const override;
  void add_replica(const gt_replica& given, std::vector<std::vector<int32_t>> sets);
  std::shared_ptr<const SplineSet> cut(std::vector<int32_t> rows);

  SplineModel model_;
  InputValues inputs_;
  SplineSettings settings_;
  std::vector<std::unique_ptr<SplineReplica>> replicas_;
  std::vector<std::unique_ptr<SplineTrainer>> trainers_;  // one per thread; the first also serves all threads together
};

}  // namespace gputrain
