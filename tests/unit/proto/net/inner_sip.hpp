#pragma once

#include <catch2/catch.hpp>
#include <string_view>

#include "proto/net/decode.hpp"
#include "proto/net/link.hpp"
#include "proto/net/tunnel.hpp"
#include "tests/support/frame_builder.hpp"

namespace heptap::test {

inline constexpr std::string_view sip_request = "OPTIONS sip:a@b SIP/2.0\r\n\r\n";

/// What must come out of every tunnel.
inline Frame sip_v4() { return ipv4(udp(text(sip_request))); }
inline Frame sip_v6() { return ipv6(udp(text(sip_request))); }

template <class... Tunnels>
[[nodiscard]] std::uint32_t bits(Tunnels... tunnels) {
  return (0U | ... | (1U << static_cast<unsigned>(tunnels)));
}

/// sip_v4() or sip_v6() with headers around it.
struct Wrapped {
  const char* why;
  Frame frame;
  std::uint32_t tunnels = 0;
  std::uint16_t vlan_id = 0;
  std::uint32_t link = link_type::ethernet;
};

inline void check_sip(const Packet& p) {
  CHECK(as_text(p.payload) == sip_request);
  CHECK(p.source_port == 5060);
  CHECK(p.destination_port == 5080);
  CHECK(p.ip_protocol == ip_protocol_udp);
  const bool is_v4 = p.source.family == IpFamily::v4;
  CHECK(to_string(p.source) == (is_v4 ? "192.0.2.10" : "2001:db8::1"));
  CHECK(to_string(p.destination) == (is_v4 ? "198.51.100.20" : "2001:db8::2"));
  CHECK_FALSE(p.truncated);
}

/// Decodes a copy that is just as large as it looks, so that a sanitizer sees who reads on.
inline Decoded decode_copy(std::uint32_t link, Bytes frame, Packet& out) {
  static Decoder decoder(DefragLimits{.max_bytes = 1 << 16, .max_datagrams = 4});
  static Frame copy;
  copy = Frame(frame.begin(), frame.end());
  copy.shrink_to_fit();
  return decoder.decode(link, copy, 0, out);
}

/// The message comes out of the frame, and not as whole out of any prefix of it. Whatever is done to
/// a byte, the payload can be read.
inline void check_wrapped(const Wrapped& row) {
  CAPTURE(row.why);
  Packet p;
  REQUIRE(to_string(decode_copy(row.link, row.frame, p)) == "packet");
  check_sip(p);
  CHECK(p.tunnels == row.tunnels);
  CHECK(p.vlan_id == row.vlan_id);
  for (std::size_t n = 0; n < row.frame.size(); ++n) {
    CAPTURE(n);
    const Decoded got = decode_copy(row.link, Bytes{row.frame}.first(n), p);
    CHECK((got != Decoded::packet || p.truncated));
  }
  Frame damaged = row.frame;
  for (std::uint8_t& byte : damaged) {
    const std::uint8_t before = byte;
    for (const unsigned flip : {0x01U, 0x10U, 0x80U, 0xffU, unsigned{before}}) {
      byte = static_cast<std::uint8_t>(before ^ flip);
      const Decoded got = decode_copy(row.link, damaged, p);
      const Frame read(p.payload.begin(), p.payload.end());
      CHECK((got != Decoded::packet || read.size() == p.payload.size()));
    }
    byte = before;
  }
}

}  // namespace heptap::test
