// Plain descriptions of spline networks for the kernels. No code, as in network.h.
#pragma once

#include <cstddef>
#include <cstdint>

namespace gputrain {

enum class LossKind : int32_t;

// Rows that pass through the network together.
constexpr int kSplineRows = 32;

// A layer of edges. The first takes inputs whose values repeat: the functions are computed once for every value, with
// the lanes along the outputs. The others take each row's own numbers, with the lanes along the splines that are not 0.
// Strides are padded with 0 to whole vectors; only the outputs of the last of several layers are not padded.
struct SplineLayer {
  int in, out;
  int in_stride, out_stride;
  // In SplineTables.
  size_t knots;   // [knots][in_stride], infinity in the padding
  size_t middle;  // [in][records]
  size_t pieces;  // [in][records][lanes powers][lanes splines]
  // In SplineWeights and, with the same numbers, in what belongs to the edges.
  size_t coefficients;  // first: [in][extended][out_stride]; others: [out][in][extended]
  size_t base;          // first: [in][out_stride]; others: [out][in_stride]
  // In SplineGradient.
  size_t splines;  // first: as coefficients; others: [in][records][out][lanes]
};

// `order` + 1 splines are not 0 on an interval of the knots. Intervals are numbered by records: 0 is everything below
// the first knot, records - 1 everything from the last one on.
struct Splines {
  const SplineLayer* layer;
  int layers;
  int lanes;     // 4, or 8 when the order is above 3
  int knots;     // of an input
  int records;   // knots + 1
  int extended;  // splines of an edge with those that do not exist around them, whose coefficients are 0: on record r
                 // the coefficients begin at r
};

// What depends on the knots alone. With u = x - middle, spline s of a record is sum_p pieces[p][s] u^p.
struct SplineTables {
  const double* knots;
  const double* middle;
  const double* pieces;
};

// mask scale coefficient, and mask base, of all edges.
struct SplineWeights {
  const double* coefficients;
  const double* base;
};

// Gradients of those, coefficients by the record they were used on.
struct SplineGradient {
  double* splines;
  double* base;
};

// The splines that are not 0 at the different values of the inputs, or their derivatives; [values] each.
struct SplineValues {
  const int32_t* record;
  const double* splines;  // [values][lanes]
  const double* silu;
};

// Rows, and the values that their inputs take: "lines", those of the first input first.
struct SplineRows {
  int rows;
  const int32_t* line;        // [rows][inputs]
  const int32_t* first_line;  // [inputs + 1]
  const int32_t* value;       // [lines]
  const double* count;        // [lines], rows that take it
  const double* targets;      // [rows][outputs]
};

// Numbers of a tile of rows at the inputs of a layer, [kSplineRows] each; x of the first layer is not used.
struct SplineNodes {
  double* x;        // [in_stride], the outputs of the layer below; gradients take its place on the way back
  double* silu;     // [in_stride]
  double* slope;    // [in_stride]: derivative of silu
  int64_t* record;  // [in_stride]
  double* splines;  // [in][2][lanes]: values and derivatives
};

struct SplineScratch {
  const SplineNodes* nodes;  // [layers + 1], the last the outputs
  double* table;             // [lines][out_stride of the first layer]
  double* table_gradient;
  double* edge;  // gradients of one row's edges of the widest layer
};

struct SplineLoss {
  LossKind kind;
  double delta;
  double scale;  // 1 / (rows of the step * outputs)
};

// Rows to be taken through a network by one thread.
struct SplineTask {
  Splines net;
  SplineTables tables;
  SplineWeights weights;
  SplineValues values;
  SplineRows rows;
  SplineScratch scratch;
};

// The kernels of spline networks, of one instruction set.
struct SplineKernels {
  // outputs [rows][outputs]
  void (*forward)(const SplineTask&, double* outputs);
  // Adds the sums over the rows of |phi| to `sums`, laid out as the base weights.
  void (*edge_sizes)(const SplineTask&, double* sums);
  // Returns the sum of the losses and adds to the gradient. penalty: what a row's |phi| add to the objective, laid out
  // as the base weights; or null.
  double (*train)(const SplineTask&, const SplineLoss&, const double* penalty, const SplineGradient&);
  // gradient [rows][inputs] of sum_k output_weights[k] y_k with respect to the inputs; slopes: derivatives of the
  // task's values.
  void (*input_gradient)(const SplineTask&, const SplineValues& slopes, const double* output_weights, double* gradient);
};

}  // namespace gputrain
