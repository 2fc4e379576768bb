// A vector of floats as wide as the instruction set this file is compiled for, and the few operations the kernels
// need. Everything lives in the namespace GT_ISA, a macro with another value in each translation unit: without it the
// linker could take an inline function built for AVX-512 into code that runs on any x86-64.
#pragma once

#include <cstdint>

#if defined(__AVX512F__) || defined(__AVX2__) || defined(__SSE2__)
#include <immintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#else
#error "no vector instruction set that this engine knows"
#endif

#define GT_INLINE inline __attribute__((always_inline))

namespace gputrain::GT_ISA {

#if defined(__AVX512F__)

struct Vec {
  static constexpr int size = 16;
  static constexpr int registers = 32;
  __m512 v;
};
struct Mask {
  __mmask16 m;
};
GT_INLINE Vec load(const float* p) { return {_mm512_loadu_ps(p)}; }
GT_INLINE void store(float* p, Vec a) { _mm512_storeu_ps(p, a.v); }
GT_INLINE Vec broadcast(float x) { return {_mm512_set1_ps(x)}; }
GT_INLINE Vec zero() { return {_mm512_setzero_ps()}; }
GT_INLINE Vec add(Vec a, Vec b) { return {_mm512_add_ps(a.v, b.v)}; }
GT_INLINE Vec sub(Vec a, Vec b) { return {_mm512_sub_ps(a.v, b.v)}; }
GT_INLINE Vec mul(Vec a, Vec b) { return {_mm512_mul_ps(a.v, b.v)}; }
GT_INLINE Vec div(Vec a, Vec b) { return {_mm512_div_ps(a.v, b.v)}; }
GT_INLINE Vec sqrt(Vec a) { return {_mm512_sqrt_ps(a.v)}; }
// a * b + c
GT_INLINE Vec fma(Vec a, Vec b, Vec c) { return {_mm512_fmadd_ps(a.v, b.v, c.v)}; }
// The second operand when the first is not a number.
GT_INLINE Vec max(Vec a, Vec b) { return {_mm512_max_ps(a.v, b.v)}; }
GT_INLINE Vec min(Vec a, Vec b) { return {_mm512_min_ps(a.v, b.v)}; }
GT_INLINE Vec abs(Vec a) { return {_mm512_abs_ps(a.v)}; }
GT_INLINE Vec copysign(Vec magnitude, Vec sign) {
  __m512i s = _mm512_and_si512(_mm512_castps_si512(sign.v), _mm512_set1_epi32(INT32_MIN));
  return {_mm512_castsi512_ps(_mm512_or_si512(_mm512_castps_si512(magnitude.v), s))};
}
GT_INLINE Mask less(Vec a, Vec b) { return {_mm512_cmp_ps_mask(a.v, b.v, _CMP_LT_OQ)}; }
// m ? a : b
GT_INLINE Vec select(Mask m, Vec a, Vec b) { return {_mm512_mask_blend_ps(m.m, b.v, a.v)}; }
// 1 / a for a in [1, 1e30], within 1.5 units in the last place
GT_INLINE Vec reciprocal(Vec a) {
  __m512 y = _mm512_rcp14_ps(a.v);
  return {_mm512_fmadd_ps(_mm512_fnmadd_ps(a.v, y, _mm512_set1_ps(1.0F)), y, y)};
}
// The same registers as 32-bit integers.
struct Bits {
  __m512i v;
};
GT_INLINE Bits bits_of(Vec a) { return {_mm512_castps_si512(a.v)}; }
GT_INLINE Vec float_of(Bits a) { return {_mm512_castsi512_ps(a.v)}; }
GT_INLINE Bits broadcast_bits(int32_t x) { return {_mm512_set1_epi32(x)}; }
GT_INLINE Bits add(Bits a, Bits b) { return {_mm512_add_epi32(a.v, b.v)}; }
GT_INLINE Bits sub(Bits a, Bits b) { return {_mm512_sub_epi32(a.v, b.v)}; }
GT_INLINE Bits exclusive_or(Bits a, Bits b) { return {_mm512_xor_si512(a.v, b.v)}; }
template <int N>
GT_INLINE Bits shift_left(Bits a) {
  return {_mm512_slli_epi32(a.v, N)};
}
// Copies the sign.
template <int N>
GT_INLINE Bits shift_right(Bits a) {
  return {_mm512_srai_epi32(a.v, N)};
}
// Nearest float of an integer.
GT_INLINE Vec to_float(Bits a) { return {_mm512_cvtepi32_ps(a.v)}; }
GT_INLINE Mask odd(Bits a) { return {_mm512_test_epi32_mask(a.v, _mm512_set1_epi32(1))}; }

#elif defined(__AVX2__)

struct Vec {
  static constexpr int size = 8;
  static constexpr int registers = 16;
  __m256 v;
};
struct Mask {
  __m256 m;
};
GT_INLINE Vec load(const float* p) { return {_mm256_loadu_ps(p)}; }
GT_INLINE void store(float* p, Vec a) { _mm256_storeu_ps(p, a.v); }
GT_INLINE Vec broadcast(float x) { return {_mm256_set1_ps(x)}; }
GT_INLINE Vec zero() { return {_mm256_setzero_ps()}; }
GT_INLINE Vec add(Vec a, Vec b) { return {_mm256_add_ps(a.v, b.v)}; }
GT_INLINE Vec sub(Vec a, Vec b) { return {_mm256_sub_ps(a.v, b.v)}; }
GT_INLINE Vec mul(Vec a, Vec b) { return {_mm256_mul_ps(a.v, b.v)}; }
GT_INLINE Vec div(Vec a, Vec b) { return {_mm256_div_ps(a.v, b.v)}; }
GT_INLINE Vec sqrt(Vec a) { return {_mm256_sqrt_ps(a.v)}; }
GT_INLINE Vec fma(Vec a, Vec b, Vec c) { return {_mm256_fmadd_ps(a.v, b.v, c.v)}; }
GT_INLINE Vec max(Vec a, Vec b) { return {_mm256_max_ps(a.v, b.v)}; }
GT_INLINE Vec min(Vec a, Vec b) { return {_mm256_min_ps(a.v, b.v)}; }
GT_INLINE Vec abs(Vec a) { return {_mm256_andnot_ps(_mm256_set1_ps(-0.0F), a.v)}; }
GT_INLINE Vec copysign(Vec magnitude, Vec sign) {
  return {_mm256_or_ps(magnitude.v, _mm256_and_ps(sign.v, _mm256_set1_ps(-0.0F)))};
}
GT_INLINE Mask less(Vec a, Vec b) { return {_mm256_cmp_ps(a.v, b.v, _CMP_LT_OQ)}; }
GT_INLINE Vec select(Mask m, Vec a, Vec b) { return {_mm256_blendv_ps(b.v, a.v, m.m)}; }
GT_INLINE Vec reciprocal(Vec a) { return div(broadcast(1.0F), a); }
struct Bits {
  __m256i v;
};
GT_INLINE Bits bits_of(Vec a) { return {_mm256_castps_si256(a.v)}; }
GT_INLINE Vec float_of(Bits a) { return {_mm256_castsi256_ps(a.v)}; }
GT_INLINE Bits broadcast_bits(int32_t x) { return {_mm256_set1_epi32(x)}; }
GT_INLINE Bits add(Bits a, Bits b) { return {_mm256_add_epi32(a.v, b.v)}; }
GT_INLINE Bits sub(Bits a, Bits b) { return {_mm256_sub_epi32(a.v, b.v)}; }
GT_INLINE Bits exclusive_or(Bits a, Bits b) { return {_mm256_xor_si256(a.v, b.v)}; }
template <int N>
GT_INLINE Bits shift_left(Bits a) {
  return {_mm256_slli_epi32(a.v, N)};
}
template <int N>
GT_INLINE Bits shift_right(Bits a) {
  return {_mm256_srai_epi32(a.v, N)};
}
GT_INLINE Vec to_float(Bits a) { return {_mm256_cvtepi32_ps(a.v)}; }
GT_INLINE Mask odd(Bits a) { return {_mm256_castsi256_ps(_mm256_slli_epi32(a.v, 31))}; }

#elif defined(__SSE2__)

struct Vec {
  static constexpr int size = 4;
  static constexpr int registers = 16;
  __m128 v;
};
struct Mask {
  __m128 m;
};
GT_INLINE Vec load(const float* p) { return {_mm_loadu_ps(p)}; }
GT_INLINE void store(float* p, Vec a) { _mm_storeu_ps(p, a.v); }
GT_INLINE Vec broadcast(float x) { return {_mm_set1_ps(x)}; }
GT_INLINE Vec zero() { return {_mm_setzero_ps()}; }
GT_INLINE Vec add(Vec a, Vec b) { return {_mm_add_ps(a.v, b.v)}; }
GT_INLINE Vec sub(Vec a, Vec b) { return {_mm_sub_ps(a.v, b.v)}; }
GT_INLINE Vec mul(Vec a, Vec b) { return {_mm_mul_ps(a.v, b.v)}; }
GT_INLINE Vec div(Vec a, Vec b) { return {_mm_div_ps(a.v, b.v)}; }
GT_INLINE Vec sqrt(Vec a) { return {_mm_sqrt_ps(a.v)}; }
GT_INLINE Vec fma(Vec a, Vec b, Vec c) { return {_mm_add_ps(_mm_mul_ps(a.v, b.v), c.v)}; }
GT_INLINE Vec max(Vec a, Vec b) { return {_mm_max_ps(a.v, b.v)}; }
GT_INLINE Vec min(Vec a, Vec b) { return {_mm_min_ps(a.v, b.v)}; }
GT_INLINE Vec abs(Vec a) { return {_mm_andnot_ps(_mm_set1_ps(-0.0F), a.v)}; }
GT_INLINE Vec copysign(Vec magnitude, Vec sign) {
  return {_mm_or_ps(magnitude.v, _mm_and_ps(sign.v, _mm_set1_ps(-0.0F)))};
}
GT_INLINE Mask less(Vec a, Vec b) { return {_mm_cmplt_ps(a.v, b.v)}; }
GT_INLINE Vec select(Mask m, Vec a, Vec b) { return {_mm_or_ps(_mm_and_ps(m.m, a.v), _mm_andnot_ps(m.m, b.v))}; }
GT_INLINE Vec reciprocal(Vec a) { return div(broadcast(1.0F), a); }
struct Bits {
  __m128i v;
};
GT_INLINE Bits bits_of(Vec a) { return {_mm_castps_si128(a.v)}; }
GT_INLINE Vec float_of(Bits a) { return {_mm_castsi128_ps(a.v)}; }
GT_INLINE Bits broadcast_bits(int32_t x) { return {_mm_set1_epi32(x)}; }
GT_INLINE Bits add(Bits a, Bits b) { return {_mm_add_epi32(a.v, b.v)}; }
GT_INLINE Bits sub(Bits a, Bits b) { return {_mm_sub_epi32(a.v, b.v)}; }
GT_INLINE Bits exclusive_or(Bits a, Bits b) { return {_mm_xor_si128(a.v, b.v)}; }
template <int N>
GT_INLINE Bits shift_left(Bits a) {
  return {_mm_slli_epi32(a.v, N)};
}
template <int N>
GT_INLINE Bits shift_right(Bits a) {
  return {_mm_srai_epi32(a.v, N)};
}
GT_INLINE Vec to_float(Bits a) { return {_mm_cvtepi32_ps(a.v)}; }
GT_INLINE Mask odd(Bits a) { return {_mm_castsi128_ps(_mm_srai_epi32(_mm_slli_epi32(a.v, 31), 31))}; }

#else

struct Vec {
  static constexpr int size = 4;
  static constexpr int registers = 32;
  float32x4_t v;
};
struct Mask {
  uint32x4_t m;
};
GT_INLINE Vec load(const float* p) { return {vld1q_f32(p)}; }
GT_INLINE void store(float* p, Vec a) { vst1q_f32(p, a.v); }
GT_INLINE Vec broadcast(float x) { return {vdupq_n_f32(x)}; }
GT_INLINE Vec zero() { return {vdupq_n_f32(0.0F)}; }
GT_INLINE Vec add(Vec a, Vec b) { return {vaddq_f32(a.v, b.v)}; }
GT_INLINE Vec sub(Vec a, Vec b) { return {vsubq_f32(a.v, b.v)}; }
GT_INLINE Vec mul(Vec a, Vec b) { return {vmulq_f32(a.v, b.v)}; }
GT_INLINE Vec div(Vec a, Vec b) { return {vdivq_f32(a.v, b.v)}; }
GT_INLINE Vec sqrt(Vec a) { return {vsqrtq_f32(a.v)}; }
GT_INLINE Vec fma(Vec a, Vec b, Vec c) { return {vfmaq_f32(c.v, a.v, b.v)}; }
GT_INLINE Vec max(Vec a, Vec b) { return {vmaxq_f32(a.v, b.v)}; }
GT_INLINE Vec min(Vec a, Vec b) { return {vminq_f32(a.v, b.v)}; }
GT_INLINE Vec abs(Vec a) { return {vabsq_f32(a.v)}; }
GT_INLINE Vec copysign(Vec magnitude, Vec sign) { return {vbslq_f32(vdupq_n_u32(0x80000000U), sign.v, magnitude.v)}; }
GT_INLINE Mask less(Vec a, Vec b) { return {vcltq_f32(a.v, b.v)}; }
GT_INLINE Vec select(Mask m, Vec a, Vec b) { return {vbslq_f32(m.m, a.v, b.v)}; }
GT_INLINE Vec reciprocal(Vec a) { return div(broadcast(1.0F), a); }
struct Bits {
  int32x4_t v;
};
GT_INLINE Bits bits_of(Vec a) { return {vreinterpretq_s32_f32(a.v)}; }
GT_INLINE Vec float_of(Bits a) { return {vreinterpretq_f32_s32(a.v)}; }
GT_INLINE Bits broadcast_bits(int32_t x) { return {vdupq_n_s32(x)}; }
GT_INLINE Bits add(Bits a, Bits b) { return {vaddq_s32(a.v, b.v)}; }
GT_INLINE Bits sub(Bits a, Bits b) { return {vsubq_s32(a.v, b.v)}; }
GT_INLINE Bits exclusive_or(Bits a, Bits b) { return {veorq_s32(a.v, b.v)}; }
template <int N>
GT_INLINE Bits shift_left(Bits a) {
  return {vshlq_n_s32(a.v, N)};
}
template <int N>
GT_INLINE Bits shift_right(Bits a) {
  return {vshrq_n_s32(a.v, N)};
}
GT_INLINE Vec to_float(Bits a) { return {vcvtq_f32_s32(a.v)}; }
GT_INLINE Mask odd(Bits a) { return {vtstq_s32(a.v, vdupq_n_s32(1))}; }

#endif

// Nearest integer of a, as a float; |a| <= 2^21. Adding 1.5 * 2^23 leaves no bits after the point, in any of the
// instruction sets and without an instruction that competes with the multiply-adds.
constexpr float kRoundMagic = 12582912.0F;

#if defined(__AVX512F__)
// a - floor(a)
GT_INLINE Vec above_floor(Vec a) { return {_mm512_reduce_ps(a.v, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC)}; }
// p * 2^floor(z)
GT_INLINE Vec scale_by_floor(Vec p, Vec z) { return {_mm512_scalef_ps(p.v, z.v)}; }
#else
// p * 2^n, where biased = n + kRoundMagic and -126 <= n <= 0: n is in the low bits of biased's significand.
GT_INLINE Vec scale_by_power_of_two(Vec p, Vec biased) {
#if defined(__AVX2__)
  __m256i n = _mm256_slli_epi32(_mm256_castps_si256(biased.v), 23);
  return {_mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(p.v), n))};
#elif defined(__SSE2__)
  __m128i n = _mm_slli_epi32(_mm_castps_si128(biased.v), 23);
  return {_mm_castsi128_ps(_mm_add_epi32(_mm_castps_si128(p.v), n))};
#else
  int32x4_t n = vshlq_n_s32(vreinterpretq_s32_f32(biased.v), 23);
  return {vreinterpretq_f32_s32(vaddq_s32(vreinterpretq_s32_f32(p.v), n))};
#endif
}
#endif

alignas(64) constexpr uint32_t kKeepTable[32] = {~0U, ~0U, ~0U, ~0U, ~0U, ~0U, ~0U, ~0U,
                                                 ~0U, ~0U, ~0U, ~0U, ~0U, ~0U, ~0U, ~0U};

// The first n lanes of a, 0 in the others; 0 <= n <= Vec::size.
GT_INLINE Vec keep_first(Vec a, int n) {
  const uint32_t* mask = kKeepTable + 16 - n;
#if defined(__AVX512F__)
  return {_mm512_castsi512_ps(_mm512_and_si512(_mm512_castps_si512(a.v), _mm512_loadu_si512(mask)))};
#elif defined(__AVX2__)
  __m256i m = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(mask));
  return {_mm256_and_ps(a.v, _mm256_castsi256_ps(m))};
#elif defined(__SSE2__)
  __m128i m = _mm_loadu_si128(reinterpret_cast<const __m128i*>(mask));
  return {_mm_and_ps(a.v, _mm_castsi128_ps(m))};
#else
  return {vreinterpretq_f32_u32(vandq_u32(vreinterpretq_u32_f32(a.v), vld1q_u32(mask)))};
#endif
}

// The vector whose lane i is the sum of the lanes of s[i]; s holds Vec::size vectors.
GT_INLINE Vec sums_of(const Vec* s) {
#if defined(__AVX512F__)
  __m512 quad[4];
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) {
    __m512 a = s[4 * i].v, b = s[4 * i + 1].v, c = s[4 * i + 2].v, d = s[4 * i + 3].v;
    __m512 ab = _mm512_add_ps(_mm512_unpacklo_ps(a, b), _mm512_unpackhi_ps(a, b));
    __m512 cd = _mm512_add_ps(_mm512_unpacklo_ps(c, d), _mm512_unpackhi_ps(c, d));
    __m512d lo = _mm512_unpacklo_pd(_mm512_castps_pd(ab), _mm512_castps_pd(cd));
    __m512d hi = _mm512_unpackhi_pd(_mm512_castps_pd(ab), _mm512_castps_pd(cd));
    quad[i] = _mm512_add_ps(_mm512_castpd_ps(lo), _mm512_castpd_ps(hi));
  }
  __m512 t0 = _mm512_add_ps(_mm512_shuffle_f32x4(quad[0], quad[1], 0x88), _mm512_shuffle_f32x4(quad[0], quad[1], 0xDD));
  __m512 t1 = _mm512_add_ps(_mm512_shuffle_f32x4(quad[2], quad[3], 0x88), _mm512_shuffle_f32x4(quad[2], quad[3], 0xDD));
  return {_mm512_add_ps(_mm512_shuffle_f32x4(t0, t1, 0x88), _mm512_shuffle_f32x4(t0, t1, 0xDD))};
#elif defined(__AVX2__)
  __m256 quad[2];
#pragma GCC unroll 2
  for (int i = 0; i < 2; i++) {
    quad[i] =
        _mm256_hadd_ps(_mm256_hadd_ps(s[4 * i].v, s[4 * i + 1].v), _mm256_hadd_ps(s[4 * i + 2].v, s[4 * i + 3].v));
  }
  return {
      _mm256_add_ps(_mm256_permute2f128_ps(quad[0], quad[1], 0x20), _mm256_permute2f128_ps(quad[0], quad[1], 0x31))};
#elif defined(__SSE2__)
  __m128 ab = _mm_add_ps(_mm_unpacklo_ps(s[0].v, s[1].v), _mm_unpackhi_ps(s[0].v, s[1].v));
  __m128 cd = _mm_add_ps(_mm_unpacklo_ps(s[2].v, s[3].v), _mm_unpackhi_ps(s[2].v, s[3].v));
  return {_mm_add_ps(_mm_movelh_ps(ab, cd), _mm_movehl_ps(cd, ab))};
#else
  return {vpaddq_f32(vpaddq_f32(s[0].v, s[1].v), vpaddq_f32(s[2].v, s[3].v))};
#endif
}

}  // namespace gputrain::GT_ISA
