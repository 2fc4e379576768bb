// Losses and a dense network in float64, written from its definition and from nothing else: what the kernels are
// compared with.
#pragma once

#include <cmath>
#include <vector>

#include "network.h"

namespace reference {

inline double phi(double x) { return 0.5 * std::erfc(-x * 0.70710678118654752440); }
inline double density(double x) { return 0.39894228040143267794 * std::exp(-0.5 * x * x); }

inline double value(gputrain::Activation f, double x) {
  switch (f) {
    case gputrain::Activation::identity:
      return x;
    case gputrain::Activation::gelu:
      return x * phi(x);
    case gputrain::Activation::relu:
      return x > 0 ? x : 0;
    case gputrain::Activation::tanh:
      return std::tanh(x);
  }
  return 0;
}

inline double slope(gputrain::Activation f, double x) {
  switch (f) {
    case gputrain::Activation::identity:
      return 1;
    case gputrain::Activation::gelu:
      return phi(x) + x * density(x);
    case gputrain::Activation::relu:
      return x > 0 ? 1 : 0;
    case gputrain::Activation::tanh:
      return 1 / (std::cosh(x) * std::cosh(x));
  }
  return 0;
}

inline double loss(gputrain::LossKind kind, double delta, double r) {
  double a = std::fabs(r);
  switch (kind) {
    case gputrain::LossKind::huber:
      return a <= delta ? r * r / 2 : delta * (a - delta / 2);
    case gputrain::LossKind::absolute:
      return a;
    case gputrain::LossKind::squared:
      return r * r;
    case gputrain::LossKind::complex_squared:
      return 2 * r * r;
  }
  return 0;
}

inline double loss_slope(gputrain::LossKind kind, double delta, double r) {
  double sign = r > 0 ? 1 : r < 0 ? -1 : 0;
  switch (kind) {
    case gputrain::LossKind::huber:
      return std::fabs(r) <= delta ? r : delta * sign;
    case gputrain::LossKind::absolute:
      return sign;
    case gputrain::LossKind::squared:
      return 2 * r;
    case gputrain::LossKind::complex_squared:
      return 4 * r;
  }
  return 0;
}

struct Net {
  std::vector<int> widths;
  gputrain::Activation activation;

  std::vector<double> outputs(const std::vector<double>& parameters, const double* input) const {
    std::vector<double> h(input, input + widths[0]);
    const double* p = parameters.data();
    for (size_t l = 0; l + 1 < widths.size(); l++) {
      size_t in = static_cast<size_t>(widths[l]);
      size_t out = static_cast<size_t>(widths[l + 1]);
      std::vector<double> z(p + in * out, p + in * out + out);
      for (size_t o = 0; o < out; o++) {
        for (size_t i = 0; i < in; i++) {
          z[o] += p[o * in + i] * h[i];
        }
        z[o] = l + 2 < widths.size() ? value(activation, z[o]) : z[o];
      }
      p += (in + 1) * out;
      h = z;
    }
    return h;
  }

  // Mean over rows and outputs.
  double mean_loss(const std::vector<double>& parameters, const std::vector<double>& inputs,
                   const std::vector<double>& targets, int rows, gputrain::LossKind kind, double delta) const {
    size_t in = static_cast<size_t>(widths.front());
    size_t out = static_cast<size_t>(widths.back());
    double sum = 0;
    for (size_t r = 0; r < static_cast<size_t>(rows); r++) {
      std::vector<double> y = outputs(parameters, inputs.data() + r * in);
      for (size_t k = 0; k < out; k++) {
        sum += loss(kind, delta, y[k] - targets[r * out + k]);
      }
    }
    return sum / (rows * static_cast<double>(out));
  }
};

}  // namespace reference
