#include "product_unit_training.h"

#include <cmath>
#include <limits>

#include "../reference/product_units.h"
#include "permutation.h"

namespace gputrain {

namespace {

using Doubles = std::vector<double>;

double loss_of(const gt_plan& plan, double residual, double* slope) {
  double size = std::fabs(residual);
  switch (plan.loss) {
    case GT_MEAN_ABSOLUTE:
      *slope = residual > 0 ? 1 : residual < 0 ? -1 : 0;
      return size;
    case GT_MEAN_SQUARED:
      *slope = 2 * residual;
      return residual * residual;
    case GT_COMPLEX_SQUARED:
      *slope = 4 * residual;
      return 2 * residual * residual;
    default:
      *slope = size > plan.huber_delta ? std::copysign(plan.huber_delta, residual) : residual;
      return size > plan.huber_delta ? plan.huber_delta * (size - plan.huber_delta / 2) : residual * residual / 2;
  }
}

class Training {
 public:
  Training(const Case& one, const gt_replica& replica)
      : one_(one),
        plan_(one.plan),
        replica_(replica),
        network_(plan_.family == GT_COMPLEX_PRODUCT_UNITS, plan_.widths[0], plan_.widths[1], plan_.widths[2],
                 plan_.guard),
        outputs_(static_cast<size_t>(network_.outputs())),
        gradient_(static_cast<size_t>(network_.parameters())) {
    at_.parameters.assign(replica.initial, replica.initial + network_.parameters());
    at_.first = at_.second = at_.sum = Doubles(gradient_.size());
    at_.best = at_.parameters;
    at_.progress.best_rms = std::numeric_limits<double>::infinity();
  }

  Expected run(int64_t epochs) {
    for (int64_t e = 0; e < epochs && at_.progress.status == GT_RUNNING; e++) {
      epoch();
    }
    return at_;
  }

 private:
  const double* inputs(int row) const { return one_.inputs.data() + row * plan_.widths[0]; }
  double target(int row, size_t k) const { return one_.targets[static_cast<size_t>(row) * outputs_ + k]; }

  void epoch() {
    int rows = replica_.set_sizes[0];
    int batch = plan_.batch_size > 0 && plan_.batch_size < rows ? plan_.batch_size : rows;
    rate_ = gt_begin_epoch(&plan_.rules, &at_.progress) * replica_.rate_factor;
    device::Permutation order;
    order.begin(rows, replica_.seed, at_.progress.epoch);
    double sum = 0;
    for (int begin = 0; begin < rows && std::isfinite(sum); begin += batch) {
      std::vector<int> taken;
      for (int i = begin; i < std::min(begin + batch, rows); i++) {
        taken.push_back(replica_.rows[batch < rows && plan_.shuffle ? order.at(i) : i]);
      }
      sum += accumulate(taken);
      if (std::isfinite(sum)) {
        update();
      }
    }
    bool due = gt_end_epoch(&plan_.rules, &at_.progress, sum / static_cast<double>(outputs_) / rows);
    for (size_t i = 0; gt_averaged(&plan_.rules, &at_.progress) && i < at_.sum.size(); i++) {
      at_.sum[i] += at_.parameters[i];
    }
    if (due) {
      sample();
    }
  }

  double accumulate(const std::vector<int>& rows) {
    network_.set(at_.parameters);
    std::fill(gradient_.begin(), gradient_.end(), 0);
    double sum = 0;
    Doubles y(outputs_);
    for (int row : rows) {
      network_.forward(inputs(row), y.data());
      for (size_t k = 0; k < outputs_; k++) {
        double slope = 0;
        sum += loss_of(plan_, y[k] - target(row, k), &slope);
        y[k] = slope / static_cast<double>(rows.size() * outputs_);
      }
      network_.backward(inputs(row), y.data(), gradient_.data(), nullptr);
    }
    return sum;
  }

  void update() {
    double t = static_cast<double>(++at_.progress.step);
    for (size_t i = 0; i < gradient_.size(); i++) {
      double g = gradient_[i] + replica_.weight_decay * at_.parameters[i];
      if (plan_.optimizer == GT_ADAM) {
        at_.first[i] += (1 - plan_.beta1) * (g - at_.first[i]);
        at_.second[i] += (1 - plan_.beta2) * (g * g - at_.second[i]);
        double m = at_.first[i] / (1 - std::pow(plan_.beta1, t));
        double v = at_.second[i] / (1 - std::pow(plan_.beta2, t));
        at_.parameters[i] -= rate_ * m / (std::sqrt(v) + plan_.epsilon);
      } else {
        at_.first[i] = plan_.momentum * at_.first[i] + g;
        at_.parameters[i] -= rate_ * at_.first[i];
      }
    }
  }

  void sample() {
    network_.set(at_.parameters);
    const int32_t* row = replica_.rows;
    Doubles y(outputs_);
    for (int s = 0; s < plan_.row_sets; s++) {
      double sum = 0;
      for (int i = 0; i < replica_.set_sizes[s]; i++, row++) {
        network_.forward(inputs(*row), y.data());
        double error = 0;
        for (size_t k = 0; k < outputs_; k++) {
          error += plan_.output_weights[k] * (y[k] - target(*row, k));
        }
        sum += error * error;
      }
      double rms = std::sqrt(sum / replica_.set_sizes[s]);
      at_.rms.push_back(rms);
      if (s == plan_.rules.watched && gt_improved(&at_.progress, rms)) {
        at_.best = at_.parameters;
      }
    }
    gt_settle(&plan_.rules, &at_.progress);
  }

  const Case& one_;
  const gt_plan& plan_;
  const gt_replica& replica_;
  reference::ProductUnits network_;
  size_t outputs_;
  Doubles gradient_;
  double rate_ = 0;
  Expected at_ = {};
};

}  // namespace

std::vector<Expected> train_in_double(const Case& one, int64_t epochs) {
  std::vector<Expected> all;
  for (const gt_replica& replica : one.replica) {
    all.push_back(Training(one, replica).run(epochs));
  }
  return all;
}

}  // namespace gputrain
