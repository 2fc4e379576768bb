// Every kernel against the CPU engine, on shapes with ragged edges; the threads run in several orders. Under the
// sanitizers an access outside of what it may touch ends the test.
#include <cstdio>

#include "case.h"
#include "emulator/machine.h"

using namespace gputrain;

namespace {

int g_checks = 0;
int g_failures = 0;

void report(const std::string& error, const char* kernel, const Case& one, int blocks, const char* what) {
  g_checks++;
  if (!error.empty()) {
    std::printf("%s, %s, inputs %d, %d blocks: %s\n", kernel, what, one.widths[0], blocks, error.c_str());
    g_failures++;
  }
}

void check(const Case& one, const gt_kernel_info& kernel, int blocks, const char* what,
           const std::vector<Expected>& expected) {
  EmulatedSession session(one.plan, one.data);
  std::string error = session.advance(kernel.name, blocks, 2);
  if (error.empty()) {
    error = session.advance(kernel.name, blocks, 3);
  }
  report(error.empty() ? difference(session, expected) : error, kernel.name, one, blocks, what);
}

void check_filled(const Case& one, const char* what) {
  std::vector<Expected> expected = train_on_cpu(one, 5);
  for (const gt_kernel_info& kernel : kernels_for(one.family, one.widths, one.activation)) {
    for (int parts : {1, 3}) {
      if (kernel.team == GT_TEAM_SOLO && parts > 1) {
        continue;
      }
      check(one, kernel, parts * kernel.cluster, what, expected);
    }
  }
}

void check_all(Case one, const char* what) {
  one.fill();
  check_filled(one, what);
  report(different_predictions(one), "predict and input_gradient", one, 2, what);
}

// Several tiles of every product, which take long where a block has the whole network.
void check_large(Case one, const char* what) {
  one.fill();
  std::vector<Expected> expected = train_on_cpu(one, 5);
  for (const gt_kernel_info& kernel : kernels_for(one.family, one.widths, one.activation)) {
    for (int blocks : {1, 7}) {
      if (std::string(kernel.name) == "train_grid_large") {
        check(one, kernel, blocks, what, expected);
      }
    }
  }
}

Case real(int n, int m, int p) { return {.widths = {n, m, p, 1}, .family = GT_PRODUCT_UNITS}; }
Case complex(int n, int m, int p) {
  return {.widths = {n, m, p, 2}, .family = GT_COMPLEX_PRODUCT_UNITS, .loss = GT_COMPLEX_SQUARED};
}

// One of three replicas overflows in its first epoch; the others go on.
void check_overflow(Case one) {
  one.replicas = 3;
  one.fill();
  auto exponents = static_cast<size_t>(one.widths[3] * one.widths[1] * (one.widths[0] + 1));
  one.initial[1][exponents] = -1e4;
  bool overflows = train_on_cpu(one, 5)[1].progress.status == GT_NON_FINITE;
  report(overflows ? "" : "no overflow", "the CPU engine", one, 1, "a replica that overflows");
  check_filled(one, "a replica that overflows");
}

void check_product_units() {
  emulation::set_order(emulation::Order::kForward, 0);
  for (const Case& one :
       {complex(10, 20, 40), complex(10, 10, 10), real(10, 20, 40), real(2, 0, 50), complex(3, 0, 6)}) {
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
}

void check_dense() {
  emulation::set_order(emulation::Order::kForward, 0);
  for (const std::vector<int>& widths : {std::vector<int>{12, 80, 40, 1}, {13, 80, 40, 3}, {4, 32, 16, 1}, {3, 1}}) {
    check_all({.widths = widths, .average_last = 3}, "full batch, averages");
  }
  check_all({.widths = {33, 70, 1}, .activation = GT_TANH, .rows = 3, .measured = 1}, "few rows");
  for (auto order : {emulation::Order::kReverse, emulation::Order::kShuffled}) {
    emulation::set_order(order, 3);
    for (const std::vector<int>& widths : {std::vector<int>{7, 32, 16, 1}, {5, 9, 7, 6, 2}}) {
      check_all({.widths = widths, .loss = GT_MEAN_SQUARED, .optimizer = GT_SGD, .rows = 50, .batch = 19}, "batches");
    }
    check_large({.widths = {5, 66, 9, 3}, .rows = 70, .measured = 65, .average_last = 1}, "several tiles, averages");
    check_large({.widths = {7, 64, 1}, .rows = 150, .batch = 66}, "several tiles in batches");
    check_all({.widths = {4, 20, 20, 2}, .activation = GT_RELU, .loss = GT_MEAN_SQUARED}, "relu");
  }
}

}  // namespace

int main() {
  check_dense();
  check_product_units();
  std::printf("%d checks, %d failed\n", g_checks, g_failures);
  return g_checks > 0 && g_failures == 0 ? 0 : 1;
}
