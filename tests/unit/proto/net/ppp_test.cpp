#include "tests/support/tunnel_builder.hpp"
#include "tests/unit/proto/net/inner_sip.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

Frame in_pppoe(const Frame& ppp) { return ethernet(pppoe(ppp), "8864"); }

}  // namespace

TEST_CASE("PPP carries IP, labels and Ethernet, with its header compressed or not") {
  const std::uint32_t is_pppoe = bits(Tunnel::pppoe);
  const std::uint32_t with_mpls = bits(Tunnel::pppoe, Tunnel::mpls);
  const auto in = [](const char* header_hex, const Frame& payload) {
    return in_pppoe(joined(from_hex(header_hex), payload));
  };
  const auto row = GENERATE_COPY(values<Wrapped>({
      {"IPv4", in("0021", sip_v4()), is_pppoe},
      {"IPv6", in("0057", sip_v6()), is_pppoe},
      {"protocol compressed", in("21", sip_v4()), is_pppoe},
      {"IPv6, protocol compressed", in("57", sip_v6()), is_pppoe},
      {"address and control", in("ff03 0021", sip_v4()), is_pppoe},
      {"address and control, protocol compressed", in("ff03 57", sip_v6()), is_pppoe},
      {"MPLS", in("0281", mpls(2, sip_v4())), with_mpls},
      {"MPLS multicast", in("0283", mpls(1, sip_v6())), with_mpls},
      {"bridged", in("0031 00 01", ethernet(sip_v4())), is_pppoe},
      {"bridged, with a tag", in("31 80 01", with_tag(100, sip_v4())), is_pppoe, 100},
      {"in a VLAN", ethernet(pppoe(joined(from_hex("0021"), sip_v4())), "88a8 0007 8100 0064 8864"),
       is_pppoe, 100},
  }));
  check_wrapped(row);
}

TEST_CASE("padding behind a PPPoE payload is no part of it") {
  const Frame frame = joined(in_pppoe(joined(from_hex("0021"), sip_v4())), Frame(18, 0xee));
  Packet p;
  REQUIRE(decode_copy(link_type::ethernet, frame, p) == Decoded::packet);
  check_sip(p);
}

TEST_CASE("PPP and PPPoE that carry nothing for us say why") {
  struct Row {
    const char* why;
    Frame rest;  // behind the Ethernet header
    Decoded want;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"cut", from_hex("1100 0102 00"), Decoded::tunnel_truncated},
      {"another version", from_hex("2100 0102 0002 0021"), Decoded::tunnel_malformed},
      {"not a session's", from_hex("11a7 0102 0000"), Decoded::not_ip},
      {"empty", pppoe({}), Decoded::tunnel_truncated},
      {"address and control alone", pppoe(from_hex("ff03")), Decoded::tunnel_truncated},
      {"half a protocol", pppoe(from_hex("00")), Decoded::tunnel_truncated},
      {"link control", pppoe(from_hex("c021 0901 0008 00000000")), Decoded::not_ip},
      {"compressed link control", pppoe(from_hex("fd 00 00")), Decoded::not_ip},
      {"bridged token ring", pppoe(from_hex("0031 00 03 0000")), Decoded::not_ip},
      {"bridged, cut", pppoe(from_hex("0031 00")), Decoded::tunnel_truncated},
      {"nothing behind the protocol", pppoe(from_hex("0021")), Decoded::ip_truncated},
  }));
  CAPTURE(row.why);
  Packet p;
  const Decoded got = decode_copy(link_type::ethernet, ethernet(row.rest, "8864"), p);
  CHECK(to_string(got) == to_string(row.want));
}
