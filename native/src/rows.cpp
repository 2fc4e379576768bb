#include "rows.h"

namespace gputrain {

PackedRows::PackedRows(const RowFormat& format, std::vector<int32_t> rows, const double* inputs, const double* targets)
    : rows_(std::move(rows)), input_stride_(format.input_stride), target_step_(format.target_stride) {
  // A tile may begin at any row and reads whole groups.
  size_t capacity = rows_.size() + kTileRows;
  output_step_ = format.targets_by_output ? capacity : 1;
  inputs_ = Floats(capacity * input_stride_);
  for (size_t r = 0; r < rows_.size(); r++) {
    const double* from = inputs + static_cast<size_t>(rows_[r]) * format.inputs;
    std::transform(from, from + format.inputs, inputs_.data() + r * input_stride_,
                   [](double x) { return static_cast<float>(x); });
  }
  targets_ = Floats(capacity * (format.targets_by_output ? format.outputs : target_step_));
  for (size_t r = 0; r < rows_.size() && targets != nullptr; r++) {
    const double* from = targets + static_cast<size_t>(rows_[r]) * format.outputs;
    for (size_t k = 0; k < format.outputs; k++) {
      targets_[r * target_step_ + k * output_step_] = static_cast<float>(from[k]);
    }
  }
}

}  // namespace gputrain
