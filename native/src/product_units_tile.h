// A tile of rows through a network of product units: forward, loss and back. Planes of complex quantities follow each
// other, so that a product with a complex operand is one with twice as many real ones.
#pragma once

#include "complex_functions.h"
#include "loss.h"
#include "network.h"
#include "panels.h"
#include "simd.h"

namespace gputrain::GT_ISA {

constexpr ptrdiff_t kLine = kProductRows;

template <bool Complex>
constexpr int kPlanes = Complex ? 2 : 1;

// Calls f(vector's offset) for the vectors of `units` lines of `rows` rows.
template <class F>
GT_INLINE void for_vectors(int units, int rows, F f) {
  for (int unit = 0; unit < units; unit++) {
#pragma GCC unroll 2
    for (int row = 0; row < rows; row += Vec::size) {
      f(unit * kLine + row);
    }
  }
}

// z = W x + b, or x itself
template <bool Complex>
void linear_units(const ProductUnits& net, Parameters p, const ProductTile& tile, float* z) {
  if (net.linear > 0) {
    panel_product({p.primary + net.weights, net.inputs, 1}, p.primary + net.bias, kPlanes<Complex> * net.linear,
                  tile.inputs, net.inputs, z, tile.rows);
    return;
  }
  for_vectors(net.inputs, tile.rows, [&](ptrdiff_t at) {
    store(z + at, load(tile.inputs + at));
    if constexpr (Complex) {
      store(z + net.inputs * kLine + at, zero());
    }
  });
}

// log of z beyond the guard; z becomes 1/h where the guard does not hold and 0 elsewhere (real), z / |h|^2 (complex).
template <bool Complex>
void logarithms(const ProductUnits& net, float* z, float* log_z, int rows) {
  if constexpr (Complex) {
    const ptrdiff_t plane = net.factors * kLine;
    const Vec guard = broadcast(net.guard * net.guard);
    for_vectors(net.factors, rows, [&](ptrdiff_t at) {
      Vec re = load(z + at);
      Vec im = load(z + plane + at);
      Vec square = max(guard, fma(re, re, mul(im, im)));
      Vec inverse = div(broadcast(1.0F), square);
      store(log_z + at, mul(broadcast(0.5F), log(square)));
      store(log_z + plane + at, angle(im, re));
      store(z + at, mul(re, inverse));
      store(z + plane + at, mul(im, inverse));
    });
  } else {
    const Vec guard = broadcast(net.guard);
    for_vectors(net.factors, rows, [&](ptrdiff_t at) {
      Vec value = load(z + at);
      Vec guarded = max(guard, value);
      store(log_z + at, log(guarded));
      store(z + at, select(less(guard, value), div(broadcast(1.0F), guarded), zero()));
    });
  }
}

// The exponents as one real matrix, [planes * units][planes * factors].
template <bool Complex>
const float* exponent_matrix(const ProductUnits& net, Parameters p) {
  return Complex ? p.mirror : p.primary + net.exponents;
}

// u = exp(E l)
template <bool Complex>
void powers(const ProductUnits& net, Parameters p, const float* log_z, float* u, int rows) {
  const int width = kPlanes<Complex> * net.factors;
  panel_product({exponent_matrix<Complex>(net, p), width, 1}, nullptr, kPlanes<Complex> * net.units, log_z, width, u,
                rows);
  const ptrdiff_t plane = net.units * kLine;
  for_vectors(net.units, rows, [&](ptrdiff_t at) {
    Vec size = exp(load(u + at));
    if constexpr (Complex) {
      Vec sine;
      Vec cosine;
      sine_and_cosine(load(u + plane + at), &sine, &cosine);
      store(u + at, mul(size, cosine));
      store(u + plane + at, mul(size, sine));
    } else {
      store(u + at, size);
    }
  });
}

// y = c . u + d
template <bool Complex>
void outputs(const ProductUnits& net, Parameters p, const float* u, float* y, int rows) {
  const float* c = p.primary + net.coefficients;
  const float* d = p.primary + net.shift;
  const ptrdiff_t plane = net.units * kLine;
  for (int row = 0; row < rows; row += Vec::size) {
    Vec re = broadcast(d[0]);
    Vec im = broadcast(d[Complex ? 1 : 0]);
    for (int k = 0; k < net.units; k++) {
      Vec power = load(u + k * kLine + row);
      re = fma(broadcast(c[k]), power, re);
      if constexpr (Complex) {
        Vec imaginary = load(u + plane + k * kLine + row);
        re = fma(broadcast(-c[net.units + k]), imaginary, re);
        im = fma(broadcast(c[net.units + k]), power, fma(broadcast(c[k]), imaginary, im));
      }
    }
    store(y + row, re);
    if constexpr (Complex) {
      store(y + kLine + row, im);
    }
  }
}

template <bool Complex>
void forward(const ProductUnits& net, Parameters p, const ProductTile& tile, const ProductScratch& scratch) {
  linear_units<Complex>(net, p, tile, scratch.slope);
  logarithms<Complex>(net, scratch.slope, scratch.log, tile.rows);
  powers<Complex>(net, p, scratch.log, scratch.power, tile.rows);
  outputs<Complex>(net, p, scratch.power, scratch.output, tile.rows);
}

// gradient[i] = or += sum over the rows of line i
inline void line_sums(const float* lines, int count, int rows, float* gradient, bool add_to) {
  for (int first = 0; first < count; first += Vec::size) {
    const int n = count - first < Vec::size ? count - first : Vec::size;
    Vec sum[Vec::size];
    for (int i = 0; i < Vec::size; i++) {
      sum[i] = zero();
      for (int row = 0; row < rows && i < n; row += Vec::size) {
        sum[i] = add(sum[i], load(lines + (first + i) * kLine + row));
      }
    }
    store_sums(sum, n, gradient + first, add_to);
  }
}

// Through the exponential: u becomes the gradient of its exponent, conj(u) conj(c) g with g that of the output.
template <bool Complex>
void exponent_gradient(const ProductUnits& net, Parameters p, const float* g, float* u, int rows) {
  const float* c = p.primary + net.coefficients;
  const ptrdiff_t plane = net.units * kLine;
  for (int k = 0; k < net.units; k++) {
    const Vec re = broadcast(c[k]);
    const Vec im = broadcast(c[Complex ? net.units + k : k]);
    for (int row = 0; row < rows; row += Vec::size) {
      float* to = u + k * kLine + row;
      Vec power = load(to);
      Vec error = load(g + row);
      if constexpr (Complex) {
        Vec imaginary = load(to + plane);
        Vec second = load(g + kLine + row);
        Vec back = fma(re, error, mul(im, second));
        Vec turned = sub(mul(re, second), mul(im, error));
        store(to, fma(power, back, mul(imaginary, turned)));
        store(to + plane, sub(mul(power, turned), mul(imaginary, back)));
      } else {
        store(to, mul(power, mul(re, error)));
      }
    }
  }
}

// From the gradient of the exponents' sums to that of z, which goes where the logarithm was.
template <bool Complex>
void back_to_factors(const ProductUnits& net, Parameters p, const float* sums, const float* slope, float* gradient,
                     int rows) {
  const int width = kPlanes<Complex> * net.factors;
  panel_product({exponent_matrix<Complex>(net, p), 1, width}, nullptr, width, sums, kPlanes<Complex> * net.units,
                gradient, rows);
  const ptrdiff_t plane = net.factors * kLine;
  for_vectors(net.factors, rows, [&](ptrdiff_t at) {
    Vec re = load(gradient + at);
    Vec factor = load(slope + at);
    if constexpr (Complex) {
      Vec im = load(gradient + plane + at);
      Vec turn = load(slope + plane + at);
      store(gradient + at, sub(mul(factor, re), mul(turn, im)));
      store(gradient + plane + at, fma(factor, im, mul(turn, re)));
    } else {
      store(gradient + at, mul(factor, re));
    }
  });
}

template <bool Complex>
double train(const ProductUnits& net, Parameters p, const ProductTile& tile, const Loss& loss,
             const ProductScratch& scratch, float* gradient, bool add_to) {
  constexpr int planes = kPlanes<Complex>;
  forward<Complex>(net, p, tile, scratch);
  double sum = loss_lines(loss, scratch.output, kLine, tile.targets, kLine, planes, tile.rows, planes, tile.valid);
  line_sums(scratch.output, planes, tile.rows, gradient + net.shift, add_to);
  // One output with the powers as its operands.
  panel_gradient<Complex>(scratch.output, 1, scratch.power, net.units, tile.rows, gradient + net.coefficients, add_to);
  exponent_gradient<Complex>(net, p, scratch.output, scratch.power, tile.rows);
  panel_gradient<Complex>(scratch.power, net.units, scratch.log, net.factors, tile.rows, gradient + net.exponents,
                          add_to);
  if (net.linear > 0) {
    back_to_factors<Complex>(net, p, scratch.power, scratch.slope, scratch.log, tile.rows);
    // The inputs are real: the planes of W are two sets of real weights.
    panel_gradient<false>(scratch.log, planes * net.linear, tile.inputs, net.inputs, tile.rows, gradient + net.weights,
                          add_to);
    line_sums(scratch.log, planes * net.linear, tile.rows, gradient + net.bias, add_to);
  }
  return sum;
}

template <bool Complex>
void input_gradient(const ProductUnits& net, Parameters p, const ProductTile& tile, const float* output_weights,
                    const ProductScratch& scratch, float* gradient) {
  forward<Complex>(net, p, tile, scratch);
  for (int k = 0; k < kPlanes<Complex>; k++) {
    for (int row = 0; row < tile.rows; row++) {
      scratch.output[k * kLine + row] = output_weights[k];
    }
  }
  exponent_gradient<Complex>(net, p, scratch.output, scratch.power, tile.rows);
  back_to_factors<Complex>(net, p, scratch.power, scratch.slope, scratch.log, tile.rows);
  if (net.linear > 0) {
    panel_product({p.primary + net.weights, 1, net.inputs}, nullptr, net.inputs, scratch.log,
                  kPlanes<Complex> * net.linear, gradient, tile.rows);
  } else {
    for_vectors(net.inputs, tile.rows, [&](ptrdiff_t at) { store(gradient + at, load(scratch.log + at)); });
  }
}

inline void product_forward(const ProductUnits& net, Parameters p, const ProductTile& tile,
                            const ProductScratch& scratch) {
  net.complex ? forward<true>(net, p, tile, scratch) : forward<false>(net, p, tile, scratch);
}

inline double product_train(const ProductUnits& net, Parameters p, const ProductTile& tile, const Loss& loss,
                            const ProductScratch& scratch, float* gradient, bool add_to) {
  return net.complex ? train<true>(net, p, tile, loss, scratch, gradient, add_to)
                     : train<false>(net, p, tile, loss, scratch, gradient, add_to);
}

inline void product_input_gradient(const ProductUnits& net, Parameters p, const ProductTile& tile,
                                   const float* output_weights, const ProductScratch& scratch, float* gradient) {
  net.complex ? input_gradient<true>(net, p, tile, output_weights, scratch, gradient)
              : input_gradient<false>(net, p, tile, output_weights, scratch, gradient);
}

}  // namespace gputrain::GT_ISA
