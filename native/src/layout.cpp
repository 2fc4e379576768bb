#include "layout.h"

#include <algorithm>
#include <cstring>

namespace gputrain {
namespace {

constexpr size_t kLine = 64;
// Rows of a matrix that are mirrored together: a cache line of the mirror.
constexpr int kMirrorRows = 16;

int padded(int n, int lanes) { return (n + lanes - 1) / lanes * lanes; }

// Blocks start on cache lines whatever the vector size.
size_t line_padded(size_t n) { return (n + 15) / 16 * 16; }

}  // namespace

Floats::Floats(size_t n) : size_(n) {
  size_t bytes = (std::max<size_t>(n, 1) * sizeof(float) + kLine - 1) / kLine * kLine;
  data_.reset(static_cast<float*>(std::aligned_alloc(kLine, bytes)));
  if (data_ == nullptr) {
    throw std::bad_alloc();
  }
  std::memset(data_.get(), 0, bytes);
}

Layout::Layout(const std::vector<int>& widths, Activation activation, int lanes, bool input_gradient) {
  int layers = static_cast<int>(widths.size()) - 1;
  for (int l = 0; l < layers; l++) {
    Layer layer{};
    layer.in = widths[static_cast<size_t>(l)];
    layer.out = widths[static_cast<size_t>(l) + 1];
    layer.in_stride = padded(layer.in, lanes);
    layer.out_stride = padded(layer.out, lanes);
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
    parameters_ += (static_cast<size_t>(layer.in) + 1) * static_cast<size_t>(layer.out);
    layers_.push_back(layer);
  }
  network_ = {layers_.data(), layers, activation};
  plan_units();
}

void Layout::plan_units() {
  for (const Layer& layer : layers_) {
    int rows = layer.input_major ? layer.in : layer.out;
    size_t stride = static_cast<size_t>(layer.input_major ? layer.out_stride : layer.in_stride);
    int step = layer.mirror == kNone ? std::max(1, static_cast<int>(512 / stride)) : kMirrorRows;
    for (int row = 0; row < rows; row += step) {
      int count = std::min(step, rows - row);
      size_t begin = layer.weights + static_cast<size_t>(row) * stride;
      size_t end = row + count == rows ? layer.bias : begin + static_cast<size_t>(count) * stride;
      units_.push_back({begin, end, &layer, row, layer.mirror == kNone ? 0 : count});
    }
    units_.push_back({layer.bias, layer.bias + line_padded(static_cast<size_t>(layer.out_stride)), &layer, 0, 0});
  }
}

void Layout::pack(const double* parameters, float* primary) const {
  std::fill(primary, primary + primary_size_, 0.0F);
  for (const Layer& layer : layers_) {
    size_t in_step = layer.input_major ? static_cast<size_t>(layer.out_stride) : 1;
    size_t out_step = layer.input_major ? 1 : static_cast<size_t>(layer.in_stride);
    for (size_t o = 0; o < static_cast<size_t>(layer.out); o++) {
      for (size_t i = 0; i < static_cast<size_t>(layer.in); i++) {
        primary[layer.weights + o * out_step + i * in_step] = static_cast<float>(*parameters++);
      }
    }
    for (size_t o = 0; o < static_cast<size_t>(layer.out); o++) {
      primary[layer.bias + o] = static_cast<float>(*parameters++);
    }
  }
}

void Layout::unpack(const float* primary, double* parameters) const {
  for (const Layer& layer : layers_) {
    size_t in_step = layer.input_major ? static_cast<size_t>(layer.out_stride) : 1;
    size_t out_step = layer.input_major ? 1 : static_cast<size_t>(layer.in_stride);
    for (size_t o = 0; o < static_cast<size_t>(layer.out); o++) {
      for (size_t i = 0; i < static_cast<size_t>(layer.in); i++) {
        *parameters++ = static_cast<double>(primary[layer.weights + o * out_step + i * in_step]);
      }
    }
    for (size_t o = 0; o < static_cast<size_t>(layer.out); o++) {
      *parameters++ = static_cast<double>(primary[layer.bias + o]);
    }
  }
}

void Layout::mirror_unit(const Kernels& kernels, const UpdateUnit& unit, const float* primary, float* mirror) {
  if (unit.rows == 0) {
    return;
  }
  const Layer& layer = *unit.layer;
  int columns = layer.input_major ? layer.out : layer.in;
  int from_stride = layer.input_major ? layer.out_stride : layer.in_stride;
  int to_stride = layer.input_major ? layer.in_stride : layer.out_stride;
  kernels.transpose(primary + unit.begin, from_stride, unit.rows, columns, mirror + layer.mirror + unit.first_row,
                    to_stride);
}

void Layout::mirror_all(const Kernels& kernels, const float* primary, float* mirror) const {
  for (const UpdateUnit& unit : units_) {
    mirror_unit(kernels, unit, primary, mirror);
  }
}

TileBuffers::TileBuffers(const Layout& layout) {
  const Layer& last = layout.last();
  inputs_ = Floats(static_cast<size_t>(kTileRows) * static_cast<size_t>(layout.layer(0).in_stride));
  size_t outputs = static_cast<size_t>(kTileRows) * static_cast<size_t>(last.head ? last.out : last.out_stride);
  targets_ = Floats(outputs);
  output_ = Floats(outputs);
  for (int l = 0; l + 1 < layout.network().layers; l++) {
    size_t n = static_cast<size_t>(kTileRows) * static_cast<size_t>(layout.layer(l).out_stride);
    for (std::vector<float*>* list : {&value_, &slope_}) {
      store_.emplace_back(n);
      list->push_back(store_.back().data());
    }
  }
  scratch_ = {value_.data(), slope_.data(), output_.data()};
}

float TileBuffers::output(const Layout& layout, int r, int k) const {
  const Layer& last = layout.last();
  return output_[last.head ? static_cast<size_t>(k) * kTileRows + static_cast<size_t>(r)
                           : static_cast<size_t>(r) * static_cast<size_t>(last.out_stride) + static_cast<size_t>(k)];
}

}  // namespace gputrain
