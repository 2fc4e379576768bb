// A line search for the strong Wolfe conditions (Nocedal and Wright, Numerical Optimization, Algorithms 3.5 and 3.6).
#pragma once

#include <cstddef>
#include <vector>

namespace gputrain {

// A function at a point.
struct Evaluation {
  double loss;   // the part that is reported
  double value;  // F
  std::vector<double> gradient;
};

class Objective {
 public:
  virtual ~Objective() = default;
  virtual void evaluate(const std::vector<double>& x, Evaluation* at) = 0;
};

// a.b, the same bits whatever the compiler makes of it.
double dot(const double* a, const double* b, size_t n);

// Looks for t such that phi(t) = F(x + t d) satisfies phi(t) <= phi(0) + c1 t phi'(0) and |phi'(t)| <= -c2 phi'(0).
class LineSearch {
 public:
  explicit LineSearch(size_t n) : low_(n), now_(n) {}

  // value, slope: phi(0), phi'(0) < 0. first: t to begin with. False when no t that was tried is lower than phi(0).
  bool find(Objective& objective, const std::vector<double>& x, const std::vector<double>& direction, double value,
            double slope, double first, int evaluations);

  // x + t d and F there; only after a search that found t.
  const std::vector<double>& point() const { return low_.x; }
  const Evaluation& evaluation() const { return low_.at; }

 private:
  struct Trial {
    explicit Trial(size_t n) : x(n), at{0, 0, std::vector<double>(n)} {}
    double t = 0, value = 0, slope = 0;
    std::vector<double> x;
    Evaluation at;
  };
  // Of the end of an interval whose point is not needed any more.
  struct End {
    double t, value, slope;
  };
  static End end_of(const Trial& trial) { return {trial.t, trial.value, trial.slope}; }
  static double cubic(const End& p, const End& q);
  static double between(const End& low, const End& high);

  bool zoom(End high);
  bool low_is_lower() const { return low_.t > 0 && low_.value < value0_; }
  bool too_high(const Trial& trial) const;
  void evaluate(double t);

  Objective* objective_ = nullptr;
  const std::vector<double>* origin_ = nullptr;
  const std::vector<double>* direction_ = nullptr;
  double value0_ = 0, slope0_ = 0;
  int left_ = 0;
  Trial low_, now_;
};

}  // namespace gputrain
