#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace heptap {

/// Request methods of RFC 3261 and its extensions.
enum class SipMethod : std::uint8_t {
  other,
  invite,
  ack,
  bye,
  cancel,
  register_,
  options,
  prack,
  subscribe,
  notify,
  publish,
  info,
  refer,
  message,
  update,
  count_
};

inline constexpr std::array<std::string_view, static_cast<std::size_t>(SipMethod::count_)>
    sip_method_names{"other",    "INVITE",  "ACK",   "BYE",       "CANCEL",
                     "REGISTER", "OPTIONS", "PRACK", "SUBSCRIBE", "NOTIFY",
                     "PUBLISH",  "INFO",    "REFER", "MESSAGE",   "UPDATE"};

/// Methods are case-sensitive (RFC 3261 section 7.1).
[[nodiscard]] constexpr SipMethod method_of(std::string_view name) noexcept {
  for (std::size_t i = 1; i < sip_method_names.size(); ++i) {
    if (name == sip_method_names[i]) return static_cast<SipMethod>(i);
  }
  return SipMethod::other;
}

[[nodiscard]] constexpr std::string_view to_string(SipMethod method) noexcept {
  return sip_method_names[static_cast<std::size_t>(method)];
}

}  // namespace heptap
