/*
 * What the host writes into device memory for the training kernels, and what it reads back. The same text for the
 * kernels, the stand-alone programs and (through layout() below) Java, which learns every offset from the kernels' own
 * module and so cannot disagree with it.
 *
 * Matrices are row-major. Parameters are one vector in the order of gputrain_cpu.h.
 */
#ifndef GPUTRAIN_CUDA_ABI_H
#define GPUTRAIN_CUDA_ABI_H

#include <stddef.h>
#include <stdint.h>

#include "gputrain/gputrain_cpu.h"

/* Layers at most: weight matrices, the output layer's among them. */
#define GT_MOST_LAYERS 15

/* One of the networks trained side by side. All pointers are device memory. */
typedef struct gt_cuda_replica {
  gt_progress progress;
  int64_t seed;             /* of the shuffles */
  double weight_decay;      /* L2: weight_decay * parameter is added to the gradient */
  double rate_factor;       /* multiplies the learning rate */
  const int32_t* rows;      /* rows of the data set: all row sets, one after another; the first is trained on */
  const int32_t* set_begin; /* [row_sets + 1]: where in `rows` each set begins, and the end */
  float* parameters;        /* [parameters] */
  float* first_moment;      /* [parameters]; SGD: the momentum buffer */
  float* second_moment;     /* [parameters] */
  float* best;              /* [parameters]: those with the smallest rms of the watched set */
  double* parameter_sum;    /* [parameters]: those after each of the last rules.average_last epochs, added; not read
                               where that is 0 */
  double* samples;          /* [sample_capacity, 3 + row_sets]: epoch, loss, learning rate, rms of each set */
  int64_t sample_capacity;
  int64_t sample_count; /* taken since the host last set it to 0 */
} gt_cuda_replica;

/* Everything that the replicas share. */
typedef struct gt_cuda_session {
  gt_rules rules;                     /* its tables in device memory */
  int32_t widths[GT_MOST_LAYERS + 1]; /* [layers + 1], as of gt_plan */
  int32_t layers;
  int32_t family;     /* GT_DENSE, ... */
  int32_t activation; /* dense: GT_GELU, ...: after every layer but the last */
  int32_t parameters;
  int32_t loss;       /* GT_HUBER, ...: mean over rows and outputs */
  int32_t optimizer;  /* GT_ADAM, GT_SGD */
  int32_t batch_size; /* rows a step; 0 for all */
  int32_t shuffle;    /* mini-batches take the rows in the order of Permutation(seed, epoch) */
  int32_t row_sets;
  int32_t replicas;
  double huber_delta;
  double guard;                 /* product units, as of gt_plan */
  double beta1, beta2, epsilon; /* Adam */
  double momentum;              /* SGD */
  const float* inputs;          /* [rows, inputs] */
  const float* targets;         /* [rows, outputs] */
  const double* exact_targets;  /* [rows, outputs]: the samples' errors are taken against these */
  const double* output_weights; /* [outputs] */
  gt_cuda_replica* replica;     /* [replicas] */
  /* Scratch of the teams, addressed by the team's place in the grid, so sized by the launch and not by the plan. */
  float* partial;       /* [teams, 2, blocks or clusters of a team, parameters]: published gradients, by parity */
  double* partial_loss; /* [teams, 2, blocks of a team] */
  uint32_t* arrivals;   /* [teams, 32 * (cluster size or 1)]: barrier counters, a cache line apart; 0 before a launch */
  /* For what does not fit shared memory; `measure` of the family's module says how much a team of train_grid_large
   * needs, and a block of predict and input_gradient. */
  float* workspace;
  int64_t workspace_floats; /* of a block that predicts, or trains with its tile there */
} gt_cuda_session;

/* As gt_cuda_replica, for spline networks, which are float64. */
typedef struct gt_spline_replica {
  gt_progress progress;
  int64_t seed;
  double weight_decay;
  double rate_factor;
  const int32_t* rows;
  const int32_t* set_begin;
  double* parameters;
  double* first_moment;  /* [parameters]; L-BFGS: [history, parameters], as of gt_get_state */
  double* second_moment; /* the same */
  double* best;
  double* parameter_sum;
  double* samples;
  int64_t sample_capacity;
  int64_t sample_count;
} gt_spline_replica;

/* Everything that the replicas of a plan of spline networks share; fields as of gt_cuda_session and gt_plan. */
typedef struct gt_spline_session {
  gt_rules rules;
  int32_t widths[GT_MOST_LAYERS + 1];
  int32_t layers;
  int32_t intervals;
  int32_t order;
  int32_t parameters;
  int32_t loss;
  int32_t optimizer;
  int32_t history;
  int32_t evaluations;
  int32_t batch_size;
  int32_t shuffle;
  int32_t row_sets;
  int32_t replicas;
  int32_t most_rows; /* of a replica, all its row sets together */
  double tolerance;
  double penalty_l1;
  double penalty_entropy;
  double huber_delta;
  double beta1, beta2, epsilon;
  double momentum;
  const double* inputs;
  const double* targets;
  const double* output_weights;
  gt_spline_replica* replica; /* [replicas] */
  /* Scratch of the launch; `measure_splines` says how much. */
  double* partial;    /* [teams, 2, blocks of a team, partial_doubles]: sums over a block's rows, by parity */
  uint32_t* arrivals; /* [teams, 32]: barrier counters, a cache line apart; 0 before a launch */
  double* workspace;  /* [blocks, workspace_doubles] */
  int64_t workspace_doubles;
  int64_t partial_doubles;
} gt_spline_session;

/*
 * What `measure_splines` (const gt_spline_session*, int64_t* sizes; one thread) writes: shared memory in bytes of a
 * block of 1, 2, ... GT_MOST_SPLINE_WARPS warps that has the network there, of one that has it in the workspace, then
 * workspace of a block of those two, then of one of predict_splines and input_gradient_splines, and the doubles of a
 * block's sums.
 */
enum { GT_MOST_SPLINE_WARPS = 8, GT_SPLINE_SIZES = GT_MOST_SPLINE_WARPS + 5 };

/* How the blocks that train one replica work together. */
enum {
  GT_TEAM_SOLO = 0,   /* one block a replica: barriers stay inside it */
  GT_TEAM_GRID = 1,   /* any number of blocks, gradients exchanged through global memory */
  GT_TEAM_CLUSTER = 2 /* clusters of blocks: first through distributed shared memory, then among clusters */
};

/*
 * A training kernel of a module: (const gt_cuda_session*, const int32_t* active, int32_t blocks_per_replica,
 * int64_t epochs). Block b works for replica active[b / blocks_per_replica]. Launched cooperatively unless solo.
 */
typedef struct gt_kernel_info {
  char name[64];
  int32_t team;         /* GT_TEAM_... */
  int32_t threads;      /* of a block */
  int32_t cluster;      /* blocks of a cluster, 1 without */
  int32_t tile_rows;    /* rows that a block takes through the network at a time */
  int32_t shared_bytes; /* dynamic shared memory; -1: depends on the network, `measure` of the same module tells */
  int32_t family;       /* GT_DENSE, ... */
  int32_t activation;   /* GT_GELU, ...; -1: any */
  int32_t layers;       /* 0: any network of the family */
  int32_t widths[8];    /* [layers + 1] */
} gt_kernel_info;

/* Every module has `gt_kernel_info kernel_table_NAME[]` and `int32_t kernel_count_NAME`, NAME as in modules.txt. */

/*
 * The layout of the structures above, in the order of this list; `layout(int32_t* out)`, a kernel of the core module
 * (one thread), writes their number and then them. Java checks the number against its own list of names.
 */
/* clang-format off */
#define GT_LAYOUT(FIELD, SIZE)                                                                                        \
  SIZE(gt_rules) FIELD(gt_rules, rate_rule) FIELD(gt_rules, latched) FIELD(gt_rules, table_lines)                     \
  FIELD(gt_rules, watched) FIELD(gt_rules, table_loss) FIELD(gt_rules, table_rate) FIELD(gt_rules, rate)              \
  FIELD(gt_rules, factor) FIELD(gt_rules, threshold) FIELD(gt_rules, minimum) FIELD(gt_rules, every)                  \
  FIELD(gt_rules, rate_patience) FIELD(gt_rules, max_epochs) FIELD(gt_rules, training_loss_below)                     \
  FIELD(gt_rules, patience) FIELD(gt_rules, sample_every) FIELD(gt_rules, average_last)                               \
  SIZE(gt_progress) FIELD(gt_progress, epoch) FIELD(gt_progress, step) FIELD(gt_progress, status)                     \
  FIELD(gt_progress, rate_line) FIELD(gt_progress, loss) FIELD(gt_progress, learning_rate)                            \
  FIELD(gt_progress, plateau_best) FIELD(gt_progress, plateau_bad) FIELD(gt_progress, best_rms)                       \
  FIELD(gt_progress, best_epoch)                                                                                      \
  SIZE(gt_cuda_replica) FIELD(gt_cuda_replica, progress) FIELD(gt_cuda_replica, seed)                                 \
  FIELD(gt_cuda_replica, weight_decay) FIELD(gt_cuda_replica, rate_factor) FIELD(gt_cuda_replica, rows)               \
  FIELD(gt_cuda_replica, set_begin) FIELD(gt_cuda_replica, parameters) FIELD(gt_cuda_replica, first_moment)           \
  FIELD(gt_cuda_replica, second_moment) FIELD(gt_cuda_replica, best) FIELD(gt_cuda_replica, parameter_sum)            \
  FIELD(gt_cuda_replica, samples) FIELD(gt_cuda_replica, sample_capacity) FIELD(gt_cuda_replica, sample_count)        \
  SIZE(gt_cuda_session) FIELD(gt_cuda_session, rules) FIELD(gt_cuda_session, widths) FIELD(gt_cuda_session, layers)   \
  FIELD(gt_cuda_session, family) FIELD(gt_cuda_session, activation) FIELD(gt_cuda_session, parameters)                \
  FIELD(gt_cuda_session, loss) FIELD(gt_cuda_session, optimizer) FIELD(gt_cuda_session, batch_size)                   \
  FIELD(gt_cuda_session, shuffle) FIELD(gt_cuda_session, row_sets) FIELD(gt_cuda_session, replicas)                   \
  FIELD(gt_cuda_session, huber_delta) FIELD(gt_cuda_session, guard) FIELD(gt_cuda_session, beta1)                     \
  FIELD(gt_cuda_session, beta2) FIELD(gt_cuda_session, epsilon) FIELD(gt_cuda_session, momentum)                      \
  FIELD(gt_cuda_session, inputs) FIELD(gt_cuda_session, targets) FIELD(gt_cuda_session, exact_targets)                \
  FIELD(gt_cuda_session, output_weights) FIELD(gt_cuda_session, replica) FIELD(gt_cuda_session, partial)              \
  FIELD(gt_cuda_session, partial_loss) FIELD(gt_cuda_session, arrivals) FIELD(gt_cuda_session, workspace)             \
  FIELD(gt_cuda_session, workspace_floats)                                                                            \
  SIZE(gt_spline_replica) FIELD(gt_spline_replica, progress) FIELD(gt_spline_replica, seed)                           \
  FIELD(gt_spline_replica, weight_decay) FIELD(gt_spline_replica, rate_factor) FIELD(gt_spline_replica, rows)         \
  FIELD(gt_spline_replica, set_begin) FIELD(gt_spline_replica, parameters) FIELD(gt_spline_replica, first_moment)     \
  FIELD(gt_spline_replica, second_moment) FIELD(gt_spline_replica, best) FIELD(gt_spline_replica, parameter_sum)      \
  FIELD(gt_spline_replica, samples) FIELD(gt_spline_replica, sample_capacity)                                         \
  FIELD(gt_spline_replica, sample_count)                                                                              \
  SIZE(gt_spline_session) FIELD(gt_spline_session, rules) FIELD(gt_spline_session, widths)                            \
  FIELD(gt_spline_session, layers) FIELD(gt_spline_session, intervals) FIELD(gt_spline_session, order)                \
  FIELD(gt_spline_session, parameters) FIELD(gt_spline_session, loss) FIELD(gt_spline_session, optimizer)             \
  FIELD(gt_spline_session, history) FIELD(gt_spline_session, evaluations) FIELD(gt_spline_session, batch_size)        \
  FIELD(gt_spline_session, shuffle) FIELD(gt_spline_session, row_sets) FIELD(gt_spline_session, replicas)             \
  FIELD(gt_spline_session, most_rows) FIELD(gt_spline_session, tolerance) FIELD(gt_spline_session, penalty_l1)        \
  FIELD(gt_spline_session, penalty_entropy) FIELD(gt_spline_session, huber_delta) FIELD(gt_spline_session, beta1)     \
  FIELD(gt_spline_session, beta2) FIELD(gt_spline_session, epsilon) FIELD(gt_spline_session, momentum)                \
  FIELD(gt_spline_session, inputs) FIELD(gt_spline_session, targets) FIELD(gt_spline_session, output_weights)         \
  FIELD(gt_spline_session, replica) FIELD(gt_spline_session, partial) FIELD(gt_spline_session, arrivals)              \
  FIELD(gt_spline_session, workspace) FIELD(gt_spline_session, workspace_doubles)                                     \
  FIELD(gt_spline_session, partial_doubles)                                                                           \
  SIZE(gt_kernel_info) FIELD(gt_kernel_info, name) FIELD(gt_kernel_info, team) FIELD(gt_kernel_info, threads)         \
  FIELD(gt_kernel_info, cluster) FIELD(gt_kernel_info, tile_rows) FIELD(gt_kernel_info, shared_bytes)                 \
  FIELD(gt_kernel_info, family) FIELD(gt_kernel_info, activation) FIELD(gt_kernel_info, layers)                       \
  FIELD(gt_kernel_info, widths)
/* clang-format on */

#endif
