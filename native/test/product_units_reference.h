// A network of product units in float64, written from its equations and from nothing else: what the kernels are
// compared with. A real network is computed with complex numbers whose imaginary parts are 0, but with its own guard.
#pragma once

#include <algorithm>
#include <complex>
#include <vector>

#include "reference.h"

namespace reference {

struct ProductUnits {
  using Complex = std::complex<double>;
  bool complex;
  int inputs, linear, units;
  double guard;

  int outputs() const { return complex ? 2 : 1; }
  int factors() const { return linear > 0 ? linear : inputs; }
  int parameters() const { return outputs() * (linear * (inputs + 1) + units * (factors() + 1) + 1); }

  // A parameter, and the gradient g = dL/dRe + i dL/dIm of one, in the order of the interface.
  struct Block {
    int begin, size;
  };
  Block weights() const { return {0, linear * inputs}; }
  Block biases() const { return {outputs() * weights().size, linear}; }
  Block exponents() const { return {biases().begin + outputs() * linear, units * factors()}; }
  Block coefficients() const { return {exponents().begin + outputs() * exponents().size, units}; }
  Block shift() const { return {coefficients().begin + outputs() * units, 1}; }

  Complex at(const std::vector<double>& p, Block block, int i) const {
    size_t real = static_cast<size_t>(block.begin + i);
    return {p[real], complex ? p[real + static_cast<size_t>(block.size)] : 0.0};
  }
  void add(std::vector<double>* p, Block block, int i, Complex g) const {
    size_t real = static_cast<size_t>(block.begin + i);
    (*p)[real] += g.real();
    if (complex) {
      (*p)[real + static_cast<size_t>(block.size)] += g.imag();
    }
  }

  struct Row {
    std::vector<Complex> log, slope, power;  // slope: conj of the derivative of the logarithm
    Complex output;
  };

  Row forward(const std::vector<double>& p, const double* x) const {
    Row row;
    for (int j = 0; j < factors(); j++) {
      Complex z = linear > 0 ? at(p, biases(), j) : Complex(x[j], 0);
      for (int i = 0; i < inputs && linear > 0; i++) {
        z += at(p, weights(), j * inputs + i) * x[i];
      }
      if (complex) {
        double square = std::max(std::norm(z), guard * guard);
        row.log.push_back({0.5 * std::log(square), z == Complex(0, 0) ? 0 : std::atan2(z.imag(), z.real())});
        row.slope.push_back(z / square);
      } else {
        row.log.push_back(std::log(std::max(guard, z.real())));
        row.slope.push_back(z.real() > guard ? 1 / z.real() : 0.0);
      }
    }
    row.output = at(p, shift(), 0);
    for (int k = 0; k < units; k++) {
      Complex sum = 0;
      for (int j = 0; j < factors(); j++) {
        sum += at(p, exponents(), k * factors() + j) * row.log[static_cast<size_t>(j)];
      }
      row.power.push_back(std::exp(sum));
      row.output += at(p, coefficients(), k) * row.power.back();
    }
    return row;
  }

  // Adds the gradients of a row's loss, g that of its output; input may be null.
  void backward(const std::vector<double>& p, const double* x, const Row& row, Complex g, std::vector<double>* gradient,
                double* input) const {
    std::vector<Complex> of_log(static_cast<size_t>(factors()));
    add(gradient, shift(), 0, g);
    for (int k = 0; k < units; k++) {
      Complex power = row.power[static_cast<size_t>(k)];
      add(gradient, coefficients(), k, std::conj(power) * g);
      Complex of_sum = std::conj(power) * std::conj(at(p, coefficients(), k)) * g;
      for (int j = 0; j < factors(); j++) {
        size_t i = static_cast<size_t>(j);
        add(gradient, exponents(), k * factors() + j, std::conj(row.log[i]) * of_sum);
        of_log[i] += std::conj(at(p, exponents(), k * factors() + j)) * of_sum;
      }
    }
    for (int j = 0; j < factors(); j++) {
      Complex of_z = row.slope[static_cast<size_t>(j)] * of_log[static_cast<size_t>(j)];
      if (linear == 0) {
        input[j] += of_z.real();
        continue;
      }
      add(gradient, biases(), j, of_z);
      for (int i = 0; i < inputs; i++) {
        add(gradient, weights(), j * inputs + i, of_z * x[i]);
        input[i] += (std::conj(at(p, weights(), j * inputs + i)) * of_z).real();
      }
    }
  }

  // Mean over rows and outputs, and its gradient where that is asked for.
  double mean_loss(const std::vector<double>& p, const std::vector<double>& x, const std::vector<double>& targets,
                   int rows, gputrain::LossKind kind, double delta, std::vector<double>* gradient) const {
    double sum = 0;
    double scale = 1 / static_cast<double>(rows * outputs());
    std::vector<double> unused(static_cast<size_t>(inputs));
    for (int r = 0; r < rows; r++) {
      const double* input = x.data() + r * inputs;
      const double* target = targets.data() + r * outputs();
      Row row = forward(p, input);
      double residual[2] = {row.output.real() - target[0], complex ? row.output.imag() - target[1] : 0};
      sum += loss(kind, delta, residual[0]) + (complex ? loss(kind, delta, residual[1]) : 0);
      if (gradient != nullptr) {
        Complex g = {loss_slope(kind, delta, residual[0]), complex ? loss_slope(kind, delta, residual[1]) : 0};
        backward(p, input, row, scale * g, gradient, unused.data());
      }
    }
    return sum * scale;
  }
};

}  // namespace reference
