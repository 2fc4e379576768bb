// The module for second-order training on the emulated machine.
#include "second_order.cu"

#include "registry.h"

namespace {
GT_REGISTER("row_values", row_values, 256, 1);
GT_REGISTER("output_slopes", output_slopes, 256, 1);
GT_REGISTER("factor_squares", factor_squares, 256, 1);
GT_REGISTER("factor_times", factor_times, 256, 1);
GT_REGISTER("factor_transposed", factor_transposed, 256, 1);
GT_REGISTER("factor_products", factor_products, 256, 1);
GT_REGISTER("factor_traces", factor_traces, 256, 1);
GT_REGISTER("derivatives", derivatives, 256, 1);
GT_REGISTER("line_products", line_products, 256, 1);
GT_REGISTER("line_traces", line_traces, 256, 1);
GT_REGISTER("line_squares", line_squares, 256, 1);
GT_REGISTER("line_times", line_times, 256, 1);
GT_REGISTER("line_transposed", line_transposed, 256, 1);
}  // namespace
