// Plain descriptions that the session hands to the kernels. No code: this header is compiled for every instruction set.
#pragma once

#include <cstddef>
#include <cstdint>

#include "jacobian_network.h"
#include "spline_network.h"

namespace gputrain {

// Rows come in groups of this many, a multiple of every vector width; a tile is padded with rows that count nothing.
constexpr int kRowGroup = 16;
// A last layer at most this wide is computed with dot products instead of being padded to a vector.
constexpr int kHeadWidth = 8;
// Rows of a tile: its activations should stay in the first-level cache beside the weights.
constexpr int kTileRows = 48;
// The same for product units, whose activations lie unit by unit: the stride from one to the next.
constexpr int kProductRows = 64;
constexpr size_t kNone = static_cast<size_t>(-1);

// One affine layer. "Primary" weights are those that the optimiser updates; a mirror is their transposed copy.
struct Layer {
  int in, out;
  int in_stride, out_stride;  // widths padded to the vector size
  bool head;                  // narrow last layer: primary is [out][in_stride], no mirror
  bool input_major;           // primary is [in][out_stride], else [out][in_stride]
  size_t weights, bias;       // offsets in the primary block; the bias is [out_stride], or [kHeadWidth * 2] for a head
  size_t mirror;              // offset in the mirror block; kNone when no kernel needs one
};

enum class Activation : int32_t { identity, gelu, relu, tanh };
enum class LossKind : int32_t { huber, absolute, squared, complex_squared };

struct Network {
  const Layer* layer;
  int layers;
  Activation activation;
};

struct Parameters {
  const float* primary;
  const float* mirror;
};

// Rows that pass through the network together.
struct Tile {
  const float* inputs;   // [rows][input stride], columns beyond the width 0
  const float* targets;  // head: [out][target_stride]; else [rows][out_stride], columns beyond the width 0
  ptrdiff_t target_stride;
  int rows;   // a multiple of kRowGroup, at most kTileRows
  int valid;  // the first rows, which count
};

// Where the activations of a tile are kept; per hidden layer [kTileRows][out_stride].
struct Scratch {
  float* const* value;
  float* const* slope;  // derivative of the activation; overwritten by the gradient on the way back
  float* output;        // head: [out][kTileRows]; else [kTileRows][out_stride]; overwritten by the gradient
};

struct Loss {
  LossKind kind;
  float delta;
  float scale;  // 1 / (rows of the step * outputs)
};

// A network of product units, y = c . exp(E log(W x + b)) + d. Complex quantities are a plane of real parts and then
// one of imaginary parts; offsets are in the primary block.
struct ProductUnits {
  bool complex;
  int inputs;
  int linear;   // linear units; 0: the logarithm is that of the inputs
  int factors;  // of a product: linear units, or inputs without them
  int units;
  float guard;
  size_t weights, bias, exponents, coefficients, shift;
};

// Rows that pass through the product units together; one line of kProductRows for each input and output.
struct ProductTile {
  const float* inputs;
  const float* targets;
  int rows;   // a multiple of kRowGroup, at most kProductRows; all of them are real rows, some of them repeated
  int valid;  // the first rows, which count
};

// Activations of a tile, each plane [units][kProductRows].
struct ProductScratch {
  float* slope;   // factors: W x + b, then the derivative of its logarithm
  float* log;     // factors; overwritten by the gradient on the way back
  float* power;   // units; overwritten by the gradient on the way back
  float* output;  // overwritten by the gradient
};

enum class ComplexFunction : int32_t { log, exp, sine_and_cosine, angle };

struct AdamStep {
  float beta1, beta2;
  float rest1, rest2;  // 1 - beta, rounded once: in float32 1 - 0.999F is off by 5e-5
  float epsilon, weight_decay;
  float rate;          // learning rate / (1 - beta1^t)
  float inverse_root;  // 1 / sqrt(1 - beta2^t)
};

struct SgdStep {
  float momentum, weight_decay, rate;
};

// Kernel (covariance) function of two points; equations in gputrain_cpu.h.
enum class CovarianceKind : int32_t { additive, gaussian, gaussian_with_classes, distance };

struct Covariance {
  CovarianceKind kind;
  int columns;
  ptrdiff_t stride;             // of the other points, which are stored coordinate by coordinate
  double factor, class_factor;  // -1 / (2 length^2)
  double weight;                // of the sum, or of the term of the classes
};

// Products of a layer's derivatives: what is added to result [rows_a outputs][rows_b outputs]. h [rows][inputs] are the
// layer's inputs, d [rows outputs][width] the outputs' derivatives by what it adds up.
struct LayerProducts {
  const double* h_a;
  const double* d_a;
  int rows_a;
  const double* h_b;
  const double* d_b;
  int rows_b;
  int inputs, width, outputs;
  double* result;
  // Room: rows of b up to whole blocks of kProductPadding, with h or with d, and their products with eight rows of a.
  double* packed_h;
  double* packed_d;
  double* strip;
  ptrdiff_t strip_step;
};

// A multiple of the columns of a block of products of every instruction set.
constexpr int kProductPadding = 24;

// The kernels of one instruction set.
struct Kernels {
  const char* name;
  int lanes;
  // Outputs of a tile in scratch.output.
  void (*forward)(const Network&, Parameters, const float* inputs, int rows, const Scratch&);
  // Forward, loss and backward; returns the sum of the losses, and stores or adds the gradient (layout of primary).
  double (*train)(const Network&, Parameters, const Tile&, const Loss&, const Scratch&, float* gradient, bool add);
  // Gradient of sum_k weights[k] y_k with respect to the inputs, [rows][in_stride of the first layer].
  void (*input_gradient)(const Network&, Parameters, const float* inputs, int rows, const float* output_weights,
                         const Scratch&, float* gradient);
  // The same of product units; the mirror is the real matrix that multiplies both planes, [Re E, -Im E; Im E, Re E].
  void (*product_forward)(const ProductUnits&, Parameters, const ProductTile&, const ProductScratch&);
  double (*product_train)(const ProductUnits&, Parameters, const ProductTile&, const Loss&, const ProductScratch&,
                          float* gradient, bool add);
  // gradient [inputs][kProductRows]
  void (*product_input_gradient)(const ProductUnits&, Parameters, const ProductTile&, const float* output_weights,
                                 const ProductScratch&, float* gradient);
  // n is a multiple of lanes in the next three.
  void (*add)(float* into, const float* from, size_t n);
  void (*adam)(float* p, float* m, float* v, const float* g, size_t n, const AdamStep&);
  void (*sgd)(float* p, float* u, const float* g, size_t n, const SgdStep&);
  // to[c][r] = from[r][c]
  void (*transpose)(const float* from, ptrdiff_t from_stride, int rows, int columns, float* to, ptrdiff_t to_stride);
  // Activation of n values, for tests; n is a multiple of lanes.
  void (*activate)(Activation, const float* x, float* value, float* slope, size_t n);
  // The same for the functions of complex_functions.h: of x, or of x and y; cosine only for sine_and_cosine.
  void (*complex_function)(ComplexFunction, const float* x, const float* y, float* value, float* cosine, size_t n);
  // Floating-point operations done by `rounds` rounds of independent multiply-adds in registers.
  double (*multiply_adds)(long rounds);
  // Covariance of a point with `count` others, [columns][stride], rounded up to 8; result has room for as many.
  void (*covariance_row)(const Covariance&, const double* point, const double* others, ptrdiff_t count, double* result);
  SplineKernels splines;
  JacobianKernels jacobian;
  void (*layer_products)(const LayerProducts&);
  // The functions of double_functions.h, for tests: of x, or of x and y; second where there are two. n is a multiple
  // of 8.
  void (*double_function)(DoubleFunction, const double* x, const double* y, double* value, double* second, size_t n);
};

}  // namespace gputrain
