#include "second_order_case.h"

#include <complex>

#include "emulator/machine.h"
#include "emulator/registry.h"

namespace second_order {

namespace {
int whole(int n) { return (n + 15) / 16 * 16; }
size_t at(int i) { return static_cast<size_t>(i); }
}  // namespace

double next(uint32_t& seed) {
  seed = seed * 1664525 + 1013904223;
  return ((seed >> 8) + 0.5) * 0x1p-24;
}

void Network::factor(int in, int out, int weight, int bias) {
  net.factor[net.factors++] = {in, out, net.values, net.slopes, weight, bias};
  net.values += whole(in);
  net.slopes += whole(out);
}

Network::Network(const char* what, int family, std::vector<int> widths, int activation, int intervals, int order)
    : name(what) {
  net.guard = 1e-6;
  net.family = family;
  net.activation = activation;
  net.inputs = widths[0];
  net.intervals = intervals;
  net.order = order;
  for (size_t i = 0; i < widths.size(); i++) {
    net.widths[i] = widths[i];
  }
  if (family == GT_DENSE) {
    net.layers = static_cast<int>(widths.size()) - 1;
    net.outputs = widths.back();
    for (size_t l = 0; l + 1 < widths.size(); l++) {
      int in = widths[l];
      int out = widths[l + 1];
      factor(in, out, parameters, parameters + in * out);
      parameters += (in + 1) * out;
    }
    net.extra = net.values;
    net.values *= 2;
  } else if (family == GT_PRODUCT_UNITS) {
    int linear = widths[1];
    int factors = linear > 0 ? linear : widths[0];
    net.outputs = 1;
    if (linear > 0) {
      factor(widths[0], linear, 0, linear * widths[0]);
      parameters = linear * (widths[0] + 1);
    }
    factor(factors, widths[2], parameters, -1);
    parameters += factors * widths[2];
    factor(widths[2], 1, parameters, parameters + widths[2]);
    parameters += widths[2] + 1;
    net.extra = net.values;
    net.values += factors;
  } else if (family == GT_COMPLEX_PRODUCT_UNITS) {
    int linear = widths[1];
    int factors = linear > 0 ? linear : widths[0];
    net.outputs = 2;
    net.values = widths[0] + 4 * factors + 2 * widths[2];
    net.slopes = 2 + 2 * widths[2] + 2 * factors;
    parameters = 2 * ((widths[0] + 1) * linear + (factors + 1) * widths[2] + 1);
  } else {
    net.layers = static_cast<int>(widths.size()) - 1;
    net.outputs = widths.back();
    int nodes = 0;
    int edges = 0;
    for (size_t l = 0; l + 1 < widths.size(); l++) {
      int count = widths[l] * widths[l + 1];
      for (int i = 0; i < count * (2 + splines()); i++) {
        trained.push_back(parameters + i);
      }
      parameters += count * (3 + splines()) + widths[l] * knots();
      nodes += widths[l];
      edges += count;
      net.slopes += widths[l + 1];
    }
    net.extra = nodes * (2 * order + 4);
    net.values = net.extra + 2 * edges + 2 * nodes;
  }
  for (int i = 0; family != GT_SPLINES && i < parameters; i++) {
    trained.push_back(i);
  }
}

Doubles Network::draw(uint32_t seed) const {
  Doubles p;
  for (int i = 0; i < parameters; i++) {
    p.push_back(1.2 * next(seed) - 0.6);
  }
  if (net.family == GT_SPLINES) {
    int begin = 0;
    for (int l = 0; l < net.layers; l++) {
      int count = net.widths[l] * net.widths[l + 1];
      begin += count * (2 + splines());
      for (int e = 0; e < count; e++) {
        p[at(begin++)] = e % 5 == 3 ? 0 : 1;
      }
      for (int i = 0; i < net.widths[l]; i++) {
        for (int j = 0; j < knots(); j++) {
          p[at(begin++)] = 2.0 * (j - net.order) / net.intervals - 1 + 0.1 * std::sin(j + i);
        }
      }
    }
  }
  return p;
}

std::vector<Wide> Network::operator()(const std::vector<Wide>& p, const double* x) const {
  return net.family == GT_DENSE                   ? dense(p, x)
         : net.family == GT_PRODUCT_UNITS         ? products(p, x)
         : net.family == GT_COMPLEX_PRODUCT_UNITS ? complex_products(p, x)
                                                  : spline(p, x);
}

std::vector<Wide> Network::dense(const std::vector<Wide>& p, const double* x) const {
  std::vector<Wide> h(x, x + net.inputs);
  size_t from = 0;
  for (int l = 0; l < net.layers; l++) {
    size_t in = h.size();
    std::vector<Wide> z(at(net.widths[l + 1]));
    for (size_t o = 0; o < z.size(); o++) {
      z[o] = p[from + in * z.size() + o];
      for (size_t k = 0; k < in; k++) {
        z[o] += p[from + o * in + k] * h[k];
      }
      if (l + 1 < net.layers) {
        z[o] = net.activation == GT_GELU   ? z[o] * std::erfc(-z[o] / std::sqrt(2.0L)) / 2
               : net.activation == GT_TANH ? std::tanh(z[o])
               : net.activation == GT_RELU ? std::fmax(z[o], 0.0L)
                                           : z[o];
      }
    }
    from += (in + 1) * z.size();
    h = z;
  }
  return h;
}

std::vector<Wide> Network::products(const std::vector<Wide>& p, const double* x) const {
  int n = net.widths[0];
  int linear = net.widths[1];
  std::vector<Wide> log;
  for (int j = 0; j < (linear > 0 ? linear : n); j++) {
    Wide z = linear > 0 ? p[at(linear * n + j)] : x[j];
    for (int i = 0; linear > 0 && i < n; i++) {
      z += p[at(j * n + i)] * x[i];
    }
    log.push_back(std::log(std::fmax(z, static_cast<Wide>(net.guard))));
  }
  size_t from = at(linear * (n + 1));
  size_t coefficients = from + at(net.widths[2]) * log.size();
  Wide y = p.back();
  for (size_t k = 0; k < at(net.widths[2]); k++) {
    Wide sum = 0;
    for (size_t j = 0; j < log.size(); j++) {
      sum += p[from + k * log.size() + j] * log[j];
    }
    y += p[coefficients + k] * std::exp(sum);
  }
  return {y};
}

std::vector<Wide> Network::complex_products(const std::vector<Wide>& p, const double* x) const {
  using Complex = std::complex<Wide>;
  size_t n = at(net.widths[0]);
  size_t linear = at(net.widths[1]);
  size_t units = at(net.widths[2]);
  size_t from = 0;
  auto take = [&](size_t count) {
    std::vector<Complex> all;
    for (size_t i = 0; i < count; i++) {
      all.emplace_back(p[from + i], p[from + count + i]);
    }
    from += 2 * count;
    return all;
  };
  std::vector<Complex> w = take(linear * n), b = take(linear), z(x, x + n);
  for (size_t j = 0; j < linear; j++) {
    for (size_t i = 0; i < n; i++) {
      b[j] += w[j * n + i] * static_cast<Wide>(x[i]);
    }
  }
  z = linear > 0 ? b : z;
  std::vector<Complex> e = take(units * z.size()), c = take(units);
  Complex y = take(1)[0];
  for (size_t k = 0; k < units; k++) {
    Complex sum = 0;
    for (size_t j = 0; j < z.size(); j++) {
      sum += e[k * z.size() + j] *
             Complex(std::log(std::fmax(std::abs(z[j]), static_cast<Wide>(net.guard))), std::arg(z[j]));
    }
    y += c[k] * std::exp(sum);
  }
  return {y.real(), y.imag()};
}

std::vector<Wide> Network::spline(const std::vector<Wide>& p, const double* x) const {
  std::vector<Wide> value(x, x + net.inputs);
  size_t begin = 0;
  size_t g = at(splines());
  for (int l = 0; l < net.layers; l++) {
    size_t n = value.size();
    size_t m = at(net.widths[l + 1]);
    std::vector<Wide> y(m);
    size_t mask = begin + n * m * (2 + g);
    for (size_t i = 0; i < n; i++) {
      const Wide* t = &p[mask + n * m + i * at(knots())];
      // By the definition, every spline from degree 0 upwards.
      std::vector<Wide> b;
      for (int j = 0; j + 1 < knots(); j++) {
        b.push_back(value[i] >= t[j] && value[i] < t[j + 1] ? 1 : 0);
      }
      for (int d = 1; d <= net.order; d++) {
        for (int j = 0; j + d + 1 < knots(); j++) {
          b[at(j)] = (value[i] - t[j]) / (t[j + d] - t[j]) * b[at(j)] +
                     (t[j + d + 1] - value[i]) / (t[j + d + 1] - t[j + 1]) * b[at(j + 1)];
        }
      }
      for (size_t o = 0; o < m; o++) {
        size_t edge = o * n + i;
        Wide sum = 0;
        for (size_t j = 0; j < g; j++) {
          sum += p[begin + 2 * n * m + edge * g + j] * b[j];
        }
        y[o] +=
            p[mask + edge] * (p[begin + edge] * value[i] / (1 + std::exp(-value[i])) + p[begin + n * m + edge] * sum);
      }
    }
    begin = mask + n * m + n * at(knots());
    value = y;
  }
  return value;
}

std::vector<Network> networks() {
  return {Network("dense", GT_DENSE, {5, 35, 18, 1}),
          Network("dense, several outputs", GT_DENSE, {3, 17, 2}, GT_TANH),
          Network("dense, rectified", GT_DENSE, {4, 6, 5, 3}, GT_RELU),
          Network("dense, no hidden layer", GT_DENSE, {2, 1}, GT_IDENTITY),
          Network("product units", GT_PRODUCT_UNITS, {3, 4, 33}),
          Network("product units of the inputs", GT_PRODUCT_UNITS, {3, 0, 5}),
          Network("complex product units", GT_COMPLEX_PRODUCT_UNITS, {3, 2, 34}),
          Network("complex product units of the inputs", GT_COMPLEX_PRODUCT_UNITS, {2, 0, 3}),
          Network("splines", GT_SPLINES, {2, 3, 2}, 0, 4, 3),
          Network("splines of order 1", GT_SPLINES, {2, 2, 2, 1}, 0, 3, 1)};
}

std::string launch(const char* name, int blocks, bool together, std::vector<void*> parameters) {
  auto& all = gputrain::emulation::registry();
  auto bytes = *static_cast<const int32_t*>(all.globals.at("kernel_models_shared_bytes").data);
  std::string error = gputrain::emulation::run(
      {&all.kernels.at(name), blocks, 256, static_cast<size_t>(bytes), parameters.data(), together});
  return error.empty() ? error : name + (": " + error);
}

}  // namespace second_order
