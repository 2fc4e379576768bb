// Errors of the caller.
#pragma once

#include <stdexcept>
#include <string>

namespace gputrain {

inline void require(bool holds, const std::string& otherwise) {
  if (!holds) {
    throw std::invalid_argument(otherwise);
  }
}

}  // namespace gputrain
