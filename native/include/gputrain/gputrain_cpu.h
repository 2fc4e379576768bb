/*
 * C interface of the CPU engine: trains dense and product-unit networks in float32, spline networks in float64, with
 * the vector instructions of the processor, and differentiates all of them in float64.
 *
 * Matrices are row-major. Numbers cross the interface in float64; training data, parameters and moments of float32
 * families are rounded to float32 inside. Parameters are one vector. Dense: layer after layer the weights [outputs,
 * inputs], then the biases. Product units, n inputs, m linear units (0: none), p product units, k = m or, without
 * linear units, n: linear weights [m, n], linear biases [m], exponents [p, k], coefficients [p], bias [1]; each complex
 * one is its real parts and then its imaginary parts. Splines, a layer from n to m nodes, G intervals, order k: base
 * weights [m, n], scales [m, n], coefficients [m, n, G + k], mask [m, n], knots [n, G + 2k + 1], layer after layer;
 * mask and knots are not trained.
 *
 * Functions that return int give GT_OK or an error code; gt_last_error() then says what was wrong, in the thread that
 * called. No function throws. Pointers passed in are read during the call only and stay the caller's.
 */
#ifndef GPUTRAIN_CPU_H
#define GPUTRAIN_CPU_H

#include <stdint.h>

#include "schedule.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  GT_OK = 0,
  GT_INVALID_ARGUMENT = 1, /* the arguments contradict each other or the session */
  GT_OUT_OF_MEMORY = 2,
  GT_FAILED = 3
};

enum { GT_IDENTITY = 0, GT_GELU = 1, GT_RELU = 2, GT_TANH = 3 };
enum { GT_HUBER = 0, GT_MEAN_ABSOLUTE = 1, GT_MEAN_SQUARED = 2, GT_COMPLEX_SQUARED = 3 };
enum { GT_DENSE = 0, GT_PRODUCT_UNITS = 1, GT_COMPLEX_PRODUCT_UNITS = 2, GT_SPLINES = 3 };
enum { GT_ADAM = 0, GT_SGD = 1, GT_LBFGS = 2 };

/* One of the networks trained side by side. */
typedef struct gt_replica {
  int64_t seed;             /* of the shuffles */
  const int32_t* rows;      /* rows of the data set: all row sets, one after another; the first is trained on */
  const int32_t* set_sizes; /* [row_sets]; the first at least 1 */
  double weight_decay;      /* L2: weight_decay * parameter is added to the gradient */
  double rate_factor;       /* multiplies the learning rate */
  const double* initial;    /* [parameters] */
} gt_replica;

typedef struct gt_plan {
  const int32_t* widths; /* [layers + 1]: inputs, hidden widths, outputs; each at least 1. Product units: inputs, linear
                            units (0: none), product units, outputs (1, or 2 when complex: real and imaginary part) */
  int32_t layers;        /* product units: 3 */
  int32_t family;        /* GT_DENSE, ... */
  int32_t activation;    /* dense: GT_GELU, ...: after every layer but the last */
  int32_t loss;          /* GT_HUBER, ...: mean over rows and outputs */
  int32_t optimizer;     /* GT_ADAM, GT_SGD; splines also GT_LBFGS */
  int32_t intervals;     /* splines: of a knot vector, at least 1 */
  int32_t order;         /* splines: degree, 1 to 7 */
  int32_t history;       /* L-BFGS: pairs of differences kept, at least 1 */
  int32_t evaluations;   /* L-BFGS: of a line search at most, at least 1 */
  double tolerance;      /* L-BFGS: converged when no entry of the gradient is larger */
  double penalty_l1;     /* splines: times the sum of the edges' mean absolute values */
  double penalty_entropy; /* splines: times the sum of the layers' entropies of those */
  double huber_delta;
  double guard; /* product units: smallest input of a logarithm, or its smallest absolute value when complex */
  double beta1, beta2, epsilon; /* Adam */
  double momentum;              /* SGD */
  int32_t batch_size;           /* rows a step; 0 for all */
  int32_t shuffle;              /* mini-batches take the rows in the order of Permutation(seed, epoch) */
  const double* output_weights; /* [outputs]: the error that is sampled is sum_k weight_k (y_k - target_k) */
  int32_t row_sets;             /* of every replica, at least 1 */
  int32_t replicas;
  const gt_replica* replica; /* [replicas] */
  gt_rules rules;
} gt_plan;

/* The rows that replicas refer to. */
typedef struct gt_data {
  const double* inputs;  /* [rows, inputs] */
  const double* targets; /* [rows, outputs] */
  int32_t rows;
} gt_data;

typedef struct gt_session gt_session;

/* Opens a plan; copies everything. threads: at least 1; it never changes a result. Free it with gt_close. */
int gt_open(const gt_plan* plan, const gt_data* data, int32_t threads, gt_session** session);

/* Frees a session and ends its threads; null is allowed. No other call may be under way on it. */
void gt_close(gt_session* session);

/* Runs every running replica for up to `epochs` epochs. */
int gt_advance(gt_session* session, int64_t epochs);

/* Samples taken since they were last fetched. */
int64_t gt_sample_count(const gt_session* session);

/*
 * Fetches the samples, by replica and then epoch, and forgets them. Arrays of gt_sample_count entries; rms has row_sets
 * for each, NaN for an empty set.
 */
int gt_take_samples(gt_session* session, int32_t* replica, int64_t* epoch, double* loss, double* learning_rate,
                    double* rms);

/*
 * State of a replica; arrays of [parameters]. With SGD first_moment is the momentum buffer, second_moment 0; with
 * L-BFGS they are the differences of the parameters and of the gradients, [history, parameters], oldest first, unused
 * rows 0. parameter_sum is null when the plan averages nothing.
 */
int gt_get_state(const gt_session* session, int32_t replica, gt_progress* progress, double* parameters,
                 double* first_moment, double* second_moment, double* best_parameters, double* parameter_sum);

/* Puts a replica where gt_get_state found it; going on is bit-identical to not having stopped. */
int gt_set_state(gt_session* session, int32_t replica, const gt_progress* progress, const double* parameters,
                 const double* first_moment, const double* second_moment, const double* best_parameters,
                 const double* parameter_sum);

/* inputs [rows, inputs] -> outputs [rows, outputs], by the forward code of training. */
int gt_predict(const gt_session* session, const double* parameters, const double* inputs, int32_t rows,
               double* outputs);

/* gradient [rows, inputs] of sum_k output_weights[k] y_k with respect to the inputs. */
int gt_input_gradient(const gt_session* session, const double* parameters, const double* inputs, int32_t rows,
                      const double* output_weights, double* gradient);

/*
 * Kernel (covariance) matrix in float64: a [rows_a, columns], b [rows_b, columns] -> result [rows_a, rows_b]. With d
 * the difference of two points' coordinates and r its norm: GT_ADDITIVE               weight * sum_n exp(-d_n^2 / (2
 * length^2)) GT_GAUSSIAN               exp(-r^2 / (2 length^2)) GT_GAUSSIAN_WITH_CLASSES  the same plus, where the last
 * coordinates are equal, weight * exp(-r^2 / (2 class_length^2)); r without the last coordinate GT_DISTANCE r b null: a
 * itself, and half of the matrix is copied. threads never changes a result.
 */
enum { GT_ADDITIVE = 0, GT_GAUSSIAN = 1, GT_GAUSSIAN_WITH_CLASSES = 2, GT_DISTANCE = 3 };
int gt_assemble(int32_t kind, double length, double class_length, double weight, const double* a, int32_t rows_a,
                const double* b, int32_t rows_b, int32_t columns, int32_t threads, double* result);

/* What a network computes; the fields are those of gt_plan. */
typedef struct gt_network {
  const int32_t* widths;
  int32_t layers;
  int32_t family;
  int32_t activation;
  int32_t intervals;
  int32_t order;
  double guard;
} gt_network;

/*
 * Outputs in float64, whatever the family, of the rows from row_from to before row_to: inputs [rows, inputs] -> outputs
 * [rows, outputs], of which those rows are written. On the thread that calls; a row's numbers do not depend on which
 * others are asked for.
 */
int gt_outputs(const gt_network* network, const double* parameters, const double* inputs, int32_t row_from,
               int32_t row_to, double* outputs);

/*
 * Derivatives in the same way: those of output k of row r by the parameters that `trained` [count] names, rising, times
 * scale[r, k], are line r * outputs + k of result [rows * outputs, count].
 */
int gt_derivatives(const gt_network* network, const int32_t* trained, int32_t count, const double* parameters,
                   const double* inputs, int32_t row_from, int32_t row_to, const double* scale, double* result);

/*
 * What a layer of a dense network adds to the products of the derivatives of its outputs: with h [rows, inputs] the
 * layer's inputs and d [rows outputs, width] the derivatives of the outputs by what the layer adds up,
 *   result[i, j] += (h_i . h_j + 1) (d_i . d_j)
 * for the outputs i of a's rows from_a to before to_a and j of b's: result [(to_a - from_a) outputs, (to_b - from_b)
 * outputs]. On the thread that calls.
 */
int gt_add_layer_products(const double* h_a, const double* d_a, int32_t from_a, int32_t to_a, const double* h_b,
                          const double* d_b, int32_t from_b, int32_t to_b, int32_t inputs, int32_t width,
                          int32_t outputs, double* result);

/*
 * Multiply-adds in registers on `threads` threads at once for about `seconds`: the peak to compare a rate with, in 1e9
 * floating-point operations a second.
 */
int gt_measure_peak(int32_t threads, double seconds, double* gflops);

/* Instruction set in use, or null with an error (GPUTRAIN_ISA names one that is not available). */
const char* gt_isa(void);

/* What went wrong in the last failed call of this thread. */
const char* gt_last_error(void);

#ifdef __cplusplus
}
#endif

#endif
