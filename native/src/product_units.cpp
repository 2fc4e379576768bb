#include "product_units.h"

#include <algorithm>
#include <cfloat>
#include <stdexcept>
#include <string>

namespace gputrain {
namespace {

// Parameters that are updated together.
constexpr size_t kUnitSize = 512;

class ProductUnitWorker final : public Worker {
 public:
  explicit ProductUnitWorker(const ProductUnitModel& model);
  double train(Parameters parameters, const RowRange& rows, const Loss& loss, float* gradient) override;
  void forward(Parameters parameters, const RowRange& rows, float* outputs) override;
  void input_gradient(Parameters parameters, const PackedRows& rows, const float* output_weights,
                      double* gradient) override;

 private:
  ProductTile tile(const RowRange& rows, int first, int valid);

  const ProductUnitModel& model_;
  Floats inputs_, targets_, slope_, log_, power_, output_;
  ProductScratch scratch_;
};

ProductUnitWorker::ProductUnitWorker(const ProductUnitModel& model) : model_(model) {
  const ProductUnits& net = model.network();
  const size_t planes = net.complex ? 2 : 1;
  auto lines = [](size_t n) { return Floats(n * kProductRows); };
  inputs_ = lines(static_cast<size_t>(net.inputs));
  targets_ = lines(planes);
  slope_ = lines(planes * static_cast<size_t>(net.factors));
  log_ = lines(planes * static_cast<size_t>(net.factors));
  power_ = lines(planes * static_cast<size_t>(net.units));
  output_ = lines(planes);
  scratch_ = {slope_.data(), log_.data(), power_.data(), output_.data()};
}

// A group of rows is filled up with its last row, which cannot overflow where the others do not.
ProductTile ProductUnitWorker::tile(const RowRange& rows, int first, int valid) {
  const RowFormat& format = model_.row_format();
  const int padded = padded_rows(valid);
  int32_t positions[kProductRows];
  rows.positions(first, valid, positions);
  std::fill(positions + valid, positions + padded, positions[valid - 1]);
  for (int i = 0; i < padded; i++) {
    const float* input = rows.set.inputs(positions[i]);
    const float* target = rows.set.targets(positions[i]);
    float* to = inputs_.data() + i;
    for (size_t k = 0; k < format.inputs; k++, to += kProductRows) {
      *to = input[k];
    }
    to = targets_.data() + i;
    for (size_t k = 0; k < format.outputs; k++, to += kProductRows) {
      *to = target[k];
    }
  }
  return {inputs_.data(), targets_.data(), padded, valid};
}

double ProductUnitWorker::train(Parameters parameters, const RowRange& rows, const Loss& loss, float* gradient) {
  double sum = 0;
  for_tiles(rows.count, kProductRows, [&](int first, int valid) {
    sum += model_.kernels().product_train(model_.network(), parameters, tile(rows, first, valid), loss, scratch_,
                                          gradient, first > 0);
  });
  return sum;
}

void ProductUnitWorker::forward(Parameters parameters, const RowRange& rows, float* outputs) {
  for_tiles(rows.count, kProductRows, [&](int first, int valid) {
    model_.kernels().product_forward(model_.network(), parameters, tile(rows, first, valid), scratch_);
    for (size_t r = 0; r < static_cast<size_t>(valid); r++) {
      for (size_t k = 0; k < model_.outputs(); k++) {
        *outputs++ = output_[k * kProductRows + r];
      }
    }
  });
}

void ProductUnitWorker::input_gradient(Parameters parameters, const PackedRows& rows, const float* output_weights,
                                       double* gradient) {
  const size_t inputs = model_.row_format().inputs;
  Floats result(inputs * kProductRows);
  for_tiles(rows.count(), kProductRows, [&](int first, int valid) {
    model_.kernels().product_input_gradient(model_.network(), parameters,
                                            tile({rows, nullptr, 0, rows.count()}, first, valid), output_weights,
                                            scratch_, result.data());
    for (size_t r = 0; r < static_cast<size_t>(valid); r++) {
      for (size_t i = 0; i < inputs; i++) {
        *gradient++ = static_cast<double>(result[i * kProductRows + r]);
      }
    }
  });
}

void require(bool holds, const std::string& otherwise) {
  if (!holds) {
    throw std::invalid_argument(otherwise);
  }
}

}  // namespace

ProductUnitModel::ProductUnitModel(bool complex, const std::vector<int>& widths, double guard, const Kernels& kernels)
    : kernels_(kernels) {
  require(widths.size() == 4, "product units have four widths, not " + std::to_string(widths.size()));
  const int inputs = widths[0];
  const int linear = widths[1];
  const int units = widths[2];
  require(inputs >= 1 && linear >= 0 && units >= 1,
          "product units need inputs and units: " + std::to_string(inputs) + ", " + std::to_string(units));
  require(widths[3] == (complex ? 2 : 1), "outputs of product units: " + std::to_string(widths[3]));
  // The kernels take logarithms of normal numbers only.
  const double square = complex ? guard * guard : guard;
  require(guard > 0 && square >= FLT_MIN && square <= FLT_MAX, "guard of product units: " + std::to_string(guard));
  network_ = {complex, inputs, linear, linear > 0 ? linear : inputs, units, static_cast<float>(guard), 0, 0, 0, 0, 0};
  const size_t planes = complex ? 2 : 1;
  const size_t matrix = static_cast<size_t>(units) * static_cast<size_t>(network_.factors);
  network_.weights = add_block(planes, static_cast<size_t>(linear) * static_cast<size_t>(inputs), false);
  network_.bias = add_block(planes, static_cast<size_t>(linear), false);
  network_.exponents = add_block(planes, matrix, complex);
  network_.coefficients = add_block(planes, static_cast<size_t>(units), false);
  network_.shift = add_block(planes, 1, false);
  mirror_size_ = complex ? 4 * matrix : 0;
  row_format_ = {static_cast<size_t>(inputs), planes, static_cast<size_t>(inputs), planes, false};
}

// Planes follow each other without a gap, as in the parameter vector.
size_t ProductUnitModel::add_block(size_t planes, size_t size, bool mirrored) {
  const size_t begin = primary_size_;
  const size_t end = begin + line_padded(planes * size);
  for (size_t i = 0; i < planes * size; i++) {
    position_.push_back(begin + i);
  }
  for (size_t at = begin; at < end; at += kUnitSize) {
    units_.push_back({at, std::min(at + kUnitSize, end), 0, 0, mirrored ? 1 : 0});
  }
  primary_size_ = end;
  return begin;
}

// [Re E, -Im E; Im E, Re E]
void ProductUnitModel::mirror(const UpdateUnit& unit, const float* primary, float* mirror) const {
  if (unit.rows == 0) {
    return;
  }
  const size_t factors = static_cast<size_t>(network_.factors);
  const size_t matrix = static_cast<size_t>(network_.units) * factors;
  const size_t end = std::min(unit.end, network_.exponents + 2 * matrix);
  for (size_t at = unit.begin; at < end;) {
    const size_t i = at - network_.exponents;
    const bool imaginary = i >= matrix;
    const size_t row = (imaginary ? i - matrix : i) / factors;
    const size_t column = i % factors;
    const size_t n = std::min(factors - column, end - at);
    float* upper = mirror + 2 * row * factors + column;
    float* lower = upper + 2 * matrix;
    const float* from = primary + at;
    if (imaginary) {
      std::transform(from, from + n, upper + factors, [](float x) { return -x; });
      std::copy_n(from, n, lower);
    } else {
      std::copy_n(from, n, upper);
      std::copy_n(from, n, lower + factors);
    }
    at += n;
  }
}

std::unique_ptr<Worker> ProductUnitModel::worker() const { return std::make_unique<ProductUnitWorker>(*this); }

}  // namespace gputrain
