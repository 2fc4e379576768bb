// Plants every error that can be planted in the kernels of kernel models, one at a time, and asserts that each changes
// a result, hangs or faults in one of several orders of the threads.
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstring>
#include <vector>

#include "emulator/machine.h"
#include "emulator/planting.h"
#include "emulator/registry.h"
#include "gputrain/kernel_models_abi.h"

using namespace gputrain;
using emulation::Plant;

namespace {

using Doubles = std::vector<double>;

template <class... Arguments>
bool launch(const char* name, int blocks, bool together, Arguments... arguments) {
  auto& all = emulation::registry();
  auto bytes = *static_cast<const int32_t*>(all.globals.at("kernel_models_shared_bytes").data);
  void* parameters[] = {&arguments...};
  return emulation::run({&all.kernels.at(name), blocks, 256, static_cast<size_t>(bytes), parameters, together}).empty();
}

// All kernels, one after another; what they leave, or nothing after a fault.
Doubles run(int n, int blocks) {
  int columns = 19;
  Doubles points;
  for (int i = 0; i < n * columns; i++) {
    points.push_back(std::fmod(0.618 * i * (i % 13 + 1), 1.0));
  }
  int tiles = (n + 63) / 64;
  int64_t stride = 64 * tiles;
  auto size = static_cast<size_t>(stride);
  Doubles matrix(size * size, NAN), inverse(size * size, NAN), largest(static_cast<size_t>(tiles * tiles), 0);
  Doubles diagonal(size, NAN), x(size, 1), sums(size, NAN), variances(size, NAN);
  std::vector<uint32_t> arrivals(64);
  int32_t status = -1;
  int32_t fold_status = -1;
  auto* at = static_cast<const double*>(points.data());
  auto* factor = static_cast<const double*>(matrix.data());
  gt_covariance spec = {2, 0, 1, 0, 0.1, GT_GAUSSIAN, columns, 1, 0};
  bool well = launch("covariance", tiles * tiles, false, spec, at, n, at, n, tiles, int32_t{0}, matrix.data(), stride,
                     largest.data());
  Doubles rows = matrix;
  well = well && launch("factorise", blocks, true, matrix.data(), stride, tiles, 0.0, arrivals.data(), &status,
                        diagonal.data());
  arrivals.assign(64, 0);
  well = well && launch("invert", blocks, true, factor, stride, tiles, inverse.data(), arrivals.data());
  arrivals.assign(64, 0);
  well = well && launch("solve", blocks, true, factor, stride, tiles, x.data(), arrivals.data());
  arrivals.assign(64, 0);
  well = well && launch("solve_lower", blocks, true, factor, stride, tiles, rows.data(), tiles, arrivals.data());
  well = well && launch("products", blocks, false, static_cast<const double*>(rows.data()), stride,
                        static_cast<int32_t>(stride), static_cast<int32_t>(stride), static_cast<const double*>(nullptr),
                        sums.data());
  // A fold of most points.
  int m = n - 3;
  int fold_tiles = (m + 63) / 64;
  gt_fold fold = {0, 0, 0, m, fold_tiles};
  std::vector<gt_fold_tile> list;
  std::vector<int32_t> members;
  for (int i = 0; i < m; i++) {
    members.push_back(i + 2);
  }
  for (int i = 0; i < fold_tiles; i++) {
    for (int j = 0; j <= i; j++) {
      list.push_back({0, i, j});
    }
  }
  Doubles workspace(size * size, NAN), spare(workspace), solutions(x);
  well = well && launch("gather", static_cast<int>(list.size()), false, static_cast<const double*>(inverse.data()),
                        stride, tiles, static_cast<const gt_fold*>(&fold),
                        static_cast<const gt_fold_tile*>(list.data()), static_cast<const int32_t*>(members.data()),
                        static_cast<const double*>(x.data()), 0.25, workspace.data());
  arrivals.assign(64, 0);
  well = well && launch("leave_out", blocks, blocks > 1, static_cast<const gt_fold*>(&fold), int32_t{1},
                        static_cast<int32_t>(blocks), workspace.data(), spare.data(), solutions.data(),
                        variances.data(), &fold_status, arrivals.data());
  Doubles all;
  for (const Doubles& one :
       {matrix, inverse, largest, diagonal, x, rows, sums, workspace, spare, solutions, variances}) {
    all.insert(all.end(), one.begin(), one.end());
  }
  return well ? all : Doubles();
}

bool same(const Doubles& a, const Doubles& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

// In a process of its own: a planted error may destroy it.
bool found(int n, int blocks, const Doubles& expected, const Plant& what) {
  for (int attempt = 0; attempt < 40; attempt++) {
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
      _exit(same(run(n, blocks), expected) ? 0 : 1);
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
  for (int blocks : {1, 3}) {
    int n = 140;
    emulation::record_sites(true);
    Doubles expected = run(n, blocks);
    emulation::record_sites(false);
    if (expected.empty()) {
      std::printf("a fault with nothing planted\n");
      return 1;
    }
    for (const Plant& what : emulation::take_sites()) {
      planted.insert(what);
      if (caught.count(what) == 0 && found(n, blocks, expected, what)) {
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
