// The activations against float64 over a dense grid, tails included.
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "check.h"
#include "kernels.h"
#include "reference.h"

using gputrain::Activation;

namespace {

std::vector<float> grid() {
  std::vector<float> x;
  for (int i = -400000; i < 400000; i++) {
    x.push_back(static_cast<float>(i) * 5e-5F);
  }
  for (float small = 1e-30F; small < 1; small *= 1.7F) {
    x.push_back(small);
    x.push_back(-small);
  }
  x.insert(x.end(), {30.0F, -30.0F, 300.0F, -300.0F, 1e6F, -1e6F, 1e15F, -1e15F, 0.0F, -0.0F});
  x.resize((x.size() + 15) / 16 * 16, 0.0F);
  return x;
}

// The value within relative (1 + growth x^2) of itself for x > -reach, the slope within slope_absolute.
void against_reference(const char* name, Activation f, double relative, double growth, double slope_absolute,
                       double reach) {
  std::vector<float> x = grid();
  std::vector<float> value(x.size());
  std::vector<float> slope(x.size());
  gputrain::chosen_kernels().activate(f, x.data(), value.data(), slope.data(), x.size());
  double worst = 0, worst_slope = 0, at = 0;
  for (size_t i = 0; i < x.size(); i++) {
    double exact = static_cast<double>(x[i]);
    double expected = reference::value(f, exact);
    double allowed = relative * (1 + growth * exact * exact) * std::fabs(expected) + 1e-37;
    double used = std::fabs(static_cast<double>(value[i]) - expected) / allowed;
    if (exact > -reach && used > worst) {
      worst = used;
      at = exact;
    }
    worst_slope = std::max(worst_slope, std::fabs(static_cast<double>(slope[i]) - reference::slope(f, exact)));
    CHECK(std::isfinite(value[i]) && std::isfinite(slope[i]), "%s(%g) is not finite", name, exact);
  }
  std::printf("%s: %.0f %% of the tolerance at %g, slope off by %.2g\n", name, 100 * worst, at, worst_slope);
  CHECK(worst <= 1, "%s off by %g of the tolerance at %g", name, worst, at);
  CHECK(worst_slope <= slope_absolute, "derivative of %s off by %g", name, worst_slope);
}

void normal_distribution() {
  std::vector<float> x = grid();
  std::vector<float> value(x.size());
  std::vector<float> slope(x.size());
  gputrain::chosen_kernels().activate(Activation::gelu, x.data(), value.data(), slope.data(), x.size());
  double worst = 0;
  for (size_t i = 0; i < x.size(); i++) {
    if (std::fabs(x[i]) > 1e-20F) {
      worst = std::max(worst, std::fabs(static_cast<double>(value[i]) / static_cast<double>(x[i]) -
                                        reference::phi(static_cast<double>(x[i]))));
    }
  }
  std::printf("Phi: absolute %.2g\n", worst);
  // 1e-7 of Phi itself, and the rounding of x Phi(x) that it is seen through.
  CHECK(worst <= 1e-7 + 6e-8, "Phi off by %g", worst);
}

void not_a_number_stays() {
  for (Activation f : {Activation::identity, Activation::gelu, Activation::relu, Activation::tanh}) {
    std::vector<float> x(16, std::numeric_limits<float>::quiet_NaN());
    std::vector<float> value(16), slope(16);
    gputrain::chosen_kernels().activate(f, x.data(), value.data(), slope.data(), 16);
    CHECK(std::isnan(value[0]), "activation %d hides NaN", static_cast<int>(f));
  }
}

}  // namespace

int main() {
  skip_without_isa();
  // The rounding of x^2 / 2 is magnified by the exponential, as in any exp of a float.
  against_reference("gelu", Activation::gelu, 5e-7, 0.2, 2e-7, 12.5);
  against_reference("tanh", Activation::tanh, 3e-7, 0, 3e-7, 1e30);
  against_reference("relu", Activation::relu, 1e-30, 0, 0, 1e30);
  against_reference("identity", Activation::identity, 1e-30, 0, 0, 1e30);
  normal_distribution();
  not_a_number_stays();
  return result();
}
