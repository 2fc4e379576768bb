// How a network of any widths lies in the memory of a tile.
#pragma once

#include "gputrain/cuda_abi.h"
#include "strides.h"

namespace gputrain::device {

// Where a layer lies in the tile's memory, in floats. `in` and `out` are its widths.
struct LayerPlace {
  int32_t in, out;
  int32_t stride, back_stride;  // of a column's weights, and of the transposed copy's rows
  int32_t weights, back, bias;  // back: for every layer but the first
  int32_t value, slope;         // of the layer's inputs; the slopes become the gradient by the sums before them
  int32_t flat;                 // of its first parameter in the flat vector
};

// Places the layers from float `at` on, activations with `row_stride` between features, then the outputs,
// [output][row], and the gradient. Returns the end; `place` may be null.
GT_DEVICE int place_layers(const gt_cuda_session& s, int at, int row_stride, LayerPlace* place) {
  int flat = 0;
  for (int l = 0; l < s.layers; l++) {
    LayerPlace layer = {};
    layer.in = s.widths[l];
    layer.out = s.widths[l + 1];
    layer.stride = odd_stride(layer.in);
    layer.back_stride = odd_stride(layer.out);
    layer.flat = flat;
    layer.weights = at;
    at += layer.out * layer.stride;
    layer.back = at;
    at += l > 0 ? layer.in * layer.back_stride : 0;
    layer.bias = at;
    at += ceiling(layer.out, 4) * 4;
    int features = ceiling(layer.in, 4) * 4 * row_stride;
    layer.value = at;
    at += features;
    layer.slope = at;
    at += l > 0 ? features : 0;
    flat += layer.out * (layer.in + 1);
    if (place != nullptr) {
      place[l] = layer;
    }
  }
  return at + ceiling(s.widths[s.layers], 4) * 4 * row_stride + ceiling(flat, 4) * 4;
}

}  // namespace gputrain::device
