#include "agent/calls/media_match.hpp"

#include <algorithm>

namespace heptap {
namespace {

constexpr std::array<std::string_view, 7> type_names{"other", "audio",       "video",  "image",
                                                     "text",  "application", "message"};
constexpr std::array<std::string_view, static_cast<std::size_t>(MediaFound::count_)> found_names{
    "both", "destination", "source", "ssrc"};
constexpr std::array<std::string_view, static_cast<std::size_t>(MediaMiss::count_)> miss_names{
    "none", "unknown_address", "ambiguous", "call_over"};

}  // namespace

MediaType media_type_of(std::string_view name) noexcept {
  const auto found = std::find(type_names.begin(), type_names.end(), name);
  return found == type_names.end() ? MediaType::other
                                   : static_cast<MediaType>(found - type_names.begin());
}

std::string_view to_string(MediaType type) noexcept {
  return type_names[static_cast<std::size_t>(type)];
}

std::string_view to_string(MediaFound found) noexcept {
  return found_names[static_cast<std::size_t>(found)];
}

std::string_view to_string(MediaMiss miss) noexcept {
  return miss_names[static_cast<std::size_t>(miss)];
}

PayloadFormat MediaMatch::format(std::uint8_t payload_type) const noexcept {
  for (const PayloadFormat& one : formats()) {
    if (one.payload_type == payload_type) return one;
  }
  return {.payload_type = payload_type};
}

}  // namespace heptap
