/* What the host passes to the kernels of kernel models. The same text for the kernels and their tests; Java writes the
 * same bytes, which the sizes asserted below keep free of padding. */
#ifndef GPUTRAIN_KERNEL_MODELS_ABI_H
#define GPUTRAIN_KERNEL_MODELS_ABI_H

#include <assert.h>
#include <stdint.h>

#include "gputrain/gputrain_cpu.h"

/* A kernel's kind beside those of the CPU engine: shift - r. */
enum { GT_SHIFTED_DISTANCE = GT_DISTANCE + 1 };

/* A kernel and what is made of it. */
typedef struct gt_covariance {
  double length, class_length, scale;
  double shift;
  double noise;      /* added to the diagonal of a symmetric matrix */
  int32_t kind;      /* GT_ADDITIVE, ... */
  int32_t columns;   /* coordinates of a point, the class, which is the last, among them */
  int32_t symmetric; /* the matrix of points with themselves */
  int32_t unused;
} gt_covariance;

/* A set of points that is left out. */
typedef struct gt_fold {
  int64_t offset;  /* of its matrix in the workspace */
  int32_t place;   /* of its vectors */
  int32_t begin;   /* of its members */
  int32_t members; /* at least 1 */
  int32_t tiles;   /* that hold them */
} gt_fold;

/* A tile of a fold's matrix, on or below the diagonal. */
typedef struct gt_fold_tile {
  int32_t fold, row, column;
} gt_fold_tile;

static_assert(sizeof(gt_covariance) == 56, "no padding");
static_assert(sizeof(gt_fold) == 24, "no padding");
static_assert(sizeof(gt_fold_tile) == 12, "no padding");

#endif
