// Logarithm, exponential, sine with cosine and angle against float64 over dense sweeps.
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "check.h"
#include "kernels.h"

using gputrain::ComplexFunction;

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

struct Values {
  std::vector<float> first, second;  // second: the cosine
};

Values evaluate(ComplexFunction function, std::vector<float> x, std::vector<float> y = {}) {
  size_t n = (x.size() + 15) / 16 * 16;
  x.resize(n, 1.0F);
  y.resize(n, 1.0F);
  Values values = {std::vector<float>(n), std::vector<float>(n)};
  gputrain::chosen_kernels().complex_function(function, x.data(), y.data(), values.first.data(), values.second.data(),
                                              n);
  return values;
}

float evaluate_one(ComplexFunction function, float x, float y = 1.0F) { return evaluate(function, {x}, {y}).first[0]; }

// Distance from the exact value in units of the last place of the float nearest to it.
double units_off(float value, double exact) {
  int exponent = 0;
  std::frexp(exact, &exponent);
  double unit = std::ldexp(1.0, std::max(exponent, -125) - 24);
  return std::fabs(static_cast<double>(value) - exact) / unit;
}

class Worst {
 public:
  explicit Worst(const char* name) : name_(name) {}
  void take(double off, float x) {
    if (!(off <= off_)) {
      off_ = off;
      at_ = x;
    }
  }
  void check(double allowed, const char* unit) const {
    std::printf("%s: off by %.3g %s at %.9g\n", name_, off_, unit, static_cast<double>(at_));
    CHECK(off_ <= allowed, "%s off by %g %s at %.9g", name_, off_, unit, static_cast<double>(at_));
  }

 private:
  const char* name_;
  double off_ = 0;
  float at_ = 0;
};

void logarithm() {
  std::vector<float> x;
  for (float at = std::numeric_limits<float>::min(); at < 3e38F; at *= 1.00017F) {
    x.push_back(at);
  }
  for (int i = -300000; i < 400000; i++) {
    x.push_back(1.0F + static_cast<float>(i) * 0x1p-20F);
  }
  for (int i = -2000; i < 2000; i++) {
    x.push_back(1.0F + static_cast<float>(i) * 0x1p-24F);
  }
  Values values = evaluate(ComplexFunction::log, x);
  Worst worst("log");
  for (size_t i = 0; i < x.size(); i++) {
    worst.take(units_off(values.first[i], std::log(static_cast<double>(x[i]))), x[i]);
  }
  worst.check(2, "ulp");
  CHECK(evaluate_one(ComplexFunction::log, 1.0F) == 0, "log 1");
  CHECK(evaluate_one(ComplexFunction::log, kInfinity) == kInfinity, "log of infinity");
  CHECK(std::isnan(evaluate_one(ComplexFunction::log, kNan)), "log hides NaN");
}

void exponential() {
  std::vector<float> x;
  for (int i = -1050000; i < 887300; i++) {
    x.push_back(static_cast<float>(i) * 1e-4F);
  }
  for (float small = 1e-30F; small < 1; small *= 1.01F) {
    x.push_back(small);
    x.push_back(-small);
  }
  Values values = evaluate(ComplexFunction::exp, x);
  Worst worst("exp");
  for (size_t i = 0; i < x.size(); i++) {
    double exact = std::exp(static_cast<double>(x[i]));
    if (exact < static_cast<double>(std::numeric_limits<float>::max())) {
      worst.take(units_off(values.first[i], exact), x[i]);
    }
  }
  worst.check(2, "ulp");
  for (float far : {88.75F, 89.0F, 200.0F, 1e30F, kInfinity}) {
    CHECK(evaluate_one(ComplexFunction::exp, far) == kInfinity, "exp(%g)", static_cast<double>(far));
    CHECK(evaluate_one(ComplexFunction::exp, -1.2F * far) == 0, "exp(%g)", static_cast<double>(-1.2F * far));
  }
  CHECK(evaluate_one(ComplexFunction::exp, 0.0F) == 1, "exp 0");
  CHECK(std::isnan(evaluate_one(ComplexFunction::exp, kNan)), "exp hides NaN");
}

void sine_and_cosine() {
  std::vector<float> x;
  for (int i = -1000000; i <= 1000000; i++) {
    x.push_back(static_cast<float>(i) * 1e-2F);
    x.push_back(static_cast<float>(i) * 1e-5F);
  }
  // The floats nearest to multiples of pi / 4, and their neighbours.
  for (int i = -12730; i <= 12730; i++) {
    float at = static_cast<float>(i * 0.78539816339744831);
    x.insert(x.end(), {at, std::nextafter(at, kInfinity), std::nextafter(at, -kInfinity)});
  }
  Values values = evaluate(ComplexFunction::sine_and_cosine, x);
  Worst sine("sine"), cosine("cosine");
  for (size_t i = 0; i < x.size(); i++) {
    double exact = static_cast<double>(x[i]);
    sine.take(std::fabs(static_cast<double>(values.first[i]) - std::sin(exact)), x[i]);
    cosine.take(std::fabs(static_cast<double>(values.second[i]) - std::cos(exact)), x[i]);
  }
  sine.check(1e-7, "absolute");
  cosine.check(1e-7, "absolute");
  x.clear();
  for (float far = 1e4F; far < 3.3e38F; far *= 1.003F) {
    x.insert(x.end(), {far, -far});
  }
  x.push_back(std::numeric_limits<float>::max());
  values = evaluate(ComplexFunction::sine_and_cosine, x);
  for (size_t i = 0; i < x.size(); i++) {
    CHECK(std::fabs(values.first[i]) <= 1 && std::fabs(values.second[i]) <= 1, "sine and cosine of %g: %g, %g",
          static_cast<double>(x[i]), static_cast<double>(values.first[i]), static_cast<double>(values.second[i]));
  }
  values = evaluate(ComplexFunction::sine_and_cosine, {kInfinity, -kInfinity, kNan});
  for (size_t i = 0; i < 3; i++) {
    CHECK(std::isnan(values.first[i]) && std::isnan(values.second[i]), "sine or cosine of %zu is a number", i);
  }
}

void angle() {
  std::vector<float> x, y;
  auto point = [&](double radius, double turn) {
    x.push_back(static_cast<float>(radius * std::cos(turn)));
    y.push_back(static_cast<float>(radius * std::sin(turn)));
  };
  for (int i = 0; i < 400000; i++) {
    point(1 + 1e-3 * (i % 7), 6.283185307179586 * i / 400000);
    point(std::pow(10.0, i % 37 - 18), 2.39996 * i);
  }
  // Near the axes and the diagonals.
  for (double small = 1e-12; small < 1; small *= 1.1) {
    for (int quarter = 0; quarter < 8; quarter++) {
      point(3, 0.7853981633974483 * quarter + small);
      point(0.3, 0.7853981633974483 * quarter - small);
    }
  }
  Values values = evaluate(ComplexFunction::angle, x, y);
  Worst worst("angle");
  for (size_t i = 0; i < x.size(); i++) {
    worst.take(units_off(values.first[i], std::atan2(static_cast<double>(y[i]), static_cast<double>(x[i]))), y[i]);
  }
  worst.check(3, "ulp");
  const float pi = 3.14159265F;
  const float edges[][3] = {{0, 0, 0},
                            {1, 0, 0},
                            {-1, 0, pi},
                            {0, 1, pi / 2},
                            {0, -1, -pi / 2},
                            {1, 1, pi / 4},
                            {-1, 1, 2.35619449F},
                            {-1e-30F, 0, pi},
                            {-0.0F, 0, 0},
                            {1e-40F, 1e-40F, pi / 4}};
  for (const float* edge : edges) {
    float value = evaluate_one(ComplexFunction::angle, edge[0], edge[1]);
    CHECK(std::fabs(value - edge[2]) <= 2e-7F, "angle of (%g, %g): %g", static_cast<double>(edge[0]),
          static_cast<double>(edge[1]), static_cast<double>(value));
  }
}

}  // namespace

int main() {
  skip_without_isa();
  logarithm();
  exponential();
  sine_and_cosine();
  angle();
  return result();
}
