// The module for spline networks on the emulated machine.
#include "splines.cu"

#include "registry.h"

namespace {
GT_REGISTER("train_cubic_splines", train_cubic_splines, 256, 1);
GT_REGISTER("train_splines", train_splines, 256, 1);
GT_REGISTER("train_large_splines", train_large_splines, 256, 1);
GT_REGISTER("predict_splines", predict_splines, 256, 1);
GT_REGISTER("input_gradient_splines", input_gradient_splines, 256, 1);
GT_REGISTER("measure_splines", measure_splines, 1, 1);
}  // namespace
