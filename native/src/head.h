// The last layer when it is narrow: dot products along the inputs, outputs kept as [out][kTileRows] so that the loss
// runs along the rows.
#pragma once

#include "network.h"
#include "simd.h"

namespace gputrain::GT_ISA {

// y[j][r] = bias[j] + sum_k a[r][k] w[j][k]
inline void head_forward(const Layer& layer, const float* a, const float* w, const float* bias, float* y, int rows) {
  const int vectors = layer.in_stride / Vec::size;
  for (int row = 0; row < rows; row += Vec::size) {
    for (int j = 0; j < layer.out; j++) {
      Vec sum[Vec::size];
#pragma GCC unroll 16
      for (int r = 0; r < Vec::size; r++) {
        sum[r] = mul(load(a + r * layer.in_stride), load(w + j * layer.in_stride));
      }
      for (int v = 1; v < vectors; v++) {
        Vec weight = load(w + j * layer.in_stride + v * Vec::size);
#pragma GCC unroll 16
        for (int r = 0; r < Vec::size; r++) {
          sum[r] = fma(load(a + r * layer.in_stride + v * Vec::size), weight, sum[r]);
        }
      }
      store(y + j * kTileRows + row, add(sums_of(sum), broadcast(bias[j])));
    }
    a += Vec::size * layer.in_stride;
  }
}

// One column vector of the way back through a head of N outputs: the weight gradients, and with Below the gradient of
// the layer below, in place of its slope, and its bias gradient.
template <int N, bool Below>
void head_column(const float* dy, const float* a, ptrdiff_t stride, const float* w, float* slope, int rows, float* dw,
                 float* dbias_below, bool add_to) {
  Vec gradient[2][N];
  Vec weight[N];
  Vec bias[2] = {zero(), zero()};
#pragma GCC unroll 8
  for (int j = 0; j < N; j++) {
    gradient[0][j] = gradient[1][j] = zero();
    weight[j] = load(w + j * stride);
  }
  for (int row = 0; row < rows; row += 2) {
    // Two rows, so that successive multiply-adds into one sum are apart by more than their latency.
#pragma GCC unroll 2
    for (int half = 0; half < 2; half++) {
      Vec x = load(a + (row + half) * stride);
      Vec d = broadcast(dy[row + half]);
      gradient[half][0] = fma(d, x, gradient[half][0]);
      Vec back = mul(d, weight[0]);
#pragma GCC unroll 8
      for (int j = 1; j < N; j++) {
        d = broadcast(dy[j * kTileRows + row + half]);
        gradient[half][j] = fma(d, x, gradient[half][j]);
        back = fma(d, weight[j], back);
      }
      if constexpr (Below) {
        float* to = slope + (row + half) * stride;
        back = mul(back, load(to));
        store(to, back);
        bias[half] = add(bias[half], back);
      }
    }
  }
#pragma GCC unroll 8
  for (int j = 0; j < N; j++) {
    Vec sum = add(gradient[0][j], gradient[1][j]);
    store(dw + j * stride, add_to ? add(load(dw + j * stride), sum) : sum);
  }
  if constexpr (Below) {
    Vec sum = add(bias[0], bias[1]);
    store(dbias_below, add_to ? add(load(dbias_below), sum) : sum);
  }
}

template <bool Below, int N = kHeadWidth>
void head_column_dispatch(int outputs, const float* dy, const float* a, ptrdiff_t stride, const float* w, float* slope,
                          int rows, float* dw, float* dbias_below, bool add_to) {
  if (outputs == N) {
    head_column<N, Below>(dy, a, stride, w, slope, rows, dw, dbias_below, add_to);
  } else if constexpr (N > 1) {
    head_column_dispatch<Below, N - 1>(outputs, dy, a, stride, w, slope, rows, dw, dbias_below, add_to);
  }
}

// slope and dbias_below are null when there is no layer below.
inline void head_backward(const Layer& layer, const float* dy, const float* a, const float* w, float* slope, int rows,
                          float* dw, float* dbias, float* dbias_below, bool add_to) {
  for (int at = 0; at < layer.in_stride; at += Vec::size) {
    if (slope != nullptr) {
      head_column_dispatch<true>(layer.out, dy, a + at, layer.in_stride, w + at, slope + at, rows, dw + at,
                                 dbias_below + at, add_to);
    } else {
      head_column_dispatch<false>(layer.out, dy, a + at, layer.in_stride, w + at, nullptr, rows, dw + at, nullptr,
                                  add_to);
    }
  }
  for (int j = 0; j < layer.out; j++) {
    Vec sum = zero();
    for (int row = 0; row < rows; row += Vec::size) {
      sum = add(sum, load(dy + j * kTileRows + row));
    }
    float lanes[Vec::size];
    store(lanes, sum);
    float total = add_to ? dbias[j] : 0.0F;
    for (float lane : lanes) {
      total += lane;
    }
    dbias[j] = total;
  }
}

}  // namespace gputrain::GT_ISA
