// The module that every network can use: training kernels for any widths, predictions and input gradients, and what the
// host needs to know of the structures.
#include "layered.h"
#include "tile_generic.h"

using namespace gputrain::device;

namespace {

using SoloTile = GenericTile<256, 32>;
using WideTile = GenericTile<128, 16>;
using LayeredDriver = Driver<LayeredTile, LayeredTeam>;
// In the session's workspace, so for networks of any size.
using LargeTile = GenericTile<256, 32>;
using Cluster8 = ClusterTeam<WideTile, 8>;

}  // namespace

#if GT_WITH_CLUSTERS
GT_KERNEL(128, 1)
GT_CLUSTER(8)
train_cluster8_generic(const gt_cuda_session* session, const int32_t* active, int32_t blocks, int64_t epochs) {
  Driver<WideTile, Cluster8>(*session, active, blocks, shared_memory()).run(epochs);
}
#endif

#if GT_WITHOUT_CLUSTERS
namespace {

GT_DEVICE float* workspace_of(const gt_cuda_session& session) {
  return session.workspace + session.workspace_floats * block();
}

template <class Tile>
GT_DEVICE void load(Tile& tile, const gt_cuda_session& session, const float* parameters) {
  tile.clear();
  sync_block();
  for (int i = thread(); i < session.parameters; i += threads()) {
    tile.set(i, parameters[i]);
  }
  sync_block();
}

}  // namespace

GT_KERNEL(256, 1)
train_solo_generic(const gt_cuda_session* session, const int32_t* active, int32_t blocks, int64_t epochs) {
  Driver<SoloTile, SoloTeam<SoloTile>>(*session, active, blocks, shared_memory()).run(epochs);
}

GT_KERNEL(128, 1)
train_grid_generic(const gt_cuda_session* session, const int32_t* active, int32_t blocks, int64_t epochs) {
  Driver<WideTile, GridTeam<WideTile>>(*session, active, blocks, shared_memory()).run(epochs);
}

// For networks that do not fit shared memory.
GT_KERNEL(128, 4)
train_grid_large(const gt_cuda_session* session, const int32_t* active, int32_t blocks, int64_t epochs) {
  LayeredDriver driver(*session, active, blocks, shared_memory());
  driver.tile.join(driver.team, driver.replica);
  driver.run(epochs);
}

// outputs [rows, outputs] of inputs [rows, inputs]; any number of blocks, each with its part of the workspace.
GT_KERNEL(256, 1)
predict(const gt_cuda_session* session, const float* parameters, const float* inputs, int32_t rows, float* outputs) {
  gt_cuda_session here = *session;
  here.inputs = inputs;
  LargeTile tile(here, workspace_of(here));
  load(tile, here, parameters);
  tile.predict({nullptr, nullptr, 0}, share(rows, block(), blocks()), share(rows, block() + 1, blocks()), outputs);
}

// gradient [rows, inputs] of sum_k weights[k] y_k by the inputs.
GT_KERNEL(256, 1)
input_gradient(const gt_cuda_session* session, const float* parameters, const float* inputs, int32_t rows,
               const float* weights, float* gradient) {
  gt_cuda_session here = *session;
  here.inputs = inputs;
  LargeTile tile(here, workspace_of(here));
  load(tile, here, parameters);
  tile.input_gradient({nullptr, nullptr, 0}, share(rows, block(), blocks()), share(rows, block() + 1, blocks()),
                      weights, gradient);
}

// clang-format off
GT_CONSTANT gt_kernel_info kernel_table_core[] = {
    {"train_solo_generic", GT_TEAM_SOLO, 256, 1, SoloTile::kRows, -1, GT_DENSE, -1, 0, {0}},
    {"train_grid_generic", GT_TEAM_GRID, 128, 1, WideTile::kRows, -1, GT_DENSE, -1, 0, {0}},
    {"train_cluster8_generic", GT_TEAM_CLUSTER, 128, 8, WideTile::kRows, -1, GT_DENSE, -1, 0, {0}},
    {"train_grid_large", GT_TEAM_GRID, 128, 1, LayeredTile::kRows, -1, GT_DENSE, -1, 0, {0}},
};
// clang-format on
GT_CONSTANT int32_t kernel_count_core = 4;

// Shared memory in bytes that each kernel of the table above needs for the session's network, in the table's order, and
// after them the floats of workspace that a team of the last of them and a block of predict or input_gradient needs.
// One thread.
GT_KERNEL(1, 1) measure(const gt_cuda_session* session, int64_t* sizes) {
  int n = session->parameters;
  int solo = SoloTile::lay_out(*session, nullptr);
  int wide = WideTile::lay_out(*session, nullptr);
  sizes[0] = Driver<SoloTile, SoloTeam<SoloTile>>::shared_bytes(n, solo);
  sizes[1] = Driver<WideTile, GridTeam<WideTile>>::shared_bytes(n, wide);
  sizes[2] = Driver<WideTile, Cluster8>::shared_bytes(n, wide);
  sizes[3] = LayeredDriver::shared_bytes(n, LayeredTile::kFloats);
  sizes[4] = LayeredTile::workspace_floats(*session);
  sizes[5] = ceiling(LargeTile::lay_out(*session, nullptr), 4) * 4;
}

// The number of offsets and sizes in GT_LAYOUT, then they. One thread.
GT_KERNEL(1, 1) layout(int32_t* out) {
#define GT_ONE(...) +1
  *out++ = 0 GT_LAYOUT(GT_ONE, GT_ONE);
#undef GT_ONE
#define GT_OFFSET(type, field) *out++ = static_cast<int32_t>(offsetof(type, field));
#define GT_SIZE(type) *out++ = static_cast<int32_t>(sizeof(type));
  GT_LAYOUT(GT_OFFSET, GT_SIZE)
#undef GT_OFFSET
#undef GT_SIZE
}
#endif
