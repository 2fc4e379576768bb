#include "cases.h"

#include <algorithm>

namespace gputrain::bench {

std::vector<Problem> problems(Extent extent) {
  if (extent == Extent::emulated) {
    return {{{12, 80, 40, 1}, 70, 0},
            {{13, 80, 40, 3}, 50, 18},
            {{7, 32, 16, 1}, 61, 0},
            {{10, 20, 40, 2}, 70, 0, GT_COMPLEX_PRODUCT_UNITS},
            {{10, 10, 20, 1}, 70, 33, GT_PRODUCT_UNITS}};
  }
  std::vector<Problem> chosen = {
      {{12, 80, 40, 1}, 1720, 0}, {{13, 80, 40, 3}, 1720, 172}, {{10, 20, 40, 2}, 2099, 500, GT_COMPLEX_PRODUCT_UNITS}};
  if (extent == Extent::full) {
    chosen.push_back({{12, 80, 40, 1}, 1720, 172});
    chosen.push_back({{13, 80, 40, 3}, 1720, 0});
    chosen.push_back({{7, 32, 16, 1}, 1720, 0});
    chosen.push_back({{10, 20, 40, 2}, 2099, 0, GT_COMPLEX_PRODUCT_UNITS});
    chosen.push_back({{10, 20, 40, 1}, 2099, 500, GT_PRODUCT_UNITS});
  }
  return chosen;
}

int checked_epochs(Extent extent, const Problem& problem) {
  if (extent == Extent::emulated) {
    return 11;
  }
  // Product units amplify rounding: of the CPU engine, 1e-6 of the loss in 20 epochs of 5 steps, 1e-2 in 100.
  return problem.family != GT_DENSE ? 20 : extent == Extent::quick ? 100 : 300;
}

bool serves(const gt_kernel_info& kernel, const Problem& problem) {
  if (kernel.family != problem.family || kernel.layers == 0) {
    return kernel.family == problem.family;
  }
  return (problem.family != GT_DENSE || kernel.activation == GT_GELU) &&
         kernel.layers + 1 == static_cast<int>(problem.widths.size()) &&
         std::equal(problem.widths.begin(), problem.widths.end(), kernel.widths);
}

std::vector<Division> divisions(const gt_kernel_info& kernel, int multiprocessors, Extent extent) {
  int m = multiprocessors;
  int c = kernel.cluster;
  if (extent == Extent::emulated) {
    // 20 blocks: slices of the smallest network narrow enough that several threads share a parameter's sum.
    return kernel.team == GT_TEAM_SOLO   ? std::vector<Division>{{3, 1}}
           : kernel.team == GT_TEAM_GRID ? std::vector<Division>{{1, 20}, {2, 3}}
                                         : std::vector<Division>{{1, c}, {1, 2 * c}};
  }
  // Kernels made for the network are what a decision hangs on.
  bool quick = extent == Extent::quick && kernel.layers == 0;
  std::vector<Division> chosen;
  if (kernel.team == GT_TEAM_SOLO) {
    chosen = {{1, 1}, {128, 1}, {m, 1}, {2 * m, 1}};
  } else if (kernel.team == GT_TEAM_GRID) {
    for (int blocks : quick ? std::vector<int>{32, m} : std::vector<int>{16, 32, 48, 64, 96, m}) {
      chosen.push_back({1, std::min(blocks, m)});
    }
    if (!quick) {
      chosen.push_back({m / 4, 4});
    }
  } else {
    // The places that clusters may take are scattered over groups of multiprocessors, so not all of these fit.
    for (int clusters : quick ? std::vector<int>{1, 2, 4, 8, 16} : std::vector<int>{1, 2, 3, 4, 6, 8, 12, 16}) {
      if (clusters <= m / c) {
        chosen.push_back({1, clusters * c});
      }
    }
    if (!quick && m / c >= 4) {
      chosen.push_back({m / c / 2, c});
    }
    chosen.push_back({m / c, c});
  }
  return chosen;
}

Traffic traffic(const gt_kernel_info& kernel, const Problem& problem, Division division) {
  double parameters = 4.0 * problem.parameters();
  double steps = problem.steps();
  double rows = problem.rows * (4.0 * (problem.inputs_of_row() + problem.outputs_of_row()) + 4.0);
  double moments = 4 * parameters;  // two, read and written
  double blocks = division.blocks;
  double step = moments;
  double distributed = 0;
  if (kernel.team == GT_TEAM_GRID) {
    // Gradients out and in for the reduction; the sum's slice; parameters out once, in by every block.
    step += 2 * blocks * parameters + 2 * parameters + parameters + blocks * parameters;
  } else if (kernel.team == GT_TEAM_CLUSTER) {
    double clusters = blocks / kernel.cluster;
    // Moments stay in shared memory; each cluster publishes its sum and reads those of all.
    step = clusters > 1 ? clusters * parameters + clusters * clusters * parameters : 0;
    // Gradients in, parameters out, each to or from the other blocks.
    distributed = 2 * clusters * (kernel.cluster - 1) * parameters;
  }
  return {division.replicas * (rows + steps * step), division.replicas * steps * distributed};
}

}  // namespace gputrain::bench
