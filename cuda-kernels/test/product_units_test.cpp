// Every kernel of product units against float64, on shapes with ragged edges; the threads run in several orders. Under
// the sanitizers an access outside of what it may touch ends the test.
#include <cmath>
#include <cstdio>

#include "../reference/product_units.h"
#include "emulator/machine.h"
#include "product_unit_training.h"

using namespace gputrain;

namespace {

int g_failures = 0;
int g_checks = 0;

void report(const std::string& kernel, const Case& one, const char* what, int blocks, const std::string& error) {
  g_checks++;
  if (!error.empty()) {
    std::printf("%s, %d-%d-%d, %s, %d blocks: %s\n", kernel.c_str(), one.widths[0], one.widths[1], one.widths[2], what,
                blocks, error.c_str());
    g_failures++;
  }
}

void check_training(const Case& one, const char* what) {
  std::vector<Expected> expected = train_in_double(one, 5);
  for (const gt_kernel_info& kernel : kernels_for(one.family, one.widths, one.activation)) {
    for (int parts : {1, 3}) {
      if (kernel.team == GT_TEAM_SOLO && parts > 1) {
        continue;
      }
      EmulatedSession session(one.plan, one.data);
      int blocks = parts * kernel.cluster;
      std::string error = session.advance(kernel.name, blocks, 2);
      if (error.empty()) {
        error = session.advance(kernel.name, blocks, 3);
      }
      report(kernel.name, one, what, blocks, error.empty() ? difference(session, expected) : error);
    }
  }
}

// Relative to the largest.
bool close(const std::vector<float>& actual, const std::vector<double>& expected) {
  double largest = 0;
  double worst = 0;
  for (size_t i = 0; i < expected.size(); i++) {
    largest = std::fmax(largest, std::fabs(expected[i]));
    double error = std::fabs(static_cast<double>(actual[i]) - expected[i]);
    worst = std::isnan(error) ? INFINITY : std::fmax(worst, error);
  }
  return worst <= 1e-5 * largest;
}

void check_predictions(const Case& one, const char* what) {
  EmulatedSession session(one.plan, one.data);
  reference::ProductUnits network(one.family == GT_COMPLEX_PRODUCT_UNITS, one.widths[0], one.widths[1], one.widths[2],
                                  one.plan.guard);
  network.set(one.initial[0]);
  size_t n = static_cast<size_t>(one.widths[0]);
  size_t outputs = static_cast<size_t>(one.widths[3]);
  size_t rows = static_cast<size_t>(one.rows);
  std::vector<float> inputs(one.inputs.begin(), one.inputs.begin() + static_cast<std::ptrdiff_t>(rows * n));
  std::vector<float> weights = {0.75F, -0.5F};
  weights.resize(outputs);
  std::vector<double> g(weights.begin(), weights.end());
  std::vector<double> y(rows * outputs), by_x(rows * n), unused(one.initial[0].size());
  for (size_t r = 0; r < rows; r++) {
    network.forward(&one.inputs[r * n], &y[r * outputs]);
    network.backward(&one.inputs[r * n], g.data(), unused.data(), &by_x[r * n]);
  }
  report("predict", one, what, 2, close(session.predict(inputs, one.rows), y) ? "" : "outputs");
  report("input_gradient", one, what, 2,
         close(session.input_gradient(inputs, one.rows, weights), by_x) ? "" : "gradient by the inputs");
}

void check_all(Case one, const char* what) {
  one.fill();
  check_training(one, what);
  check_predictions(one, what);
}

// One replica overflows in its first epoch, another, whose units grow, later; a third goes on.
void check_overflow(Case one) {
  one.replicas = 3;
  one.fill();
  size_t exponents = static_cast<size_t>(one.widths[3] * one.widths[1] * (one.widths[0] + 1));
  one.initial[1][exponents] = 1e4;
  one.initial[1].back() = 1;
  check_training(one, "a replica that overflows");
}

Case real(int n, int m, int p) { return {.widths = {n, m, p, 1}, .family = GT_PRODUCT_UNITS}; }
Case complex(int n, int m, int p) {
  return {.widths = {n, m, p, 2}, .family = GT_COMPLEX_PRODUCT_UNITS, .loss = GT_COMPLEX_SQUARED};
}

}  // namespace

int main() {
  emulation::set_order(emulation::Order::kForward, 0);
  for (const Case& one :
       {complex(10, 20, 40), complex(10, 10, 10), real(10, 10, 20), real(2, 0, 50), complex(3, 0, 6)}) {
    check_all(one, "full batch");
  }
  for (auto order : {emulation::Order::kReverse, emulation::Order::kShuffled}) {
    emulation::set_order(order, 3);
    for (Case one : {complex(3, 7, 5), real(3, 7, 5), complex(1, 1, 1), real(1, 1, 1), real(5, 0, 3)}) {
      one.rows = 150;
      one.batch = 67;
      check_all(one, "batches");
      one.optimizer = GT_SGD;
      one.loss = GT_HUBER;
      one.average_last = 2;
      check_all(one, "momentum, averages");
    }
    check_all(complex(33, 9, 70), "many columns");
    check_all(real(17, 33, 9), "many columns");
    check_overflow(complex(3, 5, 4));
    check_overflow(real(3, 5, 4));
  }
  std::printf("%d checks, %d failed\n", g_checks, g_failures);
  return g_failures == 0 ? 0 : 1;
}
