// Dense networks: where their parameters lie for the kernels, and how rows pass through them.
#pragma once

#include <vector>

#include "model.h"

namespace gputrain {

class DenseModel final : public Model {
 public:
  // input_gradient: also keep the weights that the gradient of the inputs needs.
  DenseModel(const std::vector<int>& widths, Activation activation, const Kernels& kernels, bool input_gradient);

  const Kernels& kernels() const { return kernels_; }
  const Network& network() const { return network_; }
  const Layer& layer(int l) const { return layers_[static_cast<size_t>(l)]; }
  const Layer& last() const { return layers_.back(); }

  void mirror(const UpdateUnit& unit, const float* primary, float* mirror) const override;
  std::unique_ptr<Worker> worker() const override;

 private:
  void plan_positions();
  void plan_units();

  const Kernels& kernels_;
  std::vector<Layer> layers_;
  Network network_;
};

}  // namespace gputrain
