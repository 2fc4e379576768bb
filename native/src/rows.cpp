#include "rows.h"

namespace gputrain {

PackedRows::PackedRows(const Layout& layout, std::vector<int32_t> rows, const double* inputs, const double* targets)
    : rows_(std::move(rows)), input_stride_(static_cast<size_t>(layout.layer(0).in_stride)) {
  const Layer& last = layout.last();
  size_t in = static_cast<size_t>(layout.inputs());
  size_t out = static_cast<size_t>(layout.outputs());
  // A tile may begin at any row and reads whole groups.
  size_t capacity = rows_.size() + kTileRows;
  output_lines_ = out;
  target_step_ = last.head ? 1 : static_cast<size_t>(last.out_stride);
  output_step_ = last.head ? capacity : 1;
  target_stride_ = static_cast<ptrdiff_t>(last.head ? capacity : 0);
  inputs_ = Floats(capacity * input_stride_);
  targets_ = Floats(capacity * (last.head ? out : target_step_));
  for (size_t r = 0; r < rows_.size(); r++) {
    size_t row = static_cast<size_t>(rows_[r]);
    for (size_t i = 0; i < in; i++) {
      inputs_[r * input_stride_ + i] = static_cast<float>(inputs[row * in + i]);
    }
    for (size_t k = 0; k < out; k++) {
      targets_[r * target_step_ + k * output_step_] = static_cast<float>(targets[row * out + k]);
    }
  }
}

Tile PackedRows::tile(int position, int valid) const {
  size_t at = static_cast<size_t>(position);
  return {inputs_.data() + at * input_stride_, targets_.data() + at * target_step_, target_stride_, tile_rows(valid),
          valid};
}

}  // namespace gputrain
