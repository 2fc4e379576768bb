// Outputs and derivatives of dense networks, in float64: with h the values at the inputs of a layer and d the
// derivatives of an output by what the layer adds up, those by its weights are d h^T, those by its biases d.
#pragma once

#include "double_functions.h"
#include "network.h"
#include "planes.h"

namespace gputrain::GT_ISA {

// value = f(value), slope = f'(value) of n lines of planes
inline void activate_planes(Activation activation, int n, double* value, double* slope) {
  for (int i = 0; i < n * kJacobianRows; i += kDoubles) {
    const Doubles x = load(value + i);
    Doubles f = x;
    Doubles derivative = all(1.0);
    switch (activation) {
      case Activation::identity:
        break;
      case Activation::gelu: {
        Doubles distribution, exponential;
        normal(x, &distribution, &exponential);
        f = x * distribution;
        derivative = fma(x, exponential * all(0.3989422804014327), distribution);
        break;
      }
      case Activation::relu: {
        const Longs on = x > Doubles{};
        // NaN stays what it is.
        f = select(x < Doubles{}, Doubles{}, x);
        derivative = select(on, all(1.0), Doubles{});
        break;
      }
      case Activation::tanh:
        f = tanh(x);
        derivative = all(1.0) - f * f;
        break;
    }
    store(value + i, f);
    store(slope + i, derivative);
  }
}

// Planes of all layers of units; the outputs are the last.
inline void dense_planes(const DenseJacobian& net, const JacobianTile& tile) {
  to_planes(tile.inputs, net.widths[0], tile.rows, net.value);
  double* value = net.value;
  double* slope = net.slope;
  const double* p = tile.parameters;
  for (int l = 0; l < net.layers; l++) {
    const int in = net.widths[l];
    const int out = net.widths[l + 1];
    const double* bias = p + static_cast<ptrdiff_t>(in) * out;
    double* above = value + in * kJacobianRows;
    slope += in * kJacobianRows;
    plane_product({p, in, 1}, bias, out, in, value, above);
    if (l + 1 < net.layers) {
      activate_planes(net.activation, out, above, slope);
    }
    p = bias + out;
    value = above;
  }
}

// Derivatives of output k.
inline void dense_lines(const DenseJacobian& net, const JacobianTile& tile, int k) {
  const int outputs = net.widths[net.layers];
  int units = 0;
  ptrdiff_t parameters = 0;
  for (int l = 0; l < net.layers; l++) {
    units += net.widths[l];
    parameters += static_cast<ptrdiff_t>(net.widths[l] + 1) * net.widths[l + 1];
  }
  double* const first = tile.lines + k * tile.stride;
  const ptrdiff_t row_step = outputs * tile.stride;
  double* gradient = net.gradient;
  double* below = net.gradient_below;
  for (int l = net.layers - 1; l >= 0; l--) {
    const int in = net.widths[l];
    const int out = net.widths[l + 1];
    units -= in;
    parameters -= static_cast<ptrdiff_t>(in + 1) * out;
    const double* weights = tile.parameters + parameters;
    const ptrdiff_t biases = parameters + static_cast<ptrdiff_t>(in) * out;
    const double* h = l == 0 ? tile.inputs : net.value_rows + units * kJacobianRows;
    const bool last = l + 1 == net.layers;
    if (!last) {
      to_rows(gradient, out, net.gradient_rows, out);
    }
    for (int r = 0; r < tile.rows; r++) {
      const double scale = tile.scale[r * outputs + k];
      double* line = first + r * row_step;
      if (last) {
        for (ptrdiff_t i = parameters; i < biases + out; i++) {
          line[i] = 0;
        }
        scaled(line + parameters + static_cast<ptrdiff_t>(k) * in, scale, h + r * in, in);
        line[biases + k] = scale;
      } else {
        const double* d = net.gradient_rows + r * out;
        outer(line + parameters, scale, d, out, h + r * in, in);
        scaled(line + biases, scale, d, out);
      }
    }
    if (l == 0) {
      return;
    }
    if (!last) {
      plane_product({weights, 1, in}, nullptr, in, out, gradient, below);
    }
    const double* slope = net.slope + units * kJacobianRows;
    for (int i = 0; i < in * kJacobianRows; i += kDoubles) {
      const Doubles of_value = last ? all(weights[k * in + i / kJacobianRows]) : load(below + i);
      store(below + i, of_value * load(slope + i));
    }
    double* const free = gradient;
    gradient = below;
    below = free;
  }
}

inline void dense_jacobian(const DenseJacobian& net, const JacobianTile& tile) {
  dense_planes(net, tile);
  const int outputs = net.widths[net.layers];
  int units = 0;
  for (int l = 0; l < net.layers; l++) {
    if (tile.lines != nullptr && l > 0) {
      to_rows(net.value + units * kJacobianRows, net.widths[l], net.value_rows + units * kJacobianRows, net.widths[l]);
    }
    units += net.widths[l];
  }
  for (int r = 0; r < tile.rows && tile.outputs != nullptr; r++) {
    for (int k = 0; k < outputs; k++) {
      tile.outputs[r * outputs + k] = net.value[(units + k) * kJacobianRows + r];
    }
  }
  for (int k = 0; k < outputs && tile.lines != nullptr; k++) {
    dense_lines(net, tile, k);
  }
}

}  // namespace gputrain::GT_ISA
