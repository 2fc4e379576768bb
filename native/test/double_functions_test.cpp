// The elementary functions of doubles against those of the C library in long double, over what derivatives meet.
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "check.h"
#include "kernels.h"

using gputrain::DoubleFunction;

namespace {

using Wide = long double;
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

struct Values {
  std::vector<double> x, y, value, second;

  explicit Values(DoubleFunction function, std::vector<double> given, std::vector<double> heights = {})
      : x(std::move(given)), y(std::move(heights)) {
    const size_t n = (x.size() + 7) / 8 * 8;
    x.resize(n, 1.0);
    y.resize(n, 1.0);
    value.resize(n);
    second.resize(n);
    gputrain::chosen_kernels().double_function(function, x.data(), y.data(), value.data(), second.data(), n);
  }
};

// In units in the last place of the exact value, or of `least` where that is smaller.
double error(double got, Wide exact, double least = 1e-300) {
  const double size = std::max(std::fabs(static_cast<double>(exact)), least);
  const double unit = std::nextafter(size, kInfinity) - size;
  return static_cast<double>(std::fabs(static_cast<Wide>(got) - exact)) / unit;
}

std::vector<double> uniform(double low, double high, size_t n) {
  std::mt19937_64 random(n + static_cast<size_t>(high));
  std::uniform_real_distribution<double> draw(low, high);
  std::vector<double> x(n);
  for (double& one : x) {
    one = draw(random);
  }
  return x;
}

// 2^u with the signs in turn.
std::vector<double> of_every_size(double low, double high, size_t n, bool negative) {
  std::vector<double> x = uniform(low, high, n);
  for (size_t i = 0; i < n; i++) {
    x[i] = std::exp2(x[i]) * (negative && i % 2 == 1 ? -1 : 1);
  }
  return x;
}

template <class F>
void within(const char* name, double allowed, const Values& values, F exact) {
  double worst = 0, at = 0;
  for (size_t i = 0; i < values.x.size(); i++) {
    const double off = error(values.value[i], exact(static_cast<Wide>(values.x[i]), static_cast<Wide>(values.y[i])));
    if (!(off <= worst)) {
      worst = off;
      at = values.x[i];
    }
  }
  std::printf("%s: %.2f units in the last place at %.17g\n", name, worst, at);
  CHECK(worst <= allowed, "%s is off by %g units in the last place at %.17g", name, worst, at);
}

void logarithm_and_exponential() {
  auto ln = [](Wide x, Wide) { return std::log(x); };
  auto power = [](Wide x, Wide) { return std::exp(x); };
  within("log", 1.5, Values(DoubleFunction::log, of_every_size(-1000, 1000, 200000, false)), ln);
  within("log near 1", 1.5, Values(DoubleFunction::log, uniform(0.5, 1.6, 200000)), ln);
  within("exp", 2, Values(DoubleFunction::exp, uniform(-700, 709.7, 200000)), power);
  within("exp near 0", 2, Values(DoubleFunction::exp, uniform(-1, 1, 200000)), power);
  Values ends(DoubleFunction::exp, {709.9, 1e300, kInfinity, -709, -1e300, -kInfinity, kNaN, 0.0});
  CHECK(ends.value[0] == kInfinity && ends.value[1] == kInfinity && ends.value[2] == kInfinity, "exp must overflow");
  CHECK(ends.value[3] == 0 && ends.value[4] == 0 && ends.value[5] == 0, "exp must vanish");
  CHECK(std::isnan(ends.value[6]) && ends.value[7] == 1, "exp of NaN or 0");
  Values logs(DoubleFunction::log, {1.0, kInfinity, kNaN});
  CHECK(logs.value[0] == 0 && logs.value[1] == kInfinity && std::isnan(logs.value[2]), "log of what is special");
}

void sine_and_cosine() {
  for (double reach : {0.8, 30.0, 1e4, 1.6e6}) {
    Values values(DoubleFunction::sine_and_cosine, uniform(-reach, reach, 200000));
    double worst = 0;
    for (size_t i = 0; i < values.x.size(); i++) {
      const Wide x = static_cast<Wide>(values.x[i]);
      worst = std::fmax(worst, std::fabs(values.value[i] - static_cast<double>(std::sin(x))));
      worst = std::fmax(worst, std::fabs(values.second[i] - static_cast<double>(std::cos(x))));
    }
    std::printf("sine and cosine up to %g: absolute %.2g\n", reach, worst);
    CHECK(worst < 2.5e-16, "sine and cosine up to %g are off by %g", reach, worst);
  }
  Values ends(DoubleFunction::sine_and_cosine, {0.0, 1e30, kInfinity, kNaN});
  CHECK(ends.value[0] == 0 && ends.second[0] == 1, "sine and cosine of 0");
  CHECK(std::fabs(ends.value[1]) <= 1 && std::fabs(ends.second[1]) <= 1, "sine and cosine of 1e30");
  CHECK(std::isnan(ends.value[2]) && std::isnan(ends.second[3]), "sine and cosine of what is no number");
}

void angles() {
  auto exact = [](Wide x, Wide y) { return std::atan2(y, x); };
  within("angle", 2,
         Values(DoubleFunction::angle, of_every_size(-20, 20, 200000, true), of_every_size(-20, 20, 200001, true)),
         exact);
  within("angle", 2, Values(DoubleFunction::angle, uniform(-1, 1, 200000), uniform(-1, 1, 200001)), exact);
  Values axes(DoubleFunction::angle, {1.0, -1.0, 0.0, 0.0, 0.0, -0.0, -2.0, 3.0},
              {0.0, 0.0, 2.0, -2.0, 0.0, 0.0, -0.0, -3.0});
  for (size_t i = 0; i < axes.x.size(); i++) {
    CHECK(axes.value[i] == std::atan2(axes.y[i], axes.x[i]), "angle of (%g, %g) is %.17g", axes.x[i], axes.y[i],
          axes.value[i]);
  }
}

void activations() {
  auto exact = [](Wide x, Wide) { return std::tanh(x); };
  within("tanh", 3, Values(DoubleFunction::tanh, of_every_size(-200, 5, 200000, true)), exact);
  within("tanh", 3, Values(DoubleFunction::tanh, uniform(-2, 2, 200000)), exact);
  Values ends(DoubleFunction::tanh, {kInfinity, -1e30, 0.0, kNaN});
  CHECK(ends.value[0] == 1 && ends.value[1] == -1 && ends.value[2] == 0 && std::isnan(ends.value[3]), "tanh's ends");
  auto distribution = [](Wide x, Wide) { return std::erfc(-x * std::sqrt(static_cast<Wide>(0.5))) / 2; };
  within("Phi", 8, Values(DoubleFunction::normal, uniform(-37, 9, 400000)), distribution);
  within("Phi near 0", 8, Values(DoubleFunction::normal, of_every_size(-60, 2, 200000, true)), distribution);
  Values density(DoubleFunction::normal, uniform(-37, 37, 200000));
  double worst = 0;
  for (size_t i = 0; i < density.x.size(); i++) {
    const Wide x = static_cast<Wide>(density.x[i]);
    worst = std::fmax(worst, error(density.second[i], std::exp(-x * x / 2)));
  }
  CHECK(worst < 5, "exp(-x^2/2) is off by %g units in the last place", worst);
  Values far(DoubleFunction::normal, {60.0, -60.0, 1e300, -1e300, kInfinity, -kInfinity, kNaN});
  for (size_t i = 0; i < 6; i++) {
    CHECK(far.value[i] == (i % 2 == 0 ? 1 : 0) && far.second[i] == 0, "Phi(%g)", far.x[i]);
  }
  CHECK(std::isnan(far.value[6]), "Phi hides NaN");
}

}  // namespace

int main() {
  skip_without_isa();
  logarithm_and_exponential();
  sine_and_cosine();
  angles();
  activations();
  return result();
}
