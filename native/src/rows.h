// Training data in the layout of the kernels.
#pragma once

#include <cstdint>
#include <vector>

#include "layout.h"

namespace gputrain {

// Inputs and targets of a list of rows, in that order; lists that replicas share are packed once.
class PackedRows {
 public:
  PackedRows(const Layout& layout, std::vector<int32_t> rows, const double* inputs, const double* targets);

  const std::vector<int32_t>& rows() const { return rows_; }
  int count() const { return static_cast<int>(rows_.size()); }

  // The tile that begins at a position of the list. Rows beyond `valid` are whatever follows, and count nothing.
  Tile tile(int position, int valid) const;
  // The same for positions chosen one by one, copied into buffers; at(i) is the position of the tile's row i.
  template <class At>
  Tile gather(int valid, At at, TileBuffers& buffers) const;

 private:
  std::vector<int32_t> rows_;
  size_t input_stride_;
  size_t target_step_;   // between rows
  size_t output_step_;   // between outputs
  size_t output_lines_;  // values to copy for a row
  ptrdiff_t target_stride_;
  Floats inputs_, targets_;
};

// Rows of a tile that holds `valid` rows.
inline int tile_rows(int valid) { return (valid + kRowGroup - 1) / kRowGroup * kRowGroup; }

template <class At>
Tile PackedRows::gather(int valid, At at, TileBuffers& buffers) const {
  bool lines = target_step_ == 1;
  for (int i = 0; i < valid; i++) {
    size_t from = static_cast<size_t>(at(i));
    size_t to = static_cast<size_t>(i);
    const float* input = inputs_.data() + from * input_stride_;
    float* to_input = buffers.inputs() + to * input_stride_;
    for (size_t k = 0; k < input_stride_; k++) {
      to_input[k] = input[k];
    }
    for (size_t k = 0; k < output_lines_; k++) {
      buffers.targets()[lines ? k * kTileRows + to : to * target_step_ + k] =
          targets_[from * target_step_ + k * output_step_];
    }
  }
  return {buffers.inputs(), buffers.targets(), kTileRows, tile_rows(valid), valid};
}

}  // namespace gputrain
