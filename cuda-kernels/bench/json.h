// One JSON object on one line, built field by field.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>

namespace gputrain::bench {

class Json {
 public:
  Json& text(const char* key, const std::string& value) {
    std::string quoted = "\"";
    for (char c : value) {
      if (c == '"' || c == '\\') {
        quoted += '\\';
      }
      quoted += static_cast<unsigned char>(c) < 32 ? ' ' : c;
    }
    return raw(key, quoted + "\"");
  }
  Json& number(const char* key, double value) {
    char digits[40];
    std::snprintf(digits, sizeof(digits), "%.9g", value);
    return raw(key, std::isfinite(value) ? digits : "null");
  }
  Json& whole(const char* key, int64_t value) { return raw(key, std::to_string(value)); }
  Json& flag(const char* key, bool value) { return raw(key, value ? "true" : "false"); }
  std::string line() const { return "{" + fields_ + "}"; }

 private:
  Json& raw(const char* key, const std::string& value) {
    fields_ += (fields_.empty() ? "\"" : ", \"") + std::string(key) + "\": " + value;
    return *this;
  }
  std::string fields_;
};

}  // namespace gputrain::bench
