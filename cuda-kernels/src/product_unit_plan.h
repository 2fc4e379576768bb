// Where everything of a network of product units lies in the memory of a tile.
#pragma once

#include "gputrain/cuda_abi.h"
#include "strides.h"

namespace gputrain::device {

// A complex array is two planes, the real parts and the imaginary ones; `planes` is 1 for real networks.
struct ProductUnitPlan {
  int inputs, linear, products;  // linear: 0 for none
  int logs;                      // logarithms: of the linear units, or of the inputs
  // In the flat vector of parameters. Linear weights come first.
  int flat_bias, flat_exponents, flat_coefficients, flat_constant, parameters;
  int linear_stride, exponent_stride, back_stride;
  // Features with the padding that products take, 4 at a time; it is 0 and stays 0.
  int padded_logs, padded_products;
  // In the tile's memory, in floats.
  int exchange;      // [warp][plane][row]: sums of each warp's product units
  int weights;       // [plane][linear][inputs + 1], the bias last
  int exponents;     // [plane][product][log]
  int back;          // [plane][log][product]: their conjugates, for the way back
  int coefficients;  // [plane][product]
  int constant;      // [plane]
  int x, x_floats;   // [2][inputs + 1][row], the last feature 1 for the bias
  int targets;       // [2][plane][row]
  int logarithm;     // [plane][log][row]
  int slope;         // the same: 1/z, conjugated when complex, or 0; then the gradient by z
  int unit;          // [plane][product][row]: values of the product units, then the gradient by their exponents
  int gradient;      // [parameters]
  int floats;

  GT_CONSTEXPR ProductUnitPlan(int planes, int n, int m, int p, int threads, int rows)
      : inputs(n), linear(m), products(p), logs(m > 0 ? m : n) {
    flat_bias = planes * m * n;
    flat_exponents = flat_bias + planes * m;
    flat_coefficients = flat_exponents + planes * p * logs;
    flat_constant = flat_coefficients + planes * p;
    parameters = flat_constant + planes;
    linear_stride = odd_stride(n + 1);
    exponent_stride = odd_stride(logs);
    back_stride = odd_stride(p);
    padded_logs = 4 * ceiling(logs, 4);
    padded_products = 4 * ceiling(p, 4);
    int row_stride = odd_stride(rows);
    int warps = threads / 32;
    exchange = 4 * ceiling(2 * warps, 4);  // behind the warps' losses in float64
    weights = exchange + warps * planes * rows;
    exponents = weights + planes * m * linear_stride;
    back = exponents + planes * p * exponent_stride;
    coefficients = back + planes * logs * back_stride;
    constant = coefficients + planes * p;
    x = 4 * ceiling(constant + planes, 4);
    x_floats = 4 * ceiling(n + 1, 4) * row_stride;
    targets = x + 2 * x_floats;
    logarithm = targets + 2 * planes * rows;
    slope = logarithm + planes * padded_logs * row_stride;
    unit = slope + planes * padded_logs * row_stride;
    gradient = unit + planes * padded_products * row_stride;
    floats = gradient + 4 * ceiling(parameters, 4);
  }

  // Where parameter i lies; `back`: -1 for none.
  struct Place {
    int at, back;
    bool imaginary;
  };
  GT_DEVICE Place find(int i) const {
    if (i < flat_bias) {
      return {weights + i / inputs * linear_stride + i % inputs, -1, false};
    }
    if (i < flat_exponents) {
      return {weights + (i - flat_bias) * linear_stride + inputs, -1, false};
    }
    if (i < flat_coefficients) {
      int row = (i - flat_exponents) / logs;
      int k = (i - flat_exponents) % logs;
      bool imaginary = row >= products;
      int column = imaginary ? logs + k : k;
      return {exponents + row * exponent_stride + k, back + column * back_stride + row % products, imaginary};
    }
    return {coefficients + i - flat_coefficients, -1, false};
  }
};

// Networks of any widths, carried by Threads threads Rows rows at a time.
template <bool Complex, int Threads, int Rows>
struct AnyProductUnits {
  static constexpr int kPlanes = Complex ? 2 : 1;
  static constexpr int kThreads = Threads;
  static constexpr int kRows = Rows;
  // Columns of a product that a thread sums at once: of linear units, product units and logarithms.
  static constexpr int kLinearColumns = 2, kUnitColumns = 2, kBackColumns = 2;

  GT_DEVICE explicit AnyProductUnits(const gt_cuda_session& s)
      : plan_(kPlanes, s.widths[0], s.widths[1], s.widths[2], Threads, Rows) {}
  GT_DEVICE const ProductUnitPlan& plan() const { return plan_; }

 private:
  ProductUnitPlan plan_;
};

// The same for widths that the compiler knows.
template <bool Complex, int Inputs, int Linear, int Products, int Threads, int Rows>
struct TheseProductUnits {
  static constexpr int kPlanes = Complex ? 2 : 1;
  static constexpr int kThreads = Threads;
  static constexpr int kRows = Rows;

  GT_DEVICE explicit TheseProductUnits(const gt_cuda_session&) {}
  GT_CONSTEXPR static ProductUnitPlan plan() { return {kPlanes, Inputs, Linear, Products, Threads, Rows}; }

  // All of a thread's columns, as far as their sums stay in registers.
  GT_CONSTEXPR static int columns(int width) {
    int all = ceiling(width, Threads / (Rows / 4));
    return all < 5 ? all : 5;
  }
  static constexpr int kLinearColumns = columns(Linear > 0 ? Linear : Inputs);
  static constexpr int kUnitColumns = columns(Products);
  static constexpr int kBackColumns = columns(Linear > 0 ? Linear : Inputs);
};

}  // namespace gputrain::device
