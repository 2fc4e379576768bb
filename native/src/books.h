// What training keeps of a replica whatever computes it: where it stands and what was sampled.
#pragma once

#include <cstdint>
#include <vector>

#include "gputrain/gputrain_cpu.h"

namespace gputrain {

struct SampleLog {
  std::vector<int64_t> epoch;
  std::vector<double> loss, learning_rate, rms;
};

struct Books {
  int64_t seed;
  double weight_decay, rate_factor;
  gt_progress progress;
  SampleLog samples;

  explicit Books(const gt_replica& given);
  // Enters a sample; rms has one number for every row set.
  void enter(const gt_progress& at, double rate, const std::vector<double>& rms);
};

// Up to `epochs` epochs from where `at` stands. run(rate) does the steps of one and returns its loss, average() adds
// the parameters to their sum, sample(rate) takes a sample.
template <class Run, class Average, class Sample>
void run_epochs(const gt_rules& rules, double rate_factor, int64_t epochs, gt_progress* at, Run run, Average average,
                Sample sample) {
  for (int64_t done = 0; done < epochs && at->status == GT_RUNNING; done++) {
    const double rate = gt_begin_epoch(&rules, at) * rate_factor;
    const double loss = run(rate);
    const bool due = gt_end_epoch(&rules, at, loss) != 0;
    if (gt_averaged(&rules, at)) {
      average();
    }
    if (due) {
      sample(rate);
      gt_settle(&rules, at);
    }
  }
}

}  // namespace gputrain
