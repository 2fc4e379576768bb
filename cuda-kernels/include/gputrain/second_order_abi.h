/* What the host passes to the kernels of second-order training. The same text for the kernels and their tests; Java
 * writes the same bytes, which the sizes asserted below keep free of padding. */
#ifndef GPUTRAIN_SECOND_ORDER_ABI_H
#define GPUTRAIN_SECOND_ORDER_ABI_H

#include <assert.h>
#include <stdint.h>

#include "gputrain/gputrain_cpu.h"

enum { GT_MOST_FACTORS = 16 };

/* Parameters whose derivatives of an output are an outer product d h^T, with a bias also d: a dense layer. h is part of
 * a row's values, d of an output's slopes, both from multiples of 16 on and continued with 0 to multiples of 16. */
typedef struct gt_factor {
  int32_t in, out; /* entries of h and d */
  int32_t values;  /* where h begins */
  int32_t slopes;  /* where d begins */
  int32_t weight;  /* where the weights [out, in] begin in the parameter vector */
  int32_t bias;    /* where the biases [out] begin, or -1 */
} gt_factor;

/*
 * A network and how much of it is kept for a row. Dense networks and real product units: h of every factor, then at
 * `extra` the slope of every h, or the factors of the products; of an output d of every factor. Complex product units:
 * x, ln |z|, arg z, Re u, Im u, Re z, Im z; of an output its direction (2), Re and Im of g_s, Re and Im of g_z.
 * Splines: of each node silu and the order + 1 splines, of each edge at `extra` the sum of its splines and its slope,
 * of each node its interval; of an output its gradient by every unit.
 */
typedef struct gt_linearised {
  double guard;
  int32_t family, activation;
  int32_t inputs, outputs;
  int32_t values; /* kept of a row */
  int32_t slopes; /* kept of an output */
  int32_t extra;
  int32_t factors;                     /* 0 where derivatives are no outer products */
  int32_t layers;                      /* of splines and dense networks */
  int32_t widths[GT_MOST_FACTORS + 1]; /* product units: inputs, linear units, product units */
  int32_t intervals, order;
  gt_factor factor[GT_MOST_FACTORS];
} gt_linearised;

/* A number for every factor, such as the reciprocal of its group's shift. */
typedef struct gt_factor_weights {
  double of[GT_MOST_FACTORS];
} gt_factor_weights;

static_assert(sizeof(gt_factor) == 24, "no padding");
static_assert(sizeof(gt_linearised) == 8 + 28 * 4 + GT_MOST_FACTORS * 24, "no padding");

#endif
