// Outputs of networks and their derivatives by the parameters, in float64: no session, no threads, no state.
#pragma once

#include "gputrain/gputrain_cpu.h"

namespace gputrain {

// The calls of gputrain_cpu.h. Throw std::invalid_argument.
void network_outputs(const gt_network& network, const double* parameters, const double* inputs, int row_from,
                     int row_to, double* outputs);
void network_derivatives(const gt_network& network, const int32_t* trained, int count, const double* parameters,
                         const double* inputs, int row_from, int row_to, const double* scale, double* result);

void add_layer_products(const double* h_a, const double* d_a, int from_a, int to_a, const double* h_b,
                        const double* d_b, int from_b, int to_b, int inputs, int width, int outputs, double* result);

}  // namespace gputrain
