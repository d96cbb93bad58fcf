#include "tests/support/tunnel_builder.hpp"
#include "tests/unit/proto/net/inner_sip.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

constexpr std::uint16_t erspan_ii = 0x88be;
constexpr std::uint16_t erspan_iii = 0x22eb;
constexpr std::uint16_t transparent_ethernet = 0x6558;
constexpr std::uint16_t ppp = 0x880b;

Frame in_gre(unsigned flags, std::uint16_t protocol, const Frame& payload) {
  return ethernet(outer_ipv4(gre(flags, protocol, payload), 47));
}

}  // namespace

TEST_CASE("every combination of GRE's optional fields leads to the packet") {
  const unsigned combination = GENERATE(range(0U, 16U));
  const unsigned flags = combination << 12U;
  CAPTURE(flags);
  check_wrapped({"IPv4", in_gre(flags, 0x0800, sip_v4()), bits(Tunnel::gre)});
  check_wrapped({"IPv6", in_gre(flags | 0x0800U, 0x86dd, sip_v6()), bits(Tunnel::gre)});  // strict
  check_wrapped({"in IPv6", ethernet(outer_ipv6(gre(flags, 0x0800, sip_v4()), 47), "86dd"),
                 bits(Tunnel::gre)});
}

TEST_CASE("GRE carries Ethernet, PPP and labels") {
  const std::uint32_t is_gre = bits(Tunnel::gre);
  const Frame tagged = with_tag(100, sip_v4());
  const Frame v4 = joined(from_hex("0021"), sip_v4());
  const auto row = GENERATE_COPY(values<Wrapped>({
      {"NVGRE", in_gre(0x2000, transparent_ethernet, ethernet(sip_v4())), is_gre},
      {"a tag in it", in_gre(0, transparent_ethernet, tagged), is_gre, 100},
      {"a tag around it",
       with_tag(7, outer_ipv4(gre(0, transparent_ethernet, ethernet(sip_v4())), 47)), is_gre},
      {"a tag around GRE with IP in it", with_tag(7, outer_ipv4(gre(0, 0x0800, sip_v4()), 47)),
       is_gre, 7},
      {"PPP", in_gre(0, ppp, v4), is_gre},
      {"PPTP without data acknowledged", in_gre(0x3001, ppp, joined(from_hex("ff03"), v4)), is_gre},
      {"PPTP", in_gre(0x3081, ppp, joined(from_hex("57"), sip_v6())), is_gre},
      {"MPLS", in_gre(0, 0x8847, mpls(2, sip_v4())), bits(Tunnel::gre, Tunnel::mpls)},
      {"twice", in_gre(0x8000, 0x0800, outer_ipv4(gre(0x3000, 0x0800, sip_v4()), 47)), is_gre},
  }));
  check_wrapped(row);
}

TEST_CASE("ERSPAN gives the mirrored frame and the VLAN it was seen in") {
  const std::uint32_t both = bits(Tunnel::gre, Tunnel::erspan);
  const Frame plain = ethernet(sip_v4());
  const Frame tagged = with_tag(100, sip_v6(), "86dd");
  constexpr unsigned frame_kind = 0x8000;  // an Ethernet frame
  constexpr unsigned ip_kind = 0x0800;
  constexpr unsigned with_subheader = 1;
  const auto in_iii = [](const Frame& rest) { return in_gre(0x1000, erspan_iii, rest); };
  const auto row = GENERATE_COPY(values<Wrapped>({
      {"I", in_gre(0, erspan_ii, plain), both},
      {"I with a tag", in_gre(0, erspan_ii, tagged), both, 100},
      {"I in a tagged frame", with_tag(7, outer_ipv4(gre(0, erspan_ii, plain), 47)), both},
      {"II, VLAN in the header", in_gre(0x1000, erspan_ii, erspan_2(42, plain)), both, 42},
      {"II, VLAN in header and frame", in_gre(0x1000, erspan_ii, erspan_2(42, tagged)), both, 100},
      {"II untagged", in_gre(0x1000, erspan_ii, erspan_2(0, plain)), both},
      {"II with a key", in_gre(0x3000, erspan_ii, erspan_2(42, plain)), both, 42},
      {"III, VLAN in the header", in_iii(erspan_3(42, frame_kind, plain)), both, 42},
      {"III, VLAN in header and frame", in_iii(erspan_3(42, frame_kind, tagged)), both, 100},
      {"III with a subheader", in_iii(erspan_3(42, frame_kind | with_subheader, plain)), both, 42},
      {"III with an IP packet", in_iii(erspan_3(42, ip_kind, sip_v4())), both, 42},
      {"III with a subheader and IP", in_iii(erspan_3(0, ip_kind | with_subheader, sip_v6())),
       both},
  }));
  check_wrapped(row);
}

TEST_CASE("GRE headers that cannot be right, or carry nothing for us, say so") {
  struct Row {
    const char* why;
    Frame header;
    Decoded want;
  };
  const Frame frame = ethernet(sip_v4());
  const auto row = GENERATE_COPY(values<Row>({
      {"version 2", gre(2, 0x0800, sip_v4()), Decoded::tunnel_malformed},
      {"cut", from_hex("0000 08"), Decoded::tunnel_truncated},
      {"fields cut", from_hex("f000 0800 0000"), Decoded::tunnel_truncated},
      {"routes without an end", from_hex("4000 0800 00000000 0800 0004 0a000003"),
       Decoded::tunnel_truncated},
      {"a route beyond the packet", from_hex("4000 0800 00000000 0800 00ff 0a000003"),
       Decoded::tunnel_truncated},
      {"keep-alive", gre(0, 0, {}), Decoded::not_ip},
      {"acknowledgement of PPTP", gre(0x2081, ppp, {}), Decoded::not_ip},
      {"a protocol of no interest", gre(0, 0x00fe, Frame(20, 0)), Decoded::not_ip},
      {"ERSPAN II of another version", gre(0x1000, erspan_ii, erspan_3(1, 0, frame)),
       Decoded::tunnel_malformed},
      {"ERSPAN III of another version",
       gre(0x1000, erspan_iii, joined(erspan_2(1, {}), Frame(32, 0))), Decoded::tunnel_malformed},
      {"ERSPAN II cut", gre(0x1000, erspan_ii, from_hex("1001 0000")), Decoded::tunnel_truncated},
      {"ERSPAN III cut in its subheader",
       gre(0x1000, erspan_iii, from_hex("2001 0000 00000000 0000 0001 14")),
       Decoded::tunnel_truncated},
      {"ERSPAN III with 802.11", gre(0x1000, erspan_iii, erspan_3(1, 0x0c00, frame)),
       Decoded::not_ip},
  }));
  CAPTURE(row.why);
  Packet p;
  const Decoded got = decode_copy(link_type::raw, outer_ipv4(row.header, 47), p);
  CHECK(to_string(got) == to_string(row.want));
}
