#include "spline_reference.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "../../native/src/permutation.h"

namespace gputrain {

namespace {

double dot(const double* a, const double* b, size_t n) { return std::inner_product(a, a + n, b, 0.0); }
double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

double loss_of(const gt_plan& plan, double r, double* slope) {
  double size = std::fabs(r);
  switch (plan.loss) {
    case GT_MEAN_SQUARED:
      *slope = 2 * r;
      return r * r;
    case GT_MEAN_ABSOLUTE:
      *slope = r > 0 ? 1 : r < 0 ? -1 : 0;
      return size;
    default:
      *slope = size > plan.huber_delta ? std::copysign(plan.huber_delta, r) : r;
      return size > plan.huber_delta ? plan.huber_delta * (size - plan.huber_delta / 2) : r * r / 2;
  }
}

}  // namespace

int spline_parameters(const gt_plan& plan) {
  int count = 0;
  for (int l = 0; l < plan.layers; l++) {
    int n = plan.widths[l];
    count += n * plan.widths[l + 1] * (plan.intervals + plan.order + 3) + n * (plan.intervals + 2 * plan.order + 1);
  }
  return count;
}

SplineState initial_state(const gt_plan& plan, const gt_replica& replica) {
  SplineState state = {};
  state.progress.loss = state.progress.learning_rate = std::numeric_limits<double>::quiet_NaN();
  state.progress.plateau_best = state.progress.best_rms = std::numeric_limits<double>::infinity();
  auto n = static_cast<size_t>(spline_parameters(plan));
  state.parameters.assign(replica.initial, replica.initial + n);
  state.first.assign(plan.optimizer == GT_LBFGS ? n * static_cast<size_t>(plan.history) : n, 0);
  state.second = state.first;
  state.best = state.parameters;
  state.sum.assign(n, 0);
  return state;
}

// Values of a row, by layer.
struct SplineReference::Row {
  std::vector<Doubles> x, values, slopes, phi;
};

std::vector<SplineReference::Layer> SplineReference::layers() const {
  std::vector<Layer> all;
  int at = 0;
  for (int l = 0; l < plan_.layers; l++) {
    int n = plan_.widths[l];
    int m = plan_.widths[l + 1];
    int splines = plan_.intervals + plan_.order;
    int coefficient = at + 2 * n * m;
    int mask = coefficient + n * m * splines;
    all.push_back({n, m, at, at + n * m, coefficient, mask, mask + n * m});
    at = mask + n * m + n * (splines + plan_.order + 1);
  }
  return all;
}

bool SplineReference::trained(int i) const {
  for (const Layer& layer : layers()) {
    if (i >= layer.mask && i < layer.knots + layer.n * (plan_.intervals + 2 * plan_.order + 1)) {
      return false;
    }
  }
  return true;
}

void SplineReference::splines(const double* t, double x, Doubles& values, Doubles& slopes) const {
  int last = plan_.intervals + 2 * plan_.order;
  Doubles b;
  for (int j = 0; j < last; j++) {
    b.push_back(t[j] <= x && x < t[j + 1] ? 1 : 0);
  }
  for (int p = 1; p <= plan_.order; p++) {
    slopes.clear();
    for (int j = 0; j + p < last; j++) {
      auto k = static_cast<size_t>(j);
      double left = t[j + p] - t[j];
      double right = t[j + p + 1] - t[j + 1];
      slopes.push_back(p / left * b[k] - p / right * b[k + 1]);
      b[k] = (b[k] == 0 ? 0 : (x - t[j]) / left * b[k]) + (b[k + 1] == 0 ? 0 : (t[j + p + 1] - x) / right * b[k + 1]);
    }
    b.pop_back();
  }
  values = b;
}

SplineReference::Row SplineReference::forward(const Doubles& p, const double* inputs) const {
  Row row;
  row.x.emplace_back(inputs, inputs + plan_.widths[0]);
  auto splines_of_edge = static_cast<size_t>(plan_.intervals + plan_.order);
  for (const Layer& layer : layers()) {
    Doubles values, slopes, phi(static_cast<size_t>(layer.n * layer.m)), y(static_cast<size_t>(layer.m));
    for (int i = 0; i < layer.n; i++) {
      double x = row.x.back()[static_cast<size_t>(i)];
      Doubles b, db;
      splines(&p[static_cast<size_t>(layer.knots + i * (plan_.intervals + 2 * plan_.order + 1))], x, b, db);
      for (int o = 0; o < layer.m; o++) {
        auto e = static_cast<size_t>(o * layer.n + i);
        const double* c = &p[static_cast<size_t>(layer.coefficient) + e * splines_of_edge];
        double curve = dot(b.data(), c, splines_of_edge);
        double silu = std::isfinite(x) ? x * sigmoid(x) : std::numeric_limits<double>::quiet_NaN();
        phi[e] = p[static_cast<size_t>(layer.mask) + e] *
                 (p[static_cast<size_t>(layer.base) + e] * silu + p[static_cast<size_t>(layer.scale) + e] * curve);
        y[static_cast<size_t>(o)] += phi[e];
      }
      values.insert(values.end(), b.begin(), b.end());
      slopes.insert(slopes.end(), db.begin(), db.end());
    }
    row.values.push_back(values);
    row.slopes.push_back(slopes);
    row.phi.push_back(phi);
    row.x.push_back(y);
  }
  return row;
}

Doubles SplineReference::backward(const Doubles& p, const Row& row, Doubles by_outputs,
                                  const std::vector<Doubles>& penalty, Doubles* gradient) const {
  std::vector<Layer> all = layers();
  auto splines_of_edge = static_cast<size_t>(plan_.intervals + plan_.order);
  for (size_t l = all.size(); l-- > 0;) {
    const Layer& layer = all[l];
    Doubles by_inputs(static_cast<size_t>(layer.n));
    for (int o = 0; o < layer.m; o++) {
      for (int i = 0; i < layer.n; i++) {
        auto e = static_cast<size_t>(o * layer.n + i);
        auto from = static_cast<size_t>(i) * splines_of_edge;
        double phi = row.phi[l][e];
        double g = by_outputs[static_cast<size_t>(o)];
        if (!penalty.empty()) {
          g += phi > 0 ? penalty[l][e] : phi < 0 ? -penalty[l][e] : 0;
        }
        g *= p[static_cast<size_t>(layer.mask) + e];
        double x = row.x[l][static_cast<size_t>(i)];
        double s = sigmoid(x);
        double base = p[static_cast<size_t>(layer.base) + e];
        double scale = p[static_cast<size_t>(layer.scale) + e];
        size_t c = static_cast<size_t>(layer.coefficient) + e * splines_of_edge;
        by_inputs[static_cast<size_t>(i)] +=
            g * (base * s * (1 + x * (1 - s)) + scale * dot(&p[c], &row.slopes[l][from], splines_of_edge));
        if (gradient != nullptr) {
          (*gradient)[static_cast<size_t>(layer.base) + e] += g * x * s;
          (*gradient)[static_cast<size_t>(layer.scale) + e] += g * dot(&p[c], &row.values[l][from], splines_of_edge);
          for (size_t j = 0; j < splines_of_edge; j++) {
            (*gradient)[c + j] += g * scale * row.values[l][from + j];
          }
        }
      }
    }
    by_outputs = by_inputs;
  }
  return by_outputs;
}

double SplineReference::penalise(const Doubles& p, const std::vector<int>& rows, std::vector<Doubles>* slopes) const {
  std::vector<Doubles> a;
  auto count = static_cast<double>(rows.size());
  for (int r : rows) {
    Row row = forward(p, data_.inputs + r * plan_.widths[0]);
    a.resize(row.phi.size());
    for (size_t l = 0; l < a.size(); l++) {
      a[l].resize(row.phi[l].size());
      for (size_t e = 0; e < a[l].size(); e++) {
        a[l][e] += std::fabs(row.phi[l][e]) / count;
      }
    }
  }
  double value = 0;
  for (Doubles& layer : a) {
    double sum = std::accumulate(layer.begin(), layer.end(), 0.0);
    double entropy = 0;
    for (double one : layer) {
      entropy -= one > 0 ? one / sum * std::log(one / sum) : 0;
    }
    value += plan_.penalty_l1 * sum + plan_.penalty_entropy * entropy;
    for (double& one : layer) {
      double slope = one > 0 ? -(std::log(one / sum) + entropy) / sum : 0;
      one = (plan_.penalty_l1 + plan_.penalty_entropy * slope) / count;
    }
  }
  *slopes = a;
  return value;
}

SplineReference::Objective SplineReference::objective(const Doubles& p, const std::vector<int>& rows,
                                                      bool decay) const {
  Objective f = {0, 0, Doubles(p.size(), 0)};
  std::vector<Doubles> penalty;
  double added = plan_.penalty_l1 + plan_.penalty_entropy > 0 ? penalise(p, rows, &penalty) : 0;
  int m = plan_.widths[plan_.layers];
  double share = 1.0 / (static_cast<double>(rows.size()) * m);
  for (int r : rows) {
    Row row = forward(p, data_.inputs + r * plan_.widths[0]);
    Doubles by_outputs;
    for (int o = 0; o < m; o++) {
      double slope = 0;
      f.loss += loss_of(plan_, row.x.back()[static_cast<size_t>(o)] - data_.targets[r * m + o], &slope);
      by_outputs.push_back(slope * share);
    }
    backward(p, row, by_outputs, penalty, &f.gradient);
  }
  f.value = f.loss * share + added;
  for (int i = 0; decay && i < static_cast<int>(p.size()); i++) {
    auto k = static_cast<size_t>(i);
    if (trained(i)) {
      f.value += replica_.weight_decay / 2 * p[k] * p[k];
      f.gradient[k] += replica_.weight_decay * p[k];
    }
  }
  return f;
}

Doubles SplineReference::predict(const Doubles& parameters, const double* inputs) {
  return forward(parameters, inputs).x.back();
}

Doubles SplineReference::input_gradient(const Doubles& parameters, const double* inputs, const double* weights) {
  Row row = forward(parameters, inputs);
  return backward(parameters, row, Doubles(weights, weights + plan_.widths[plan_.layers]), {}, nullptr);
}

void SplineReference::advance(SplineState& state, int64_t epochs) {
  gt_progress& at = state.progress;
  for (int64_t done = 0; done < epochs && at.status == GT_RUNNING; done++) {
    double rate = gt_begin_epoch(&plan_.rules, &at) * replica_.rate_factor;
    int n = replica_.set_sizes[0];
    bool shuffled = plan_.shuffle != 0 && plan_.batch_size > 0 && plan_.batch_size < n;
    std::vector<int32_t> places(static_cast<size_t>(n));
    std::iota(places.begin(), places.end(), 0);
    if (shuffled) {
      Permutation(n, replica_.seed, at.epoch).entries(0, n, places.data());
    }
    std::vector<int> order;
    for (int32_t place : places) {
      order.push_back(replica_.rows[place]);
    }
    double sum = plan_.optimizer == GT_LBFGS ? iterate(state, rate, order) : steps(state, rate, order);
    bool due = gt_end_epoch(&plan_.rules, &at, sum / (n * plan_.widths[plan_.layers])) != 0;
    if (gt_averaged(&plan_.rules, &at) != 0) {
      for (size_t i = 0; i < state.sum.size(); i++) {
        state.sum[i] += state.parameters[i];
      }
    }
    if (due) {
      sample(state, rate);
    }
  }
}

void SplineReference::sample(SplineState& state, double rate) {
  gt_progress& at = state.progress;
  state.samples.insert(state.samples.end(), {static_cast<double>(at.epoch), at.loss, rate});
  const int32_t* rows = replica_.rows;
  int m = plan_.widths[plan_.layers];
  for (int s = 0; s < plan_.row_sets; s++) {
    double squares = 0;
    for (int i = 0; i < replica_.set_sizes[s]; i++) {
      Doubles y = predict(state.parameters, data_.inputs + rows[i] * plan_.widths[0]);
      double error = 0;
      for (int o = 0; o < m; o++) {
        error += plan_.output_weights[o] * (y[static_cast<size_t>(o)] - data_.targets[rows[i] * m + o]);
      }
      squares += error * error;
    }
    rows += replica_.set_sizes[s];
    double rms = std::sqrt(squares / replica_.set_sizes[s]);
    state.samples.push_back(rms);
    if (s == plan_.rules.watched && gt_improved(&at, rms) != 0) {
      state.best = state.parameters;
    }
  }
  gt_settle(&plan_.rules, &at);
}

double SplineReference::steps(SplineState& state, double rate, const std::vector<int>& order) {
  double sum = 0;
  auto batch = static_cast<size_t>(plan_.batch_size == 0 ? static_cast<int>(order.size()) : plan_.batch_size);
  for (size_t begin = 0; begin < order.size(); begin += batch) {
    auto first = order.begin() + static_cast<std::ptrdiff_t>(begin);
    std::vector<int> rows(first, first + static_cast<std::ptrdiff_t>(std::min(batch, order.size() - begin)));
    Objective f = objective(state.parameters, rows, true);
    sum += f.loss;
    if (!std::isfinite(sum)) {
      return sum;
    }
    auto t = static_cast<double>(++state.progress.step);
    for (size_t i = 0; i < f.gradient.size(); i++) {
      double g = f.gradient[i];
      if (!trained(static_cast<int>(i))) {
        continue;
      }
      if (plan_.optimizer == GT_SGD) {
        state.first[i] = plan_.momentum * state.first[i] + g;
        state.parameters[i] -= rate * state.first[i];
        continue;
      }
      state.first[i] = plan_.beta1 * state.first[i] + (1 - plan_.beta1) * g;
      state.second[i] = plan_.beta2 * state.second[i] + (1 - plan_.beta2) * g * g;
      double root = std::sqrt(state.second[i] / (1 - std::pow(plan_.beta2, t)));
      state.parameters[i] -= rate * state.first[i] / (1 - std::pow(plan_.beta1, t)) / (root + plan_.epsilon);
    }
  }
  return sum;
}

}  // namespace gputrain
