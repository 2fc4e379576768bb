// The core module on the emulated machine.
#include "core.cu"

#include "registry.h"

namespace {
GT_REGISTER("train_solo_generic", train_solo_generic, 256, 1);
GT_REGISTER("train_grid_generic", train_grid_generic, 128, 1);
GT_REGISTER("train_cluster8_generic", train_cluster8_generic, 128, 8);
GT_REGISTER("train_grid_large", train_grid_large, 128, 1);
GT_REGISTER("predict", predict, 256, 1);
GT_REGISTER("input_gradient", input_gradient, 256, 1);
GT_REGISTER("measure", measure, 1, 1);
GT_REGISTER("layout", layout, 1, 1);
GT_REGISTER_GLOBAL("kernel_table_core", kernel_table_core);
GT_REGISTER_GLOBAL("kernel_count_core", kernel_count_core);
}  // namespace
