// The kernels of second-order training against plain loops: outputs against the networks' equations in extended
// precision, derivatives against differences of those, products and traces against sums over the derivatives. Under the
// sanitizers an access outside of what it may touch ends the test.
#include <algorithm>
#include <cstdio>

#include "emulator/machine.h"
#include "second_order_case.h"

using namespace gputrain;
using namespace second_order;

namespace {

int g_failures = 0;
std::string g_what;

void run(const std::string& error) {
  if (!error.empty()) {
    std::printf("%s: %s\n", g_what.c_str(), error.c_str());
    g_failures++;
  }
}

// Relative to the largest of those wanted, at least 1.
void expect_close(const Doubles& found, const Doubles& wanted, double tolerance, const char* what) {
  double largest = 0;
  double size = 1;
  for (size_t i = 0; i < wanted.size(); i++) {
    double difference = std::fabs(found[i] - wanted[i]);
    largest = std::isnan(difference) ? INFINITY : std::fmax(largest, difference);
    size = std::fmax(size, std::fabs(wanted[i]));
  }
  if (largest > tolerance * size || found.size() < wanted.size()) {
    std::printf("%s: %s differ by %g\n", g_what.c_str(), what, largest);
    g_failures++;
  }
}

int tiles_of(int n) { return (n + 63) / 64; }
size_t at(int64_t i) { return static_cast<size_t>(i); }

// A network on some rows, as the device has it after outputs and slopes.
struct Linearised {
  const Network& network;
  int rows, of_row, count;
  Doubles parameters, inputs, scale, values, outputs, slopes;

  Linearised(const Network& of, int row_count, uint32_t seed, const Doubles* combined = nullptr)
      : network(of), rows(row_count), of_row(combined != nullptr ? 1 : of.outputs()), count(rows * of_row) {
    parameters = of.draw(3);
    for (int i = 0; i < rows * of.net.inputs; i++) {
      inputs.push_back(of.net.family == GT_SPLINES ? 3 * next(seed) - 1.5 : 0.1 + next(seed));
    }
    for (int i = 0; i < count; i++) {
      // Small, so that the systems are not dominated by one unit's large derivatives.
      scale.push_back(0.02 + 0.04 * next(seed));
    }
    bool factors = of.net.factors > 0;
    // What continues h and d is 0; nothing else may be read before it is written.
    values.assign(at(rows * of.net.values), factors ? 0 : NAN);
    slopes.assign(at(count * of.net.slopes), factors ? 0 : NAN);
    outputs.assign(at(rows * of.outputs()), NAN);
    run(launch("row_values", (rows + 7) / 8, false, of.net, static_cast<const double*>(parameters.data()),
               static_cast<const double*>(inputs.data()), int32_t{rows}, values.data(), outputs.data()));
    run(launch("output_slopes", (count + 7) / 8, false, of.net, static_cast<const double*>(parameters.data()),
               static_cast<const double*>(values.data()), int32_t{rows}, static_cast<const double*>(scale.data()),
               combined != nullptr ? combined->data() : static_cast<const double*>(nullptr), slopes.data()));
  }

  // The kernel's matrix of derivatives.
  Doubles matrix(bool transposed) const {
    int n = static_cast<int>(network.trained.size());
    int lines = transposed ? n : count;
    int64_t stride = 64 * tiles_of(transposed ? count : n);
    Doubles to(at(64 * tiles_of(lines) * stride), NAN);
    run(launch("derivatives", 3, false, network.net, static_cast<const double*>(parameters.data()),
               static_cast<const int32_t*>(network.trained.data()), int32_t{n},
               static_cast<const double*>(values.data()), static_cast<const double*>(slopes.data()), int32_t{count},
               int32_t{of_row}, int32_t{transposed}, to.data(), stride));
    return to;
  }
};

// Derivatives of the scaled outputs, or of their combination, by differences.
Doubles differences(const Linearised& of, const Doubles* combined) {
  const Network& network = of.network;
  size_t n = network.trained.size();
  Doubles all(at(of.count) * n);
  std::vector<Wide> p(of.parameters.begin(), of.parameters.end());
  for (int r = 0; r < of.rows; r++) {
    const double* x = &of.inputs[at(r * network.net.inputs)];
    for (size_t k = 0; k < n; k++) {
      const Wide step = 1e-7L;
      Wide& q = p[at(network.trained[k])];
      Wide centre = q;
      q = centre + step;
      std::vector<Wide> up = network(p, x);
      q = centre - step;
      std::vector<Wide> down = network(p, x);
      q = centre;
      for (int o = 0; o < network.outputs(); o++) {
        auto slope = static_cast<double>((up[at(o)] - down[at(o)]) / (2 * step));
        if (combined != nullptr) {
          all[at(r) * n + k] += (*combined)[at(o)] * slope;
        } else {
          int i = r * of.of_row + o;
          all[at(i) * n + k] = of.scale[at(i)] * slope;
        }
      }
    }
  }
  return all;
}

// [lines, n] of a matrix with whole tiles, whose rest must be 0.
Doubles inner(const Doubles& matrix, int lines, int n) {
  int64_t stride = 64 * tiles_of(n);
  Doubles all;
  Doubles rest;
  for (int64_t e = 0; e < static_cast<int64_t>(matrix.size()); e++) {
    (e / stride < lines && e % stride < n ? all : rest).push_back(matrix[at(e)]);
  }
  expect_close(rest, Doubles(rest.size()), 0, "what continues a matrix");
  return all;
}

Doubles inverse_plainly(Doubles a, int n) {
  Doubles b(at(n * n));
  for (int i = 0; i < n; i++) {
    b[at(i * n + i)] = 1;
  }
  for (int p = 0; p < n; p++) {
    double pivot = a[at(p * n + p)];
    for (int i = 0; i < n; i++) {
      double f = i == p ? 0 : a[at(i * n + p)] / pivot;
      for (int j = 0; i != p && j < n; j++) {
        a[at(i * n + j)] -= f * a[at(p * n + j)];
        b[at(i * n + j)] -= f * b[at(p * n + j)];
      }
    }
  }
  for (int i = 0; i < n; i++) {
    for (int j = 0; j < n; j++) {
      b[at(i * n + j)] /= a[at(i * n + i)];
    }
  }
  return b;
}

// The lower triangle of a symmetric matrix in tiles, and its continuation by the unit matrix.
void expect_lower(const Doubles& tiles, const Doubles& wanted, int n, const char* what) {
  int64_t stride = 64 * tiles_of(n);
  Doubles found, expected;
  for (int i = 0; i < stride; i++) {
    for (int j = 0; j <= i; j++) {
      found.push_back(tiles[at(i * stride + j)]);
      expected.push_back(i < n ? wanted[at(i * n + j)] : i == j);
    }
  }
  expect_close(found, expected, 1e-12, what);
}

// W of the inverse W W^T, by the kernels of kernel models, from a system in tiles.
Doubles inverted(Doubles matrix, int n) {
  int tiles = tiles_of(n);
  int64_t stride = 64 * tiles;
  Doubles diagonal(at(stride)), to(matrix.size(), NAN);
  std::vector<uint32_t> arrivals(64);
  int32_t status = -1;
  run(launch("factorise", 2, true, matrix.data(), stride, int32_t{tiles}, 0.0, arrivals.data(), &status,
             diagonal.data()));
  arrivals.assign(64, 0);
  run(launch("invert", 2, true, static_cast<const double*>(matrix.data()), stride, int32_t{tiles}, to.data(),
             arrivals.data()));
  if (status >= 0) {
    run("not positive definite");
  }
  return to;
}

Doubles multiplied(const Doubles& a, const Doubles& b, int m, int k, int n, const Doubles& weights) {
  Doubles c(at(m * n));
  for (int i = 0; i < m; i++) {
    for (int j = 0; j < n; j++) {
      for (int l = 0; l < k; l++) {
        c[at(i * n + j)] += a[at(i * k + l)] * b[at(j * k + l)] * weights[at(l)];
      }
    }
  }
  return c;
}

Doubles drawn(int n, uint32_t seed) {
  Doubles all;
  for (int i = 0; i < n; i++) {
    all.push_back(0.25 + next(seed));
  }
  return all;
}

// Sums over the tiles, the way the host adds them.
double added(const Doubles& partial, int tiles, int width, int l) {
  double sum = 0;
  for (int e = 0; e < tiles * tiles; e++) {
    sum += e % tiles <= e / tiles ? partial[at(e * width + l)] : 0;
  }
  return sum;
}

double trace(const Doubles& a, const Doubles& b, int n) {
  double sum = 0;
  for (int i = 0; i < n * n; i++) {
    sum += a[at(i)] * b[at(i)];
  }
  return sum;
}

void check_factors(const Linearised& one, const Linearised& other, const Doubles& j, const Doubles& j_other) {
  const gt_linearised& net = one.network.net;
  int n = static_cast<int>(one.network.trained.size());
  int m = one.count;
  int tiles = tiles_of(m);
  int64_t stride = 64 * tiles;
  const double* values = one.values.data();
  const double* slopes = one.slopes.data();
  gt_factor_weights weights = {};
  Doubles by_parameter(at(n));
  for (int l = 0; l < net.factors; l++) {
    weights.of[l] = 0.5 + l;
    const gt_factor& f = net.factor[l];
    for (int k = 0; k < f.in * f.out; k++) {
      by_parameter[at(f.weight + k)] = weights.of[l];
    }
    for (int k = 0; f.bias >= 0 && k < f.out; k++) {
      by_parameter[at(f.bias + k)] = weights.of[l];
    }
  }
  Doubles products = multiplied(j, j, m, n, m, by_parameter);
  Doubles sums(at(m), NAN), diagonal;
  run(launch("factor_squares", (m + 7) / 8, false, net, weights, values, slopes, int32_t{m}, int32_t{one.of_row},
             sums.data()));
  for (int i = 0; i < m; i++) {
    diagonal.push_back(products[at(i * m + i)]);
  }
  expect_close(sums, diagonal, 1e-12, "squares of derivatives");

  Doubles x = drawn(n, 5), u = drawn(m, 6), wanted_times(at(m)), wanted_transposed(at(n));
  for (int e = 0; e < m * n; e++) {
    wanted_times[at(e / n)] += j[at(e)] * x[at(e % n)];
    wanted_transposed[at(e % n)] += j[at(e)] * u[at(e / n)];
  }
  Doubles times(at(m), NAN), transposed(at(n), NAN);
  run(launch("factor_times", (m + 7) / 8, false, net, static_cast<const double*>(x.data()), values, slopes, int32_t{m},
             int32_t{one.of_row}, times.data()));
  expect_close(times, wanted_times, 1e-12, "derivatives times a vector");
  int blocks = 0;
  for (int l = 0; l < net.factors; l++) {
    blocks += net.factor[l].out * ((net.factor[l].in + (net.factor[l].bias < 0 ? 0 : 1) + 31) / 32);
  }
  run(launch("factor_transposed", blocks, false, net, static_cast<const double*>(u.data()), values, slopes,
             int32_t{one.rows}, int32_t{one.of_row}, transposed.data()));
  expect_close(transposed, wanted_transposed, 1e-12, "a vector times derivatives");

  Doubles system(at(stride * stride), NAN);
  run(launch("factor_products", tiles * tiles, false, net, weights, values, slopes, int32_t{m}, int32_t{one.of_row},
             values, slopes, int32_t{m}, int32_t{one.of_row}, int32_t{1}, 0.75, int32_t{tiles}, system.data(), stride));
  Doubles plus = products;
  for (int i = 0; i < m; i++) {
    plus[at(i * m + i)] += 0.75;
  }
  expect_lower(system, plus, m, "products of derivatives");
  int q = other.count;
  Doubles cross(at(64 * tiles_of(q) * stride), NAN);
  run(launch("factor_products", tiles_of(q) * tiles, false, net, weights,
             static_cast<const double*>(other.values.data()), static_cast<const double*>(other.slopes.data()),
             int32_t{q}, int32_t{other.of_row}, values, slopes, int32_t{m}, int32_t{one.of_row}, int32_t{0}, 0.75,
             int32_t{tiles}, cross.data(), stride));
  expect_close(inner(cross, q, m), multiplied(j_other, j, q, n, m, by_parameter), 1e-12, "products with others");

  Doubles w = inverted(system, m);
  Doubles inverse = inverse_plainly(plus, m);
  Doubles partial(at(tiles * tiles * GT_MOST_FACTORS), NAN);
  run(launch("factor_traces", tiles * tiles, false, net, static_cast<const double*>(w.data()), stride, int32_t{tiles},
             values, slopes, int32_t{m}, int32_t{one.of_row}, partial.data()));
  for (int l = 0; l < net.factors; l++) {
    Doubles alone(at(n));
    for (int k = 0; k < n; k++) {
      alone[at(k)] = by_parameter[at(k)] == weights.of[l];
    }
    double wanted = trace(inverse, multiplied(j, j, m, n, m, alone), m);
    expect_close({added(partial, tiles, GT_MOST_FACTORS, l)}, {wanted}, 1e-8, "a trace");
  }
}

void check_lines(const Linearised& one, const Doubles& padded, const Doubles& j) {
  int n = static_cast<int>(one.network.trained.size());
  int m = one.count;
  int tiles = tiles_of(m);
  int64_t stride = 64 * tiles;
  int64_t wide = 64 * tiles_of(n);
  auto depth = static_cast<int32_t>((n + 15) / 16 * 16);
  const double* p = padded.data();
  Doubles weights = drawn(depth, 8), shift = drawn(m, 9);
  Doubles plus = multiplied(j, j, m, n, m, weights);
  Doubles squares(at(m), NAN), wanted_squares;
  for (int i = 0; i < m; i++) {
    wanted_squares.push_back(plus[at(i * m + i)]);
    plus[at(i * m + i)] += shift[at(i)];
  }
  run(launch("line_squares", (m + 7) / 8, false, p, wide, int32_t{m}, int32_t{n},
             static_cast<const double*>(weights.data()), squares.data()));
  expect_close(squares, wanted_squares, 1e-12, "squares of lines");
  Doubles system(at(stride * stride), NAN);
  run(launch("line_products", tiles * tiles, false, p, wide, int32_t{m}, p, wide, int32_t{m}, depth,
             static_cast<const double*>(weights.data()), int32_t{1}, 0.75, static_cast<const double*>(shift.data()),
             int32_t{tiles}, system.data(), stride));
  expect_lower(system, plus, m, "products of lines");
  int few = std::min(5, m);
  Doubles cross(at(64 * stride), NAN);
  run(launch("line_products", tiles, false, p, wide, int32_t{few}, p, wide, int32_t{m}, depth,
             static_cast<const double*>(nullptr), int32_t{0}, 0.75, static_cast<const double*>(nullptr), int32_t{tiles},
             cross.data(), stride));
  expect_close(inner(cross, few, m), multiplied(j, j, few, n, m, Doubles(at(n), 1)), 1e-12, "products of other lines");
  Doubles w = inverted(system, m);
  Doubles partial(at(tiles * tiles), NAN);
  run(launch("line_traces", tiles * tiles, false, static_cast<const double*>(w.data()), stride, int32_t{tiles}, p, wide,
             int32_t{m}, depth, static_cast<const double*>(weights.data()), partial.data()));
  double wanted = trace(inverse_plainly(plus, m), multiplied(j, j, m, n, m, weights), m);
  expect_close({added(partial, tiles, 1, 0)}, {wanted}, 1e-8, "a trace over lines");

  Doubles x = drawn(n, 5), u = drawn(m, 6), wanted_times(at(m)), wanted_transposed(at(n));
  for (int e = 0; e < m * n; e++) {
    wanted_times[at(e / n)] += j[at(e)] * x[at(e % n)];
    wanted_transposed[at(e % n)] += j[at(e)] * u[at(e / n)];
  }
  Doubles times(at(m), NAN), transposed(at(n), NAN);
  run(launch("line_times", (m + 7) / 8, false, p, wide, int32_t{m}, int32_t{n}, static_cast<const double*>(x.data()),
             times.data()));
  expect_close(times, wanted_times, 1e-12, "lines times a vector");
  run(launch("line_transposed", (n + 31) / 32, false, p, wide, int32_t{m}, int32_t{n},
             static_cast<const double*>(u.data()), transposed.data()));
  expect_close(transposed, wanted_transposed, 1e-12, "a vector times lines");
}

void check(const Network& network, int rows) {
  g_what = network.name + ", " + std::to_string(rows) + " rows";
  int n = static_cast<int>(network.trained.size());
  Linearised one(network, rows, 11);
  std::vector<Wide> p(one.parameters.begin(), one.parameters.end());
  Doubles wanted;
  for (int r = 0; r < rows; r++) {
    for (Wide y : network(p, &one.inputs[at(r * network.net.inputs)])) {
      wanted.push_back(static_cast<double>(y));
    }
  }
  expect_close(one.outputs, wanted, 1e-13, "outputs");

  Doubles padded = one.matrix(false);
  Doubles j = inner(padded, one.count, n);
  expect_close(j, differences(one, nullptr), 1e-8, "derivatives");
  Doubles turned = inner(one.matrix(true), n, one.count);
  Doubles back(j.size());
  for (int e = 0; e < one.count * n; e++) {
    back[at(e % one.count * n + e / one.count)] = turned[at(e)];
  }
  expect_close(back, j, 0, "transposed derivatives");
  Doubles mixture = {0.5, -1.25, 2};
  Linearised other(network, 9, 21, &mixture);
  Doubles j_other = inner(other.matrix(false), 9, n);
  expect_close(j_other, differences(other, &mixture), 1e-8, "derivatives of a combination");

  if (network.net.factors > 0) {
    check_factors(one, other, j, j_other);
  }
  check_lines(one, padded, j);
}

}  // namespace

int main() {
  int seed = 0;
  for (const Network& network : networks()) {
    for (int rows : {1, 37, 70}) {
      auto order = seed % 3 == 0   ? emulation::Order::kForward
                   : seed % 3 == 1 ? emulation::Order::kReverse
                                   : emulation::Order::kShuffled;
      emulation::set_order(order, static_cast<uint64_t>(seed++));
      check(network, rows);
    }
  }
  std::printf("%d failures\n", g_failures);
  return g_failures == 0 ? 0 : 1;
}
