#include "model.h"

#include <numeric>
#include <stdexcept>
#include <string>

#include "dense.h"
#include "gputrain/gputrain_cpu.h"
#include "product_units.h"

namespace gputrain {

void RowRange::positions(int from, int n, int32_t* to) const {
  if (order != nullptr) {
    order->entries(first + from, n, to);
  } else {
    std::iota(to, to + n, first + from);
  }
}

void Model::mirror_all(const float* primary, float* mirror_block) const {
  for (const UpdateUnit& unit : units_) {
    mirror(unit, primary, mirror_block);
  }
}

std::unique_ptr<Model> make_model(const NetworkSpec& spec, const Kernels& kernels, bool input_gradient) {
  if (spec.family != GT_DENSE) {
    return std::make_unique<ProductUnitModel>(spec.family == GT_COMPLEX_PRODUCT_UNITS, spec.widths, spec.guard,
                                              kernels);
  }
  for (int width : spec.widths) {
    if (width < 1) {
      throw std::invalid_argument("a layer width must be at least 1: " + std::to_string(width));
    }
  }
  return std::make_unique<DenseModel>(spec.widths, spec.activation, kernels, input_gradient);
}

}  // namespace gputrain
