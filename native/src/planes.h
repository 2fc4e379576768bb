// Products of planes [unit][kJacobianRows] with matrices of parameters, whose entries are broadcast, and the way from
// planes to the lines of a Jacobian, whose lanes run along the parameters.
#pragma once

#include "doubles.h"
#include "jacobian_network.h"

namespace gputrain::GT_ISA {

// Vectors of a plane's line that are in registers together, and lines of the result beside each other.
constexpr int kPlaneVectors = kJacobianRows / kDoubles < 4 ? kJacobianRows / kDoubles : 4;
constexpr int kPlaneLines = 8 / kPlaneVectors;

// A matrix [lines][columns], or a transposed one.
struct PlaneMatrix {
  const double* entries;
  ptrdiff_t line_step, column_step;
};

template <int Lines>
GT_INLINE void plane_lines(const PlaneMatrix m, const double* bias, int columns, const double* x, double* y) {
  for (int at = 0; at < kJacobianRows; at += kPlaneVectors * kDoubles) {
    Doubles sum[Lines][kPlaneVectors];
#pragma GCC unroll 8
    for (int i = 0; i < Lines; i++) {
#pragma GCC unroll 4
      for (int v = 0; v < kPlaneVectors; v++) {
        sum[i][v] = bias == nullptr ? Doubles{} : all(bias[i]);
      }
    }
    const double* entry = m.entries;
    for (int c = 0; c < columns; c++, entry += m.column_step) {
#pragma GCC unroll 8
      for (int i = 0; i < Lines; i++) {
        const Doubles factor = all(entry[i * m.line_step]);
#pragma GCC unroll 4
        for (int v = 0; v < kPlaneVectors; v++) {
          sum[i][v] = fma(factor, load(x + c * kJacobianRows + at + v * kDoubles), sum[i][v]);
        }
      }
    }
#pragma GCC unroll 8
    for (int i = 0; i < Lines; i++) {
#pragma GCC unroll 4
      for (int v = 0; v < kPlaneVectors; v++) {
        store(y + i * kJacobianRows + at + v * kDoubles, sum[i][v]);
      }
    }
  }
}

// y [lines] = bias + M x; without a bias when it is null.
inline void plane_product(PlaneMatrix m, const double* bias, int lines, int columns, const double* x, double* y) {
  int i = 0;
  for (; i + kPlaneLines <= lines; i += kPlaneLines) {
    plane_lines<kPlaneLines>({m.entries + i * m.line_step, m.line_step, m.column_step},
                             bias == nullptr ? nullptr : bias + i, columns, x, y + i * kJacobianRows);
  }
  for (; i < lines; i++) {
    plane_lines<1>({m.entries + i * m.line_step, m.line_step, m.column_step}, bias == nullptr ? nullptr : bias + i,
                   columns, x, y + i * kJacobianRows);
  }
}

// The same of complex numbers: imaginary parts of the matrix are `imaginary` entries, those of planes `x_imaginary` and
// `y_imaginary` numbers behind the real ones.
inline void complex_plane_product(PlaneMatrix m, ptrdiff_t imaginary, int lines, int columns, const double* x,
                                  ptrdiff_t x_imaginary, double* y, ptrdiff_t y_imaginary) {
  for (int i = 0; i < lines; i++) {
    for (int at = 0; at < kJacobianRows; at += kPlaneVectors * kDoubles) {
      Doubles re[kPlaneVectors], im[kPlaneVectors];
#pragma GCC unroll 4
      for (int v = 0; v < kPlaneVectors; v++) {
        re[v] = im[v] = Doubles{};
      }
      const double* entry = m.entries + i * m.line_step;
      for (int c = 0; c < columns; c++, entry += m.column_step) {
        const Doubles a = all(entry[0]);
        const Doubles b = all(entry[imaginary]);
#pragma GCC unroll 4
        for (int v = 0; v < kPlaneVectors; v++) {
          const double* from = x + c * kJacobianRows + at + v * kDoubles;
          const Doubles p = load(from);
          const Doubles q = load(from + x_imaginary);
          re[v] = fma(-b, q, fma(a, p, re[v]));
          im[v] = fma(b, p, fma(a, q, im[v]));
        }
      }
#pragma GCC unroll 4
      for (int v = 0; v < kPlaneVectors; v++) {
        double* to = y + i * kJacobianRows + at + v * kDoubles;
        store(to, re[v]);
        store(to + y_imaginary, im[v]);
      }
    }
  }
}

// From the rows of a tile to planes; the last row fills up.
inline void to_planes(const double* from, int width, int rows, double* planes) {
  for (int r = 0; r < kJacobianRows; r++) {
    const double* row = from + (r < rows ? r : rows - 1) * static_cast<ptrdiff_t>(width);
    for (int i = 0; i < width; i++) {
      planes[i * kJacobianRows + r] = row[i];
    }
  }
}

// [width][kJacobianRows] -> [kJacobianRows][stride]
inline void to_rows(const double* planes, int width, double* rows, ptrdiff_t stride) {
  for (int i = 0; i < width; i++) {
    for (int r = 0; r < kJacobianRows; r++) {
      rows[r * stride + i] = planes[i * kJacobianRows + r];
    }
  }
}

// Calls vector(i) for the vectors, or single(i) for the numbers, that n numbers are made of. The last vector overlaps
// the one before: results must not be what they are computed from.
template <class Vector, class Single>
GT_INLINE void along(int n, Vector vector, Single single) {
  int i = 0;
  for (; i + kDoubles <= n; i += kDoubles) {
    vector(i);
  }
  if (i < n && n >= kDoubles) {
    vector(n - kDoubles);
    return;
  }
  for (; i < n; i++) {
    single(i);
  }
}

// to [n] = factor x
GT_INLINE void scaled(double* to, double factor, const double* x, int n) {
  along(
      n, [&](int i) { store(to + i, all(factor) * load(x + i)); }, [&](int i) { to[i] = factor * x[i]; });
}

// to [m][n] = factor a x^T
inline void outer(double* to, double factor, const double* a, int m, const double* x, int n) {
  for (int o = 0; o < m; o++, to += n) {
    scaled(to, factor * a[o], x, n);
  }
}

// to [m][n] = a x^T + b y^T
inline void outer_sum(double* to, const double* a, const double* b, int m, const double* x, const double* y, int n) {
  for (int o = 0; o < m; o++, to += n) {
    const double p = a[o];
    const double q = b[o];
    along(
        n, [&](int i) { store(to + i, fma(all(p), load(x + i), all(q) * load(y + i))); },
        [&](int i) { to[i] = p * x[i] + q * y[i]; });
  }
}

}  // namespace gputrain::GT_ISA
