#include "splines.h"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <string>

namespace gputrain {
namespace {

constexpr int kHighestOrder = 7;

int padded(int n, int to) { return (n + to - 1) / to * to; }

}  // namespace

SplineModel::SplineModel(std::vector<int> widths, int intervals, int order, int lanes)
    : widths_(std::move(widths)), intervals_(intervals), order_(order) {
  if (widths_.size() < 2 || *std::min_element(widths_.begin(), widths_.end()) < 1) {
    throw std::invalid_argument("a spline network needs two widths or more, each at least 1");
  }
  if (intervals < 1 || order < 1 || order > kHighestOrder) {
    throw std::invalid_argument("splines need intervals >= 1 and an order of 1 to " + std::to_string(kHighestOrder) +
                                ": " + std::to_string(intervals) + ", " + std::to_string(order));
  }
  // The kernels take four doubles at once where a vector holds fewer.
  const int padding = std::max(4, lanes);
  network_.layers = static_cast<int>(widths_.size()) - 1;
  network_.lanes = order < 4 ? 4 : 8;
  network_.knots = intervals + 2 * order + 1;
  network_.records = network_.knots + 1;
  network_.extended = network_.records - 1 + network_.lanes;
  for (int l = 0; l < network_.layers; l++) {
    const size_t n = static_cast<size_t>(widths_[static_cast<size_t>(l)]);
    const size_t m = static_cast<size_t>(widths_[static_cast<size_t>(l) + 1]);
    const size_t edges = n * m;
    const size_t knots = n * static_cast<size_t>(network_.knots);
    SplineOffsets offsets{};
    offsets.base = parameters_;
    offsets.scale = offsets.base + edges;
    offsets.coefficients = offsets.scale + edges;
    offsets.mask = offsets.coefficients + edges * static_cast<size_t>(intervals + order);
    offsets.knots = offsets.mask + edges;
    parameters_ = offsets.knots + knots;
    offsets_.push_back(offsets);
    trained_.push_back({offsets.base, offsets.mask});

    SplineLayer layer{};
    layer.in = static_cast<int>(n);
    layer.out = static_cast<int>(m);
    layer.in_stride = padded(layer.in, padding);
    layer.out_stride = l > 0 && l + 1 == network_.layers ? layer.out : padded(layer.out, padding);
    layer.knots = knot_size_;
    layer.middle = middle_size_;
    layer.pieces = piece_size_;
    layer.coefficients = coefficient_size_;
    layer.base = base_size_;
    layer.splines = slot_size_;
    const size_t in_stride = static_cast<size_t>(layer.in_stride);
    const size_t out_stride = static_cast<size_t>(layer.out_stride);
    const size_t records = static_cast<size_t>(network_.records);
    const size_t extended = static_cast<size_t>(network_.extended);
    const size_t kernel_lanes = static_cast<size_t>(network_.lanes);
    knot_size_ += in_stride * static_cast<size_t>(network_.knots);
    middle_size_ += n * records;
    piece_size_ += n * records * kernel_lanes * kernel_lanes;
    coefficient_size_ += l == 0 ? n * extended * out_stride : m * n * extended;
    base_size_ += l == 0 ? n * out_stride : m * in_stride;
    slot_size_ += l == 0 ? n * extended * out_stride : n * records * m * kernel_lanes;
    layers_.push_back(layer);
  }
  network_.layer = layers_.data();
}

// Where the coefficient of spline j of an edge is among those of the kernels: splines that do not exist are before it.
// Rows of the first layer are outputs, of the others the splines themselves.
void SplineModel::weights(const double* parameters, double* coefficients, double* base) const {
  const ptrdiff_t splines = intervals_ + order_;
  for (int l = 0; l < network_.layers; l++) {
    const SplineLayer& layer = layers_[static_cast<size_t>(l)];
    const SplineOffsets& at = offsets_[static_cast<size_t>(l)];
    const ptrdiff_t step = l == 0 ? layer.out_stride : 1;
    for (ptrdiff_t o = 0; o < layer.out; o++) {
      for (ptrdiff_t i = 0; i < layer.in; i++) {
        const ptrdiff_t edge = o * layer.in + i;
        const double mask = parameters[at.mask + static_cast<size_t>(edge)];
        const double scale = mask * parameters[at.scale + static_cast<size_t>(edge)];
        base[layer.base + static_cast<size_t>(l == 0 ? i * layer.out_stride + o : o * layer.in_stride + i)] =
            mask * parameters[at.base + static_cast<size_t>(edge)];
        const double* c = parameters + at.coefficients + edge * splines;
        double* to = coefficients + layer.coefficients;
        to += l == 0 ? i * network_.extended * layer.out_stride + o : edge * network_.extended;
        to += (order_ + 1) * step;
        for (ptrdiff_t j = 0; j < splines; j++) {
          to[j * step] = scale * c[j];
        }
      }
    }
  }
}

void SplineModel::gradient(const double* parameters, const SplineGradient& from, double* gradient) const {
  const ptrdiff_t splines = intervals_ + order_;
  const ptrdiff_t lanes = network_.lanes;
  std::fill(gradient, gradient + parameters_, 0.0);
  for (int l = 0; l < network_.layers; l++) {
    const SplineLayer& layer = layers_[static_cast<size_t>(l)];
    const SplineOffsets& at = offsets_[static_cast<size_t>(l)];
    for (ptrdiff_t o = 0; o < layer.out; o++) {
      for (ptrdiff_t i = 0; i < layer.in; i++) {
        const ptrdiff_t edge = o * layer.in + i;
        const double mask = parameters[at.mask + static_cast<size_t>(edge)];
        const double scale = mask * parameters[at.scale + static_cast<size_t>(edge)];
        gradient[at.base + static_cast<size_t>(edge)] =
            mask *
            from.base[layer.base + static_cast<size_t>(l == 0 ? i * layer.out_stride + o : o * layer.in_stride + i)];
        const double* c = parameters + at.coefficients + edge * splines;
        double* to = gradient + at.coefficients + edge * splines;
        double of_scale = 0;
        for (ptrdiff_t j = 0; j < splines; j++) {
          double sum = 0;
          if (l == 0) {
            sum = from.splines[layer.splines +
                               static_cast<size_t>((i * network_.extended + order_ + 1 + j) * layer.out_stride + o)];
          } else {
            // Spline j is the s-th of those that are not 0 on interval j + order - s, which is record j + order - s
            // + 1.
            for (ptrdiff_t s = 0; s <= order_; s++) {
              const ptrdiff_t record = i * network_.records + j + order_ - s + 1;
              sum += from.splines[layer.splines + static_cast<size_t>((record * layer.out + o) * lanes + s)];
            }
          }
          to[j] = scale * sum;
          of_scale += c[j] * sum;
        }
        gradient[at.scale + static_cast<size_t>(edge)] = mask * of_scale;
      }
    }
  }
}

SplinePieces::SplinePieces(const SplineModel& model, const double* parameters)
    : model_(model), knots_(model.knot_size()), middle_(model.middle_size()), pieces_(model.piece_size()) {
  const Splines& net = model.network();
  std::fill(knots_.data(), knots_.data() + knots_.size(), std::numeric_limits<double>::infinity());
  for (int l = 0; l < net.layers; l++) {
    const SplineLayer& layer = net.layer[l];
    for (int i = 0; i < layer.in; i++) {
      const double* knots = parameters + model.offsets(l).knots + static_cast<ptrdiff_t>(i) * net.knots;
      for (ptrdiff_t t = 0; t < net.knots; t++) {
        knots_[layer.knots + static_cast<size_t>(t * layer.in_stride + i)] = knots[t];
      }
      fill(layer, i, knots);
    }
  }
}

// The recursion of Cox and de Boor on polynomials in u = x - middle: on interval q of the knots the splines q - p ... q
// of degree p are not 0.
void SplinePieces::fill(const SplineLayer& layer, int input, const double* knots) {
  const Splines& net = model_.network();
  const int order = model_.order();
  const int intervals = net.knots - 1;
  for (int q = 0; q < intervals; q++) {
    const size_t record = static_cast<size_t>(input * net.records + q + 1);
    const double middle = 0.5 * (knots[q] + knots[q + 1]);
    middle_[layer.middle + record] = middle;
    // [spline - (q - order)][power]; one more spline than there are, which stays 0.
    double poly[kHighestOrder + 2][kHighestOrder + 1] = {};
    poly[order][0] = 1;
    for (int p = 1; p <= order; p++) {
      for (int j = std::max(q - p, 0); j <= std::min(q, intervals - p - 1); j++) {
        double* to = poly[j - q + order];
        const double* next = poly[j - q + order + 1];
        const double rising = 1 / (knots[j + p] - knots[j]);
        const double falling = 1 / (knots[j + p + 1] - knots[j + 1]);
        double sum[kHighestOrder + 1] = {};
        for (int power = 0; power < p; power++) {
          sum[power] += (middle - knots[j]) * rising * to[power] + (knots[j + p + 1] - middle) * falling * next[power];
          sum[power + 1] += rising * to[power] - falling * next[power];
        }
        std::copy(sum, sum + p + 1, to);
      }
    }
    double* piece = pieces_.data() + layer.pieces + record * static_cast<size_t>(net.lanes * net.lanes);
    for (int s = 0; s <= order; s++) {
      const bool exists = q - order + s >= 0 && q - order + s < intervals - order;
      for (int power = 0; power <= order && exists; power++) {
        piece[power * net.lanes + s] = poly[s][power];
      }
    }
  }
}

int32_t SplinePieces::at(int layer, int input, double x, double* splines, double* slopes) const {
  const Splines& net = model_.network();
  const SplineLayer& of = net.layer[layer];
  const double* knots = knots_.data() + of.knots + input;
  int32_t record = 0;
  while (record < net.knots && x >= knots[static_cast<ptrdiff_t>(record) * of.in_stride]) {
    record++;
  }
  const size_t at = static_cast<size_t>(input * net.records + record);
  const double u = x - middle_[of.middle + at];
  const double* piece = pieces_.data() + of.pieces + at * static_cast<size_t>(net.lanes * net.lanes);
  for (int s = 0; s < net.lanes; s++) {
    double value = 0, slope = 0;
    for (int power = net.lanes - 1; power >= 0; power--) {
      slope = slope * u + value;
      value = value * u + piece[power * net.lanes + s];
    }
    splines[s] = value;
    slopes[s] = slope;
  }
  return record;
}

}  // namespace gputrain
