#pragma once

#include <arpa/inet.h>

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <system_error>

#include "proto/sip/chars.hpp"
#include "proto/sip/sdp.hpp"

// The values of the lines of SDP, taken apart. In a header because they are inlined: each message with
// SDP has a dozen of such lines.
namespace heptap::sdp_fields {

/// Takes what stands before the next blank, and the blanks around it.
inline std::string_view take_word(std::string_view& rest) noexcept {
  rest = sip_chars::trim_left(rest);
  // Words are short: a search that prepares itself takes longer than this one.
  std::size_t size = 0;
  while (size < rest.size() && !sip_chars::is_wsp(rest[size])) ++size;
  const std::string_view word = rest.substr(0, size);
  rest = sip_chars::trim_left(rest.substr(size));
  return word;
}

/// The part before `mark`; `rest` keeps what follows it.
inline std::string_view take_until(std::string_view& rest, char mark) noexcept {
  const std::size_t at = rest.find(mark);
  const std::string_view taken = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view{} : rest.substr(at + 1);
  return taken;
}

/// The whole word as a number that fits.
template <class Number>
[[nodiscard]] bool read_number(std::string_view word, Number& out) noexcept {
  const char* const end = word.data() + word.size();
  const auto [stop, error] = std::from_chars(word.data(), end, out);
  return error == std::errc{} && stop == end;
}

/// `192.0.2.1`, which is what most addresses are.
[[nodiscard]] inline bool read_ipv4(std::string_view text,
                                    std::array<std::uint8_t, 16>& octets) noexcept {
  const char* at = text.data();
  const char* const end = at + text.size();
  for (std::size_t i = 0; i < 4; ++i) {
    if (i != 0 && (at == end || *at++ != '.')) return false;
    const bool has_leading_zero = end - at > 1 && at[0] == '0' && sip_chars::is_digit(at[1]);
    const auto [stop, error] = std::from_chars(at, end, octets[i]);
    if (error != std::errc{} || has_leading_zero) return false;
    at = stop;
  }
  return at == end;
}

[[nodiscard]] inline SdpAddressView make_address(std::string_view word) noexcept {
  SdpAddressView out;
  out.text = word.substr(0, word.find('/'));
  if (read_ipv4(out.text, out.octets)) {
    out.size = 4;
    return out;
  }
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (out.text.size() >= text.size()) return out;  // longer than any address: a name
  out.text.copy(text.data(), text.size() - 1);
  if (inet_pton(AF_INET6, text.data(), out.octets.data()) == 1) out.size = 16;
  return out;
}

/// `IN IP4 192.0.2.1/127`
[[nodiscard]] inline bool read_connection(std::string_view value, SdpAddressView& out) noexcept {
  const std::string_view net_type = take_word(value);
  const std::string_view address_type = take_word(value);
  const SdpAddressView address = make_address(take_word(value));
  if (net_type.empty() || address_type.empty() || address.text.empty()) return false;
  out = address;
  return true;
}

/// `9999` or `9999 IN IP4 192.0.2.1`
[[nodiscard]] inline bool read_rtcp(std::string_view value, SdpMediaView& media) noexcept {
  if (!read_number(take_word(value), media.rtcp_port)) return false;
  return value.empty() || read_connection(value, media.rtcp_address);
}

/// `96 opus/48000/2`
[[nodiscard]] inline bool read_rtpmap(std::string_view value, SdpRtpMapView& out) noexcept {
  if (!read_number(take_word(value), out.payload_type) || out.payload_type > 127) return false;
  out.encoding = take_until(value, '/');
  const std::string_view clock = take_until(value, '/');
  out.channels = 1;
  if (!value.empty() && !read_number(take_word(value), out.channels)) return false;
  return !out.encoding.empty() && read_number(sip_chars::trim(clock), out.clock_hz);
}

/// `1 1 UDP 2130706431 192.0.2.1 8998 typ host`
[[nodiscard]] inline bool read_candidate(std::string_view value, SdpCandidateView& out) noexcept {
  if (take_word(value).empty() || !read_number(take_word(value), out.component)) return false;
  out.transport = take_word(value);
  take_word(value);  // priority
  out.address = make_address(take_word(value));
  if (!read_number(take_word(value), out.port)) return false;
  const bool has_type = take_word(value) == "typ";
  out.type = take_word(value);
  return has_type && !out.type.empty() && !out.address.text.empty();
}

[[nodiscard]] inline bool has_word(std::string_view text, std::string_view wanted) noexcept {
  while (!text.empty()) {
    if (take_word(text) == wanted) return true;
  }
  return false;
}

[[nodiscard]] inline SdpDirection read_direction(std::string_view name) noexcept {
  if (name == "sendrecv") return SdpDirection::sendrecv;
  if (name == "sendonly") return SdpDirection::sendonly;
  if (name == "recvonly") return SdpDirection::recvonly;
  if (name == "inactive") return SdpDirection::inactive;
  return SdpDirection::unset;
}

}  // namespace heptap::sdp_fields
