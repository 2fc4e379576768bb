#include "covariance.h"

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "kernels.h"
#include "pool.h"

namespace gputrain {
namespace {

// Rows are rounded up to this many, a multiple of every vector width.
constexpr ptrdiff_t kPadding = 8;
// Blocks in which the lower triangle is copied to the upper one: two of them fit the first-level cache.
constexpr ptrdiff_t kBlock = 32;

ptrdiff_t padded(ptrdiff_t n) { return (n + kPadding - 1) / kPadding * kPadding; }

// [rows, columns] -> [columns, padded rows], 0 beyond the rows.
std::vector<double> by_column(const double* points, ptrdiff_t rows, int columns) {
  std::vector<double> result(static_cast<size_t>(padded(rows) * columns));
  for (ptrdiff_t i = 0; i < rows; i++) {
    for (int c = 0; c < columns; c++) {
      result[static_cast<size_t>(c * padded(rows) + i)] = points[i * columns + c];
    }
  }
  return result;
}

// upper triangle = lower triangle, for the block rows first, first + step, ...
void mirror(double* matrix, ptrdiff_t n, ptrdiff_t first, ptrdiff_t step) {
  for (ptrdiff_t i = first * kBlock; i < n; i += step * kBlock) {
    for (ptrdiff_t j = 0; j <= i; j += kBlock) {
      for (ptrdiff_t r = i; r < std::min(n, i + kBlock); r++) {
        for (ptrdiff_t c = j; c < std::min(r, j + kBlock); c++) {
          matrix[c * n + r] = matrix[r * n + c];
        }
      }
    }
  }
}

}  // namespace

void assemble(CovarianceKind kind, double length, double class_length, double weight, const double* a, int rows_a,
              const double* b, int rows_b, int columns, int threads, double* result) {
  if (rows_a < 0 || rows_b < 0 || columns < 1 || threads < 1) {
    throw std::invalid_argument("a kernel matrix needs points, coordinates and a thread");
  }
  if (kind == CovarianceKind::gaussian_with_classes && columns < 2) {
    throw std::invalid_argument("a kernel with classes needs a coordinate beside the class");
  }
  const bool symmetric = b == nullptr;
  if (symmetric) {
    b = a;
    rows_b = rows_a;
  }
  const Kernels& kernels = chosen_kernels();
  const std::vector<double> others = by_column(b, rows_b, columns);
  const Covariance covariance{
      kind, columns, padded(rows_b), -0.5 / (length * length), -0.5 / (class_length * class_length), weight};
  Pool pool(std::min(threads, std::max(1, rows_a / 64)));
  const int members = pool.threads();
  Barrier barrier;
  std::vector<double> lines(static_cast<size_t>(members * padded(rows_b)));
  pool.run(members, [&](int member) {
    double* line = lines.data() + member * padded(rows_b);
    for (ptrdiff_t i = member; i < rows_a; i += members) {
      const ptrdiff_t count = symmetric ? i + 1 : rows_b;
      kernels.covariance_row(covariance, a + i * columns, others.data(), count, line);
      std::copy(line, line + count, result + i * rows_b);
    }
    if (symmetric) {
      barrier.wait(members);
      mirror(result, rows_a, member, members);
    }
  });
}

}  // namespace gputrain
