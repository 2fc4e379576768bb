// Outputs and derivatives of every family against plain loops in float64 and, for spline networks, against central
// differences of their equations; over shapes, ranges of rows and lists of trained parameters that leave remainders.
#include <algorithm>
#include <cmath>
#include <functional>
#include <random>
#include <vector>

#include "check.h"
#include "product_units_reference.h"
#include "reference.h"
#include "spline_reference.h"

namespace {

using Numbers = std::vector<double>;

// A network of the interface, what it computes for a row, and the derivatives of output k by all its parameters.
struct Case {
  gt_network network;
  std::vector<int32_t> widths;
  Numbers parameters;
  std::function<Numbers(const Numbers& parameters, const double* row)> outputs;
  std::function<Numbers(const double* row, int k)> derivatives;
  double tolerance;

  void open() { network.widths = widths.data(); }
};

Numbers draw(std::mt19937* random, size_t n, double bound, double middle) {
  std::uniform_real_distribution<double> unit(-1, 1);
  Numbers result(n);
  for (double& one : result) {
    one = middle + bound * unit(*random);
  }
  return result;
}

// Within the tolerance of the largest expected number, or of `least`.
void close(const Case& c, const char* what, const Numbers& got, const Numbers& expected, double tolerance,
           double least) {
  double size = least;
  for (double one : expected) {
    size = std::fmax(size, std::fabs(one));
  }
  for (size_t i = 0; i < got.size(); i++) {
    if (!(std::fabs(got[i] - expected[i]) <= tolerance * size)) {
      CHECK(false, "%s %zu of family %d, widths %d %d ..., is %.17g, expected %.17g, the largest %g", what, i,
            c.network.family, c.widths[0], c.widths[1], got[i], expected[i], size);
      return;
    }
  }
}

// The rows from `from` to before `to` of `rows`, and nothing else.
void check_range(const Case& c, std::mt19937* random, int rows, int from, int to, const std::vector<int32_t>& trained) {
  const size_t in = static_cast<size_t>(c.widths.front());
  const size_t out = static_cast<size_t>(c.widths.back());
  const size_t n = trained.size();
  const bool units = c.network.family == GT_PRODUCT_UNITS;
  const Numbers inputs = draw(random, in * static_cast<size_t>(rows), 1.1, units ? 0.7 : 0);
  const Numbers scale = draw(random, out * static_cast<size_t>(rows), 2, 0);
  constexpr double kUntouched = -77;
  Numbers values(out * static_cast<size_t>(rows), kUntouched);
  Numbers lines(values.size() * n, kUntouched);
  CHECK(gt_outputs(&c.network, c.parameters.data(), inputs.data(), from, to, values.data()) == GT_OK, "%s",
        gt_last_error());
  CHECK(gt_derivatives(&c.network, trained.data(), static_cast<int32_t>(n), c.parameters.data(), inputs.data(), from,
                       to, scale.data(), lines.data()) == GT_OK,
        "%s", gt_last_error());
  for (size_t r = 0; r < static_cast<size_t>(rows); r++) {
    const Numbers got(values.begin() + static_cast<ptrdiff_t>(r * out),
                      values.begin() + static_cast<ptrdiff_t>((r + 1) * out));
    const bool asked = static_cast<int>(r) >= from && static_cast<int>(r) < to;
    close(c, "output", got, asked ? c.outputs(c.parameters, &inputs[r * in]) : Numbers(out, kUntouched), 1e-13, 10);
    for (size_t k = 0; k < out; k++) {
      const size_t line = r * out + k;
      Numbers expected(n, kUntouched);
      if (asked) {
        const Numbers all = c.derivatives(&inputs[r * in], static_cast<int>(k));
        for (size_t i = 0; i < n; i++) {
          expected[i] = scale[line] * all[static_cast<size_t>(trained[i])];
        }
      }
      close(c, "derivative",
            Numbers(lines.begin() + static_cast<ptrdiff_t>(line * n),
                    lines.begin() + static_cast<ptrdiff_t>((line + 1) * n)),
            expected, c.tolerance, 1e-30);
    }
  }
}

void check(Case c) {
  c.open();
  std::mt19937 random(static_cast<unsigned>(7 + c.parameters.size()));
  std::vector<int32_t> all, some;
  for (int32_t i = 0; i < static_cast<int32_t>(c.parameters.size()); i++) {
    all.push_back(i);
    if (i % 7 < 4) {
      some.push_back(i);
    }
  }
  for (int rows : {1, 3, 16, 17, 37}) {
    check_range(c, &random, rows, 0, rows, all);
  }
  check_range(c, &random, 40, 5, 22, all);
  check_range(c, &random, 40, 5, 39, some);
}

// Forward and back as the equations of a dense network say.
Numbers dense_derivatives(const reference::Net& net, const Numbers& p, const double* row, int k) {
  const size_t layers = net.widths.size() - 1;
  std::vector<Numbers> h{Numbers(row, row + net.widths[0])}, z;
  std::vector<size_t> offset;
  size_t at = 0;
  for (size_t l = 0; l < layers; l++) {
    const size_t in = static_cast<size_t>(net.widths[l]);
    const size_t out = static_cast<size_t>(net.widths[l + 1]);
    offset.push_back(at);
    z.emplace_back(p.begin() + static_cast<ptrdiff_t>(at + in * out),
                   p.begin() + static_cast<ptrdiff_t>(at + (in + 1) * out));
    h.emplace_back(out);
    for (size_t o = 0; o < out; o++) {
      for (size_t i = 0; i < in; i++) {
        z[l][o] += p[at + o * in + i] * h[l][i];
      }
      h[l + 1][o] = reference::value(net.activation, z[l][o]);
    }
    at += (in + 1) * out;
  }
  Numbers result(at);
  Numbers d(h.back().size());
  d[static_cast<size_t>(k)] = 1;
  for (size_t l = layers; l-- > 0;) {
    Numbers below(h[l].size());
    for (size_t o = 0; o < d.size(); o++) {
      for (size_t i = 0; i < below.size(); i++) {
        const size_t weight = offset[l] + o * below.size() + i;
        result[weight] = d[o] * h[l][i];
        below[i] += p[weight] * d[o];
      }
      result[offset[l] + d.size() * below.size() + o] = d[o];
    }
    for (size_t i = 0; i < below.size() && l > 0; i++) {
      below[i] *= reference::slope(net.activation, z[l - 1][i]);
    }
    d = below;
  }
  return result;
}

void dense(const std::vector<int>& widths, gputrain::Activation activation) {
  const reference::Net net = {widths, activation};
  std::mt19937 random(3);
  Numbers parameters;
  for (size_t l = 0; l + 1 < widths.size(); l++) {
    const Numbers of_layer = draw(&random, static_cast<size_t>((widths[l] + 1) * widths[l + 1]), 1.5, 0);
    parameters.insert(parameters.end(), of_layer.begin(), of_layer.end());
  }
  check({{nullptr, static_cast<int32_t>(widths.size()) - 1, GT_DENSE, static_cast<int32_t>(activation), 0, 0, 0},
         widths,
         parameters,
         [net](const Numbers& p, const double* row) { return net.outputs(p, row); },
         [net, parameters](const double* row, int k) { return dense_derivatives(net, parameters, row, k); },
         1e-13});
}

void product_units(const reference::ProductUnits& net) {
  std::mt19937 random(5);
  Numbers p = draw(&random, static_cast<size_t>(net.parameters()), 1, 0);
  for (int i = net.biases().begin; i < net.exponents().begin && !net.complex; i++) {
    p[static_cast<size_t>(i)] += 1;
  }
  for (int i = net.exponents().begin; i < net.coefficients().begin; i++) {
    p[static_cast<size_t>(i)] *= 0.7;
  }
  check({{nullptr, 3, net.complex ? GT_COMPLEX_PRODUCT_UNITS : GT_PRODUCT_UNITS, 0, 0, 0, net.guard},
         {net.inputs, net.linear, net.units, net.outputs()},
         p,
         [net](const Numbers& at, const double* row) {
           const std::complex<double> y = net.forward(at, row).output;
           return net.complex ? Numbers{y.real(), y.imag()} : Numbers{y.real()};
         },
         [net, p](const double* row, int k) {
           Numbers result(p.size()), unused(static_cast<size_t>(net.inputs));
           net.backward(p, row, net.forward(p, row), k == 0 ? 1.0 : std::complex<double>(0, 1), &result, unused.data());
           return result;
         },
         1e-13});
}

void splines(const reference::SplineNet& net) {
  std::mt19937 random(9);
  const Numbers p = net.draw(&random);
  auto outputs = [net](const Numbers& at, const double* row) { return net.outputs(at, row, nullptr); };
  check({{nullptr, net.layers(), GT_SPLINES, 0, net.intervals, net.order, 0},
         net.widths,
         p,
         outputs,
         [net, p, outputs](const double* row, int k) {
           Numbers result(p.size());
           for (size_t i = 0; i < p.size(); i++) {
             const double h = 1e-5;
             Numbers there = p, back = p;
             there[i] += h;
             back[i] -= h;
             const size_t output = static_cast<size_t>(k);
             result[i] = net.trained(static_cast<int>(i))
                             ? (outputs(there, row)[output] - outputs(back, row)[output]) / (2 * h)
                             : 0;
           }
           return result;
         },
         2e-8});
}

// What is not finite stays visible.
void not_a_number_is_not_hidden() {
  const double inputs[] = {0.3, NAN, 0.5, 0.1};
  const double scale[] = {1, 1};
  const std::vector<int32_t> dense_widths = {2, 3, 1}, unit_widths = {2, 2, 3, 1}, spline_widths = {2, 1};
  for (int32_t activation = GT_IDENTITY; activation <= GT_TANH; activation++) {
    const gt_network network = {dense_widths.data(), 2, GT_DENSE, activation, 0, 0, 0};
    const Numbers p(13, 0.4);
    double y[2];
    CHECK(gt_outputs(&network, p.data(), inputs, 0, 2, y) == GT_OK, "%s", gt_last_error());
    CHECK(std::isnan(y[0]) && std::isfinite(y[1]), "activation %d: %g, %g", activation, y[0], y[1]);
  }
  const gt_network units = {unit_widths.data(), 3, GT_PRODUCT_UNITS, 0, 0, 0, 1e-6};
  const Numbers p(16, 0.4);
  std::vector<int32_t> trained(16);
  for (int32_t i = 0; i < 16; i++) {
    trained[static_cast<size_t>(i)] = i;
  }
  Numbers lines(32);
  CHECK(gt_derivatives(&units, trained.data(), 16, p.data(), inputs, 0, 2, scale, lines.data()) == GT_OK, "%s",
        gt_last_error());
  CHECK(std::isnan(lines[6]) && std::isfinite(lines[22]), "derivatives %g, %g by an exponent", lines[6], lines[22]);
  const gt_network edges = {spline_widths.data(), 1, GT_SPLINES, 0, 1, 1, 0};
  const Numbers knots = {0.5, 0.5, 1, 1, 0.2, 0.3, 0.4, 0.5, 1, 1, -2, -1, 1, 2, -2, -1, 1, 2};
  double y[2];
  CHECK(gt_outputs(&edges, knots.data(), inputs, 0, 2, y) == GT_OK, "%s", gt_last_error());
  CHECK(std::isnan(y[0]) && std::isfinite(y[1]), "splines: %g, %g", y[0], y[1]);
}

void products_of_a_layer(int rows_a, int rows_b, int inputs, int width, int outputs) {
  std::mt19937 random(static_cast<unsigned>(rows_a * 100 + rows_b));
  auto size = [](int n, int m) { return static_cast<size_t>(n * m); };
  const int before = 2;
  const Numbers h_a = draw(&random, size(rows_a + before, inputs), 1, 0),
                h_b = draw(&random, size(rows_b, inputs), 1, 0);
  const Numbers d_a = draw(&random, size((rows_a + before) * outputs, width), 1, 0);
  const Numbers d_b = draw(&random, size(rows_b * outputs, width), 1, 0);
  const int wide = rows_b * outputs;
  Numbers result = draw(&random, size(rows_a * outputs, wide), 1, 0), expected = result;
  for (int i = 0; i < rows_a * outputs; i++) {
    for (int j = 0; j < wide; j++) {
      double h = 1, d = 0;
      for (int k = 0; k < inputs; k++) {
        h += h_a[size(before + i / outputs, inputs) + size(k, 1)] * h_b[size(j / outputs, inputs) + size(k, 1)];
      }
      for (int k = 0; k < width; k++) {
        d += d_a[size(before * outputs + i, width) + size(k, 1)] * d_b[size(j, width) + size(k, 1)];
      }
      expected[size(i, wide) + size(j, 1)] += h * d;
    }
  }
  CHECK(gt_add_layer_products(h_a.data(), d_a.data(), before, before + rows_a, h_b.data(), d_b.data(), 0, rows_b,
                              inputs, width, outputs, result.data()) == GT_OK,
        "%s", gt_last_error());
  for (size_t i = 0; i < result.size(); i++) {
    CHECK(std::fabs(result[i] - expected[i]) < 1e-12, "product %zu of %d by %d rows, %d outputs, is %g, expected %g", i,
          rows_a, rows_b, outputs, result[i], expected[i]);
  }
}

void wrong_arguments() {
  const std::vector<int32_t> widths = {2, 3, 1};
  const double numbers[64] = {};
  double result[64];
  auto outputs = [&](gt_network network) { return gt_outputs(&network, numbers, numbers, 0, 1, result); };
  CHECK(outputs({widths.data(), 2, 9, 0, 0, 0, 0}) == GT_INVALID_ARGUMENT, "an unknown family");
  CHECK(outputs({widths.data(), 2, GT_DENSE, 4, 0, 0, 0}) == GT_INVALID_ARGUMENT, "an unknown activation");
  CHECK(outputs({widths.data(), 2, GT_PRODUCT_UNITS, 0, 0, 0, 1}) == GT_INVALID_ARGUMENT,
        "product units of two layers");
  CHECK(outputs({widths.data(), 2, GT_SPLINES, 0, 3, 8, 0}) == GT_INVALID_ARGUMENT, "splines of order 8");
  const gt_network network = {widths.data(), 2, GT_DENSE, GT_GELU, 0, 0, 0};
  for (std::vector<int32_t> trained : {std::vector<int32_t>{0, 13}, {3, 3}, {-1}}) {
    CHECK(gt_derivatives(&network, trained.data(), static_cast<int32_t>(trained.size()), numbers, numbers, 0, 1,
                         numbers, result) == GT_INVALID_ARGUMENT,
          "trained parameter %d", trained.back());
  }
  CHECK(gt_add_layer_products(numbers, numbers, 1, 0, numbers, numbers, 0, 1, 1, 1, 1, result) == GT_INVALID_ARGUMENT,
        "a range that ends before it begins");
}

}  // namespace

int main() {
  skip_without_isa();
  using gputrain::Activation;
  for (Activation activation : {Activation::identity, Activation::gelu, Activation::relu, Activation::tanh}) {
    dense({3, 4, 1}, activation);
    dense({11, 17, 9, 3}, activation);
  }
  dense({1, 1}, Activation::identity);
  dense({4, 2}, Activation::tanh);
  dense({2, 33, 8, 7, 5}, Activation::tanh);
  for (bool complex : {false, true}) {
    for (double guard : {0.3, complex ? 1e-6 : 0.02}) {
      for (const std::vector<int>& shape :
           {std::vector<int>{10, 20, 40}, {1, 0, 1}, {1, 1, 1}, {3, 0, 7}, {7, 5, 13}}) {
        product_units({complex, shape[0], shape[1], shape[2], guard});
      }
    }
  }
  // Small ones: their reference is a difference for every parameter.
  for (int order : {1, 2, 3, 4, 7}) {
    splines({{3, 4, 1}, 4, order});
    splines({{1, 2}, 1, order});
  }
  for (int order : {1, 3, 7}) {
    splines({{2, 3, 2, 2}, 3, order});
  }
  for (int outputs : {1, 2, 3}) {
    for (int rows : {1, 7, 8, 24, 25, 61}) {
      products_of_a_layer(rows, 29, 11, 5, outputs);
      products_of_a_layer(9, rows, 3, 13, outputs);
    }
  }
  not_a_number_is_not_hidden();
  wrong_arguments();
  return result();
}
