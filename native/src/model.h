// A network as training has to know it, whatever its family.
#pragma once

#include <memory>
#include <vector>

#include "floats.h"
#include "network.h"
#include "permutation.h"
#include "rows.h"

namespace gputrain {

// Rows first ... first + count - 1 of an epoch's order.
struct RowRange {
  const PackedRows& set;
  const Permutation* order;  // null: as they are packed
  int first, count;

  // Where in the set rows from ... from + n - 1 of the range are.
  void positions(int from, int n, int32_t* to) const;
};

// What one thread needs to take rows through a network.
class Worker {
 public:
  virtual ~Worker() = default;
  // The sum of the losses; the sum of the gradients replaces what `gradient` holds, in the layout of the parameters.
  virtual double train(Parameters parameters, const RowRange& rows, const Loss& loss, float* gradient) = 0;
  // outputs [count, outputs]
  virtual void forward(Parameters parameters, const RowRange& rows, float* outputs) = 0;
  // gradient [rows, inputs] of sum_k output_weights[k] y_k with respect to the inputs.
  virtual void input_gradient(Parameters parameters, const PackedRows& rows, const float* output_weights,
                              double* gradient) = 0;
};

// A run of parameters that one thread updates.
struct UpdateUnit {
  size_t begin, end;          // in the primary block; multiples of every vector width
  int part, first_row, rows;  // what the model's mirror() needs to know; rows 0 when there is nothing to mirror
};

// How a network's parameters lie in memory. "Primary" are those that the optimiser updates; a mirror holds what kernels
// need in another arrangement, and is written after every update.
class Model {
 public:
  virtual ~Model() = default;
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

  const RowFormat& row_format() const { return row_format_; }
  size_t outputs() const { return row_format_.outputs; }
  size_t primary_size() const { return primary_size_; }
  size_t mirror_size() const { return mirror_size_; }
  // Together they are the primary block.
  const std::vector<UpdateUnit>& units() const { return units_; }

  // Between the parameter vector of the interface and the primary block, whose padding is 0.
  template <class Number>
  void pack(const double* parameters, Number* primary) const;
  template <class Number>
  void unpack(const Number* primary, double* parameters) const;

  virtual void mirror(const UpdateUnit& unit, const float* primary, float* mirror) const = 0;
  void mirror_all(const float* primary, float* mirror) const;
  // The model must outlive it.
  virtual std::unique_ptr<Worker> worker() const = 0;

 protected:
  Model() = default;

  RowFormat row_format_{};
  size_t primary_size_ = 0;
  size_t mirror_size_ = 0;
  std::vector<size_t> position_;  // in the primary block, of each parameter of the interface
  std::vector<UpdateUnit> units_;
};

// The network of a plan; meanings as in gt_plan.
struct NetworkSpec {
  int family;
  std::vector<int> widths;
  Activation activation;
  double guard;
};

// input_gradient: the workers will be asked for input gradients only. Throws std::invalid_argument.
std::unique_ptr<Model> make_model(const NetworkSpec& spec, const Kernels& kernels, bool input_gradient);

template <class Number>
void Model::pack(const double* parameters, Number* primary) const {
  std::fill(primary, primary + primary_size_, Number(0));
  for (size_t position : position_) {
    primary[position] = static_cast<Number>(*parameters++);
  }
}

template <class Number>
void Model::unpack(const Number* primary, double* parameters) const {
  for (size_t position : position_) {
    *parameters++ = static_cast<double>(primary[position]);
  }
}

}  // namespace gputrain
