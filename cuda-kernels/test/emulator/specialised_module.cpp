// The module of one shape on the emulated machine; compiled once for each, as specialised.cu is.
#include "specialised.cu"

#include "registry.h"

namespace {
GT_REGISTER(GT_TEXT(GT_NAMED(train_solo_)), GT_NAMED(train_solo_), DeepTile::kThreads, 1);
GT_REGISTER(GT_TEXT(GT_NAMED(train_grid_)), GT_NAMED(train_grid_), WideTile::kThreads, 1);
GT_REGISTER(GT_TEXT(GT_NAMED(train_cluster8_)), GT_NAMED(train_cluster8_), WideTile::kThreads, 8);
GT_REGISTER(GT_TEXT(GT_NAMED(train_cluster16_)), GT_NAMED(train_cluster16_), WideTile::kThreads, 16);
GT_REGISTER_GLOBAL(GT_TEXT(GT_NAMED(kernel_table_)), GT_NAMED(kernel_table_));
GT_REGISTER_GLOBAL(GT_TEXT(GT_NAMED(kernel_count_)), GT_NAMED(kernel_count_));
}  // namespace
