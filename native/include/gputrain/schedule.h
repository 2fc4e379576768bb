/*
 * The book-keeping of one replica's epochs: learning-rate rule, stop rule, best epoch. Plain data and plain functions
 * in double precision without allocation, so that host and device code evaluate the same text.
 *
 * An epoch is gt_begin_epoch, the steps, gt_end_epoch, gt_improved when a sample is due, gt_settle.
 */
#ifndef GPUTRAIN_SCHEDULE_H
#define GPUTRAIN_SCHEDULE_H

#include <math.h>
#include <stdint.h>

#ifdef __CUDACC__
#define GT_RULE static __host__ __device__ inline
#else
#define GT_RULE static inline
#endif

enum { GT_RATE_CONSTANT = 0, GT_RATE_TABLE = 1, GT_RATE_STEP = 2, GT_RATE_PLATEAU = 3, GT_RATE_COSINE = 4 };

enum {
  GT_RUNNING = 0,
  GT_REACHED_EPOCHS = 1,
  GT_REACHED_LOSS = 2,
  GT_OUT_OF_PATIENCE = 3,
  GT_NON_FINITE = 4,
  GT_CONVERGED = 5
};

/* When to change the rate, when to stop, when to sample. */
typedef struct gt_rules {
  int32_t rate_rule;          /* GT_RATE_... */
  int32_t latched;            /* table: the rate never goes back to an earlier line */
  int32_t table_lines;        /* table: number of lines, the last with table_loss 0 */
  int32_t watched;            /* row set that feeds the patience; -1 for none */
  const double* table_loss;   /* [table_lines], falling */
  const double* table_rate;   /* [table_lines] */
  double rate;                /* first rate of every rule but the table */
  double factor;              /* step, plateau */
  double threshold;           /* plateau, relative */
  double minimum;             /* plateau, cosine */
  int64_t every;              /* step: epochs between changes; cosine: epochs of the half period */
  int64_t rate_patience;      /* plateau */
  int64_t max_epochs;         /* stop */
  double training_loss_below; /* stop; 0 for never */
  int64_t patience;           /* stop; 0 for never */
  int64_t sample_every;       /* epochs between samples */
  int64_t average_last;       /* the parameters after each of the last so many of max_epochs are summed; 0 for none */
} gt_rules;

/* Where a replica stands. */
typedef struct gt_progress {
  int64_t epoch;        /* epochs done; also the 0-based number of the epoch under way */
  int64_t step;         /* optimiser steps done */
  int32_t status;       /* GT_RUNNING, ... */
  int32_t rate_line;    /* line of a latched table */
  double loss;          /* of the last epoch; NaN before the first */
  double learning_rate; /* of the last epoch, before the replica's factor; NaN before the first */
  double plateau_best;  /* infinity at first */
  int64_t plateau_bad;
  double best_rms; /* infinity at first */
  int64_t best_epoch;
} gt_progress;

GT_RULE double gt_table_rate(const gt_rules* rules, gt_progress* at) {
  int32_t line = 0;
  if (at->epoch > 0) {
    while (line + 1 < rules->table_lines && rules->table_loss[line] > at->loss) {
      line++;
    }
  }
  if (rules->latched) {
    line = line > at->rate_line ? line : at->rate_line;
    at->rate_line = line;
  }
  return rules->table_rate[line];
}

GT_RULE double gt_plateau_rate(const gt_rules* rules, gt_progress* at) {
  if (at->epoch == 0) {
    return rules->rate;
  }
  if (at->loss < at->plateau_best * (1 - rules->threshold)) {
    at->plateau_best = at->loss;
    at->plateau_bad = 0;
  } else {
    at->plateau_bad++;
  }
  if (at->plateau_bad <= rules->rate_patience) {
    return at->learning_rate;
  }
  at->plateau_bad = 0;
  double lower = at->learning_rate * rules->factor;
  lower = lower > rules->minimum ? lower : rules->minimum;
  /* A minimum above the rate does not raise it. */
  return lower < at->learning_rate ? lower : at->learning_rate;
}

/* Rate of the epoch that now begins, before the replica's factor. */
GT_RULE double gt_begin_epoch(const gt_rules* rules, gt_progress* at) {
  double rate = rules->rate;
  if (rules->rate_rule == GT_RATE_TABLE) {
    rate = gt_table_rate(rules, at);
  } else if (rules->rate_rule == GT_RATE_PLATEAU) {
    rate = gt_plateau_rate(rules, at);
  } else if (rules->rate_rule == GT_RATE_STEP) {
    rate = rules->rate * pow(rules->factor, (double)(at->epoch / rules->every));
  } else if (rules->rate_rule == GT_RATE_COSINE) {
    int64_t turned = at->epoch < rules->every ? at->epoch : rules->every;
    double angle = 3.14159265358979323846 * (double)turned / (double)rules->every;
    rate = rules->minimum + (rules->rate - rules->minimum) * (1 + cos(angle)) / 2;
  }
  at->learning_rate = rate;
  return rate;
}

/* Takes in the loss of the epoch under way, which is then done; returns whether a sample is due. */
GT_RULE int gt_end_epoch(const gt_rules* rules, gt_progress* at, double loss) {
  at->loss = loss;
  at->epoch++;
  /* Infinity minus itself and NaN are both unequal to 0. */
  if (!(loss - loss == 0)) {
    at->status = GT_NON_FINITE;
  } else if (loss < rules->training_loss_below) {
    at->status = GT_REACHED_LOSS;
  }
  return at->status != GT_RUNNING || at->epoch >= rules->max_epochs || at->epoch % rules->sample_every == 0;
}

/* Whether the parameters after the epoch that just ended belong to the average. */
GT_RULE int gt_averaged(const gt_rules* rules, const gt_progress* at) {
  return at->status != GT_NON_FINITE && at->epoch > rules->max_epochs - rules->average_last;
}

/* Takes in the watched set's rms of a sample; returns whether it is the smallest so far. */
GT_RULE int gt_improved(gt_progress* at, double rms) {
  if (!(rms < at->best_rms)) {
    return 0;
  }
  at->best_rms = rms;
  at->best_epoch = at->epoch;
  return 1;
}

/* Ends an epoch that was sampled: patience, then the limit. */
GT_RULE void gt_settle(const gt_rules* rules, gt_progress* at) {
  if (at->status != GT_RUNNING) {
    return;
  }
  if (rules->patience > 0 && at->epoch - at->best_epoch >= rules->patience) {
    at->status = GT_OUT_OF_PATIENCE;
  } else if (at->epoch >= rules->max_epochs) {
    at->status = GT_REACHED_EPOCHS;
  }
}

#endif
