// What a layer of a dense network adds to the products of its outputs' derivatives with each other, in float64: for
// outputs i and j, with h the inputs of the layer on their rows and d their derivatives by what the layer adds up,
// (h_i . h_j + 1) (d_i . d_j).
#pragma once

#include "doubles.h"
#include "network.h"

namespace gputrain::GT_ISA {

// A block of products is in registers from the first factor to the last.
constexpr int kProductVectors = 3;
constexpr int kProductColumns = kProductVectors * kDoubles;
constexpr int kProductLines = Vec::registers == 32 ? 8 : 4;

// [count][width] -> for every kProductColumns of the rows [width][kProductColumns], 0 beyond the rows.
inline void pack_columns(const double* from, int count, int width, double* to) {
  for (int j = 0; j < count; j += kProductColumns, to += static_cast<ptrdiff_t>(width) * kProductColumns) {
    for (int c = 0; c < kProductColumns; c++) {
      for (int k = 0; k < width; k++) {
        to[k * kProductColumns + c] = j + c < count ? from[static_cast<ptrdiff_t>(j + c) * width + k] : 0;
      }
    }
  }
}

// Products of some lines [width] with packed columns, from `at` on; a line beyond `lines` is the last one again.
template <class Use>
GT_INLINE void line_products(const double* from, int lines, int width, const double* packed, Use use) {
  const double* line[kProductLines];
#pragma GCC unroll 8
  for (int i = 0; i < kProductLines; i++) {
    line[i] = from + static_cast<ptrdiff_t>(i < lines ? i : lines - 1) * width;
  }
  Doubles sum[kProductLines][kProductVectors];
#pragma GCC unroll 8
  for (int i = 0; i < kProductLines; i++) {
#pragma GCC unroll 3
    for (int v = 0; v < kProductVectors; v++) {
      sum[i][v] = Doubles{};
    }
  }
  for (int k = 0; k < width; k++, packed += kProductColumns) {
    Doubles column[kProductVectors];
#pragma GCC unroll 3
    for (int v = 0; v < kProductVectors; v++) {
      column[v] = load(packed + v * kDoubles);
    }
#pragma GCC unroll 8
    for (int i = 0; i < kProductLines; i++) {
      const Doubles factor = all(line[i][k]);
#pragma GCC unroll 3
      for (int v = 0; v < kProductVectors; v++) {
        sum[i][v] = fma(factor, column[v], sum[i][v]);
      }
    }
  }
#pragma GCC unroll 8
  for (int i = 0; i < kProductLines; i++) {
    if (i < lines) {
#pragma GCC unroll 3
      for (int v = 0; v < kProductVectors; v++) {
        use(i, v * kDoubles, sum[i][v]);
      }
    }
  }
}

inline void layer_products(const LayerProducts& task) {
  const int wide = task.rows_b * task.outputs;
  pack_columns(task.h_b, task.rows_b, task.inputs, task.packed_h);
  pack_columns(task.d_b, wide, task.width, task.packed_d);
  for (int row = 0; row < task.rows_a; row += kProductLines) {
    const int rows = task.rows_a - row < kProductLines ? task.rows_a - row : kProductLines;
    const double* packed = task.packed_h;
    for (int j = 0; j < task.rows_b; j += kProductColumns, packed += task.inputs * kProductColumns) {
      line_products(task.h_a + static_cast<ptrdiff_t>(row) * task.inputs, rows, task.inputs, packed,
                    [&](int i, int at, Doubles sum) {
                      double* to = task.strip + i * task.strip_step + static_cast<ptrdiff_t>(j + at) * task.outputs;
                      if (task.outputs == 1) {
                        store(to, sum + all(1.0));
                        return;
                      }
                      for (int c = 0; c < kDoubles; c++) {
                        for (int k = 0; k < task.outputs; k++) {
                          to[c * task.outputs + k] = sum[c] + 1;
                        }
                      }
                    });
    }
    const int high = rows * task.outputs;
    for (int line = 0; line < high; line += kProductLines) {
      const int lines = high - line < kProductLines ? high - line : kProductLines;
      const ptrdiff_t first = static_cast<ptrdiff_t>(row) * task.outputs + line;
      packed = task.packed_d;
      for (int j = 0; j < wide; j += kProductColumns, packed += task.width * kProductColumns) {
        line_products(task.d_a + first * task.width, lines, task.width, packed, [&](int i, int at, Doubles sum) {
          const int column = j + at;
          const double* factor = task.strip + (line + i) / task.outputs * task.strip_step + column;
          double* to = task.result + (first + i) * wide + column;
          if (column + kDoubles <= wide) {
            store(to, fma(load(factor), sum, load(to)));
            return;
          }
          for (int c = 0; column + c < wide; c++) {
            to[c] += factor[c] * sum[c];
          }
        });
      }
    }
  }
}

}  // namespace gputrain::GT_ISA
