#include "agent/report/call_facts.hpp"

#include <array>

namespace heptap {

std::int64_t talk_time_us(const Call& call) noexcept {
  if (call.answered_us == 0) return -1;
  const std::int64_t end = call.ended_us != 0 ? call.ended_us : call.last_us;
  return end > call.answered_us ? end - call.answered_us : 0;
}

MediaTime media_time(const CallFacts& facts, std::optional<MediaParty> sender) noexcept {
  if (facts.media == nullptr) return {};
  MediaSpan all;
  for (const MediaParty party : {MediaParty::caller, MediaParty::callee}) {
    const MediaSpan& one = facts.media->spans[static_cast<std::size_t>(party)];
    if (!one.empty() && party == sender.value_or(party)) all.add(one.first_ns, one.last_ns);
  }
  const std::int64_t answer = facts.call.answered_us;
  if (all.empty() || answer == 0) return {};
  const std::int64_t first = all.first_ns / 1000;
  const std::int64_t last = all.last_ns / 1000;
  MediaTime out;
  if (last >= answer) out.sdt_us = last - std::max(first, answer);
  if (first < answer) out.early_us = std::min(last, answer) - first;
  return out;
}

std::string_view to_string(MediaParty party) noexcept {
  return party == MediaParty::caller ? "caller" : "callee";
}

std::string_view to_string(CallParty party) noexcept {
  switch (party) {
    case CallParty::unknown: return "unknown";
    case CallParty::caller: return "caller";
    case CallParty::callee: return "callee";
  }
  return "?";
}

std::string_view to_string(CallEnd end) noexcept {
  switch (end) {
    case CallEnd::open: return "open";
    case CallEnd::signalled: return "signalled";
    case CallEnd::aged: return "aged";
    case CallEnd::evicted: return "evicted";
    case CallEnd::capture_stop: return "capture_stop";
  }
  return "?";
}

std::string_view to_string(SampleKind kind) noexcept {
  switch (kind) {
    case SampleKind::none: return "none";
    case SampleKind::success: return "success";
    case SampleKind::failed: return "failed";
    case SampleKind::cancelled: return "cancelled";
  }
  return "?";
}

}  // namespace heptap
