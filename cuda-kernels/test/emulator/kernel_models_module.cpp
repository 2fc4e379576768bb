// The module for kernel models on the emulated machine.
#include "kernel_models.cu"

#include "registry.h"

namespace {
GT_REGISTER("covariance", covariance, 256, 1);
GT_REGISTER("factorise", factorise, 256, 1);
GT_REGISTER("invert", invert, 256, 1);
GT_REGISTER("solve_lower", solve_lower, 256, 1);
GT_REGISTER("solve", solve, 256, 1);
GT_REGISTER("products", products, 256, 1);
GT_REGISTER("gather", gather, 256, 1);
GT_REGISTER("leave_out", leave_out, 256, 1);
GT_REGISTER_GLOBAL("kernel_models_shared_bytes", kernel_models_shared_bytes);
}  // namespace
