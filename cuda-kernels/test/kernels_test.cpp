// Every training kernel against the CPU engine, on shapes with ragged edges; the threads run in several orders. Under
// the sanitizers an access outside of what it may touch ends the test.
#include <cstdio>

#include "case.h"
#include "emulator/machine.h"

using namespace gputrain;

namespace {

int g_failures = 0;

void check(const Case& one, const gt_kernel_info& kernel, int blocks, const char* what) {
  EmulatedSession session(one.plan, one.data);
  std::string error = session.advance(kernel.name, blocks, 2);
  if (error.empty()) {
    error = session.advance(kernel.name, blocks, 3);
  }
  if (error.empty()) {
    error = difference(session, train_on_cpu(one, 5));
  }
  if (!error.empty()) {
    std::printf("%s, %s, %d blocks: %s\n", kernel.name, what, blocks, error.c_str());
    g_failures++;
  }
}

void check_all(Case one, const char* what) {
  one.fill();
  for (const gt_kernel_info& kernel : kernels_for(one.family, one.widths, one.activation)) {
    for (int parts : {1, 3}) {
      if (kernel.team == GT_TEAM_SOLO && parts > 1) {
        continue;
      }
      check(one, kernel, parts * kernel.cluster, what);
    }
  }
}

// Several tiles of every product, which take long where a block has the whole network.
void check_large(Case one, const char* what) {
  one.fill();
  for (const gt_kernel_info& kernel : kernels_for(one.family, one.widths, one.activation)) {
    for (int blocks : {1, 7}) {
      if (std::string(kernel.name) == "train_grid_large") {
        check(one, kernel, blocks, what);
      }
    }
  }
}

}  // namespace

int main() {
  emulation::set_order(emulation::Order::kForward, 0);
  for (const std::vector<int>& widths : {std::vector<int>{12, 80, 40, 1}, {13, 80, 40, 3}, {4, 32, 16, 1}, {3, 1}}) {
    check_all({.widths = widths}, "full batch");
  }
  check_all({.widths = {33, 70, 1}, .activation = GT_TANH, .rows = 3, .measured = 1}, "few rows");
  for (auto order : {emulation::Order::kReverse, emulation::Order::kShuffled}) {
    emulation::set_order(order, 3);
    for (const std::vector<int>& widths : {std::vector<int>{7, 32, 16, 1}, {5, 9, 7, 6, 2}}) {
      check_all({.widths = widths, .loss = GT_MEAN_SQUARED, .optimizer = GT_SGD, .rows = 50, .batch = 19}, "batches");
    }
    check_large({.widths = {5, 66, 9, 3}, .rows = 70, .measured = 65}, "several tiles");
    check_large({.widths = {7, 64, 1}, .rows = 150, .batch = 66}, "several tiles in batches");
    check_all({.widths = {4, 20, 20, 2}, .activation = GT_RELU, .loss = GT_MEAN_SQUARED}, "relu");
  }
  return g_failures == 0 ? 0 : 1;
}
