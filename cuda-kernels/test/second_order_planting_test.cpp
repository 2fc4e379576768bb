// Plants every error that can be planted in the kernels of second-order training, one at a time, and asserts that each
// changes a result, hangs or faults in one of several orders of the threads.
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

#include "emulator/machine.h"
#include "emulator/planting.h"
#include "second_order_case.h"

using namespace gputrain;
using namespace second_order;
using emulation::Plant;

namespace {

// All kernels on a network, one after another; what they leave, or nothing after a fault.
Doubles run(const Network& network) {
  const gt_linearised& net = network.net;
  int rows = 70;
  auto n = static_cast<int32_t>(network.trained.size());
  int32_t of_row = network.outputs();
  int32_t m = rows * of_row;
  int32_t tiles = (m + 63) / 64;
  int64_t stride = 64 * tiles;
  int64_t wide = (n + 63) / 64 * 64;
  auto size = [](int64_t count) { return static_cast<size_t>(count); };
  Doubles parameters = network.draw(3), inputs, scale;
  uint32_t seed = 4;
  for (int i = 0; i < rows * net.inputs; i++) {
    inputs.push_back(0.1 + next(seed));
  }
  for (int i = 0; i < m; i++) {
    scale.push_back(0.5 + next(seed));
  }
  Doubles values(size(rows * net.values)), slopes(size(m * net.slopes)), outputs(size(m)), times(size(m), NAN);
  Doubles transposed(size(n), NAN), system(size(stride * stride), NAN), partial(size(tiles * tiles * GT_MOST_FACTORS));
  Doubles line_partial(size(tiles * tiles)), lines(size(stride * wide), NAN), line_transposed(size(n), NAN);
  Doubles line_system(system), w(size(stride * stride));
  // Any upper triangle is a W.
  for (int i = 0; i < stride; i++) {
    for (int j = i; j < stride; j++) {
      w[size(i * stride + j)] = next(seed);
    }
  }
  const double* p = parameters.data();
  const double* v = values.data();
  const double* s = slopes.data();
  const double* u = scale.data();
  const double* matrix = lines.data();
  const double* inverse = w.data();
  const double* none = nullptr;
  auto depth = static_cast<int32_t>((n + 15) / 16 * 16);
  Doubles twice(size(depth), 2);
  std::string wrong;
  wrong += launch("row_values", (rows + 7) / 8, false, net, p, static_cast<const double*>(inputs.data()), int32_t{rows},
                  values.data(), outputs.data());
  wrong += launch("output_slopes", (m + 7) / 8, false, net, p, v, int32_t{rows}, u, none, slopes.data());
  wrong += launch("derivatives", 2, false, net, p, static_cast<const int32_t*>(network.trained.data()), n, v, s, m,
                  of_row, int32_t{0}, lines.data(), wide);
  wrong += launch("line_products", tiles * tiles, false, matrix, wide, m, matrix, wide, m, depth, none, int32_t{1},
                  0.75, none, tiles, line_system.data(), stride);
  wrong += launch("line_traces", tiles * tiles, false, inverse, stride, tiles, matrix, wide, m, depth,
                  static_cast<const double*>(twice.data()), line_partial.data());
  wrong += launch("line_transposed", (n + 31) / 32, false, matrix, wide, m, n, u, line_transposed.data());
  if (net.factors > 0) {
    gt_factor_weights weights = {};
    int blocks = 0;
    for (int l = 0; l < net.factors; l++) {
      weights.of[l] = 1 + l;
      blocks += net.factor[l].out * ((net.factor[l].in + (net.factor[l].bias < 0 ? 0 : 1) + 31) / 32);
    }
    wrong += launch("factor_transposed", blocks, false, net, u, v, s, int32_t{rows}, of_row, transposed.data());
    wrong += launch("factor_products", tiles * tiles, false, net, weights, v, s, m, of_row, v, s, m, of_row, int32_t{1},
                    0.75, tiles, system.data(), stride);
    wrong +=
        launch("factor_traces", tiles * tiles, false, net, inverse, stride, tiles, v, s, m, of_row, partial.data());
  }
  Doubles all;
  for (const Doubles& one :
       {values, slopes, outputs, lines, line_system, line_partial, line_transposed, transposed, system, partial}) {
    all.insert(all.end(), one.begin(), one.end());
  }
  return wrong.empty() ? all : Doubles();
}

bool same(const Doubles& a, const Doubles& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

// In a process of its own: a planted error may destroy it.
bool found(const Network& network, const Doubles& expected, const Plant& what) {
  for (int attempt = 0; attempt < 20; attempt++) {
    std::fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
      std::freopen("/dev/null", "w", stderr);
      alarm(20);
      auto order = attempt == 0   ? emulation::Order::kForward
                   : attempt == 1 ? emulation::Order::kReverse
                                  : emulation::Order::kShuffled;
      emulation::set_order(order, static_cast<uint64_t>(attempt));
      emulation::plant(what);
      _exit(same(run(network), expected) ? 0 : 1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
      return true;
    }
  }
  return false;
}

}  // namespace

int main() {
  std::set<Plant> planted;
  std::set<Plant> caught;
  for (const Network& network : networks()) {
    emulation::set_order(emulation::Order::kForward, 0);
    emulation::record_sites(true);
    Doubles expected = run(network);
    emulation::record_sites(false);
    if (expected.empty()) {
      std::printf("%s: a fault with nothing planted\n", network.name.c_str());
      return 1;
    }
    for (const Plant& what : emulation::take_sites()) {
      planted.insert(what);
      if (caught.count(what) == 0 && found(network, expected, what)) {
        caught.insert(what);
      }
    }
  }
  for (const Plant& what : planted) {
    if (caught.count(what) == 0) {
      std::printf("not found: %s at %s:%u\n",
                  what.kind == Plant::kNoBarrier ? "a barrier that does nothing" : "an access off by one",
                  what.file.c_str(), what.line);
    }
  }
  std::printf("%zu errors planted, %zu found\n", planted.size(), caught.size());
  return !planted.empty() && caught.size() == planted.size() ? 0 : 1;
}
