#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/hex.hpp"

namespace heptap::test {

/// Builds frames layer by layer, from the inside out: udp(...) then ipv4(...) then ethernet(...).
using Frame = std::vector<std::uint8_t>;

inline void put16(Frame& out, std::size_t v) {
  out.push_back(static_cast<std::uint8_t>(v >> 8U));
  out.push_back(static_cast<std::uint8_t>(v));
}

inline Frame joined(Frame head, const Frame& tail) {
  head.insert(head.end(), tail.begin(), tail.end());
  return head;
}

inline Frame text(std::string_view in) { return {in.begin(), in.end()}; }

inline Frame udp(const Frame& payload, std::uint16_t source = 5060,
                 std::uint16_t destination = 5080) {
  Frame head;
  put16(head, source);
  put16(head, destination);
  put16(head, payload.size() + 8);
  put16(head, 0);
  return joined(head, payload);
}

inline Frame tcp(const Frame& payload) {
  return joined(from_hex("13c413d8 00000007 00000000 50180000 00000000"), payload);
}

/// 192.0.2.10 -> 198.51.100.20; `fragment` is the flags and offset field
inline Frame ipv4(const Frame& payload, std::uint8_t protocol = 17, std::uint16_t fragment = 0) {
  Frame head = from_hex("45b8");
  put16(head, payload.size() + 20);
  put16(head, 1);
  put16(head, fragment);
  head.push_back(64);
  head.push_back(protocol);
  put16(head, 0);
  return joined(joined(head, from_hex("c000020a c6336414")), payload);
}

/// 2001:db8::1 -> 2001:db8::2; `next` is the next header of the fixed header
inline Frame ipv6(const Frame& payload, std::uint8_t next = 17) {
  Frame head = from_hex("6b800000");
  put16(head, payload.size());
  head.push_back(next);
  head.push_back(64);
  return joined(joined(head, from_hex("20010db8000000000000000000000001"
                                      "20010db8000000000000000000000002")),
                payload);
}

inline Frame ethernet(const Frame& payload, std::string_view ethertype_hex = "0800") {
  return joined(joined(from_hex("020000000001 020000000002"), from_hex(ethertype_hex)), payload);
}

}  // namespace heptap::test
