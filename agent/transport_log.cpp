#include "agent/transport_log.hpp"

#include <spdlog/spdlog.h>

#include "agent/report/collector_ledger.hpp"

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

void log_event(bool is_bad, const std::string& text) {
  is_bad ? spdlog::warn(text) : spdlog::info(text);
}

void log_outcome(const CollectorSnapshot& collector) {
  if (has_lost(collector)) spdlog::error(describe_loss(collector));
  const std::string waiting = describe_waiting(collector);
  if (!waiting.empty()) spdlog::info(waiting);
}

}  // namespace heptap
