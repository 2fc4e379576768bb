#include "product_units.h"

#include <algorithm>
#include <cmath>

namespace gputrain::reference {

namespace {

using Number = std::complex<double>;

// Without the search for infinities that the library's product makes.
Number times(Number a, Number b) {
  return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
}

size_t place(int i) { return static_cast<size_t>(i); }

}  // namespace

ProductUnits::ProductUnits(bool complex, int n, int m, int p, double guard)
    : complex_(complex), n_(n), m_(m), p_(p), k_(m > 0 ? m : n), guard_(guard) {
  int first = 0;
  auto tensor = [&first](int size) {
    first += size;
    return Tensor{first - size, size};
  };
  weights_ = tensor(m * n);
  biases_ = tensor(m);
  exponents_ = tensor(p * k_);
  coefficients_ = tensor(p);
  constant_ = tensor(1);
  parameters_ = first * (complex ? 2 : 1);
  value_.resize(place(first));
  logarithm_.resize(place(k_));
  slope_.resize(place(k_));
  by_logarithm_.resize(place(k_));
  unit_.resize(place(p));
}

void ProductUnits::set(const std::vector<double>& parameters) {
  for (Tensor tensor : {weights_, biases_, exponents_, coefficients_, constant_}) {
    for (int i = 0; i < tensor.size; i++) {
      int flat = (complex_ ? 2 : 1) * tensor.first + i;
      value_[place(tensor.first + i)] = {parameters[place(flat)], complex_ ? parameters[place(flat + tensor.size)] : 0};
    }
  }
}

void ProductUnits::add(double* gradient, Tensor tensor, int i, Number value) const {
  int flat = (complex_ ? 2 : 1) * tensor.first + i;
  gradient[flat] += value.real();
  if (complex_) {
    gradient[flat + tensor.size] += value.imag();
  }
}

void ProductUnits::forward(const double* x, double* y) {
  for (int j = 0; j < k_; j++) {
    Number z = m_ > 0 ? at(biases_, j) : x[j];
    for (int i = 0; m_ > 0 && i < n_; i++) {
      z += at(weights_, j * n_ + i) * x[i];
    }
    if (complex_) {
      double square = std::max(z.real() * z.real() + z.imag() * z.imag(), guard_ * guard_);
      logarithm_[place(j)] = {0.5 * std::log(square), std::atan2(z.imag(), z.real())};
      slope_[place(j)] = z / square;
    } else {
      logarithm_[place(j)] = std::log(std::max(z.real(), guard_));
      slope_[place(j)] = z.real() > guard_ ? 1 / z.real() : 0;
    }
  }
  Number sum = at(constant_, 0);
  for (int k = 0; k < p_; k++) {
    Number s = 0;
    for (int j = 0; j < k_; j++) {
      s += times(at(exponents_, k * k_ + j), logarithm_[place(j)]);
    }
    double size = std::exp(s.real());
    unit_[place(k)] = {size * std::cos(s.imag()), complex_ ? size * std::sin(s.imag()) : 0};
    sum += times(at(coefficients_, k), unit_[place(k)]);
  }
  y[0] = sum.real();
  if (complex_) {
    y[1] = sum.imag();
  }
}

// With g_w = dL/dRe w + i dL/dIm w, for w = f(z) holomorphic: g_z = conj(f'(z)) g_w.
void ProductUnits::backward(const double* x, const double* g, double* gradient, double* by_x) {
  Number by_y = {g[0], complex_ ? g[1] : 0};
  add(gradient, constant_, 0, by_y);
  std::fill(by_logarithm_.begin(), by_logarithm_.end(), 0);
  for (int k = 0; k < p_; k++) {
    Number by_coefficient = times(std::conj(unit_[place(k)]), by_y);
    add(gradient, coefficients_, k, by_coefficient);
    Number by_s = times(std::conj(at(coefficients_, k)), by_coefficient);
    for (int j = 0; j < k_; j++) {
      add(gradient, exponents_, k * k_ + j, times(std::conj(logarithm_[place(j)]), by_s));
      by_logarithm_[place(j)] += times(std::conj(at(exponents_, k * k_ + j)), by_s);
    }
  }
  if (by_x != nullptr) {
    std::fill(by_x, by_x + n_, 0.0);
  }
  for (int j = 0; j < k_; j++) {
    Number by_z = times(slope_[place(j)], by_logarithm_[place(j)]);
    if (m_ == 0) {
      if (by_x != nullptr) {
        by_x[j] = by_z.real();
      }
      continue;
    }
    add(gradient, biases_, j, by_z);
    for (int i = 0; i < n_; i++) {
      add(gradient, weights_, j * n_ + i, by_z * x[i]);
      if (by_x != nullptr) {
        by_x[i] += times(std::conj(at(weights_, j * n_ + i)), by_z).real();
      }
    }
  }
}

}  // namespace gputrain::reference
