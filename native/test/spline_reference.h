// A spline network in float64, written from its equations with the recursion of Cox and de Boor and from nothing else:
// what the kernels are compared with.
#pragma once

#include <cmath>
#include <random>
#include <vector>

#include "reference.h"

namespace reference {

struct SplineNet {
  std::vector<int> widths;
  int intervals, order;

  int splines() const { return intervals + order; }
  int knots() const { return intervals + 2 * order + 1; }
  int layers() const { return static_cast<int>(widths.size()) - 1; }
  int in(int l) const { return widths[static_cast<size_t>(l)]; }
  int out(int l) const { return widths[static_cast<size_t>(l) + 1]; }
  int edges(int l) const { return in(l)*out(l); }

  // Where the tensors of a layer begin.
  int base(int l) const { return l == 0 ? 0 : knots_of(l - 1) + in(l - 1) * knots(); }
  int scale(int l) const { return base(l) + edges(l); }
  int coefficients(int l) const { return scale(l) + edges(l); }
  int mask(int l) const { return coefficients(l) + edges(l) * splines(); }
  int knots_of(int l) const { return mask(l) + edges(l); }
  int parameters() const { return base(layers()); }
  bool trained(int i) const {
    bool fixed = false;
    for (int l = 0; l < layers(); l++) {
      fixed = fixed || (i >= mask(l) && i < base(l + 1));
    }
    return !fixed;
  }

  static double spline(const double* t, int j, int p, double x) {
    if (p == 0) {
      return t[j] <= x && x < t[j + 1] ? 1 : 0;
    }
    return (x - t[j]) / (t[j + p] - t[j]) * spline(t, j, p - 1, x) +
           (t[j + p + 1] - x) / (t[j + p + 1] - t[j + 1]) * spline(t, j + 1, p - 1, x);
  }

  double phi(const std::vector<double>& p, int l, int o, int i, double x) const {
    const int edge = o * in(l) + i;
    const double* t = p.data() + knots_of(l) + i * knots();
    double sum = 0;
    for (int j = 0; j < splines(); j++) {
      sum += p[static_cast<size_t>(coefficients(l) + edge * splines() + j)] * spline(t, j, order, x);
    }
    return p[static_cast<size_t>(mask(l) + edge)] * (p[static_cast<size_t>(base(l) + edge)] * x / (1 + std::exp(-x)) +
                                                     p[static_cast<size_t>(scale(l) + edge)] * sum);
  }

  // Outputs of a row; adds its |phi| to sizes [edges of all layers], where those are wanted.
  std::vector<double> outputs(const std::vector<double>& p, const double* inputs, std::vector<double>* sizes) const {
    std::vector<double> x(inputs, inputs + widths.front());
    size_t edge = 0;
    for (int l = 0; l < layers(); l++) {
      std::vector<double> y(static_cast<size_t>(out(l)));
      for (int o = 0; o < out(l); o++) {
        for (int i = 0; i < in(l); i++, edge++) {
          const double value = phi(p, l, o, i, x[static_cast<size_t>(i)]);
          y[static_cast<size_t>(o)] += value;
          if (sizes != nullptr) {
            (*sizes)[edge] += std::fabs(value);
          }
        }
      }
      x = y;
    }
    return x;
  }

  struct Objective {
    gputrain::LossKind loss;
    double delta, l1, entropy, decay;
  };

  // F over the listed rows, and the loss in it.
  double objective(const std::vector<double>& p, const std::vector<double>& inputs, const std::vector<double>& targets,
                   const std::vector<int32_t>& rows, const Objective& of, double* data_loss) const {
    size_t all = 0;
    for (int l = 0; l < layers(); l++) {
      all += static_cast<size_t>(edges(l));
    }
    std::vector<double> sizes(all);
    const double count = static_cast<double>(rows.size());
    double sum = 0;
    for (int32_t row : rows) {
      std::vector<double> y = outputs(p, inputs.data() + row * widths.front(), &sizes);
      for (size_t k = 0; k < y.size(); k++) {
        sum += reference::loss(of.loss, of.delta, y[k] - targets[static_cast<size_t>(row) * y.size() + k]);
      }
    }
    *data_loss = sum / (count * widths.back());
    double f = *data_loss;
    for (int l = 0, edge = 0; l < layers(); edge += edges(l), l++) {
      double total = 0;
      for (int e = edge; e < edge + edges(l); e++) {
        total += sizes[static_cast<size_t>(e)] / count;
      }
      f += of.l1 * total;
      for (int e = edge; e < edge + edges(l); e++) {
        const double q = sizes[static_cast<size_t>(e)] / count / total;
        f -= of.entropy * (q > 0 ? q * std::log(q) : 0);
      }
    }
    for (int i = 0; i < parameters(); i++) {
      f += trained(i) ? 0.5 * of.decay * p[static_cast<size_t>(i)] * p[static_cast<size_t>(i)] : 0;
    }
    return f;
  }

  // Uneven knots of about -1.2 ... 1.2, a few edges switched off.
  std::vector<double> draw(std::mt19937* random) const {
    std::uniform_real_distribution<double> unit(-1, 1);
    std::vector<double> p(static_cast<size_t>(parameters()));
    for (double& value : p) {
      value = unit(*random);
    }
    for (int l = 0; l < layers(); l++) {
      for (int e = 0; e < edges(l); e++) {
        p[static_cast<size_t>(mask(l) + e)] = e % 5 == 3 ? 0 : 1;
      }
      for (int i = 0; i < in(l); i++) {
        const double step = 2.4 / intervals;
        for (int j = 0; j < knots(); j++) {
          p[static_cast<size_t>(knots_of(l) + i * knots() + j)] = -1.2 + step * (j - order + 0.3 * unit(*random));
        }
      }
    }
    return p;
  }
};

}  // namespace reference
