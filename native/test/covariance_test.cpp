// Kernel matrices against the C library's exp, and the errors of wrong arguments.
#include <cmath>
#include <random>
#include <vector>

#include "check.h"

namespace {

double expected(int kind, double length, double class_length, double weight, const double* a, const double* b,
                int columns) {
  const int distances = kind == GT_GAUSSIAN_WITH_CLASSES ? columns - 1 : columns;
  double sum = 0, squares = 0;
  for (int n = 0; n < distances; n++) {
    double d = a[n] - b[n];
    sum += std::exp(-0.5 / (length * length) * d * d);
    squares += d * d;
  }
  double value = std::exp(-0.5 / (length * length) * squares);
  switch (kind) {
    case GT_ADDITIVE:
      return sum * weight;
    case GT_GAUSSIAN:
      return value;
    case GT_GAUSSIAN_WITH_CLASSES:
      return a[distances] == b[distances] ? value + weight * std::exp(-0.5 / (class_length * class_length) * squares)
                                          : value;
    default:
      return std::sqrt(squares);
  }
}

void against_reference(int kind, int rows_a, int rows_b, int columns, double length, int threads, bool same) {
  std::mt19937 random(static_cast<unsigned>(kind * 1000 + rows_a * 10 + columns));
  std::uniform_real_distribution<double> uniform(0, 1);
  auto points = [&](int rows) {
    std::vector<double> p(static_cast<size_t>(rows * columns));
    for (size_t i = 0; i < p.size(); i++) {
      bool label =
          kind == GT_GAUSSIAN_WITH_CLASSES && i % static_cast<size_t>(columns) + 1 == static_cast<size_t>(columns);
      p[i] = label ? std::floor(4 * uniform(random)) : uniform(random);
    }
    return p;
  };
  std::vector<double> a = points(rows_a), other = points(rows_b);
  const std::vector<double>& b = same ? a : other;
  if (same) {
    rows_b = rows_a;
  }
  std::vector<double> result(static_cast<size_t>(rows_a * rows_b), NAN);
  int code = gt_assemble(kind, length, 2 * length, 0.3, a.data(), rows_a, same ? nullptr : b.data(), rows_b, columns,
                         threads, result.data());
  CHECK(code == GT_OK, "%s", gt_last_error());
  double worst = 0;
  for (int i = 0; i < rows_a; i++) {
    for (int j = 0; j < rows_b; j++) {
      double value = expected(kind, length, 2 * length, 0.3, &a[static_cast<size_t>(i * columns)],
                              &b[static_cast<size_t>(j * columns)], columns);
      double difference = std::fabs(result[static_cast<size_t>(i * rows_b + j)] - value);
      worst = std::fmax(worst, std::isnan(difference) ? INFINITY : difference / (value + 1e-290));
    }
  }
  // The argument of exp is rounded: its relative error is up to 708 units in the last place of 1.
  CHECK(worst < 3e-13, "kind %d, %d x %d, %d columns, length %g: %g", kind, rows_a, rows_b, columns, length, worst);
}

}  // namespace

int main() {
  skip_without_isa();
  for (int kind = GT_ADDITIVE; kind <= GT_DISTANCE; kind++) {
    for (double length : {0.005, 0.031, 0.5, 100.0}) {
      against_reference(kind, 1, 1, 2, length, 1, true);
      against_reference(kind, 7, 13, 3, length, 1, false);
      against_reference(kind, 131, 1, 5, length, 2, true);
      against_reference(kind, 200, 77, 8, length, 3, false);
    }
  }
  double x[4] = {0, 1, 2, 3}, k[4];
  CHECK(gt_assemble(9, 1, 1, 1, x, 2, x, 2, 2, 1, k) == GT_INVALID_ARGUMENT, "an unknown kernel");
  CHECK(gt_assemble(GT_GAUSSIAN, 1, 1, 1, x, 2, x, 2, 0, 1, k) == GT_INVALID_ARGUMENT, "no coordinate");
  CHECK(gt_assemble(GT_GAUSSIAN_WITH_CLASSES, 1, 1, 1, x, 2, x, 2, 1, 1, k) == GT_INVALID_ARGUMENT, "only a class");
  return result();
}
