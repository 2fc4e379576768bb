// Products whose lanes run over the rows of a tile: activations are [units][kProductRows], weights are broadcast, and
// no unit is padded.
#pragma once

#include "network.h"
#include "products.h"
#include "simd.h"

namespace gputrain::GT_ISA {

// Units and vectors of a block, so that its sums, one line of operands and one broadcast fill the registers.
constexpr int kPanelUnits = 6;
constexpr int kPanelVectors = Vec::registers == 32 ? 4 : 2;

// Weights of a product: that of unit o and operand k is at [o * unit_step + k * operand_step].
struct PanelWeights {
  const float* at;
  ptrdiff_t unit_step, operand_step;
};

// c[o][:] = bias[o] + sum_k weights(o, k) b[k][:]
template <int R, int V>
void panel_block(const PanelWeights& weights, const float* bias, const float* b, int operands, float* c) {
  Vec sum[R][V];
#pragma GCC unroll 8
  for (int r = 0; r < R; r++) {
    Vec first = bias == nullptr ? zero() : broadcast(bias[r]);
#pragma GCC unroll 8
    for (int v = 0; v < V; v++) {
      sum[r][v] = first;
    }
  }
  const float* w = weights.at;
  for (int k = 0; k < operands; k++, b += kProductRows, w += weights.operand_step) {
    Vec x[V];
#pragma GCC unroll 8
    for (int v = 0; v < V; v++) {
      x[v] = load(b + v * Vec::size);
    }
#pragma GCC unroll 8
    for (int r = 0; r < R; r++) {
      Vec weight = broadcast(w[r * weights.unit_step]);
#pragma GCC unroll 8
      for (int v = 0; v < V; v++) {
        sum[r][v] = fma(weight, x[v], sum[r][v]);
      }
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < R; r++) {
#pragma GCC unroll 8
    for (int v = 0; v < V; v++) {
      store(c + r * kProductRows + v * Vec::size, sum[r][v]);
    }
  }
}

template <int V, int R = kPanelUnits>
void panel_units(int units, const PanelWeights& weights, const float* bias, const float* b, int operands, float* c) {
  if (units == R) {
    panel_block<R, V>(weights, bias, b, operands, c);
  } else if constexpr (R > 1) {
    panel_units<V, R - 1>(units, weights, bias, b, operands, c);
  }
}

template <int V = kPanelVectors>
void panel_vectors(int vectors, int units, const PanelWeights& weights, const float* bias, const float* b, int operands,
                   float* c) {
  if (vectors == V) {
    panel_units<V>(units, weights, bias, b, operands, c);
  } else if constexpr (V > 1) {
    panel_vectors<V - 1>(vectors, units, weights, bias, b, operands, c);
  }
}

// The same for any number of units; rows is a multiple of kRowGroup. Without a bias it is null.
inline void panel_product(const PanelWeights& weights, const float* bias, int units, const float* b, int operands,
                          float* c, int rows) {
  in_even_parts(rows / Vec::size, kPanelVectors, [&](int first, int vectors) {
    const ptrdiff_t at = static_cast<ptrdiff_t>(first) * Vec::size;
    in_even_parts(units, kPanelUnits, [&](int unit, int count) {
      PanelWeights part = {weights.at + unit * weights.unit_step, weights.unit_step, weights.operand_step};
      panel_vectors(vectors, count, part, bias == nullptr ? nullptr : bias + unit, b + at, operands,
                    c + static_cast<ptrdiff_t>(unit) * kProductRows + at);
    });
  });
}

// to[0 ... count-1] = or += the sums of the lanes of s[0 ... count-1]; s holds whole groups of Vec::size.
inline void store_sums(const Vec* s, int count, float* to, bool add_to) {
  for (int at = 0; at < count; at += Vec::size) {
    float lanes[Vec::size];
    store(lanes, sums_of(s + at));
    for (int i = at; i < count && i < at + Vec::size; i++) {
      to[i] = add_to ? to[i] + lanes[i - at] : lanes[i - at];
    }
  }
}

// Units and operands of a block of a gradient; with both planes a multiple of Vec::size sums.
template <bool Complex>
struct GradientBlock {
  static constexpr int planes = Complex ? 2 : 1;
  static constexpr int units = Vec::registers == 32 && !Complex ? 4 : 2;
  static constexpr int operands = Vec::registers == 32 || !Complex ? 4 : 2;
  static constexpr int sums = planes * units * operands;
};

// gradient[i][j] = or += sum over the rows of conj(b[j]) d[i], the gradient of the weights of a product with operands b
// whose result has the gradient d. Planes of d and b follow each other, as do those of the gradient.
template <bool Complex>
void panel_gradient(const float* d, int units, const float* b, int operands, int rows, float* gradient, bool add_to) {
  using Block = GradientBlock<Complex>;
  const ptrdiff_t unit_plane = static_cast<ptrdiff_t>(units) * kProductRows;
  const ptrdiff_t operand_plane = static_cast<ptrdiff_t>(operands) * kProductRows;
  for (int i = 0; i < units; i += Block::units) {
    for (int j = 0; j < operands; j += Block::operands) {
      // A block that reaches beyond the last line repeats it; those sums are not stored.
      const float* left[Block::units];
      const float* right[Block::operands];
      for (int r = 0; r < Block::units; r++) {
        left[r] = d + static_cast<ptrdiff_t>(i + r < units ? i + r : units - 1) * kProductRows;
      }
      for (int c = 0; c < Block::operands; c++) {
        right[c] = b + static_cast<ptrdiff_t>(j + c < operands ? j + c : operands - 1) * kProductRows;
      }
      // [planes][units][operands]
      Vec sum[Block::sums];
#pragma GCC unroll 16
      for (Vec& one : sum) {
        one = zero();
      }
      for (int row = 0; row < rows; row += Vec::size) {
        Vec x[Block::planes][Block::operands];
#pragma GCC unroll 4
        for (int c = 0; c < Block::operands; c++) {
          x[0][c] = load(right[c] + row);
          if constexpr (Complex) {
            x[1][c] = load(right[c] + operand_plane + row);
          }
        }
#pragma GCC unroll 4
        for (int r = 0; r < Block::units; r++) {
          Vec* re = sum + r * Block::operands;
          Vec* im = re + Block::units * Block::operands;
          Vec real = load(left[r] + row);
          if constexpr (Complex) {
            Vec imaginary = load(left[r] + unit_plane + row);
            Vec negative = sub(zero(), real);
#pragma GCC unroll 4
            for (int c = 0; c < Block::operands; c++) {
              re[c] = fma(x[1][c], imaginary, fma(x[0][c], real, re[c]));
              im[c] = fma(x[1][c], negative, fma(x[0][c], imaginary, im[c]));
            }
          } else {
#pragma GCC unroll 4
            for (int c = 0; c < Block::operands; c++) {
              re[c] = fma(x[0][c], real, re[c]);
            }
          }
        }
      }
      float lanes[Block::sums];
      for (int at = 0; at < Block::sums; at += Vec::size) {
        store(lanes + at, sums_of(sum + at));
      }
      for (int plane = 0; plane < Block::planes; plane++) {
        for (int r = 0; r < Block::units && i + r < units; r++) {
          const float* from = lanes + (plane * Block::units + r) * Block::operands;
          float* to = gradient + (static_cast<ptrdiff_t>(plane) * units + i + r) * operands + j;
          for (int c = 0; c < Block::operands && j + c < operands; c++) {
            to[c] = add_to ? to[c] + from[c] : from[c];
          }
        }
      }
    }
  }
}

}  // namespace gputrain::GT_ISA
