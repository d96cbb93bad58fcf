#include "tests/support/tunnel_builder.hpp"
#include "tests/unit/proto/net/inner_sip.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

namespace port {
constexpr std::uint16_t l2tp = 1701;
constexpr std::uint16_t gtp_u = 2152;
constexpr std::uint16_t vxlan = 4789;
constexpr std::uint16_t vxlan_gpe = 4790;
constexpr std::uint16_t geneve = 6081;
constexpr std::uint16_t hp_erm = 7932;
constexpr std::uint16_t linux_vxlan = 8472;
constexpr std::uint16_t tzsp = 37008;
}  // namespace port

Frame on(std::uint16_t destination, const Frame& payload) {
  return ethernet(in_udp(destination, payload));
}

const Frame plain = ethernet(sip_v4());
const Frame tagged = with_tag(100, sip_v6(), "86dd");

}  // namespace

TEST_CASE("VXLAN and Geneve give the frame or the packet inside") {
  const std::uint32_t is_vxlan = bits(Tunnel::vxlan);
  const std::uint32_t is_geneve = bits(Tunnel::geneve);
  const Frame options = from_hex("01028001 01020304 01020100 01028203 0102030405060708090a0b0c");
  const Frame answer = udp(vxlan(plain), port::vxlan, 50000);
  const auto row = GENERATE_COPY(values<Wrapped>({
      {"VXLAN", on(port::vxlan, vxlan(plain)), is_vxlan},
      {"VXLAN with a tag inside", on(port::vxlan, vxlan(tagged)), is_vxlan, 100},
      {"VXLAN in a tagged frame", with_tag(7, in_udp(port::vxlan, vxlan(plain))), is_vxlan},
      {"VXLAN with a policy", on(port::vxlan, put_over(vxlan(plain), 0, from_hex("88000005"))),
       is_vxlan},
      {"VXLAN with its reserved octet set (RFC 7348 section 5)",
       on(port::vxlan, put_over(vxlan(plain), 7, {1})), is_vxlan},
      {"VXLAN of old Linux", on(port::linux_vxlan, vxlan(plain)), is_vxlan},
      {"VXLAN from its port", ethernet(outer_ipv4(answer, 17)), is_vxlan},
      {"VXLAN-GPE IPv4", on(port::vxlan_gpe, vxlan_gpe(1, sip_v4())), is_vxlan},
      {"VXLAN-GPE IPv6", on(port::vxlan_gpe, vxlan_gpe(2, sip_v6())), is_vxlan},
      {"VXLAN-GPE Ethernet", on(port::vxlan_gpe, vxlan_gpe(3, tagged)), is_vxlan, 100},
      {"VXLAN-GPE MPLS", on(port::vxlan_gpe, vxlan_gpe(5, mpls(2, sip_v4()))),
       bits(Tunnel::vxlan, Tunnel::mpls)},
      {"Geneve", on(port::geneve, geneve(0x6558, plain)), is_geneve},
      {"Geneve with options", on(port::geneve, geneve(0x6558, tagged, options)), is_geneve, 100},
      {"Geneve IPv4", on(port::geneve, geneve(0x0800, sip_v4())), is_geneve},
      {"Geneve IPv6 with options", on(port::geneve, geneve(0x86dd, sip_v6(), options)), is_geneve},
      {"Geneve MPLS", on(port::geneve, geneve(0x8847, mpls(1, sip_v6()))),
       bits(Tunnel::geneve, Tunnel::mpls)},
  }));
  check_wrapped(row);
}

TEST_CASE("GTP-U gives the packet behind all its optional fields") {
  const std::uint32_t is_gtp_u = bits(Tunnel::gtp_u);
  const auto in = [](std::uint8_t flags, const char* optional_hex, const Frame& packet) {
    return on(port::gtp_u, gtp_u(flags, packet, optional_hex));
  };
  const auto row = GENERATE_COPY(values<Wrapped>({
      {"plain", in(0x30, "", sip_v4()), is_gtp_u},
      {"IPv6", in(0x30, "", sip_v6()), is_gtp_u},
      {"sequence number", in(0x32, "0005 00 00", sip_v4()), is_gtp_u},
      {"N-PDU number", in(0x31, "0000 07 00", sip_v4()), is_gtp_u},
      {"an extension that no flag announces is none", in(0x32, "0005 00 85", sip_v4()), is_gtp_u},
      {"PDU session container", in(0x34, "0000 00 85 01000900", sip_v6()), is_gtp_u},
      {"three extensions", in(0x36, "0005 00 82 02010203 000000c0 010007 85 01000900", sip_v4()),
       is_gtp_u},
      {"Ethernet", in(0x30, "", plain), is_gtp_u},
      {"Ethernet with a tag", in(0x34, "0000 00 85 01000900", tagged), is_gtp_u, 100},
      {"Ethernet, an address that begins as IPv4 does",
       in(0x30, "", put_over(plain, 0, from_hex("45b800000001"))), is_gtp_u},
  }));
  check_wrapped(row);
}

TEST_CASE("L2TP data, TZSP and HP's mirrors give what is inside") {
  const std::uint32_t is_l2tp = bits(Tunnel::l2tp);
  const std::uint32_t is_tzsp = bits(Tunnel::tzsp);
  const std::uint32_t is_hp_erm = bits(Tunnel::hp_erm);
  const Frame v4 = joined(from_hex("ff03 0021"), sip_v4());
  const Frame v6 = joined(from_hex("57"), sip_v6());
  const auto in_hp = [](const Frame& frame, const char* tag_hex) {
    return on(port::hp_erm, hp_erm(frame, tag_hex));
  };
  const auto row = GENERATE_COPY(values<Wrapped>({
      {"L2TP with length, sequence, offset", on(port::l2tp, l2tp(0x4a00, v4)), is_l2tp},
      {"L2TP in IPv6", ethernet(outer_ipv6(udp(l2tp(0, v4), 1701, 1701), 17), "86dd"), is_l2tp},
      {"TZSP", on(port::tzsp, tzsp(plain)), is_tzsp},
      {"TZSP with tags", on(port::tzsp, tzsp(tagged, "00 0a01c4 0d0400000001 00")), is_tzsp, 100},
      {"TZSP to be sent", on(port::tzsp, put_over(tzsp(plain), 1, {1})), is_tzsp},
      {"HP, untagged", in_hp(plain, "00002a00"), is_hp_erm},
      {"HP, tag in its header", in_hp(plain, "00002a80"), is_hp_erm, 42},
      {"HP, tag in header and frame", in_hp(tagged, "00e02a80"), is_hp_erm, 100},
  }));
  check_wrapped(row);
  const unsigned flags = GENERATE(
      values<unsigned>({0, 0x0100, 0x0200, 0x0800, 0x0a00, 0x4000, 0x4200, 0x4800, 0x4b00}));
  CAPTURE(flags);
  check_wrapped({"L2TP IPv6, compressed", on(port::l2tp, l2tp(flags, v6)), is_l2tp});
}

TEST_CASE("what a capture has cut off a tunnelled packet does not hide the rest") {
  const auto row = GENERATE_COPY(values<Wrapped>({
      {"VXLAN", on(port::vxlan, vxlan(plain))},
      {"GTP-U", on(port::gtp_u, gtp_u(0x30, sip_v4()))},
      {"L2TP", on(port::l2tp, l2tp(0x4000, joined(from_hex("0021"), sip_v4())))},
  }));
  CAPTURE(row.why);
  Packet p;
  REQUIRE(decode_copy(row.link, Bytes{row.frame}.first(row.frame.size() - 5), p) ==
          Decoded::packet);
  CHECK(as_text(p.payload) == sip_request.substr(0, sip_request.size() - 5));
  CHECK(p.truncated);
}

TEST_CASE("anything else on a tunnel's port is a plain datagram") {
  const std::uint16_t number = GENERATE(port::l2tp, port::gtp_u, port::vxlan, port::vxlan_gpe,
                                        port::geneve, port::hp_erm, port::linux_vxlan, port::tzsp);
  const bool is_answer = GENERATE(false, true);
  const auto payload = GENERATE_COPY(values<Frame>({
      text(sip_request),
      text("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP a\r\n\r\n"),
      text("INVITE sip:a@b SIP/2.0\r\n\r\n"),
      text("PRACK sip:a@b SIP/2.0\r\n\r\n"),
      text("REGISTER sip:a SIP/2.0\r\n\r\n"),
      text("\r\n\r\n"),
      text("\r\n"),
      text("jaK"),
      Frame(4, 0),
      Frame(200, 0),
      Frame(200, 0xff),
      {},
      from_hex("80080001 00000140 deadbeef d5d5d5d5d5d5d5d5d5d5d5d5"),  // RTP
      from_hex("81c80006 deadbeef 00000000 00000000 00000000 00000000 00000000"),
      from_hex("00010000 2112a442 000102030405060708090a0b"),  // STUN
      from_hex("01010000 2112a442 000102030405060708090a0b"),
      from_hex("16feff0000000000000000000b0100000000000000"),  // DTLS
  }));
  CAPTURE(number, is_answer, payload);
  const Frame datagram = is_answer ? udp(payload, number, 5060) : udp(payload, 5060, number);
  Packet p;
  REQUIRE(to_string(decode_copy(link_type::raw, ipv4(datagram), p)) == "packet");
  CHECK(Frame(p.payload.begin(), p.payload.end()) == payload);
  CHECK(to_string(p.source) == "192.0.2.10");
  CHECK(p.tunnels == 0);
}

TEST_CASE("a header that cannot be that of the tunnel is payload") {
  const Frame packet = joined(from_hex("0021"), sip_v4());
  struct Row {
    const char* why;
    std::uint16_t number;
    Frame payload;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"VXLAN without an identifier", port::vxlan, put_over(vxlan(plain), 0, {0})},
      {"VXLAN cut", port::vxlan, from_hex("08000000 001092")},
      {"VXLAN-GPE with a service header", port::vxlan_gpe, vxlan_gpe(4, sip_v4())},
      {"Geneve of another version", port::geneve, put_over(geneve(0x6558, plain), 0, {0x40})},
      {"Geneve with reserved bits", port::geneve, put_over(geneve(0x6558, plain), 1, {1})},
      {"Geneve with options beyond it", port::geneve, put_over(geneve(0x6558, {}), 0, {0x3f})},
      {"Geneve with something else", port::geneve, geneve(0x0806, plain)},
      {"GTP-U of another version", port::gtp_u, gtp_u(0x50, sip_v4())},
      {"GTP'", port::gtp_u, gtp_u(0x20, sip_v4())},
      {"GTP-U echo", port::gtp_u, put_over(gtp_u(0x32, {}, "0000 0000"), 1, {1})},
      {"GTP-U longer than it is", port::gtp_u, put_over(gtp_u(0x30, sip_v4()), 2, {4})},
      {"GTP-U with an extension of no length", port::gtp_u, gtp_u(0x34, sip_v4(), "0000 00 85 00")},
      {"GTP-U with an extension beyond it", port::gtp_u, gtp_u(0x34, {}, "0000 00 85 02000000")},
      {"GTP-U with no packet", port::gtp_u, gtp_u(0x30, {})},
      {"GTP-U with garbage", port::gtp_u, gtp_u(0x30, Frame(30, 0xee))},
      {"L2TP control", port::l2tp, l2tp(0xc800, {})},
      {"L2TP of another version", port::l2tp, put_over(l2tp(0, packet), 0, from_hex("0003"))},
      {"L2TP with reserved bits", port::l2tp, put_over(l2tp(0, packet), 0, from_hex("1002"))},
      {"L2TP longer than it is", port::l2tp, put_over(l2tp(0x4000, packet), 2, from_hex("0400"))},
      {"L2TP with an offset beyond it", port::l2tp, from_hex("0202 000b 000c 00ff")},
      {"TZSP of another version", port::tzsp, put_over(tzsp(plain), 0, {2})},
      {"TZSP keep-alive", port::tzsp, put_over(tzsp({}), 1, {4})},
      {"TZSP with 802.11", port::tzsp, put_over(tzsp(plain), 3, {18})},
      {"TZSP without an end tag", port::tzsp, from_hex("01000001 0a01c4 00")},
      {"HP with no frame", port::hp_erm, hp_erm(sip_v4())},
  }));
  CAPTURE(row.why);
  Packet p;
  REQUIRE(to_string(decode_copy(link_type::ethernet, on(row.number, row.payload), p)) == "packet");
  CHECK(Frame(p.payload.begin(), p.payload.end()) == row.payload);
  CHECK(to_string(p.source) == "10.0.0.1");
  CHECK(p.tunnels == 0);
}
