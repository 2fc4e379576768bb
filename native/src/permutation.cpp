#include "permutation.h"

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

int32_t Permutation::at(int32_t position) const {
  uint32_t value = static_cast<uint32_t>(position);
  do {
    value = encrypt(value);
  } while (value >= size_);
  return static_cast<int32_t>(value);
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

}  // namespace gputrain
