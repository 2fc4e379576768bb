// Memory for the kernels.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

namespace gputrain {

// Numbers on a cache-line boundary, 0 at first.
template <class Number>
class Aligned {
 public:
  Aligned() = default;
  explicit Aligned(size_t n);
  Number* data() { return data_.get(); }
  const Number* data() const { return data_.get(); }
  size_t size() const { return size_; }
  Number& operator[](size_t i) { return data_.get()[i]; }
  Number operator[](size_t i) const { return data_.get()[i]; }

 private:
  struct Free {
    void operator()(Number* p) const { std::free(p); }
  };
  std::unique_ptr<Number, Free> data_;
  size_t size_ = 0;
};

using Floats = Aligned<float>;

template <class Number>
Aligned<Number>::Aligned(size_t n) : size_(n) {
  constexpr size_t kLine = 64;
  size_t bytes = (std::max<size_t>(n, 1) * sizeof(Number) + kLine - 1) / kLine * kLine;
  data_.reset(static_cast<Number*>(std::aligned_alloc(kLine, bytes)));
  if (data_ == nullptr) {
    throw std::bad_alloc();
  }
  std::memset(data_.get(), 0, bytes);
}

// Blocks start on cache lines whatever the vector size.
inline size_t line_padded(size_t n) { return (n + 15) / 16 * 16; }

}  // namespace gputrain
