#include "spline_rows.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

namespace gputrain {
namespace {

constexpr int kMostChunks = 16;
// Rows below which a chunk is not worth a thread and a gradient of its own.
constexpr int kChunkRows = 256;

}  // namespace

int spline_chunks(int rows) {
  int n = 1;
  while (2 * n <= kMostChunks && 2 * n * kChunkRows <= rows) {
    n *= 2;
  }
  return n;
}

int spline_chunk_begin(int rows, int c, int n) { return static_cast<int>(static_cast<int64_t>(rows) * c / n); }

// Values are told apart by their bits, which also orders those that are not numbers.
InputValues::InputValues(const double* inputs, int rows, int columns)
    : columns_(columns), numbers_(static_cast<size_t>(rows) * static_cast<size_t>(columns)) {
  std::vector<int32_t> order(static_cast<size_t>(rows));
  for (int i = 0; i < columns; i++) {
    auto at = [&](int32_t row) {
      return static_cast<size_t>(row) * static_cast<size_t>(columns) + static_cast<size_t>(i);
    };
    auto bits = [&](int32_t row) { return std::bit_cast<uint64_t>(inputs[at(row)]); };
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(), [&](int32_t a, int32_t b) { return bits(a) < bits(b); });
    first_.push_back(static_cast<int32_t>(values_.size()));
    for (size_t r = 0; r < order.size(); r++) {
      if (r == 0 || bits(order[r]) != bits(order[r - 1])) {
        values_.push_back(inputs[at(order[r])]);
      }
      numbers_[at(order[r])] = static_cast<int32_t>(values_.size()) - 1;
    }
  }
  first_.push_back(static_cast<int32_t>(values_.size()));
}

ValueSplines::ValueSplines(const SplineModel& model, const SplinePieces& pieces, const InputValues& inputs) {
  const size_t count = static_cast<size_t>(inputs.count());
  const size_t lanes = static_cast<size_t>(model.network().lanes);
  record_.resize(count);
  splines_.resize(count * lanes);
  spline_slopes_.resize(count * lanes);
  silu_.resize(count);
  silu_slopes_.resize(count);
  for (int i = 0; i < inputs.columns(); i++) {
    for (int32_t number = inputs.first(i); number < inputs.first(i + 1); number++) {
      const size_t at = static_cast<size_t>(number);
      const double x = inputs.value(number);
      record_[at] = pieces.at(0, i, x, &splines_[at * lanes], &spline_slopes_[at * lanes]);
      const double sigmoid = 1 / (1 + std::exp(-x));
      // Infinity minus itself is not a number.
      silu_[at] = x * sigmoid + (x - x);
      silu_slopes_[at] = sigmoid * (1 + x * (1 - sigmoid));
    }
  }
}

void SplineBatch::select(const InputValues& inputs, const int32_t* rows, int count, const double* targets, int outputs,
                         std::vector<int32_t>* line_of_value) {
  const int columns = inputs.columns();
  rows_.assign(rows, rows + count);
  line_.resize(static_cast<size_t>(count) * static_cast<size_t>(columns));
  first_line_.clear();
  value_.clear();
  count_.clear();
  targets_.clear();
  std::vector<int32_t>& line = *line_of_value;
  for (int i = 0; i < columns; i++) {
    const size_t first = value_.size();
    first_line_.push_back(static_cast<int32_t>(first));
    for (int32_t row : rows_) {
      const int32_t number = inputs.number(row, i);
      if (line[static_cast<size_t>(number)] < 0) {
        line[static_cast<size_t>(number)] = 0;
        value_.push_back(number);
      }
    }
    std::sort(value_.begin() + static_cast<ptrdiff_t>(first), value_.end());
    for (size_t at = first; at < value_.size(); at++) {
      line[static_cast<size_t>(value_[at])] = static_cast<int32_t>(at);
    }
    count_.resize(value_.size());
    int32_t* to = line_.data() + i;
    for (int32_t row : rows_) {
      *to = line[static_cast<size_t>(inputs.number(row, i))];
      count_[static_cast<size_t>(*to)]++;
      to += columns;
    }
  }
  first_line_.push_back(static_cast<int32_t>(value_.size()));
  for (int32_t number : value_) {
    line[static_cast<size_t>(number)] = -1;
  }
  for (int32_t row : rows_) {
    const double* target = targets == nullptr ? nullptr : targets + static_cast<ptrdiff_t>(row) * outputs;
    for (int o = 0; o < outputs && target != nullptr; o++) {
      targets_.push_back(target[o]);
    }
  }
}

}  // namespace gputrain
