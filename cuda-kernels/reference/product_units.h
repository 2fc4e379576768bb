// Networks of product units in float64, row by row, by the definition: what kernels are compared with.
#pragma once

#include <complex>
#include <vector>

namespace gputrain::reference {

class ProductUnits {
 public:
  // m: linear units, 0 for none; p: product units.
  ProductUnits(bool complex, int n, int m, int p, double guard);

  int parameters() const { return parameters_; }
  int outputs() const { return complex_ ? 2 : 1; }

  // Takes the parameters that the calls below use.
  void set(const std::vector<double>& parameters);
  // Outputs of a row, which is kept for backward().
  void forward(const double* x, double* y);
  // Adds the gradient of sum_k g_k y_k by the parameters; by_x, unless null, gets that by the row.
  void backward(const double* x, const double* g, double* gradient, double* by_x);

 private:
  using Number = std::complex<double>;
  // A tensor of the flat vector: its real plane and, when complex, its imaginary one.
  struct Tensor {
    int first, size;
  };
  Number at(Tensor tensor, int i) const { return value_[static_cast<size_t>(tensor.first + i)]; }
  void add(double* gradient, Tensor tensor, int i, Number value) const;

  bool complex_;
  int n_, m_, p_, k_;
  double guard_;
  Tensor weights_, biases_, exponents_, coefficients_, constant_;
  int parameters_;
  std::vector<Number> value_;  // [parameters of one plane]
  std::vector<Number> logarithm_, slope_, unit_, by_logarithm_;
};

}  // namespace gputrain::reference
