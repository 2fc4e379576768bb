// Register-blocked products. Lanes always run along the contiguous, padded side of a matrix, so that nothing is
// transposed: the other operand is broadcast element by element.
#pragma once

#include "simd.h"

namespace gputrain::GT_ISA {

// Vectors per column block, and how many rows or broadcast operands go with them, so that the sums, one line of
// operands and one broadcast fill the registers.
constexpr int kMaxVectors = Vec::registers == 32 ? 6 : 3;

constexpr int product_rows(int vectors) {
  if (Vec::registers == 32) {
    return vectors <= 3 ? 8 : 4;
  }
  return vectors == 1 ? 8 : 4;
}

constexpr int outer_operands(int vectors) {
  if (Vec::registers == 32) {
    return vectors <= 3 ? 8 : vectors == 4 ? 6 : vectors == 5 ? 5 : 4;
  }
  return vectors == 1 ? 8 : vectors == 2 ? 6 : 4;
}

// Calls f(first, count) for the parts of 0 ... n-1, as even as they can be, at most `most` each.
template <class F>
GT_INLINE void in_even_parts(int n, int most, F f) {
  int parts = (n + most - 1) / most;
  for (int i = 0, first = 0; i < parts; i++) {
    int count = (n - first) / (parts - i);
    f(first, count);
    first += count;
  }
}

// c[r][:] = bias[:] + sum_k a[r][k] b[k][:], or, with Scale, c[r][:] *= sum_k a[r][k] b[k][:]
template <int R, int V, bool Scale>
void product_block(const float* a, ptrdiff_t lda, const float* b, ptrdiff_t ldb, int depth, const float* bias, float* c,
                   ptrdiff_t ldc, int rows) {
  for (int row = 0; row < rows; row += R) {
    Vec sum[R][V];
#pragma GCC unroll 8
    for (int v = 0; v < V; v++) {
      Vec first = Scale ? zero() : load(bias + v * Vec::size);
#pragma GCC unroll 8
      for (int r = 0; r < R; r++) {
        sum[r][v] = first;
      }
    }
    const float* line = b;
    for (int k = 0; k < depth; k++, line += ldb) {
      Vec w[V];
#pragma GCC unroll 8
      for (int v = 0; v < V; v++) {
        w[v] = load(line + v * Vec::size);
      }
#pragma GCC unroll 8
      for (int r = 0; r < R; r++) {
        Vec x = broadcast(a[r * lda + k]);
#pragma GCC unroll 8
        for (int v = 0; v < V; v++) {
          sum[r][v] = fma(x, w[v], sum[r][v]);
        }
      }
    }
#pragma GCC unroll 8
    for (int r = 0; r < R; r++) {
#pragma GCC unroll 8
      for (int v = 0; v < V; v++) {
        float* to = c + r * ldc + v * Vec::size;
        store(to, Scale ? mul(load(to), sum[r][v]) : sum[r][v]);
      }
    }
    a += R * lda;
    c += R * ldc;
  }
}

template <bool Scale, int V = kMaxVectors>
void product_dispatch(int vectors, const float* a, ptrdiff_t lda, const float* b, ptrdiff_t ldb, int depth,
                      const float* bias, float* c, ptrdiff_t ldc, int rows) {
  if (vectors == V) {
    product_block<product_rows(V), V, Scale>(a, lda, b, ldb, depth, bias, c, ldc, rows);
  } else if constexpr (V > 1) {
    product_dispatch<Scale, V - 1>(vectors, a, lda, b, ldb, depth, bias, c, ldc, rows);
  }
}

// columns is a multiple of Vec::size, rows of kRowGroup.
template <bool Scale>
void product(const float* a, ptrdiff_t lda, const float* b, ptrdiff_t ldb, int depth, const float* bias, float* c,
             ptrdiff_t ldc, int rows, int columns) {
  in_even_parts(columns / Vec::size, kMaxVectors, [&](int first, int count) {
    ptrdiff_t at = static_cast<ptrdiff_t>(first) * Vec::size;
    product_dispatch<Scale>(count, a, lda, b + at, ldb, depth, Scale ? nullptr : bias + at, c + at, ldc, rows);
  });
}

// c[j][:] = or += sum_r a[r][j] b[r][:]
template <int J, int V>
void outer_block(const float* a, ptrdiff_t lda, const float* b, ptrdiff_t ldb, int rows, float* c, ptrdiff_t ldc,
                 bool add_to) {
  Vec sum[J][V];
#pragma GCC unroll 8
  for (int j = 0; j < J; j++) {
#pragma GCC unroll 8
    for (int v = 0; v < V; v++) {
      sum[j][v] = zero();
    }
  }
  for (int row = 0; row < rows; row++, a += lda, b += ldb) {
    Vec x[V];
#pragma GCC unroll 8
    for (int v = 0; v < V; v++) {
      x[v] = load(b + v * Vec::size);
    }
#pragma GCC unroll 8
    for (int j = 0; j < J; j++) {
      Vec y = broadcast(a[j]);
#pragma GCC unroll 8
      for (int v = 0; v < V; v++) {
        sum[j][v] = fma(y, x[v], sum[j][v]);
      }
    }
  }
#pragma GCC unroll 8
  for (int j = 0; j < J; j++) {
#pragma GCC unroll 8
    for (int v = 0; v < V; v++) {
      float* to = c + j * ldc + v * Vec::size;
      store(to, add_to ? add(load(to), sum[j][v]) : sum[j][v]);
    }
  }
}

template <int V, int J = outer_operands(V)>
void outer_operand_dispatch(int operands, const float* a, ptrdiff_t lda, const float* b, ptrdiff_t ldb, int rows,
                            float* c, ptrdiff_t ldc, bool add_to) {
  if (operands == J) {
    outer_block<J, V>(a, lda, b, ldb, rows, c, ldc, add_to);
  } else if constexpr (J > 1) {
    outer_operand_dispatch<V, J - 1>(operands, a, lda, b, ldb, rows, c, ldc, add_to);
  }
}

template <int V = kMaxVectors>
void outer_dispatch(int vectors, const float* a, ptrdiff_t lda, int operands, const float* b, ptrdiff_t ldb, int rows,
                    float* c, ptrdiff_t ldc, bool add_to) {
  if (vectors == V) {
    in_even_parts(operands, outer_operands(V), [&](int first, int count) {
      outer_operand_dispatch<V>(count, a + first, lda, b, ldb, rows, c + first * ldc, ldc, add_to);
    });
  } else if constexpr (V > 1) {
    outer_dispatch<V - 1>(vectors, a, lda, operands, b, ldb, rows, c, ldc, add_to);
  }
}

// c[j][:] = or += sum_r a[r][j] b[r][:] for j < operands; columns is a multiple of Vec::size.
inline void outer_product(const float* a, ptrdiff_t lda, int operands, const float* b, ptrdiff_t ldb, int columns,
                          int rows, float* c, ptrdiff_t ldc, bool add_to) {
  in_even_parts(columns / Vec::size, kMaxVectors, [&](int first, int count) {
    ptrdiff_t at = static_cast<ptrdiff_t>(first) * Vec::size;
    outer_dispatch<>(count, a, lda, operands, b + at, ldb, rows, c + at, ldc, add_to);
  });
}

// sums[:] = or += sum_r b[r][:]
inline void column_sums(const float* b, ptrdiff_t ldb, int columns, int rows, float* sums, bool add_to) {
  for (int at = 0; at < columns; at += Vec::size) {
    Vec even = zero();
    Vec odd = zero();
    for (int row = 0; row < rows; row += 2) {
      even = add(even, load(b + row * ldb + at));
      odd = add(odd, load(b + (row + 1) * ldb + at));
    }
    Vec sum = add(even, odd);
    store(sums + at, add_to ? add(load(sums + at), sum) : sum);
  }
}

}  // namespace gputrain::GT_ISA
