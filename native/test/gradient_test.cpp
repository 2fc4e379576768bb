// Loss and gradient of the kernels against central differences of the float64 reference, over shapes that leave
// remainders everywhere; input gradients and predictions the same way.
#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "check.h"
#include "kernels.h"
#include "model.h"
#include "reference.h"

using namespace gputrain;

namespace {

struct Case {
  std::vector<int> widths;
  int rows;
  Activation activation;
  LossKind loss;
};

struct Sample {
  std::vector<double> inputs, targets, parameters;

  Sample(const Case& c, std::mt19937& random) {
    // Float32 values, so that reference and kernels see the same numbers.
    std::uniform_real_distribution<float> unit(-1, 1);
    for (int i = 0; i < c.rows * c.widths.front(); i++) {
      inputs.push_back(static_cast<double>(unit(random)));
    }
    for (int i = 0; i < c.rows * c.widths.back(); i++) {
      targets.push_back(static_cast<double>(2 * unit(random)));
    }
    for (size_t l = 0; l + 1 < c.widths.size(); l++) {
      float bound = 1.5F / std::sqrt(static_cast<float>(c.widths[l]));
      for (int i = 0; i < (c.widths[l] + 1) * c.widths[l + 1]; i++) {
        parameters.push_back(static_cast<double>(bound * unit(random)));
      }
    }
  }
};

// Gradient of the mean loss by the kernels, all tiles added into one buffer.
double kernel_gradient(const Case& c, const Sample& sample, double delta, std::vector<double>* gradient) {
  std::unique_ptr<Model> model = make_model({GT_DENSE, c.widths, c.activation, 0}, chosen_kernels(), false);
  Floats primary(model->primary_size()), mirror(model->mirror_size()), sums(model->primary_size());
  model->pack(sample.parameters.data(), primary.data());
  model->mirror_all(primary.data(), mirror.data());
  std::vector<int32_t> rows;
  for (int r = 0; r < c.rows; r++) {
    rows.push_back(r);
  }
  PackedRows data(model->row_format(), rows, sample.inputs.data(), sample.targets.data());
  double count = c.rows * static_cast<double>(model->outputs());
  Loss loss = {c.loss, static_cast<float>(delta), static_cast<float>(1.0 / count)};
  double sum = model->worker()->train({primary.data(), mirror.data()}, {data, nullptr, 0, c.rows}, loss, sums.data());
  gradient->resize(sample.parameters.size());
  model->unpack(sums.data(), gradient->data());
  // What is padding must stay exactly 0, or the optimiser would let it grow.
  std::vector<double> ones(gradient->size(), 1.0);
  Floats counted(model->primary_size());
  model->pack(ones.data(), counted.data());
  for (size_t i = 0; i < model->primary_size(); i++) {
    CHECK(counted[i] == 1.0F || sums[i] == 0.0F, "padding %zu of the gradient is %g", i, static_cast<double>(sums[i]));
  }
  return sum / count;
}

void parameter_gradient(const Case& c) {
  std::mt19937 random(7);
  Sample sample(c, random);
  reference::Net net = {c.widths, c.activation};
  double delta = 0.7;
  std::vector<double> gradient;
  double loss = kernel_gradient(c, sample, delta, &gradient);
  auto at = [&](const std::vector<double>& p) {
    return net.mean_loss(p, sample.inputs, sample.targets, c.rows, c.loss, delta);
  };
  double expected_loss = at(sample.parameters);
  CHECK(std::fabs(loss - expected_loss) <= 2e-6 * expected_loss, "loss %.9g, expected %.9g", loss, expected_loss);
  // Kinks (ReLU, |r|) make a central difference wrong where one lies inside the step: compare the bulk there.
  bool kinks = c.activation == Activation::relu || c.loss == LossKind::absolute;
  size_t stride = std::max<size_t>(1, gradient.size() * static_cast<size_t>(c.rows) / 4000);
  double scale = 0;
  for (double g : gradient) {
    scale = std::max(scale, std::fabs(g));
  }
  int compared = 0, off = 0;
  double worst = 0;
  for (size_t i = 0; i < gradient.size(); i += stride) {
    double h = kinks ? 1e-7 : 1e-5;
    std::vector<double> p = sample.parameters;
    p[i] += h;
    double up = at(p);
    p[i] -= 2 * h;
    double difference = (up - at(p)) / (2 * h);
    double error = std::fabs(gradient[i] - difference) / scale;
    worst = std::max(worst, error);
    compared++;
    off += error > 1e-5;
  }
  CHECK(compared > 0 && off * 50 <= (kinks ? compared : 0),
        "%d of %d gradients off, the worst by %g of the largest (%zu layers, %d inputs, %d outputs, %d rows)", off,
        compared, worst, c.widths.size() - 1, c.widths.front(), c.widths.back(), c.rows);
}

void input_gradient(const Case& c) {
  std::mt19937 random(8);
  Sample sample(c, random);
  reference::Net net = {c.widths, c.activation};
  std::unique_ptr<Model> model = make_model({GT_DENSE, c.widths, c.activation, 0}, chosen_kernels(), true);
  Floats primary(model->primary_size()), mirror(model->mirror_size());
  model->pack(sample.parameters.data(), primary.data());
  model->mirror_all(primary.data(), mirror.data());
  PackedRows data(model->row_format(), {0}, sample.inputs.data(), sample.targets.data());
  std::vector<float> weights;
  for (int k = 0; k < c.widths.back(); k++) {
    weights.push_back(1.0F / static_cast<float>(k + 1));
  }
  std::vector<double> gradient(static_cast<size_t>(c.widths[0]));
  model->worker()->input_gradient({primary.data(), mirror.data()}, data, weights.data(), gradient.data());
  auto at = [&](const std::vector<double>& x) {
    std::vector<double> y = net.outputs(sample.parameters, x.data());
    double sum = 0;
    for (size_t k = 0; k < y.size(); k++) {
      sum += static_cast<double>(weights[k]) * y[k];
    }
    return sum;
  };
  for (size_t i = 0; i < static_cast<size_t>(c.widths[0]); i++) {
    std::vector<double> x(sample.inputs.begin(), sample.inputs.begin() + c.widths[0]);
    double h = c.activation == Activation::relu ? 1e-8 : 1e-6;
    x[i] += h;
    double up = at(x);
    x[i] -= 2 * h;
    double difference = (up - at(x)) / (2 * h);
    CHECK(std::fabs(gradient[i] - difference) <= 2e-5 * std::max(1.0, std::fabs(difference)),
          "input gradient %zu is %g, expected %g", i, gradient[i], difference);
  }
}

}  // namespace

int main() {
  skip_without_isa();
  const std::vector<std::vector<int>> shapes = {{13, 80, 40, 3}, {12, 80, 40, 1}, {1, 1},          {1, 1, 1},
                                                {5, 8},          {5, 9},          {3, 17, 33, 9},  {20, 8, 1},
                                                {3, 100, 2},     {7, 130, 11},    {40, 7, 7, 7},   {2, 31, 16, 15, 4},
                                                {97, 5, 65, 8},  {17, 16},        {6, 113, 97, 5}, {64, 48, 32, 16}};
  for (const std::vector<int>& widths : shapes) {
    for (int rows : {1, 15, 16, 17, 48, 49, 100}) {
      parameter_gradient({widths, rows, Activation::gelu, LossKind::huber});
    }
    for (Activation f : {Activation::identity, Activation::relu, Activation::tanh}) {
      parameter_gradient({widths, 33, f, LossKind::squared});
    }
    parameter_gradient({widths, 33, Activation::gelu, LossKind::absolute});
    for (Activation f : {Activation::gelu, Activation::relu, Activation::tanh}) {
      input_gradient({widths, 1, f, LossKind::squared});
    }
  }
  return result();
}
