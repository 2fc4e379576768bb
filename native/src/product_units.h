// Networks of product units: where their parameters lie, and how rows pass through them.
#pragma once

#include <vector>

#include "model.h"

namespace gputrain {

class ProductUnitModel final : public Model {
 public:
  // widths: inputs, linear units, product units, outputs. Throws std::invalid_argument.
  ProductUnitModel(bool complex, const std::vector<int>& widths, double guard, const Kernels& kernels);

  const Kernels& kernels() const { return kernels_; }
  const ProductUnits& network() const { return network_; }

  void mirror(const UpdateUnit& unit, const float* primary, float* mirror) const override;
  std::unique_ptr<Worker> worker() const override;

 private:
  size_t add_block(size_t planes, size_t size, bool mirrored);

  const Kernels& kernels_;
  ProductUnits network_{};
};

}  // namespace gputrain
