// Outputs and derivatives of product units, in float64. With v = c u, G = (E^T v) f'(z), f the logarithm:
//
//   real:     dy/dc = u         dy/dE = v log^T           dy/db = G           dy/dW = G x^T
//   complex:  the same four, holomorphic. With D dy/dw of a complex w, Re y has the derivatives Re D, -Im D by Re w, Im
//   w,
//             and Im y has Im D, Re D; below the guard f' is conj(z) / guard^2 in place of 1 / z, and G = (E^T v)
//             f'(z).
#pragma once

#include "double_functions.h"
#include "planes.h"

namespace gputrain::GT_ISA {

// Where the parameters are, real parts.
struct UnitOffsets {
  ptrdiff_t weights, biases, exponents, coefficients, bias;

  explicit UnitOffsets(const UnitsJacobian& net) {
    const ptrdiff_t planes = net.complex ? 2 : 1;
    weights = 0;
    biases = weights + planes * net.linear * net.inputs;
    exponents = biases + planes * net.linear;
    coefficients = exponents + planes * net.units * net.factors;
    bias = coefficients + planes * net.units;
  }
};

// Planes of a tile; an imaginary part follows its real part.
struct UnitPlanes {
  double *x, *z, *log, *derivative, *unit, *term;
  ptrdiff_t factor_part, unit_part;  // from a real part to the imaginary one

  explicit UnitPlanes(const UnitsJacobian& net) {
    const ptrdiff_t parts = net.complex ? 2 : 1;
    factor_part = static_cast<ptrdiff_t>(net.factors) * kJacobianRows;
    unit_part = static_cast<ptrdiff_t>(net.units) * kJacobianRows;
    x = net.planes;
    z = x + static_cast<ptrdiff_t>(net.inputs) * kJacobianRows;
    log = z + parts * factor_part;
    derivative = log + parts * factor_part;
    unit = derivative + parts * factor_part;
    term = unit + parts * unit_part;
  }
};

// z of the factors.
inline void unit_factors(const UnitsJacobian& net, const UnitOffsets& at, const UnitPlanes& planes, const double* p) {
  const int parts = net.complex ? 2 : 1;
  for (int part = 0; part < parts; part++) {
    double* z = planes.z + part * planes.factor_part;
    if (net.linear > 0) {
      const double* weights = p + at.weights + static_cast<ptrdiff_t>(part) * net.linear * net.inputs;
      plane_product({weights, net.inputs, 1}, p + at.biases + part * net.linear, net.linear, net.inputs, planes.x, z);
      continue;
    }
    for (ptrdiff_t i = 0; i < planes.factor_part; i += kDoubles) {
      store(z + i, part == 0 ? load(planes.x + i) : Doubles{});
    }
  }
}

// The size of a factor that its logarithm is taken of: |z|^2, or z when real. NaN stays what it is.
GT_INLINE Doubles guarded(Doubles size, double least) { return select(size < all(least), all(least), size); }

inline void real_units(const UnitsJacobian& net, const UnitOffsets& at, const UnitPlanes& planes, const double* p) {
  for (ptrdiff_t i = 0; i < planes.factor_part; i += kDoubles) {
    store(planes.log + i, log(guarded(load(planes.z + i), net.guard)));
  }
  plane_product({p + at.exponents, net.factors, 1}, nullptr, net.units, net.factors, planes.log, planes.unit);
  for (ptrdiff_t i = 0; i < planes.unit_part; i += kDoubles) {
    const Doubles unit = exp(load(planes.unit + i));
    store(planes.unit + i, unit);
    store(planes.term + i, all(p[at.coefficients + i / kJacobianRows]) * unit);
  }
}

inline void complex_units(const UnitsJacobian& net, const UnitOffsets& at, const UnitPlanes& planes, const double* p) {
  for (ptrdiff_t i = 0; i < planes.factor_part; i += kDoubles) {
    const Doubles re = load(planes.z + i);
    const Doubles im = load(planes.z + planes.factor_part + i);
    store(planes.log + i, all(0.5) * log(guarded(re * re + im * im, net.guard * net.guard)));
    store(planes.log + planes.factor_part + i, angle(im, re));
  }
  complex_plane_product({p + at.exponents, net.factors, 1}, static_cast<ptrdiff_t>(net.units) * net.factors, net.units,
                        net.factors, planes.log, planes.factor_part, planes.unit, planes.unit_part);
  for (ptrdiff_t i = 0; i < planes.unit_part; i += kDoubles) {
    const double* c = p + at.coefficients + i / kJacobianRows;
    const Doubles a = all(c[0]);
    const Doubles b = all(c[net.units]);
    double* unit = planes.unit + i;
    Doubles sine, cosine;
    sine_and_cosine(load(unit + planes.unit_part), &sine, &cosine);
    const Doubles size = exp(load(unit));
    const Doubles re = size * cosine;
    const Doubles im = size * sine;
    store(unit, re);
    store(unit + planes.unit_part, im);
    store(planes.term + i, a * re - b * im);
    store(planes.term + planes.unit_part + i, a * im + b * re);
  }
}

// G, from planes of E^T v.
inline void unit_derivatives(const UnitsJacobian& net, const UnitOffsets& at, const UnitPlanes& planes,
                             const double* p) {
  const PlaneMatrix exponents = {p + at.exponents, 1, net.factors};
  if (!net.complex) {
    plane_product(exponents, nullptr, net.factors, net.units, planes.term, planes.derivative);
    for (ptrdiff_t i = 0; i < planes.factor_part; i += kDoubles) {
      const Doubles z = load(planes.z + i);
      const Doubles quotient = load(planes.derivative + i) / guarded(z, net.guard);
      store(planes.derivative + i, select(z > all(net.guard), quotient, Doubles{}));
    }
    return;
  }
  complex_plane_product(exponents, static_cast<ptrdiff_t>(net.units) * net.factors, net.factors, net.units, planes.term,
                        planes.unit_part, planes.derivative, planes.factor_part);
  for (ptrdiff_t i = 0; i < planes.factor_part; i += kDoubles) {
    const Doubles re = load(planes.z + i);
    const Doubles im = load(planes.z + planes.factor_part + i);
    const Doubles squared = guarded(re * re + im * im, net.guard * net.guard);
    const Doubles a = load(planes.derivative + i);
    const Doubles b = load(planes.derivative + planes.factor_part + i);
    store(planes.derivative + i, (re * a + im * b) / squared);
    store(planes.derivative + planes.factor_part + i, (re * b - im * a) / squared);
  }
}

inline void unit_outputs(const UnitsJacobian& net, const UnitOffsets& at, const UnitPlanes& planes,
                         const JacobianTile& tile) {
  const int outputs = net.complex ? 2 : 1;
  for (int k = 0; k < outputs; k++) {
    for (int r = 0; r < tile.rows; r++) {
      double sum = tile.parameters[at.bias + k];
      const double* term = planes.term + k * planes.unit_part + r;
      for (int u = 0; u < net.units; u++) {
        sum += term[static_cast<ptrdiff_t>(u) * kJacobianRows];
      }
      tile.outputs[r * outputs + k] = sum;
    }
  }
}

// What a row's lines are made of, imaginary parts behind the real ones.
struct UnitRow {
  const double *x, *log, *derivative, *unit, *term;
};

inline void real_line(const UnitsJacobian& net, const UnitOffsets& at, const UnitRow& row, double scale, double* line) {
  outer(line + at.weights, scale, row.derivative, net.linear, row.x, net.inputs);
  scaled(line + at.biases, scale, row.derivative, net.linear);
  outer(line + at.exponents, scale, row.term, net.units, row.log, net.factors);
  scaled(line + at.coefficients, scale, row.unit, net.units);
  line[at.bias] = scale;
}

// By complex quantities (a, b) with the derivative D, Re y times the scale: (scale Re D, -scale Im D), Im y: (scale Im
// D, scale Re D).
inline void complex_line(const UnitsJacobian& net, const UnitOffsets& at, const UnitRow& row, bool imaginary,
                         double scale, double* line) {
  const ptrdiff_t weights = static_cast<ptrdiff_t>(net.linear) * net.inputs;
  const ptrdiff_t exponents = static_cast<ptrdiff_t>(net.units) * net.factors;
  const double of_imaginary = imaginary ? scale : -scale;
  // Where D's parts go that are taken for the real and the imaginary parts of a parameter.
  const int first = imaginary ? 1 : 0;
  const int second = 1 - first;
  const double* derivative = row.derivative + first * net.factors;
  const double* turned = row.derivative + second * net.factors;
  outer(line + at.weights, scale, derivative, net.linear, row.x, net.inputs);
  outer(line + at.weights + weights, of_imaginary, turned, net.linear, row.x, net.inputs);
  scaled(line + at.biases, scale, derivative, net.linear);
  scaled(line + at.biases + net.linear, of_imaginary, turned, net.linear);
  // Parts of D = v log^T.
  double* v = net.line;
  double* w = v + net.units;
  double* negative = w + net.units;
  scaled(v, scale, row.term, net.units);
  scaled(w, scale, row.term + net.units, net.units);
  scaled(negative, -scale, row.term + net.units, net.units);
  const double* log = row.log;
  const double* angle = row.log + net.factors;
  double* real = line + at.exponents + (imaginary ? exponents : 0);
  double* cross = line + at.exponents + (imaginary ? 0 : exponents);
  outer_sum(real, v, negative, net.units, log, angle, net.factors);
  if (imaginary) {
    outer_sum(cross, w, v, net.units, log, angle, net.factors);
  } else {
    scaled(w, -scale, row.term, net.units);
    outer_sum(cross, negative, w, net.units, log, angle, net.factors);
  }
  scaled(line + at.coefficients, scale, row.unit + first * net.units, net.units);
  scaled(line + at.coefficients + net.units, of_imaginary, row.unit + second * net.units, net.units);
  line[at.bias] = imaginary ? 0 : scale;
  line[at.bias + 1] = imaginary ? scale : 0;
}

inline void units_jacobian(const UnitsJacobian& net, const JacobianTile& tile) {
  const UnitOffsets at(net);
  const UnitPlanes planes(net);
  to_planes(tile.inputs, net.inputs, tile.rows, planes.x);
  unit_factors(net, at, planes, tile.parameters);
  if (net.complex) {
    complex_units(net, at, planes, tile.parameters);
  } else {
    real_units(net, at, planes, tile.parameters);
  }
  if (tile.outputs != nullptr) {
    unit_outputs(net, at, planes, tile);
  }
  if (tile.lines == nullptr) {
    return;
  }
  unit_derivatives(net, at, planes, tile.parameters);
  // Logarithms, derivatives, units and terms are one block of planes.
  const int parts = net.complex ? 2 : 1;
  const int numbers = parts * (2 * net.factors + 2 * net.units);
  to_rows(planes.log, numbers, net.rows, numbers);
  for (int r = 0; r < tile.rows; r++) {
    const double* log = net.rows + static_cast<ptrdiff_t>(r) * numbers;
    const double* derivative = log + parts * net.factors;
    const double* unit = derivative + parts * net.factors;
    const UnitRow row = {tile.inputs + static_cast<ptrdiff_t>(r) * net.inputs, log, derivative, unit,
                         unit + parts * net.units};
    for (int k = 0; k < parts; k++) {
      const double scale = tile.scale[r * parts + k];
      double* line = tile.lines + static_cast<ptrdiff_t>(r * parts + k) * tile.stride;
      if (net.complex) {
        complex_line(net, at, row, k == 1, scale, line);
      } else {
        real_line(net, at, row, scale, line);
      }
    }
  }
}

}  // namespace gputrain::GT_ISA
