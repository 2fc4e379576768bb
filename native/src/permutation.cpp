#include "permutation.h"

#include <algorithm>

namespace gputrain {
namespace {

// Counter words 2 and 3 of the shuffles.
constexpr uint64_t kStream = 0x73687566;

// Finaliser of MurmurHash3 (public domain constants).
uint32_t mix(uint32_t h) {
  h ^= h >> 16;
  h *= 0x85EBCA6BU;
  h ^= h >> 13;
  h *= 0xC2B2AE35U;
  h ^= h >> 16;
  return h;
}

}  // namespace

void philox(uint64_t key, uint64_t counter_low, uint64_t counter_high, uint32_t words[4]) {
  uint32_t c[4] = {static_cast<uint32_t>(counter_low), static_cast<uint32_t>(counter_low >> 32),
                   static_cast<uint32_t>(counter_high), static_cast<uint32_t>(counter_high >> 32)};
  uint32_t k[2] = {static_cast<uint32_t>(key), static_cast<uint32_t>(key >> 32)};
  for (int round = 0; round < 10; round++) {
    uint64_t product0 = 0xD2511F53ULL * c[0];
    uint64_t product1 = 0xCD9E8D57ULL * c[2];
    c[0] = static_cast<uint32_t>(product1 >> 32) ^ c[1] ^ k[0];
    c[2] = static_cast<uint32_t>(product0 >> 32) ^ c[3] ^ k[1];
    c[1] = static_cast<uint32_t>(product1);
    c[3] = static_cast<uint32_t>(product0);
    k[0] += 0x9E3779B9U;
    k[1] += 0xBB67AE85U;
  }
  for (int i = 0; i < 4; i++) {
    words[i] = c[i];
  }
}

Permutation::Permutation(int32_t size, int64_t seed, int64_t epoch) : size_(static_cast<uint32_t>(size)) {
  uint32_t last = size > 2 ? size_ - 1 : 1;
  int bits = 32 - __builtin_clz(last);
  half_bits_ = (bits + 1) / 2;
  uint32_t words[8];
  for (uint64_t i = 0; i < 2; i++) {
    philox(static_cast<uint64_t>(seed), 2 * static_cast<uint64_t>(epoch) + i, kStream, words + 4 * i);
  }
  for (int r = 0; r < 6; r++) {
    keys_[r] = words[r];
  }
}

uint32_t Permutation::encrypt(uint32_t value) const {
  uint32_t mask = (1U << half_bits_) - 1;
  uint32_t left = value >> half_bits_;
  uint32_t right = value & mask;
  for (uint32_t key : keys_) {
    uint32_t next = left ^ (mix(right ^ key) & mask);
    left = right;
    right = next;
  }
  return left << half_bits_ | right;
}

// Many at once: the rounds of one entry wait for each other, those of different entries do not.
void Permutation::entries(int32_t first, int32_t count, int32_t* to) const {
  constexpr int32_t kTogether = 64;
  for (int32_t begin = 0; begin < count; begin += kTogether) {
    const int32_t n = std::min(kTogether, count - begin);
    uint32_t value[kTogether];
    for (int32_t i = 0; i < n; i++) {
      value[i] = encrypt(static_cast<uint32_t>(first + begin + i));
    }
    // About half of them are out of range and walk on.
    int32_t walking[kTogether];
    int32_t left = 0;
    for (int32_t i = 0; i < n; i++) {
      walking[left] = i;
      left += value[i] >= size_ ? 1 : 0;
    }
    while (left > 0) {
      const int32_t walkers = left;
      left = 0;
      for (int32_t w = 0; w < walkers; w++) {
        const int32_t i = walking[w];
        value[i] = encrypt(value[i]);
        walking[left] = i;
        left += value[i] >= size_ ? 1 : 0;
      }
    }
    for (int32_t i = 0; i < n; i++) {
      to[begin + i] = static_cast<int32_t>(value[i]);
    }
  }
}

}  // namespace gputrain
