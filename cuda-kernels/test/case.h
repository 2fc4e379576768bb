// Small trainings with ragged edges, and where they should lead.
#pragma once

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "emulated_session.h"

namespace gputrain {

// A plan with its data; deterministic in everything.
struct Case {
  std::vector<int> widths;  // product units: inputs, linear units, product units, outputs
  int family = GT_DENSE;
  int activation = GT_GELU;
  int loss = GT_HUBER;
  int optimizer = GT_ADAM;
  int rows = 37, measured = 9;
  int batch = 0;
  int replicas = 2;
  int average_last = 0;

  std::vector<double> inputs, targets, output_weights;
  std::vector<int32_t> row_numbers, set_sizes;
  std::vector<std::vector<double>> initial;
  std::vector<gt_replica> replica;
  gt_plan plan = {};
  gt_data data = {};

  static constexpr int kAveragedEpochs = 5;

  void fill() {
    std::mt19937 random(7);
    std::normal_distribution<float> normal;
    int all = rows + measured;
    for (int i = 0; i < all * widths.front(); i++) {
      inputs.push_back(static_cast<double>(normal(random)));
    }
    for (int i = 0; i < all * widths.back(); i++) {
      targets.push_back(static_cast<double>(normal(random)));
    }
    for (int k = 0; k < widths.back(); k++) {
      output_weights.push_back(1.0 - 0.25 * k);
    }
    for (int i = 0; i < all; i++) {
      row_numbers.push_back((i * 5 + 3) % all);  // not in order
    }
    set_sizes = {rows, measured};
    for (int r = 0; r < replicas; r++) {
      std::vector<double> values;
      auto add = [&](int count, double scale) {
        for (int i = 0; i < count; i++) {
          values.push_back(static_cast<double>(static_cast<float>(scale) * normal(random)));
        }
      };
      if (family == GT_DENSE) {
        for (size_t l = 0; l + 1 < widths.size(); l++) {
          add(widths[l + 1] * (widths[l] + 1), 1 / std::sqrt(widths[l]));
        }
      } else {
        int logs = widths[1] > 0 ? widths[1] : widths[0];
        add(widths[3] * widths[1] * (widths[0] + 1), 1 / std::sqrt(widths[0]));
        add(widths[3] * widths[2] * logs, 0.3 / std::sqrt(logs));
        add(widths[3] * (widths[2] + 1), 1 / std::sqrt(widths[2]));
      }
      initial.push_back(values);
    }
    for (int r = 0; r < replicas; r++) {
      replica.push_back({11 + r, row_numbers.data(), set_sizes.data(), r == 0 ? 0 : 1e-3, 1 - 0.5 * r,
                         initial[static_cast<size_t>(r)].data()});
    }
    plan.widths = widths.data();
    plan.layers = static_cast<int32_t>(widths.size()) - 1;
    plan.family = family;
    plan.guard = 0.05;
    plan.activation = activation;
    plan.loss = loss;
    plan.optimizer = optimizer;
    plan.huber_delta = 1;
    plan.beta1 = 0.9;
    plan.beta2 = 0.999;
    plan.epsilon = 1e-8;
    plan.momentum = 0.9;
    plan.batch_size = batch;
    plan.shuffle = batch > 0;
    plan.output_weights = output_weights.data();
    plan.row_sets = 2;
    plan.replicas = replicas;
    plan.replica = replica.data();
    plan.rules.rate_rule = GT_RATE_CONSTANT;
    plan.rules.rate = 1e-2;
    plan.rules.watched = 1;
    // The end is far when it is not that of a run of averages.
    plan.rules.max_epochs = average_last > 0 ? kAveragedEpochs : 1000;
    plan.rules.average_last = average_last;
    plan.rules.sample_every = 2;
    plan.rules.every = 1;
    data = {inputs.data(), targets.data(), all};
  }
};

// Where a replica should stand.
struct Expected {
  gt_progress progress;
  std::vector<double> parameters, first, second, best;
  std::vector<double> sum;  // of the parameters after the averaged epochs
  std::vector<double> rms;  // [samples, row sets]
};

// By the CPU engine.
std::vector<Expected> train_on_cpu(const Case& one, int64_t epochs);

// Empty, or where the emulated GPU's state is not the CPU's up to rounding.
std::string difference(const EmulatedSession& session, const std::vector<Expected>& expected);

// Empty, or what the emulated GPU makes of the first replica's parameters otherwise than the CPU engine.
std::string different_predictions(const Case& one);

}  // namespace gputrain
