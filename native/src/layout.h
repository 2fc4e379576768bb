// How a network's parameters lie in memory for the kernels.
#pragma once

#include <cstdlib>
#include <memory>
#include <new>
#include <vector>

#include "network.h"

namespace gputrain {

// Floats on a cache-line boundary, 0 at first.
class Floats {
 public:
  Floats() = default;
  explicit Floats(size_t n);
  float* data() { return data_.get(); }
  const float* data() const { return data_.get(); }
  size_t size() const { return size_; }
  float& operator[](size_t i) { return data_.get()[i]; }
  float operator[](size_t i) const { return data_.get()[i]; }

 private:
  struct Free {
    void operator()(float* p) const { std::free(p); }
  };
  std::unique_ptr<float, Free> data_;
  size_t size_ = 0;
};

// A run of parameters that one thread updates: whole rows of a primary weight matrix, or biases.
struct UpdateUnit {
  size_t begin, end;  // in the primary block
  const Layer* layer;
  int first_row, rows;  // of the weights, to be mirrored; rows 0 when there is nothing to mirror
};

class Layout {
 public:
  // input_gradient: also keep the weights that the gradient of the inputs needs.
  Layout(const std::vector<int>& widths, Activation activation, int lanes, bool input_gradient);
  Layout(const Layout&) = delete;
  Layout& operator=(const Layout&) = delete;

  const Network& network() const { return network_; }
  const Layer& layer(int l) const { return layers_[static_cast<size_t>(l)]; }
  const Layer& last() const { return layers_.back(); }
  int inputs() const { return layers_.front().in; }
  int outputs() const { return layers_.back().out; }
  size_t parameters() const { return parameters_; }
  size_t primary_size() const { return primary_size_; }
  size_t mirror_size() const { return mirror_size_; }
  const std::vector<UpdateUnit>& units() const { return units_; }

  // Between the parameter vector of the interface and the primary block.
  void pack(const double* parameters, float* primary) const;
  void unpack(const float* primary, double* parameters) const;
  void mirror_all(const Kernels& kernels, const float* primary, float* mirror) const;
  static void mirror_unit(const Kernels& kernels, const UpdateUnit& unit, const float* primary, float* mirror);

 private:
  void plan_units();

  std::vector<Layer> layers_;
  Network network_;
  size_t parameters_ = 0;
  size_t primary_size_ = 0;
  size_t mirror_size_ = 0;
  std::vector<UpdateUnit> units_;
};

// What a thread needs to take a tile through the network.
class TileBuffers {
 public:
  explicit TileBuffers(const Layout& layout);
  const Scratch& scratch() const { return scratch_; }
  float* inputs() { return inputs_.data(); }
  float* targets() { return targets_.data(); }
  // Output k of row r of the tile that went forward last.
  float output(const Layout& layout, int r, int k) const;

 private:
  Floats inputs_, targets_, output_;
  std::vector<Floats> store_;
  std::vector<float*> value_, slope_;
  Scratch scratch_;
};

}  // namespace gputrain
