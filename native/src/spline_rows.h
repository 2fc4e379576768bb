// Training data of spline networks: the different values of the inputs, and rows in terms of them.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "splines.h"

namespace gputrain {

// The different values of every input of a data set, numbered input by input.
class InputValues {
 public:
  // inputs [rows, columns]
  InputValues(const double* inputs, int rows, int columns);

  int columns() const { return columns_; }
  int32_t count() const { return first_.back(); }
  // Numbers of the values that input i takes: first(i) ... first(i + 1) - 1.
  int32_t first(int input) const { return first_[static_cast<size_t>(input)]; }
  double value(int32_t number) const { return values_[static_cast<size_t>(number)]; }
  int32_t number(int32_t row, int input) const {
    return numbers_[static_cast<size_t>(row) * static_cast<size_t>(columns_) + static_cast<size_t>(input)];
  }

 private:
  int columns_;
  std::vector<int32_t> first_;
  std::vector<double> values_;
  std::vector<int32_t> numbers_;  // [rows, columns]
};

// The first layer's splines and silu at those values, for the knots of a replica.
class ValueSplines {
 public:
  ValueSplines(const SplineModel& model, const SplinePieces& pieces, const InputValues& inputs);
  SplineValues values() const { return {record_.data(), splines_.data(), silu_.data()}; }
  SplineValues slopes() const { return {record_.data(), spline_slopes_.data(), silu_slopes_.data()}; }

 private:
  std::vector<int32_t> record_;
  std::vector<double> splines_, spline_slopes_, silu_, silu_slopes_;
};

// Rows of a data set that one thread takes through a network at a time.
class SplineBatch {
 public:
  // targets [rows of the data set, outputs]; line_of_value: -1 for every value, before and after.
  void select(const InputValues& inputs, const int32_t* rows, int count, const double* targets, int outputs,
              std::vector<int32_t>* line_of_value);
  SplineRows rows() const {
    return {static_cast<int>(rows_.size()),
            line_.data(),
            first_line_.data(),
            value_.data(),
            count_.data(),
            targets_.data()};
  }
  const std::vector<int32_t>& row_numbers() const { return rows_; }
  size_t lines() const { return value_.size(); }

 private:
  std::vector<int32_t> rows_, line_, first_line_, value_;
  std::vector<double> count_, targets_;
};

// A list of rows, cut into chunks whose number depends on the list alone.
struct SplineSet {
  std::vector<int32_t> rows;
  std::vector<SplineBatch> chunks;
};

// Chunks that so many rows are cut into: a power of two.
int spline_chunks(int rows);
// First row of chunk c of n.
int spline_chunk_begin(int rows, int c, int n);

}  // namespace gputrain
