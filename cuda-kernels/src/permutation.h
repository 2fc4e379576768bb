// The order in which an epoch visits its rows; the same bits as every other engine of the program.
#pragma once

#include "device.h"

namespace gputrain::device {

// A six-round Feistel network over the next power of four, walked into range; each entry can be computed alone. Its
// keys come from Philox4x32-10 (Salmon et al., SC 2011, doi:10.1145/2063384.2063405) at (seed, epoch).
struct Permutation {
  static constexpr int kRounds = 6;

  // One thread computes the keys for all.
  GT_DEVICE void begin(int32_t size, int64_t seed, int64_t epoch) {
    size_ = static_cast<uint32_t>(size);
    half_bits_ = 1;
    while (size_ > 2 && static_cast<uint64_t>(size_ - 1) >> (2 * half_bits_) != 0) {
      half_bits_++;
    }
    for (int i = 0; i < 2; i++) {
      uint32_t words[4];
      philox(static_cast<uint64_t>(seed), 2 * static_cast<uint64_t>(epoch) + static_cast<uint64_t>(i), words);
      for (int j = 0; j < 4 && 4 * i + j < kRounds; j++) {
        keys_[4 * i + j] = words[j];
      }
    }
  }

  GT_DEVICE int32_t at(int32_t position) const {
    uint32_t value = static_cast<uint32_t>(position);
    do {
      value = encrypt(value);
    } while (value >= size_);
    return static_cast<int32_t>(value);
  }

 private:
  // Counter words 2 and 3 of the shuffles.
  static constexpr uint32_t kStream = 0x73687566;

  GT_DEVICE static void philox(uint64_t key, uint64_t counter, uint32_t (&c)[4]) {
    c[0] = static_cast<uint32_t>(counter);
    c[1] = static_cast<uint32_t>(counter >> 32);
    c[2] = kStream;
    c[3] = 0;
    uint32_t k0 = static_cast<uint32_t>(key);
    uint32_t k1 = static_cast<uint32_t>(key >> 32);
    for (int round = 0; round < 10; round++) {
      uint64_t product0 = 0xD2511F53ULL * c[0];
      uint64_t product1 = 0xCD9E8D57ULL * c[2];
      c[0] = static_cast<uint32_t>(product1 >> 32) ^ c[1] ^ k0;
      c[2] = static_cast<uint32_t>(product0 >> 32) ^ c[3] ^ k1;
      c[1] = static_cast<uint32_t>(product1);
      c[3] = static_cast<uint32_t>(product0);
      k0 += 0x9E3779B9U;
      k1 += 0xBB67AE85U;
    }
  }

  GT_DEVICE uint32_t encrypt(uint32_t value) const {
    uint32_t mask = (1U << half_bits_) - 1;
    uint32_t left = value >> half_bits_;
    uint32_t right = value & mask;
    for (int i = 0; i < kRounds; i++) {
      uint32_t next = left ^ (mix(right ^ keys_[i]) & mask);
      left = right;
      right = next;
    }
    return left << half_bits_ | right;
  }

  // Finaliser of MurmurHash3 (public domain constants).
  GT_DEVICE static uint32_t mix(uint32_t h) {
    h ^= h >> 16;
    h *= 0x85EBCA6BU;
    h ^= h >> 13;
    h *= 0xC2B2AE35U;
    return h ^ h >> 16;
  }

  uint32_t size_;
  int32_t half_bits_;
  uint32_t keys_[kRounds];
};

}  // namespace gputrain::device
