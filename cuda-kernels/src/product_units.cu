// The module for networks of product units of any widths: training kernels, predictions and input gradients.
#include "tile_product_units.h"

using namespace gputrain::device;

namespace {

template <bool Complex>
using SoloTile = ProductUnitTile<AnyProductUnits<Complex, 128, 64>>;
template <bool Complex>
using WideTile = ProductUnitTile<AnyProductUnits<Complex, 256, 16>>;

// In the session's workspace, so for networks of any size.
template <bool Complex>
struct LargeTile : ProductUnitTile<AnyProductUnits<Complex, 256, 16>, false> {
  GT_DEVICE LargeTile(const gt_cuda_session& s, float* /*shared*/)
      : ProductUnitTile<AnyProductUnits<Complex, 256, 16>, false>(s, s.workspace + s.workspace_floats * block()) {}
};

template <bool Complex>
using Solo = Driver<SoloTile<Complex>, SoloTeam<SoloTile<Complex>>>;
template <bool Complex>
using Grid = Driver<WideTile<Complex>, GridTeam<WideTile<Complex>>>;
template <bool Complex>
using Cluster8 = Driver<WideTile<Complex>, ClusterTeam<WideTile<Complex>, 8>>;
template <bool Complex>
using Large = Driver<LargeTile<Complex>, GridTeam<LargeTile<Complex>>>;

}  // namespace

#if GT_WITH_CLUSTERS
GT_KERNEL(256, 1)
GT_CLUSTER(8)
train_cluster8_product_units(const gt_cuda_session* session, const int32_t* active, int32_t blocks, int64_t epochs) {
  Cluster8<false>(*session, active, blocks, shared_memory()).run(epochs);
}

GT_KERNEL(256, 1)
GT_CLUSTER(8)
train_cluster8_complex_product_units(const gt_cuda_session* session, const int32_t* active, int32_t blocks,
                                     int64_t epochs) {
  Cluster8<true>(*session, active, blocks, shared_memory()).run(epochs);
}
#endif

#if GT_WITHOUT_CLUSTERS
namespace {

// Calls f(tile) with a tile of the session's family that has these parameters.
template <class F>
GT_DEVICE void with_tile(const gt_cuda_session& session, const float* parameters, const F& f) {
  auto run = [&](auto tile) {
    tile.clear();
    sync_block();
    for (int i = thread(); i < session.parameters; i += threads()) {
      tile.set(i, parameters[i]);
    }
    f(tile);
  };
  if (session.family == GT_COMPLEX_PRODUCT_UNITS) {
    run(LargeTile<true>(session, nullptr));
  } else {
    run(LargeTile<false>(session, nullptr));
  }
}

}  // namespace

GT_KERNEL(128, 3)
train_solo_product_units(const gt_cuda_session* session, const int32_t* active, int32_t blocks, int64_t epochs) {
  Solo<false>(*session, active, blocks, shared_memory()).run(epochs);
}

GT_KERNEL(256, 1)
train_grid_product_units(const gt_cuda_session* session, const int32_t* active, int32_t blocks, int64_t epochs) {
  Grid<false>(*session, active, blocks, shared_memory()).run(epochs);
}

GT_KERNEL(256, 1)
train_grid_large_product_units(const gt_cuda_session* session, const int32_t* active, int32_t blocks, int64_t epochs) {
  Large<false>(*session, active, blocks, shared_memory()).run(epochs);
}

GT_KERNEL(128, 3)
train_solo_complex_product_units(const gt_cuda_session* session, const int32_t* active, int32_t blocks,
                                 int64_t epochs) {
  Solo<true>(*session, active, blocks, shared_memory()).run(epochs);
}

GT_KERNEL(256, 1)
train_grid_complex_product_units(const gt_cuda_session* session, const int32_t* active, int32_t blocks,
                                 int64_t epochs) {
  Grid<true>(*session, active, blocks, shared_memory()).run(epochs);
}

GT_KERNEL(256, 1)
train_grid_large_complex_product_units(const gt_cuda_session* session, const int32_t* active, int32_t blocks,
                                       int64_t epochs) {
  Large<true>(*session, active, blocks, shared_memory()).run(epochs);
}

// outputs [rows, outputs] of inputs [rows, inputs]; any number of blocks, each with its part of the workspace.
GT_KERNEL(256, 1)
predict_product_units(const gt_cuda_session* session, const float* parameters, const float* inputs, int32_t rows,
                      float* outputs) {
  gt_cuda_session here = *session;
  here.inputs = inputs;
  with_tile(here, parameters, [&](auto& tile) {
    tile.predict({nullptr, nullptr, 0}, share(rows, block(), blocks()), share(rows, block() + 1, blocks()), outputs);
  });
}

// gradient [rows, inputs] of sum_k weights[k] y_k by the inputs.
GT_KERNEL(256, 1)
input_gradient_product_units(const gt_cuda_session* session, const float* parameters, const float* inputs, int32_t rows,
                             const float* weights, float* gradient) {
  gt_cuda_session here = *session;
  here.inputs = inputs;
  with_tile(here, parameters, [&](auto& tile) {
    tile.input_gradient({nullptr, nullptr, 0}, share(rows, block(), blocks()), share(rows, block() + 1, blocks()),
                        weights, gradient);
  });
}

// clang-format off
#define GT_ENTRY(kind, team, cluster, Tile, suffix, family) \
  {"train_" kind "_" suffix, team, Tile::kThreads, cluster, Tile::kRows, -1, family, -1, 0, {0}}
#define GT_FAMILY(complex, suffix, family)                                       \
  GT_ENTRY("solo", GT_TEAM_SOLO, 1, SoloTile<complex>, suffix, family),          \
  GT_ENTRY("grid", GT_TEAM_GRID, 1, WideTile<complex>, suffix, family),          \
  GT_ENTRY("cluster8", GT_TEAM_CLUSTER, 8, WideTile<complex>, suffix, family),   \
  GT_ENTRY("grid_large", GT_TEAM_GRID, 1, LargeTile<complex>, suffix, family)
GT_CONSTANT gt_kernel_info kernel_table_product_units[] = {
    GT_FAMILY(false, "product_units", GT_PRODUCT_UNITS),
    GT_FAMILY(true, "complex_product_units", GT_COMPLEX_PRODUCT_UNITS),
};
// clang-format on
GT_CONSTANT int32_t kernel_count_product_units = 8;

// As `measure` of the core module: shared memory in bytes of each kernel of the table; 0, because no team here goes
// layer by layer; and the floats of workspace that a block of a train_grid_large_..., of predict_... and
// input_gradient_... needs. One thread.
GT_KERNEL(1, 1) measure_product_units(const gt_cuda_session* session, int64_t* sizes) {
  int n = session->parameters;
  bool complex = session->family == GT_COMPLEX_PRODUCT_UNITS;
  int solo = complex ? SoloTile<true>::floats(*session) : SoloTile<false>::floats(*session);
  int wide = complex ? WideTile<true>::floats(*session) : WideTile<false>::floats(*session);
  for (int family = 0; family < 2; family++) {
    *sizes++ = Solo<false>::shared_bytes(n, solo);
    *sizes++ = Grid<false>::shared_bytes(n, wide);
    *sizes++ = Cluster8<false>::shared_bytes(n, wide);
    *sizes++ = Large<false>::shared_bytes(n, 0);
  }
  *sizes++ = 0;
  *sizes = wide;
}
#endif
