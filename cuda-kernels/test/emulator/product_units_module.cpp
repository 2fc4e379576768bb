// The module for product units on the emulated machine.
#include "product_units.cu"

#include "registry.h"

namespace {
GT_REGISTER("train_solo_product_units", train_solo_product_units, 128, 1);
GT_REGISTER("train_grid_product_units", train_grid_product_units, 256, 1);
GT_REGISTER("train_cluster8_product_units", train_cluster8_product_units, 256, 8);
GT_REGISTER("train_grid_large_product_units", train_grid_large_product_units, 256, 1);
GT_REGISTER("train_solo_complex_product_units", train_solo_complex_product_units, 128, 1);
GT_REGISTER("train_grid_complex_product_units", train_grid_complex_product_units, 256, 1);
GT_REGISTER("train_cluster8_complex_product_units", train_cluster8_complex_product_units, 256, 8);
GT_REGISTER("train_grid_large_complex_product_units", train_grid_large_complex_product_units, 256, 1);
GT_REGISTER("predict_product_units", predict_product_units, 256, 1);
GT_REGISTER("input_gradient_product_units", input_gradient_product_units, 256, 1);
GT_REGISTER("measure_product_units", measure_product_units, 1, 1);
GT_REGISTER_GLOBAL("kernel_table_product_units", kernel_table_product_units);
GT_REGISTER_GLOBAL("kernel_count_product_units", kernel_count_product_units);
}  // namespace
