// Loss, gradient, outputs and input gradient of product units against a float64 reference, whose own gradient is held
// against its central differences; over shapes and numbers of rows that leave remainders everywhere.
#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "check.h"
#include "kernels.h"
#include "model.h"
#include "product_units_reference.h"

using namespace gputrain;

namespace {

struct Case {
  reference::ProductUnits net;
  int rows;
  LossKind loss;
};

constexpr double kDelta = 0.7;

struct Sample {
  std::vector<double> inputs, targets, parameters;

  explicit Sample(const Case& c) {
    std::mt19937 random(11);
    // Float32 values, so that reference and kernels see the same numbers.
    std::uniform_real_distribution<float> unit(-1, 1);
    auto fill = [&](std::vector<double>* to, int n, float bound, float middle) {
      for (int i = 0; i < n; i++) {
        to->push_back(static_cast<double>(middle + bound * unit(random)));
      }
    };
    const reference::ProductUnits& net = c.net;
    fill(&inputs, c.rows * net.inputs, 1, net.complex ? 0.0F : 0.7F);
    fill(&targets, c.rows * net.outputs(), 2, 0);
    fill(&parameters, net.outputs() * net.weights().size, 1.5F / std::sqrt(static_cast<float>(net.inputs)), 0);
    fill(&parameters, net.outputs() * net.biases().size, 0.5F, 0.5F);
    fill(&parameters, net.outputs() * net.exponents().size, 0.7F / std::sqrt(static_cast<float>(net.factors())), 0);
    fill(&parameters, net.outputs() * (net.units + 1), 1, 0);
  }
};

struct Packed {
  std::unique_ptr<Model> model;
  Floats primary, mirror;
  std::unique_ptr<PackedRows> rows;

  Packed(const Case& c, const Sample& sample) {
    const reference::ProductUnits& net = c.net;
    int family = net.complex ? GT_COMPLEX_PRODUCT_UNITS : GT_PRODUCT_UNITS;
    model = make_model({family, {net.inputs, net.linear, net.units, net.outputs()}, Activation::identity, net.guard},
                       chosen_kernels(), false);
    primary = Floats(model->primary_size());
    mirror = Floats(model->mirror_size());
    model->pack(sample.parameters.data(), primary.data());
    model->mirror_all(primary.data(), mirror.data());
    std::vector<int32_t> list;
    for (int r = 0; r < c.rows; r++) {
      list.push_back(r);
    }
    rows = std::make_unique<PackedRows>(model->row_format(), list, sample.inputs.data(), sample.targets.data());
  }
  Parameters parameters() const { return {primary.data(), mirror.data()}; }
  RowRange range() const { return {*rows, nullptr, 0, rows->count()}; }
};

double largest(const std::vector<double>& values) {
  double most = 0;
  for (double value : values) {
    most = std::max(most, std::fabs(value));
  }
  return most;
}

void compare(const Case& c, const char* what, const std::vector<double>& got, const std::vector<double>& expected,
             double tolerance) {
  double scale = largest(expected) + 1e-30;
  for (size_t i = 0; i < got.size(); i++) {
    double error = std::fabs(got[i] - expected[i]) / scale;
    if (!(error <= tolerance)) {
      CHECK(false, "%s %zu of a %s network %d, %d, %d with %d rows is %.9g, expected %.9g, the largest %.9g", what, i,
            c.net.complex ? "complex" : "real", c.net.inputs, c.net.linear, c.net.units, c.rows, got[i], expected[i],
            scale);
      return;
    }
  }
}

void against_reference(const Case& c) {
  Sample sample(c);
  Packed packed(c, sample);
  const Model& model = *packed.model;
  const size_t outputs = model.outputs();
  CHECK(sample.parameters.size() == static_cast<size_t>(c.net.parameters()), "%zu parameters",
        sample.parameters.size());
  std::vector<double> expected(sample.parameters.size());
  double expected_loss =
      c.net.mean_loss(sample.parameters, sample.inputs, sample.targets, c.rows, c.loss, kDelta, &expected);

  double scale = 1.0 / (c.rows * static_cast<double>(outputs));
  Loss loss = {c.loss, static_cast<float>(kDelta), static_cast<float>(scale)};
  Floats sums(model.primary_size());
  std::fill(sums.data(), sums.data() + sums.size(), 0.0F);
  std::unique_ptr<Worker> worker = model.worker();
  double got_loss = worker->train(packed.parameters(), packed.range(), loss, sums.data()) * scale;
  CHECK(std::fabs(got_loss - expected_loss) <= 1e-5 * expected_loss, "loss %.9g, expected %.9g", got_loss,
        expected_loss);
  std::vector<double> gradient(expected.size());
  model.unpack(sums.data(), gradient.data());
  compare(c, "gradient", gradient, expected, 2e-5);
  // What is padding must stay exactly 0, or the optimiser would let it grow.
  std::vector<double> ones(gradient.size(), 1.0);
  Floats counted(model.primary_size());
  model.pack(ones.data(), counted.data());
  for (size_t i = 0; i < model.primary_size(); i++) {
    CHECK(counted[i] == 1.0F || sums[i] == 0.0F, "padding %zu of the gradient is %g", i, static_cast<double>(sums[i]));
  }
  // A second time into the same memory: it replaces.
  Floats again(model.primary_size());
  std::copy(sums.data(), sums.data() + sums.size(), again.data());
  worker->train(packed.parameters(), packed.range(), loss, again.data());
  CHECK(std::equal(again.data(), again.data() + again.size(), sums.data()), "a second gradient differs");

  std::vector<float> computed(static_cast<size_t>(c.rows) * outputs);
  worker->forward(packed.parameters(), packed.range(), computed.data());
  const float weights[] = {1.0F, -0.5F};
  std::vector<double> slopes(sample.inputs.size()), expected_slopes(sample.inputs.size()), values, unused(expected);
  worker->input_gradient(packed.parameters(), *packed.rows, weights, slopes.data());
  for (int r = 0; r < c.rows; r++) {
    const double* x = sample.inputs.data() + r * c.net.inputs;
    reference::ProductUnits::Row row = c.net.forward(sample.parameters, x);
    values.push_back(row.output.real());
    if (c.net.complex) {
      values.push_back(row.output.imag());
    }
    c.net.backward(sample.parameters, x, row, {1.0, -0.5}, &unused, expected_slopes.data() + r * c.net.inputs);
  }
  compare(c, "output", std::vector<double>(computed.begin(), computed.end()), values, 1e-5);
  compare(c, "input gradient", slopes, expected_slopes, 2e-5);
}

// The rows that fill up a group are of the range: one that overflows elsewhere in the set leaves no NaN here.
void other_rows_do_not_matter(const Case& c) {
  Sample sample(c);
  std::fill_n(sample.inputs.begin(), c.net.inputs, 1e30);
  std::fill(sample.parameters.begin() + c.net.exponents().begin, sample.parameters.begin() + c.net.coefficients().begin,
            0.9);
  Packed packed(c, sample);
  Loss loss = {c.loss, static_cast<float>(kDelta), 1.0F};
  Floats sums(packed.model->primary_size());
  for (int first : {0, 1}) {
    double sum = packed.model->worker()->train(packed.parameters(), {*packed.rows, nullptr, first, c.rows - 1}, loss,
                                               sums.data());
    CHECK(std::isfinite(sum) == (first == 1), "loss %g from row %d on", sum, first);
  }
  CHECK(std::all_of(sums.data(), sums.data() + sums.size(), [](float g) { return std::isfinite(g); }),
        "a gradient that is not finite");
}

// The guard must not hold here: below it the gradient is not the derivative when the network is complex.
void reference_against_differences(const Case& c) {
  Sample sample(c);
  std::vector<double> gradient(sample.parameters.size()), difference;
  c.net.mean_loss(sample.parameters, sample.inputs, sample.targets, c.rows, c.loss, kDelta, &gradient);
  auto at = [&](size_t i, double h) {
    std::vector<double> p = sample.parameters;
    p[i] += h;
    return c.net.mean_loss(p, sample.inputs, sample.targets, c.rows, c.loss, kDelta, nullptr);
  };
  for (size_t i = 0; i < gradient.size(); i++) {
    difference.push_back((at(i, 1e-6) - at(i, -1e-6)) / 2e-6);
  }
  compare(c, "derivative", gradient, difference, 1e-6);
}

}  // namespace

int main() {
  skip_without_isa();
  const int shapes[][3] = {{10, 20, 40}, {1, 0, 1},  {1, 1, 1},   {3, 0, 7},   {7, 5, 13},
                           {2, 17, 9},   {5, 3, 65}, {40, 33, 6}, {10, 0, 40}, {12, 6, 2}};
  for (const int* shape : shapes) {
    for (bool complex : {false, true}) {
      // A wide guard holds in many rows. Without one the logarithm of a difference near 0 magnifies its rounding: a
      // real network keeps some, in a complex one both parts are seldom near 0.
      const double narrow = complex ? 1e-6 : 0.02;
      for (double guard : {0.3, narrow}) {
        reference::ProductUnits net = {complex, shape[0], shape[1], shape[2], guard};
        for (int rows : {1, 15, 16, 17, 48, 63, 64, 65, 130}) {
          against_reference({net, rows, complex ? LossKind::complex_squared : LossKind::squared});
        }
        against_reference({net, 77, LossKind::huber});
        against_reference({net, 77, LossKind::absolute});
        against_reference({net, 77, LossKind::squared});
      }
      reference_against_differences({{complex, shape[0], shape[1], shape[2], narrow}, 5, LossKind::squared});
    }
  }
  for (bool complex : {false, true}) {
    other_rows_do_not_matter({{complex, 4, 0, 3, 0.02}, 21, LossKind::squared});
  }
  return result();
}
