// The order in which an epoch visits its rows; the same bits as every other engine of the program.
#pragma once

#include <cstdint>

namespace gputrain {

// Philox4x32-10 (Salmon et al., SC 2011, doi:10.1145/2063384.2063405): four words from a key and a counter.
void philox(uint64_t key, uint64_t counter_low, uint64_t counter_high, uint32_t words[4]);

// A six-round Feistel network over the next power of four, walked into range; entries do not need each other.
class Permutation {
 public:
  Permutation(int32_t size, int64_t seed, int64_t epoch);
  // The entries at positions first ... first + count - 1.
  void entries(int32_t first, int32_t count, int32_t* to) const;

 private:
  uint32_t encrypt(uint32_t value) const;

  uint32_t size_;
  int half_bits_;
  uint32_t keys_[6];
};

}  // namespace gputrain
