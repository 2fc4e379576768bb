#include "dense.h"

#include <algorithm>

namespace gputrain {
namespace {

// Rows of a matrix that are mirrored together: a cache line of the mirror.
constexpr int kMirrorRows = 16;

int padded(int n, int lanes) { return (n + lanes - 1) / lanes * lanes; }

class DenseWorker final : public Worker {
 public:
  explicit DenseWorker(const DenseModel& model);
  double train(Parameters parameters, const RowRange& rows, const Loss& loss, float* gradient) override;
  void forward(Parameters parameters, const RowRange& rows, float* outputs) override;
  void input_gradient(Parameters parameters, const PackedRows& rows, const float* output_weights,
                      double* gradient) override;

 private:
  Tile tile(const RowRange& rows, int first, int valid);

  const DenseModel& model_;
  Floats inputs_, targets_, output_;
  std::vector<Floats> store_;
  std::vector<float*> value_, slope_;
  Scratch scratch_;
};

DenseWorker::DenseWorker(const DenseModel& model) : model_(model) {
  const Layer& last = model.last();
  inputs_ = Floats(static_cast<size_t>(kTileRows) * model.row_format().input_stride);
  size_t outputs = static_cast<size_t>(kTileRows) * static_cast<size_t>(last.head ? last.out : last.out_stride);
  targets_ = Floats(outputs);
  output_ = Floats(outputs);
  for (int l = 0; l + 1 < model.network().layers; l++) {
    size_t n = static_cast<size_t>(kTileRows) * static_cast<size_t>(model.layer(l).out_stride);
    for (std::vector<float*>* list : {&value_, &slope_}) {
      store_.emplace_back(n);
      list->push_back(store_.back().data());
    }
  }
  scratch_ = {value_.data(), slope_.data(), output_.data()};
}

// Rows beyond `valid` are whatever follows, and count nothing.
Tile DenseWorker::tile(const RowRange& rows, int first, int valid) {
  const int position = rows.first + first;
  const int padded = padded_rows(valid);
  if (rows.order == nullptr) {
    return {rows.set.inputs(position), rows.set.targets(position), static_cast<ptrdiff_t>(rows.set.output_step()),
            padded, valid};
  }
  const RowFormat& format = model_.row_format();
  int32_t positions[kTileRows];
  rows.positions(first, valid, positions);
  for (int i = 0; i < valid; i++) {
    const int from = positions[i];
    const size_t to = static_cast<size_t>(i);
    std::copy_n(rows.set.inputs(from), format.input_stride, inputs_.data() + to * format.input_stride);
    for (size_t k = 0; k < format.outputs; k++) {
      targets_[format.targets_by_output ? k * kTileRows + to : to * format.target_stride + k] =
          rows.set.targets(from)[k * rows.set.output_step()];
    }
  }
  return {inputs_.data(), targets_.data(), kTileRows, padded, valid};
}

double DenseWorker::train(Parameters parameters, const RowRange& rows, const Loss& loss, float* gradient) {
  double sum = 0;
  for_tiles(rows.count, kTileRows, [&](int first, int valid) {
    sum += model_.kernels().train(model_.network(), parameters, tile(rows, first, valid), loss, scratch_, gradient,
                                  first > 0);
  });
  return sum;
}

void DenseWorker::forward(Parameters parameters, const RowRange& rows, float* outputs) {
  const Layer& last = model_.last();
  const size_t row_step = last.head ? 1 : static_cast<size_t>(last.out_stride);
  const size_t output_step = last.head ? kTileRows : 1;
  for_tiles(rows.count, kTileRows, [&](int first, int valid) {
    Tile from = tile(rows, first, valid);
    model_.kernels().forward(model_.network(), parameters, from.inputs, from.rows, scratch_);
    for (size_t r = 0; r < static_cast<size_t>(valid); r++) {
      for (size_t k = 0; k < model_.outputs(); k++) {
        *outputs++ = output_[r * row_step + k * output_step];
      }
    }
  });
}

void DenseWorker::input_gradient(Parameters parameters, const PackedRows& rows, const float* output_weights,
                                 double* gradient) {
  const size_t stride = model_.row_format().input_stride;
  Floats result(static_cast<size_t>(kTileRows) * stride);
  for_tiles(rows.count(), kTileRows, [&](int first, int valid) {
    model_.kernels().input_gradient(model_.network(), parameters, rows.inputs(first), padded_rows(valid),
                                    output_weights, scratch_, result.data());
    for (size_t r = 0; r < static_cast<size_t>(valid); r++) {
      const float* from = result.data() + r * stride;
      gradient = std::copy(from, from + model_.row_format().inputs, gradient);
    }
  });
}

}  // namespace

DenseModel::DenseModel(const std::vector<int>& widths, Activation activation, const Kernels& kernels,
                       bool input_gradient)
    : kernels_(kernels) {
  int layers = static_cast<int>(widths.size()) - 1;
  for (int l = 0; l < layers; l++) {
    Layer layer{};
    layer.in = widths[static_cast<size_t>(l)];
    layer.out = widths[static_cast<size_t>(l) + 1];
    layer.in_stride = padded(layer.in, kernels.lanes);
    layer.out_stride = padded(layer.out, kernels.lanes);
    layer.head = l + 1 == layers && layer.out <= kHeadWidth;
    // The side with less padding runs along the lanes of the weight gradient.
    layer.input_major = !layer.head && static_cast<int64_t>(layer.in) * layer.out_stride <=
                                           static_cast<int64_t>(layer.out) * layer.in_stride;
    size_t weights = layer.input_major ? static_cast<size_t>(layer.in) * static_cast<size_t>(layer.out_stride)
                                       : static_cast<size_t>(layer.out) * static_cast<size_t>(layer.in_stride);
    layer.weights = primary_size_;
    layer.bias = layer.weights + line_padded(weights);
    primary_size_ = layer.bias + line_padded(static_cast<size_t>(layer.out_stride));
    bool mirrored = !layer.head && (!layer.input_major || l > 0 || input_gradient);
    layer.mirror = mirrored ? mirror_size_ : kNone;
    if (mirrored) {
      mirror_size_ +=
          line_padded(layer.input_major ? static_cast<size_t>(layer.out) * static_cast<size_t>(layer.in_stride)
                                        : static_cast<size_t>(layer.in) * static_cast<size_t>(layer.out_stride));
    }
    layers_.push_back(layer);
  }
  network_ = {layers_.data(), layers, activation};
  row_format_ = {static_cast<size_t>(widths.front()), static_cast<size_t>(widths.back()),
                 static_cast<size_t>(layer(0).in_stride), last().head ? 1 : static_cast<size_t>(last().out_stride),
                 last().head};
  plan_positions();
  plan_units();
}

void DenseModel::plan_positions() {
  for (const Layer& layer : layers_) {
    size_t in_step = layer.input_major ? static_cast<size_t>(layer.out_stride) : 1;
    size_t out_step = layer.input_major ? 1 : static_cast<size_t>(layer.in_stride);
    for (size_t o = 0; o < static_cast<size_t>(layer.out); o++) {
      for (size_t i = 0; i < static_cast<size_t>(layer.in); i++) {
        position_.push_back(layer.weights + o * out_step + i * in_step);
      }
    }
    for (size_t o = 0; o < static_cast<size_t>(layer.out); o++) {
      position_.push_back(layer.bias + o);
    }
  }
}

void DenseModel::plan_units() {
  for (int l = 0; l < network_.layers; l++) {
    const Layer& from = layer(l);
    int rows = from.input_major ? from.in : from.out;
    size_t stride = static_cast<size_t>(from.input_major ? from.out_stride : from.in_stride);
    int step = from.mirror == kNone ? std::max(1, static_cast<int>(512 / stride)) : kMirrorRows;
    for (int row = 0; row < rows; row += step) {
      int count = std::min(step, rows - row);
      size_t begin = from.weights + static_cast<size_t>(row) * stride;
      size_t end = row + count == rows ? from.bias : begin + static_cast<size_t>(count) * stride;
      units_.push_back({begin, end, l, row, from.mirror == kNone ? 0 : count});
    }
    units_.push_back({from.bias, from.bias + line_padded(static_cast<size_t>(from.out_stride)), l, 0, 0});
  }
}

void DenseModel::mirror(const UpdateUnit& unit, const float* primary, float* mirror) const {
  if (unit.rows == 0) {
    return;
  }
  const Layer& from = layer(unit.part);
  int columns = from.input_major ? from.out : from.in;
  int from_stride = from.input_major ? from.out_stride : from.in_stride;
  int to_stride = from.input_major ? from.in_stride : from.out_stride;
  kernels_.transpose(primary + unit.begin, from_stride, unit.rows, columns, mirror + from.mirror + unit.first_row,
                     to_stride);
}

std::unique_ptr<Worker> DenseModel::worker() const { return std::make_unique<DenseWorker>(*this); }

}  // namespace gputrain
