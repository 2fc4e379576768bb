#include "problem.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "permutation.h"
#include "product_units_reference.h"

namespace gputrain::bench {

namespace {

// [-1, 1), the same numbers from every standard library.
double uniform(std::mt19937& random) { return static_cast<double>(random()) / 2147483648.0 - 1; }

// One dense layer with what its backward pass needs.
struct Layer {
  int in, out;
  size_t first;                             // of its parameters in the flat vector
  std::vector<double> transposed;           // [in, out]
  std::vector<double> value, slope, delta;  // [rows, out]
};

class Net {
 public:
  explicit Net(const Problem& problem) : problem_(problem) {
    size_t first = 0;
    for (size_t l = 0; l + 1 < problem.widths.size(); l++) {
      Layer layer = {problem.widths[l], problem.widths[l + 1], first, {}, {}, {}, {}};
      first += static_cast<size_t>(layer.out) * static_cast<size_t>(layer.in + 1);
      layers_.push_back(layer);
    }
  }

  // Sum of the losses over these rows; adds the gradient of their mean.
  double accumulate(const std::vector<double>& parameters, const std::vector<int>& rows,
                    std::vector<double>* gradient) {
    forward(parameters, rows);
    double sum = outputs(rows);
    for (size_t l = layers_.size(); l-- > 0;) {
      backward(parameters, l, rows, gradient);
    }
    return sum;
  }

 private:
  void below(size_t l, int row, size_t r, std::vector<double>* to) const {
    const Layer& layer = layers_[l];
    auto in = static_cast<size_t>(layer.in);
    if (l == 0) {
      const float* from = problem_.inputs.data() + static_cast<size_t>(row) * in;
      to->assign(from, from + in);
    } else {
      const double* from = layers_[l - 1].value.data() + r * in;
      to->assign(from, from + in);
    }
  }

  void forward(const std::vector<double>& parameters, const std::vector<int>& rows) {
    std::vector<double> h;
    for (size_t l = 0; l < layers_.size(); l++) {
      Layer& layer = layers_[l];
      auto in = static_cast<size_t>(layer.in);
      auto out = static_cast<size_t>(layer.out);
      const double* w = parameters.data() + layer.first;
      layer.transposed.resize(in * out);
      for (size_t o = 0; o < out; o++) {
        for (size_t i = 0; i < in; i++) {
          layer.transposed[i * out + o] = w[o * in + i];
        }
      }
      layer.value.resize(rows.size() * out);
      layer.slope.resize(rows.size() * out);
      layer.delta.resize(rows.size() * out);
      for (size_t r = 0; r < rows.size(); r++) {
        below(l, rows[r], r, &h);
        double* z = layer.value.data() + r * out;
        std::copy(w + in * out, w + in * out + out, z);
        for (size_t i = 0; i < in; i++) {
          const double* column = layer.transposed.data() + i * out;
          for (size_t o = 0; o < out; o++) {
            z[o] += h[i] * column[o];
          }
        }
        if (l + 1 < layers_.size()) {
          activate(z, layer.slope.data() + r * out, out);
        }
      }
    }
  }

  // GELU in its erf form.
  static void activate(double* z, double* slope, size_t n) {
    for (size_t o = 0; o < n; o++) {
      double x = z[o];
      double phi = 0.5 * std::erfc(-x * 0.70710678118654752440);
      z[o] = x * phi;
      slope[o] = phi + x * 0.39894228040143267794 * std::exp(-0.5 * x * x);
    }
  }

  double outputs(const std::vector<int>& rows) {
    Layer& last = layers_.back();
    auto out = static_cast<size_t>(last.out);
    double scale = 1 / (static_cast<double>(rows.size()) * last.out);
    double sum = 0;
    for (size_t r = 0; r < rows.size(); r++) {
      for (size_t k = 0; k < out; k++) {
        double e = last.value[r * out + k] - problem_.targets[static_cast<size_t>(rows[r]) * out + k];
        double a = std::fabs(e);
        sum += a <= Problem::kHuberDelta ? e * e / 2 : Problem::kHuberDelta * (a - Problem::kHuberDelta / 2);
        last.delta[r * out + k] = scale * std::clamp(e, -Problem::kHuberDelta, Problem::kHuberDelta);
      }
    }
    return sum;
  }

  void backward(const std::vector<double>& parameters, size_t l, const std::vector<int>& rows,
                std::vector<double>* gradient) {
    const Layer& layer = layers_[l];
    auto in = static_cast<size_t>(layer.in);
    auto out = static_cast<size_t>(layer.out);
    const double* w = parameters.data() + layer.first;
    double* g = gradient->data() + layer.first;
    std::vector<double> h;
    for (size_t r = 0; r < rows.size(); r++) {
      below(l, rows[r], r, &h);
      const double* d = layer.delta.data() + r * out;
      double* under = l > 0 ? layers_[l - 1].delta.data() + r * in : nullptr;
      if (under != nullptr) {
        std::fill(under, under + in, 0.0);
      }
      for (size_t o = 0; o < out; o++) {
        for (size_t i = 0; i < in; i++) {
          g[o * in + i] += d[o] * h[i];
        }
        g[in * out + o] += d[o];
        for (size_t i = 0; under != nullptr && i < in; i++) {
          under[i] += d[o] * w[o * in + i];
        }
      }
      for (size_t i = 0; under != nullptr && i < in; i++) {
        under[i] *= layers_[l - 1].slope[r * in + i];
      }
    }
  }

  const Problem& problem_;
  std::vector<Layer> layers_;
};

// The same of product units.
double accumulate_product_units(const Problem& problem, const std::vector<double>& parameters,
                                const std::vector<int>& rows, std::vector<double>* gradient) {
  const std::vector<int>& w = problem.widths;
  ::reference::ProductUnits net = {problem.family == GT_COMPLEX_PRODUCT_UNITS, w[0], w[1], w[2], Problem::kGuard};
  auto kind = net.complex ? LossKind::complex_squared : LossKind::huber;
  auto outputs = static_cast<size_t>(net.outputs());
  double scale = 1 / static_cast<double>(rows.size() * outputs);
  double sum = 0;
  std::vector<double> by_x(static_cast<size_t>(w[0]));
  for (int row : rows) {
    const float* from = problem.inputs.data() + static_cast<ptrdiff_t>(row) * w[0];
    const float* target = problem.targets.data() + static_cast<size_t>(row) * outputs;
    std::vector<double> x(from, from + w[0]);
    ::reference::ProductUnits::Row taken = net.forward(parameters, x.data());
    double y[2] = {taken.output.real(), taken.output.imag()};
    double g[2] = {};
    for (size_t k = 0; k < outputs; k++) {
      sum += ::reference::loss(kind, Problem::kHuberDelta, y[k] - target[k]);
      g[k] = scale * ::reference::loss_slope(kind, Problem::kHuberDelta, y[k] - target[k]);
    }
    net.backward(parameters, x.data(), taken, {g[0], g[1]}, gradient, by_x.data());
  }
  return sum;
}

// Parameters with Adam's moments.
struct Adam {
  std::vector<double> parameters, first, second;
  int step = 0;

  explicit Adam(const std::vector<float>& initial)
      : parameters(initial.begin(), initial.end()), first(initial.size()), second(initial.size()) {}

  void update(const std::vector<double>& gradient) {
    step++;
    double correction1 = 1 - std::pow(Problem::kBeta1, step);
    double correction2 = 1 - std::pow(Problem::kBeta2, step);
    for (size_t i = 0; i < parameters.size(); i++) {
      double g = gradient[i];
      first[i] = Problem::kBeta1 * first[i] + (1 - Problem::kBeta1) * g;
      second[i] = Problem::kBeta2 * second[i] + (1 - Problem::kBeta2) * g * g;
      parameters[i] -=
          Problem::kRate / correction1 * first[i] / (std::sqrt(second[i] / correction2) + Problem::kEpsilon);
    }
  }
};

}  // namespace

Problem::Problem(std::vector<int> given, int row_count, int batch_size, int kind, bool shuffled)
    : widths(std::move(given)), rows(row_count), batch(batch_size), family(kind), shuffle(shuffled) {
  std::mt19937 random(1);
  for (int r = 0; r < rows; r++) {
    double sum = 0;
    for (int i = 0; i < inputs_of_row(); i++) {
      inputs.push_back(static_cast<float>(uniform(random)));
      sum += inputs.back() * std::cos(i);
    }
    for (int k = 0; k < outputs_of_row(); k++) {
      bool imaginary = family == GT_COMPLEX_PRODUCT_UNITS && k == 1;
      targets.push_back(imaginary ? 0 : static_cast<float>(2 * std::sin(sum + k)));
    }
  }
  for (std::vector<float>& start : initial) {
    auto draw = [&](int n, double bound) {
      for (int i = 0; i < n; i++) {
        start.push_back(static_cast<float>(bound * uniform(random)));
      }
    };
    if (family == GT_DENSE) {
      for (size_t l = 0; l + 1 < widths.size(); l++) {
        draw((widths[l] + 1) * widths[l + 1], 1 / std::sqrt(widths[l]));
      }
    } else {
      draw(widths[3] * widths[1] * (widths[0] + 1), 1 / std::sqrt(widths[0]));
      draw(widths[3] * widths[2] * factors(), 0.5 / std::sqrt(factors()));
      draw(widths[3] * (widths[2] + 1), 1 / std::sqrt(widths[2]));
    }
  }
}

std::string Problem::name() const {
  std::string text;
  for (int width : widths) {
    text.append(text.empty() ? "" : "-").append(std::to_string(width));
  }
  return text;
}

double Problem::multiply_adds() const {
  if (family != GT_DENSE) {
    double planes = widths[3];
    return rows * (2 * planes * widths[0] * widths[1] + 3 * planes * planes * widths[2] * (factors() + 1.0));
  }
  double sum = 0;
  for (size_t l = 0; l + 1 < widths.size(); l++) {
    sum += (l == 0 ? 2.0 : 3.0) * widths[l] * widths[l + 1];
  }
  return sum * rows;
}

Trajectory reference(const Problem& problem, const std::vector<float>& initial, int64_t seed, int epochs) {
  Net net(problem);
  Adam adam(initial);
  std::vector<double> gradient(initial.size());
  Trajectory trajectory;
  int batch = problem.batch == 0 ? problem.rows : std::min(problem.batch, problem.rows);
  for (int epoch = 0; epoch < epochs; epoch++) {
    Permutation order(problem.rows, seed, epoch);
    double sum = 0;
    for (int begin = 0; begin < problem.rows; begin += batch) {
      std::vector<int> rows(static_cast<size_t>(std::min(batch, problem.rows - begin)));
      if (batch < problem.rows && problem.shuffle) {
        order.entries(begin, static_cast<int32_t>(rows.size()), rows.data());
      } else {
        std::iota(rows.begin(), rows.end(), begin);
      }
      std::fill(gradient.begin(), gradient.end(), 0.0);
      sum += problem.family == GT_DENSE ? net.accumulate(adam.parameters, rows, &gradient)
                                        : accumulate_product_units(problem, adam.parameters, rows, &gradient);
      if (trajectory.first_gradient.empty()) {
        trajectory.first_gradient = gradient;
      }
      adam.update(gradient);
    }
    trajectory.losses.push_back(sum / (static_cast<double>(problem.rows) * problem.outputs_of_row()));
    if (epoch + 1 == Trajectory::kEarlyEpochs) {
      trajectory.early = adam.parameters;
    }
  }
  return trajectory;
}

}  // namespace gputrain::bench
