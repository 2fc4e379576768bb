// Arithmetic on 4 rows of a number in registers: real, one plane, or complex, the real parts and the imaginary ones.
#pragma once

#include "device.h"
#include "register_tiles.h"

namespace gputrain::device {

// Planes lie `stride` floats apart.
template <int Planes>
GT_DEVICE void load_rows(const float* from, int stride, float (&to)[Planes][4]) {
  GT_UNROLL
  for (int i = 0; i < Planes; i++) {
    Float4 rows = load4(from + i * stride);
    to[i][0] = rows.x;
    to[i][1] = rows.y;
    to[i][2] = rows.z;
    to[i][3] = rows.w;
  }
}
template <int Planes>
GT_DEVICE void store_rows(const float (&from)[Planes][4], float* to, int stride) {
  GT_UNROLL
  for (int i = 0; i < Planes; i++) {
    store4(to + i * stride, {from[i][0], from[i][1], from[i][2], from[i][3]});
  }
}

// to += (re + i im) z
template <int Planes>
GT_DEVICE void add_scaled(float re, float im, const float (&z)[Planes][4], float (&to)[Planes][4]) {
  GT_UNROLL
  for (int r = 0; r < 4; r++) {
    to[0][r] = multiply_add(re, z[0][r], to[0][r]);
    if constexpr (Planes == 2) {
      to[0][r] = multiply_add(-im, z[1][r], to[0][r]);
      to[1][r] = multiply_add(re, z[1][r], to[1][r]);
      to[1][r] = multiply_add(im, z[0][r], to[1][r]);
    }
  }
}

// a b, or conj(a) b
template <bool conjugate, int Planes>
GT_DEVICE void multiply(const float (&a)[Planes][4], const float (&b)[Planes][4], float (&to)[Planes][4]) {
  GT_UNROLL
  for (int r = 0; r < 4; r++) {
    to[0][r] = a[0][r] * b[0][r];
    if constexpr (Planes == 2) {
      float im = conjugate ? -a[1][r] : a[1][r];
      to[0][r] = multiply_add(-im, b[1][r], to[0][r]);
      to[1][r] = multiply_add(im, b[0][r], a[0][r] * b[1][r]);
    }
  }
}

// Real: log max(guard, z) and its derivative. Complex: the principal branch of log z with |z| no smaller than the
// guard, and z/|z|^2, by which the gradient by the logarithm is to be multiplied; atan2(0, 0) = 0. NaN stays NaN.
template <int Planes>
GT_DEVICE void take_logarithm(float guard, const float (&z)[Planes][4], float (&value)[Planes][4],
                              float (&slope)[Planes][4]) {
  GT_UNROLL
  for (int r = 0; r < 4; r++) {
    if constexpr (Planes == 1) {
      bool low = z[0][r] <= guard;
      value[0][r] = logarithm(low ? guard : z[0][r]);
      slope[0][r] = low ? 0 : divide(1, z[0][r]);
    } else {
      float square = multiply_add(z[0][r], z[0][r], z[1][r] * z[1][r]);
      square = square < guard * guard ? guard * guard : square;
      value[0][r] = 0.5F * logarithm(square);
      // atan2(0, -0) would be pi.
      value[1][r] = angle(z[1][r], z[0][r] + 0.0F);
      float inverse = divide(1, square);
      slope[0][r] = z[0][r] * inverse;
      slope[1][r] = z[1][r] * inverse;
    }
  }
}

template <int Planes>
GT_DEVICE void take_exponential(const float (&s)[Planes][4], float (&value)[Planes][4]) {
  GT_UNROLL
  for (int r = 0; r < 4; r++) {
    value[0][r] = exponential(s[0][r]);
    if constexpr (Planes == 2) {
      float sine, cosine;
      sine_cosine(s[1][r], &sine, &cosine);
      value[1][r] = value[0][r] * sine;
      value[0][r] *= cosine;
    }
  }
}

}  // namespace gputrain::device
