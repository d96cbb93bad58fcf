#include "agent/rare_log.hpp"

#include <spdlog/spdlog.h>

namespace heptap {

RareLog::~RareLog() {
  if (held_back_ != 0) spdlog::warn("{} more warnings were held back", held_back_);
}

void RareLog::warn(const std::string& line) {
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) {
    ++held_back_;
    return;
  }
  next_ = now + std::chrono::milliseconds(100);
  if (held_back_ == 0) {
    spdlog::warn(line);
  } else {
    spdlog::warn("{} ({} more warnings were held back)", line, held_back_);
  }
  held_back_ = 0;
}

}  // namespace heptap
