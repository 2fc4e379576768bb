// The module of one shape on the emulated machine; compiled once for each, as specialised.cu is.
#include "specialised.cu"

#include "registry.h"

namespace {
GT_REGISTER(GT_TEXT(GT_NAMED(train_solo_)), GT_NAMED(train_solo_), 256, 1);
GT_REGISTER(GT_TEXT(GT_NAMED(train_grid_)), GT_NAMED(train_grid_), 128, 1);
GT_REGISTER(GT_TEXT(GT_NAMED(train_cluster8_)), GT_NAMED(train_cluster8_), 128, 8);
GT_REGISTER(GT_TEXT(GT_NAMED(train_cluster16_)), GT_NAMED(train_cluster16_), 128, 16);
GT_REGISTER_GLOBAL(GT_TEXT(GT_NAMED(kernel_table_)), GT_NAMED(kernel_table_));
GT_REGISTER_GLOBAL(GT_TEXT(GT_NAMED(kernel_count_)), GT_NAMED(kernel_count_));
}  // namespace
