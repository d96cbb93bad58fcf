#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace heptap {

/// For warnings of which strangers can cause any number: lets one line in a hundred milliseconds
/// through, and says how many it held back.
class RareLog {
 public:
  RareLog() = default;
  RareLog(const RareLog&) = delete;
  RareLog& operator=(const RareLog&) = delete;
  ~RareLog();

  void warn(const std::string& line);

 private:
  std::chrono::steady_clock::time_point next_;
  std::uint64_t held_back_ = 0;
};

}  // namespace heptap
