#include "agent/transport_log.hpp"

#include <spdlog/spdlog.h>

namespace heptap {

EventSink transport_log() {
  return [](EventLevel level, const std::string& text) {
    switch (level) {
      case EventLevel::info: spdlog::info(text); break;
      case EventLevel::warning: spdlog::warn(text); break;
      case EventLevel::error: spdlog::error(text); break;
    }
  };
}

}  // namespace heptap
