// The training kernels of one shape. Compiled once for each, with GT_NAME (as in 12_80_40_1_gelu) and the four widths
// defined, GT_INPUTS, GT_HIDDEN1, GT_HIDDEN2 and GT_OUTPUTS, and GT_ACTIVATION (GT_GELU, ...), or GT_PRODUCTS
// (GT_PRODUCT_UNITS, ...) for product units.
#ifdef GT_PRODUCTS
#include "tile_product_units.h"
#else
#include "tile_two_hidden.h"
#endif

using namespace gputrain::device;

#define GT_JOIN_(a, b) a##b
#define GT_JOIN(a, b) GT_JOIN_(a, b)
#define GT_TEXT_(a) #a
#define GT_TEXT(a) GT_TEXT_(a)
#define GT_NAMED(name) GT_JOIN(name, GT_NAME)

namespace {

// Not all of these are used where kernels with clusters are compiled apart.
#ifdef GT_PRODUCTS
[[maybe_unused]] constexpr int kFamily = GT_PRODUCTS;
[[maybe_unused]] constexpr int kActivation = -1;
template <int Threads, int Rows>
using Shape =
    TheseProductUnits<GT_PRODUCTS == GT_COMPLEX_PRODUCT_UNITS, GT_INPUTS, GT_HIDDEN1, GT_HIDDEN2, Threads, Rows>;
using DeepTile = ProductUnitTile<Shape<128, 64>>;
using WideTile = ProductUnitTile<Shape<256, 16>>;
[[maybe_unused]] constexpr int kParameters = Shape<128, 64>::plan().parameters;
[[maybe_unused]] constexpr int kDeepFloats = Shape<128, 64>::plan().floats;
[[maybe_unused]] constexpr int kWideFloats = Shape<256, 16>::plan().floats;
[[maybe_unused]] constexpr int kDeepRows = DeepTile::kRows;
[[maybe_unused]] constexpr int kDeepResident = 2;
#else
[[maybe_unused]] constexpr int kFamily = GT_DENSE;
[[maybe_unused]] constexpr int kActivation = GT_ACTIVATION;
// Where a warp's registers do not hold the gradients of a tile of its own, the block carries one together.
constexpr int kDeepGroup = GT_HIDDEN1 * GT_HIDDEN2 > 4096 ? 256 : 32;
using DeepTile = TwoHiddenTile<GT_INPUTS, GT_HIDDEN1, GT_HIDDEN2, GT_OUTPUTS, GT_ACTIVATION, 256, kDeepGroup>;
using WideTile = TwoHiddenTile<GT_INPUTS, GT_HIDDEN1, GT_HIDDEN2, GT_OUTPUTS, GT_ACTIVATION, 128, 128>;
[[maybe_unused]] constexpr int kParameters = DeepTile::kParameters;
[[maybe_unused]] constexpr int kDeepFloats = DeepTile::kFloats;
[[maybe_unused]] constexpr int kWideFloats = WideTile::kFloats;
[[maybe_unused]] constexpr int kDeepRows = DeepTile::kGroups * DeepTile::kRows;
[[maybe_unused]] constexpr int kDeepResident = 1;
#endif
using Cluster8 = ClusterTeam<WideTile, 8>;
using Cluster16 = ClusterTeam<WideTile, 16>;

}  // namespace

#if GT_WITHOUT_CLUSTERS
GT_KERNEL(DeepTile::kThreads, kDeepResident)
GT_NAMED(train_solo_)(const gt_cuda_session* session, const int32_t* active, int32_t blocks, int64_t epochs) {
  Driver<DeepTile, SoloTeam<DeepTile>>(*session, active, blocks, shared_memory()).run(epochs);
}

GT_KERNEL(WideTile::kThreads, 1)
GT_NAMED(train_grid_)(const gt_cuda_session* session, const int32_t* active, int32_t blocks, int64_t epochs) {
  Driver<WideTile, GridTeam<WideTile>>(*session, active, blocks, shared_memory()).run(epochs);
}

// clang-format off
#define GT_ENTRY(name, kind, Team, Tile, cluster, rows, floats)                                              \
  {GT_TEXT(GT_NAMED(name)), kind, Tile::kThreads, cluster, rows,                                             \
   Driver<Tile, Team>::shared_bytes(kParameters, floats), kFamily, kActivation, 3,                           \
   {GT_INPUTS, GT_HIDDEN1, GT_HIDDEN2, GT_OUTPUTS}}
GT_CONSTANT gt_kernel_info GT_NAMED(kernel_table_)[] = {
    GT_ENTRY(train_solo_, GT_TEAM_SOLO, SoloTeam<DeepTile>, DeepTile, 1, kDeepRows, kDeepFloats),
    GT_ENTRY(train_grid_, GT_TEAM_GRID, GridTeam<WideTile>, WideTile, 1, WideTile::kRows, kWideFloats),
    GT_ENTRY(train_cluster8_, GT_TEAM_CLUSTER, Cluster8, WideTile, 8, WideTile::kRows, kWideFloats),
    GT_ENTRY(train_cluster16_, GT_TEAM_CLUSTER, Cluster16, WideTile, 16, WideTile::kRows, kWideFloats),
};
// clang-format on
GT_CONSTANT int32_t GT_NAMED(kernel_count_) = 4;
#endif

#if GT_WITH_CLUSTERS
GT_KERNEL(WideTile::kThreads, 1)
GT_CLUSTER(8)
GT_NAMED(train_cluster8_)(const gt_cuda_session* session, const int32_t* active, int32_t blocks, int64_t epochs) {
  Driver<WideTile, Cluster8>(*session, active, blocks, shared_memory()).run(epochs);
}

GT_KERNEL(WideTile::kThreads, 1)
GT_CLUSTER(16)
GT_NAMED(train_cluster16_)(const gt_cuda_session* session, const int32_t* active, int32_t blocks, int64_t epochs) {
  Driver<WideTile, Cluster16>(*session, active, blocks, shared_memory()).run(epochs);
}
#endif
