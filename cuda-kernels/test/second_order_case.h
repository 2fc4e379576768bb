// Networks for the tests of second-order training, what the device knows of them, and their outputs by plain loops.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "gputrain/second_order_abi.h"

namespace second_order {

using Doubles = std::vector<double>;
using Wide = long double;

struct Network {
  std::string name;
  gt_linearised net = {};
  int parameters = 0;
  std::vector<int32_t> trained;

  // Widths of product units: inputs, linear units, product units.
  Network(const char* what, int family, std::vector<int> widths, int activation = GT_GELU, int intervals = 0,
          int order = 0);

  int outputs() const { return net.outputs; }
  int splines() const { return net.intervals + net.order; }
  int knots() const { return splines() + net.order + 1; }
  Doubles draw(uint32_t seed) const;
  std::vector<Wide> operator()(const std::vector<Wide>& parameters, const double* x) const;

 private:
  void factor(int in, int out, int weight, int bias);
  std::vector<Wide> dense(const std::vector<Wide>& p, const double* x) const;
  std::vector<Wide> products(const std::vector<Wide>& p, const double* x) const;
  std::vector<Wide> complex_products(const std::vector<Wide>& p, const double* x) const;
  std::vector<Wide> spline(const std::vector<Wide>& p, const double* x) const;
};

// A uniform number in (0, 1).
double next(uint32_t& seed);

std::vector<Network> networks();

// Runs a kernel of the modules for second-order training or kernel models; what went wrong, or nothing.
std::string launch(const char* name, int blocks, bool together, std::vector<void*> parameters);

template <class... Arguments>
std::string launch(const char* name, int blocks, bool together, Arguments... arguments) {
  return launch(name, blocks, together, std::vector<void*>{static_cast<void*>(&arguments)...});
}

}  // namespace second_order
