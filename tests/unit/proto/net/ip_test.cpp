#include "proto/net/ip.hpp"

#include "tests/support/tunnel_builder.hpp"
#include "tests/unit/proto/net/inner_sip.hpp"

using namespace heptap;
using namespace heptap::test;

TEST_CASE("IP in IP gives the packet inside") {
  constexpr std::uint8_t v4 = 4;
  constexpr std::uint8_t v6 = 41;
  const std::uint32_t in_ip = bits(Tunnel::ip_in_ip);
  const Frame options = from_hex("0000 0104 00000000");  // of IPv6, for the destination
  const auto row = GENERATE_COPY(values<Wrapped>({
      {"4in4", ethernet(outer_ipv4(sip_v4(), v4)), in_ip},
      {"6in4", ethernet(outer_ipv4(sip_v6(), v6)), in_ip},
      {"4in6", ethernet(outer_ipv6(sip_v4(), v4), "86dd"), in_ip},
      {"6in6", ethernet(outer_ipv6(sip_v6(), v6), "86dd"), in_ip},
      {"4in6 behind options",
       ethernet(outer_ipv6(joined(put_over(options, 0, {v4}), sip_v4()), 60), "86dd"), in_ip},
      {"three of them", ethernet(outer_ipv4(outer_ipv6(outer_ipv4(sip_v4(), v4), v4), v6)), in_ip},
      {"the frame's VLAN stays", with_tag(100, outer_ipv4(sip_v4(), v4)), in_ip, 100},
  }));
  check_wrapped(row);
}

TEST_CASE("an authentication header is stepped over") {
  const std::uint32_t is_ah = bits(Tunnel::ah);
  const Frame datagram = udp(text(sip_request));
  const auto row = GENERATE_COPY(values<Wrapped>({
      {"IPv4", ethernet(ipv4(ah(17, datagram), 51)), is_ah},
      {"IPv4 with a long digest", ethernet(ipv4(ah(17, datagram, 32), 51)), is_ah},
      {"IPv6", ethernet(ipv6(ah(17, datagram), 51), "86dd"), is_ah},
      {"IPv6 with options behind it",
       ethernet(ipv6(ah(60, joined(from_hex("1100 0104 00000000"), datagram), 20), 51), "86dd"),
       is_ah},
      {"around a packet", ethernet(outer_ipv4(ah(4, sip_v4()), 51)),
       bits(Tunnel::ah, Tunnel::ip_in_ip)},
      {"around IPv6", ethernet(outer_ipv6(ah(41, sip_v6()), 51), "86dd"),
       bits(Tunnel::ah, Tunnel::ip_in_ip)},
  }));
  check_wrapped(row);
}

TEST_CASE("what comes behind an IP header is bounded by it, and told why it is not read") {
  struct Row {
    const char* why;
    Frame packet;
    Decoded want;
  };
  Frame cut = outer_ipv4(ah(17, udp(text(sip_request))), 51);
  cut.resize(30);
  const auto row = GENERATE_COPY(values<Row>({
      {"nothing in the outer packet", outer_ipv4({}, 4), Decoded::ip_truncated},
      {"no IP version inside", outer_ipv4(from_hex("35000000"), 4), Decoded::ip_malformed},
      {"inner header cut", outer_ipv6(from_hex("45000030 0001"), 4), Decoded::ip_truncated},
      {"authentication header longer than its packet", ipv4(from_hex("11ff0000"), 51),
       Decoded::ip_malformed},
      {"authentication header cut by the capture", cut, Decoded::ip_truncated},
      {"extension headers are none of IPv4", ipv4(from_hex("1100000000000000"), 60),
       Decoded::ip_protocol},
      {"encrypted", outer_ipv4(Frame(40, 0xee), 50), Decoded::ip_protocol},
  }));
  CAPTURE(row.why);
  Packet p;
  CHECK(to_string(decode_copy(link_type::raw, row.packet, p)) == to_string(row.want));
}

TEST_CASE("a tunnel in a cut packet tells whether what is inside is whole") {
  const Frame padded = joined(sip_v4(), Frame(20, 0));
  Frame frame = ethernet(outer_ipv4(padded, 4));
  frame.resize(frame.size() - 10);  // padding of the tunnel is missing, nothing of ours
  Packet p;
  REQUIRE(decode_copy(link_type::ethernet, frame, p) == Decoded::packet);
  check_sip(p);
}
