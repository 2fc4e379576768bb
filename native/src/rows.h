// Training data in the layout of the kernels.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "floats.h"
#include "network.h"

namespace gputrain {

// How a network wants its data.
struct RowFormat {
  size_t inputs, outputs;
  size_t input_stride;     // floats from one row's inputs to the next
  size_t target_stride;    // floats from one row's targets to the next
  bool targets_by_output;  // instead, target_stride 1: all rows of the first output, then those of the second
};

// Inputs and targets of a list of rows, in that order; lists that replicas share are packed once.
class PackedRows {
 public:
  // targets may be null, where nothing is trained on them; they are 0 then.
  PackedRows(const RowFormat& format, std::vector<int32_t> rows, const double* inputs, const double* targets);

  const std::vector<int32_t>& rows() const { return rows_; }
  int count() const { return static_cast<int>(rows_.size()); }

  // From a position of the list on; kTileRows rows more than there are can be read.
  const float* inputs(int position) const { return inputs_.data() + static_cast<size_t>(position) * input_stride_; }
  const float* targets(int position) const { return targets_.data() + static_cast<size_t>(position) * target_step_; }
  // Floats from one output's target to that of the next.
  size_t output_step() const { return output_step_; }

 private:
  std::vector<int32_t> rows_;
  size_t input_stride_, target_step_, output_step_;
  Floats inputs_, targets_;
};

// Groups of kRowGroup rows that hold this many rows.
inline int row_groups(int rows) { return (rows + kRowGroup - 1) / kRowGroup; }

// Rows of a tile that holds `valid` rows.
inline int padded_rows(int valid) { return row_groups(valid) * kRowGroup; }

// Calls f(first, valid) for tiles of whole groups of 0 ... count-1, at most tile_rows each and as even as they can be.
template <class F>
void for_tiles(int count, int tile_rows, F f) {
  int most = tile_rows / kRowGroup;
  int left = (row_groups(count) + most - 1) / most;
  for (int first = 0; first < count; left--) {
    int rest = count - first;
    int rows = std::min(rest, (row_groups(rest) + left - 1) / left * kRowGroup);
    f(first, rows);
    first += rows;
  }
}

}  // namespace gputrain
