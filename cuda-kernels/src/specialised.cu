// The training kernels of one shape. Compiled once for each, with GT_NAME (as in 12_80_40_1_gelu), GT_INPUTS,
// GT_HIDDEN1, GT_HIDDEN2, GT_OUTPUTS and GT_ACTIVATION (GT_GELU, ...) defined.
#include "tile_two_hidden.h"

using namespace gputrain::device;

#define GT_JOIN_(a, b) a##b
#define GT_JOIN(a, b) GT_JOIN_(a, b)
#define GT_TEXT_(a) #a
#define GT_TEXT(a) GT_TEXT_(a)
#define GT_NAMED(name) GT_JOIN(name, GT_NAME)

namespace {

// Where a warp's registers do not hold the gradients of a tile of its own, the block carries one together.
constexpr int kDeepGroup = GT_HIDDEN1 * GT_HIDDEN2 > 4096 ? 256 : 32;
using DeepTile = TwoHiddenTile<GT_INPUTS, GT_HIDDEN1, GT_HIDDEN2, GT_OUTPUTS, GT_ACTIVATION, 256, kDeepGroup>;
using WideTile = TwoHiddenTile<GT_INPUTS, GT_HIDDEN1, GT_HIDDEN2, GT_OUTPUTS, GT_ACTIVATION, 128, 128>;
using Cluster8 = ClusterTeam<WideTile, 8>;
using Cluster16 = ClusterTeam<WideTile, 16>;

}  // namespace

GT_KERNEL(256, 1)
GT_NAMED(train_solo_)(const gt_cuda_session* session, const int32_t* active, int32_t blocks, int64_t epochs) {
  Driver<DeepTile, SoloTeam<DeepTile>>(*session, active, blocks, shared_memory()).run(epochs);
}

GT_KERNEL(128, 1)
GT_NAMED(train_grid_)(const gt_cuda_session* session, const int32_t* active, int32_t blocks, int64_t epochs) {
  Driver<WideTile, GridTeam<WideTile>>(*session, active, blocks, shared_memory()).run(epochs);
}

GT_KERNEL(128, 1)
GT_CLUSTER(8)
GT_NAMED(train_cluster8_)(const gt_cuda_session* session, const int32_t* active, int32_t blocks, int64_t epochs) {
  Driver<WideTile, Cluster8>(*session, active, blocks, shared_memory()).run(epochs);
}

GT_KERNEL(128, 1)
GT_CLUSTER(16)
GT_NAMED(train_cluster16_)(const gt_cuda_session* session, const int32_t* active, int32_t blocks, int64_t epochs) {
  Driver<WideTile, Cluster16>(*session, active, blocks, shared_memory()).run(epochs);
}

// clang-format off
#define GT_ENTRY(name, kind, Team, Tile, cluster)                                                            \
  {GT_TEXT(GT_NAMED(name)), kind, Tile::kThreads, cluster, Tile::kGroups * Tile::kRows,                      \
   Driver<Tile, Team>::shared_bytes(Tile::kParameters, Tile::kFloats), GT_ACTIVATION, 3,                     \
   {GT_INPUTS, GT_HIDDEN1, GT_HIDDEN2, GT_OUTPUTS}}
GT_CONSTANT gt_kernel_info GT_NAMED(kernel_table_)[] = {
    GT_ENTRY(train_solo_, GT_TEAM_SOLO, SoloTeam<DeepTile>, DeepTile, 1),
    GT_ENTRY(train_grid_, GT_TEAM_GRID, GridTeam<WideTile>, WideTile, 1),
    GT_ENTRY(train_cluster8_, GT_TEAM_CLUSTER, Cluster8, WideTile, 8),
    GT_ENTRY(train_cluster16_, GT_TEAM_CLUSTER, Cluster16, WideTile, 16),
};
// clang-format on
GT_CONSTANT int32_t GT_NAMED(kernel_count_) = 4;
