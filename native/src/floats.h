// Memory for the kernels.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>

namespace gputrain {

// Floats on a cache-line boundary, 0 at first.
class Floats {
 public:
  Floats() = default;
  explicit Floats(size_t n);
  float* data() { return data_.get(); }
  const float* data() const { return data_.get(); }
  size_t size() const { return size_; }
  float& operator[](size_t i) { return data_.get()[i]; }
  float operator[](size_t i) const { return data_.get()[i]; }

 private:
  struct Free {
    void operator()(float* p) const { std::free(p); }
  };
  std::unique_ptr<float, Free> data_;
  size_t size_ = 0;
};

// Blocks start on cache lines whatever the vector size.
inline size_t line_padded(size_t n) { return (n + 15) / 16 * 16; }

}  // namespace gputrain
