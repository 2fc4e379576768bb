// Plain descriptions for the kernels that give the derivatives of outputs, in float64. No code, as in network.h.
#pragma once

#include <cstddef>
#include <cstdint>

#include "spline_network.h"

namespace gputrain {

enum class Activation : int32_t;

// Rows that pass through a network together, a multiple of every vector width. Activations are planes
// [unit][kJacobianRows], with the lanes along the rows.
constexpr int kJacobianRows = 16;

// What is wanted of a tile of rows: outputs, or derivatives of output k of row r by all parameters, times scale[r][k],
// in line r * outputs + k.
struct JacobianTile {
  const double* parameters;
  const double* inputs;  // [rows][inputs]
  int rows;              // at most kJacobianRows
  double* outputs;       // [rows][outputs], or null
  const double* scale;   // [rows][outputs]
  double* lines;         // or null
  ptrdiff_t stride;      // from one line to the next
};

struct DenseJacobian {
  const int32_t* widths;
  int layers;
  Activation activation;
  // Planes of the units of every layer of units, the inputs first, and of the hidden units' slopes in their places; the
  // same units by row, [kJacobianRows][width] each.
  double* value;
  double* slope;
  double* value_rows;
  // Of the widest layer: gradients as planes, twice, and by row.
  double* gradient;
  double* gradient_below;
  double* gradient_rows;
};

struct UnitsJacobian {
  bool complex;
  int inputs;
  int linear;   // linear units; 0: the factors are the inputs
  int factors;  // of a product
  int units;
  double guard;
  // Planes: inputs; of factors z, log and derivative of the output's conjugate; of units u and c u. Imaginary parts
  // follow all the real ones. The same by row, and room for the numbers of a line.
  double* planes;
  double* rows;
  double* line;
};

struct SplineJacobian {
  Splines net;
  SplineTables tables;
  int order;
  int splines;                    // of an edge
  const int32_t* const* offsets;  // by layer, in a line: base, scale, coefficients
  // By layer; edges are [out][in_stride]. Coefficients of mask 1 and scale 1, laid out as those of SplineWeights.
  const double* const* coefficients;
  const double* const* mask;
  const double* const* base;   // mask base
  const double* const* scale;  // mask scale
  const SplineNodes* nodes;    // [layers + 1], the last the outputs
  // By layer, [kJacobianRows][edges]: sum_j c_j B_j, and the derivative of phi.
  double* const* curve;
  double* const* slope;
  // Of one row, of the widest layer.
  double* gradient;
  double* gradient_below;
};

struct JacobianKernels {
  void (*dense)(const DenseJacobian&, const JacobianTile&);
  void (*product_units)(const UnitsJacobian&, const JacobianTile&);
  void (*splines)(const SplineJacobian&, const JacobianTile&);
};

enum class DoubleFunction : int32_t { log, exp, sine_and_cosine, angle, tanh, normal };

}  // namespace gputrain
