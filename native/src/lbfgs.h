// L-BFGS (Nocedal and Wright, Numerical Optimization, Algorithms 7.4 and 7.5) in float64.
#pragma once

#include <cstddef>
#include <vector>

#include "line_search.h"

namespace gputrain {

struct LbfgsSettings {
  int history;       // pairs of differences kept
  int evaluations;   // of a line search at most
  double tolerance;  // converged when no entry of the gradient is larger
};

// The pairs, [history, n] each and oldest first: differences s of the points, y of the gradients. Unused rows are 0.
struct LbfgsPairs {
  double* s;
  double* y;
};

class Lbfgs {
 public:
  Lbfgs(const LbfgsSettings& settings, size_t n);

  // One iteration from x with its evaluation, which is finite; both move to the point found. rate: the trial step.
  // Returns false when there was none to find: the gradient is small, or no step along it reduces the objective.
  bool iterate(Objective& objective, double rate, std::vector<double>* x, Evaluation* at, const LbfgsPairs& pairs);

 private:
  size_t count(const LbfgsPairs& pairs) const;
  void forget(const LbfgsPairs& pairs);
  void find_direction(const std::vector<double>& gradient, const LbfgsPairs& pairs);
  void remember(const std::vector<double>& x, const Evaluation& at, const LbfgsPairs& pairs);

  const LbfgsSettings settings_;
  const size_t n_;
  size_t count_ = 0;  // pairs there are
  std::vector<double> direction_, step_, change_, alpha_, rho_;
  LineSearch search_;
};

}  // namespace gputrain
