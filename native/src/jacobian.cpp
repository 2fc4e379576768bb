#include "jacobian.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "floats.h"
#include "kernels.h"
#include "require.h"
#include "splines.h"

namespace gputrain {
namespace {

using Doubles = Aligned<double>;

// A network of a family with its scratch.
class Rows {
 public:
  virtual ~Rows() = default;
  virtual void compute(const JacobianTile& tile) const = 0;

  ptrdiff_t parameters = 0;
};

class DenseRows final : public Rows {
 public:
  explicit DenseRows(const gt_network& network) {
    require(network.activation >= GT_IDENTITY && network.activation <= GT_TANH,
            "no such activation: " + std::to_string(network.activation));
    size_t units = 0;
    size_t widest = 0;
    for (int l = 0; l <= network.layers; l++) {
      const size_t width = static_cast<size_t>(network.widths[l]);
      units += width;
      widest = std::max(widest, width);
      parameters += l == 0 ? 0 : (static_cast<ptrdiff_t>(network.widths[l - 1]) + 1) * network.widths[l];
    }
    const size_t planes = units * kJacobianRows;
    const size_t plane = widest * kJacobianRows;
    memory_ = Doubles(3 * planes + 3 * plane);
    double* at = memory_.data();
    net_ = {network.widths,
            network.layers,
            static_cast<Activation>(network.activation),
            at,
            at + planes,
            at + 2 * planes,
            at + 3 * planes,
            at + 3 * planes + plane,
            at + 3 * planes + 2 * plane};
  }
  void compute(const JacobianTile& tile) const override { chosen_kernels().jacobian.dense(net_, tile); }

 private:
  Doubles memory_;
  DenseJacobian net_{};
};

class UnitRows final : public Rows {
 public:
  explicit UnitRows(const gt_network& network) {
    const bool complex = network.family == GT_COMPLEX_PRODUCT_UNITS;
    require(network.layers == 3 && network.widths[3] == (complex ? 2 : 1),
            "product units have three layers, and one output or a complex one");
    require(network.guard > 0, "the guard of a logarithm must be above 0");
    const int* widths = network.widths;
    const int factors = widths[1] > 0 ? widths[1] : widths[0];
    const ptrdiff_t parts = complex ? 2 : 1;
    parameters = parts * (static_cast<ptrdiff_t>(widths[0] + 1) * widths[1] +
                          static_cast<ptrdiff_t>(factors + 1) * widths[2] + 1);
    const size_t numbers = static_cast<size_t>(parts * 2) * static_cast<size_t>(factors + widths[2]);
    const size_t before = static_cast<size_t>(widths[0] + parts * factors);
    const size_t planes = (before + numbers) * kJacobianRows;
    const size_t rows = numbers * kJacobianRows;
    memory_ = Doubles(planes + rows + 3 * static_cast<size_t>(widths[2]));
    double* at = memory_.data();
    net_ = {complex, widths[0], widths[1], factors, widths[2], network.guard, at, at + planes, at + planes + rows};
  }
  void compute(const JacobianTile& tile) const override { chosen_kernels().jacobian.product_units(net_, tile); }

 private:
  Doubles memory_;
  UnitsJacobian net_{};
};

class SplineRowsOf final : public Rows {
 public:
  SplineRowsOf(const gt_network& network, const double* values)
      : model_({network.widths, network.widths + network.layers + 1}, network.intervals, network.order,
               chosen_kernels().lanes / 2),
        pieces_(model_, values),
        layers_(static_cast<size_t>(network.layers)),
        nodes_(layers_.size() + 1) {
    parameters = static_cast<ptrdiff_t>(model_.parameters());
    const Splines& net = model_.network();
    size_t widest = static_cast<size_t>(net.layer[net.layers - 1].out_stride);
    for (int l = 0; l < net.layers; l++) {
      widest = std::max(widest, static_cast<size_t>(net.layer[l].in_stride));
      prepare(network, l, values);
    }
    const SplineLayer& last = net.layer[net.layers - 1];
    outputs_ = Doubles(static_cast<size_t>(last.out_stride) * kJacobianRows);
    nodes_.back().x = outputs_.data();
    gradients_ = Doubles(2 * widest);
    net_ = {net,
            pieces_.tables(),
            network.order,
            network.intervals + network.order,
            offsets_.data(),
            coefficients_.data(),
            mask_.data(),
            base_.data(),
            scale_.data(),
            nodes_.data(),
            curve_.data(),
            slope_.data(),
            gradients_.data(),
            gradients_.data() + widest};
  }
  void compute(const JacobianTile& tile) const override { chosen_kernels().jacobian.splines(net_, tile); }

 private:
  struct Layer {
    int32_t offset[3];
    Doubles coefficients, edges, nodes, of_rows;
    Aligned<int64_t> record;
  };

  void prepare(const gt_network& network, int l, const double* values) {
    const Splines& net = model_.network();
    const SplineLayer& shape = net.layer[l];
    const SplineOffsets& at = model_.offsets(l);
    Layer& layer = layers_[static_cast<size_t>(l)];
    layer.offset[0] = static_cast<int32_t>(at.base);
    layer.offset[1] = static_cast<int32_t>(at.scale);
    layer.offset[2] = static_cast<int32_t>(at.coefficients);
    const size_t in = static_cast<size_t>(shape.in);
    const size_t stride = static_cast<size_t>(shape.in_stride);
    const size_t out = static_cast<size_t>(shape.out);
    const size_t splines = static_cast<size_t>(network.intervals + network.order);
    const size_t extended = static_cast<size_t>(net.extended);
    layer.coefficients = Doubles(in * out * extended);
    layer.edges = Doubles(3 * out * stride);
    double* mask = layer.edges.data();
    double* base = mask + out * stride;
    double* scale = base + out * stride;
    for (size_t o = 0; o < out; o++) {
      for (size_t i = 0; i < in; i++) {
        const size_t edge = o * in + i;
        const double of_edge = values[at.mask + edge];
        mask[o * stride + i] = of_edge;
        base[o * stride + i] = of_edge * values[at.base + edge];
        scale[o * stride + i] = of_edge * values[at.scale + edge];
        std::copy_n(values + at.coefficients + edge * splines, splines,
                    layer.coefficients.data() + edge * extended + static_cast<size_t>(network.order) + 1);
      }
    }
    const size_t plane = stride * kJacobianRows;
    layer.nodes = Doubles(3 * plane + 2 * static_cast<size_t>(net.lanes) * in * kJacobianRows);
    layer.record = Aligned<int64_t>(plane);
    double* node = layer.nodes.data();
    nodes_[static_cast<size_t>(l)] = {node, node + plane, node + 2 * plane, layer.record.data(), node + 3 * plane};
    layer.of_rows = Doubles(2 * out * plane);
    offsets_.push_back(layer.offset);
    coefficients_.push_back(layer.coefficients.data());
    mask_.push_back(mask);
    base_.push_back(base);
    scale_.push_back(scale);
    curve_.push_back(layer.of_rows.data());
    slope_.push_back(layer.of_rows.data() + out * plane);
  }

  SplineModel model_;
  SplinePieces pieces_;
  std::vector<Layer> layers_;
  std::vector<SplineNodes> nodes_;
  std::vector<const int32_t*> offsets_;
  std::vector<const double*> coefficients_, mask_, base_, scale_;
  std::vector<double*> curve_, slope_;
  Doubles outputs_, gradients_;
  SplineJacobian net_{};
};

std::unique_ptr<Rows> make_rows(const gt_network& network, const double* parameters) {
  require(network.layers >= 1, "a network needs a layer");
  const bool units = network.family == GT_PRODUCT_UNITS || network.family == GT_COMPLEX_PRODUCT_UNITS;
  for (int l = 0; l <= network.layers; l++) {
    require(network.widths[l] >= (units && l == 1 ? 0 : 1), "a width must be at least 1");
  }
  switch (network.family) {
    case GT_DENSE:
      return std::make_unique<DenseRows>(network);
    case GT_PRODUCT_UNITS:
    case GT_COMPLEX_PRODUCT_UNITS:
      return std::make_unique<UnitRows>(network);
    case GT_SPLINES:
      return std::make_unique<SplineRowsOf>(network, parameters);
    default:
      throw std::invalid_argument("no such family of networks: " + std::to_string(network.family));
  }
}

// A run of trained parameters, and its column.
struct Run {
  ptrdiff_t from, count, column;
};

std::vector<Run> runs_of(const int32_t* trained, int count, ptrdiff_t parameters) {
  std::vector<Run> runs;
  for (int i = 0; i < count; i++) {
    const bool joins = i > 0 && trained[i] == trained[i - 1] + 1;
    require(trained[i] >= 0 && trained[i] < parameters && (i == 0 || trained[i] > trained[i - 1]),
            "trained parameters must rise within the " + std::to_string(parameters));
    if (joins) {
      runs.back().count++;
    } else {
      runs.push_back({trained[i], 1, i});
    }
  }
  return runs;
}

}  // namespace

void network_outputs(const gt_network& network, const double* parameters, const double* inputs, int row_from,
                     int row_to, double* outputs) {
  const std::unique_ptr<Rows> rows = make_rows(network, parameters);
  const ptrdiff_t in = network.widths[0];
  const ptrdiff_t out = network.widths[network.layers];
  for (ptrdiff_t r = row_from; r < row_to; r += kJacobianRows) {
    const int count = static_cast<int>(std::min<ptrdiff_t>(kJacobianRows, row_to - r));
    rows->compute({parameters, inputs + r * in, count, outputs + r * out, nullptr, nullptr, 0});
  }
}

void network_derivatives(const gt_network& network, const int32_t* trained, int count, const double* parameters,
                         const double* inputs, int row_from, int row_to, const double* scale, double* result) {
  const std::unique_ptr<Rows> rows = make_rows(network, parameters);
  const std::vector<Run> runs = runs_of(trained, count, rows->parameters);
  const ptrdiff_t in = network.widths[0];
  const ptrdiff_t out = network.widths[network.layers];
  // Where every parameter is trained the lines are the result's own.
  const bool all = count == rows->parameters;
  Doubles lines(all ? 0 : static_cast<size_t>(kJacobianRows * out * rows->parameters));
  for (ptrdiff_t r = row_from; r < row_to; r += kJacobianRows) {
    const int together = static_cast<int>(std::min<ptrdiff_t>(kJacobianRows, row_to - r));
    double* to = result + r * out * count;
    rows->compute(
        {parameters, inputs + r * in, together, nullptr, scale + r * out, all ? to : lines.data(), rows->parameters});
    for (ptrdiff_t line = 0; line < together * out && !all; line++) {
      for (const Run& run : runs) {
        std::copy_n(lines.data() + line * rows->parameters + run.from, run.count, to + line * count + run.column);
      }
    }
  }
}

void add_layer_products(const double* h_a, const double* d_a, int from_a, int to_a, const double* h_b,
                        const double* d_b, int from_b, int to_b, int inputs, int width, int outputs, double* result) {
  require(0 <= from_a && from_a <= to_a && 0 <= from_b && from_b <= to_b,
          "a range of rows must not end before it begins");
  require(inputs >= 1 && width >= 1 && outputs >= 1, "a layer needs inputs, units and outputs");
  if (from_a == to_a || from_b == to_b) {
    return;
  }
  const ptrdiff_t rows = (to_b - from_b + kProductPadding - 1) / kProductPadding * kProductPadding;
  const ptrdiff_t lines = rows * outputs;
  const ptrdiff_t strip = 8 * lines;
  // Fresh memory for every part of a matrix would cost as much as the part.
  thread_local std::vector<double> room;
  room.resize(std::max(room.size(), static_cast<size_t>(rows * inputs + lines * width + strip)));
  double* packed_h = room.data();
  double* packed_d = packed_h + rows * inputs;
  chosen_kernels().layer_products({h_a + static_cast<ptrdiff_t>(from_a) * inputs,
                                   d_a + static_cast<ptrdiff_t>(from_a) * outputs * width, to_a - from_a,
                                   h_b + static_cast<ptrdiff_t>(from_b) * inputs,
                                   d_b + static_cast<ptrdiff_t>(from_b) * outputs * width, to_b - from_b, inputs, width,
                                   outputs, result, packed_h, packed_d, packed_d + lines * width, lines});
}

}  // namespace gputrain
