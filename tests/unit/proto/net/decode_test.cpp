#include "proto/net/decode.hpp"

#include <catch2/catch.hpp>

#include "proto/net/link.hpp"
#include "tests/support/frame_builder.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

Decoded decode(std::uint32_t type, const Frame& frame, Packet& out) {
  return Decoder().decode(type, frame, 0, out);
}

const Frame sip = text("OPTIONS sip:a@b SIP/2.0\r\n\r\n");

Packet decoded(std::uint32_t type, const Frame& frame) {
  Packet p;
  REQUIRE(decode(type, frame, p) == Decoded::packet);
  return p;
}

void check_sip(const Packet& p) {
  CHECK(p.source_port == 5060);
  CHECK(p.destination_port == 5080);
  CHECK(as_text(p.payload) == "OPTIONS sip:a@b SIP/2.0\r\n\r\n");
  CHECK_FALSE(p.truncated);
}

}  // namespace

TEST_CASE("every link layer leads to the same datagram") {
  struct Row {
    const char* why;
    std::uint32_t type;
    Frame frame;
    std::uint16_t vlan_id;
  };
  const Frame v4 = ipv4(udp(sip));
  const Frame v6 = ipv6(udp(sip));
  const Frame sll = from_hex("0000 0001 0006 0200000000010000");
  const Frame sll2 = from_hex("0000 00000002 0001 00 06 0200000000010000");
  const auto row = GENERATE_COPY(values<Row>({
      {"Ethernet", link_type::ethernet, ethernet(v4), 0},
      {"Ethernet IPv6", link_type::ethernet, ethernet(v6, "86dd"), 0},
      {"802.1Q", link_type::ethernet, ethernet(v4, "8100 a064 0800"), 100},
      {"802.1ad over 802.1Q", link_type::ethernet, ethernet(v4, "88a8 0007 8100 0064 0800"), 100},
      {"six tags", link_type::ethernet,
       ethernet(v6, "9100 0001 9200 0002 88a8 0003 8100 0004 8100 0005 8100 0006 86dd"), 6},
      {"priority tag", link_type::ethernet, ethernet(v4, "8100 e000 0800"), 0},
      {"Linux cooked", link_type::linux_sll, joined(joined(sll, from_hex("0800")), v4), 0},
      {"Linux cooked with a tag", link_type::linux_sll,
       joined(joined(sll, from_hex("8100 0064 86dd")), v6), 100},
      {"Linux cooked v2", link_type::linux_sll2, joined(joined(from_hex("0800"), sll2), v4), 0},
      {"BSD loopback, little endian", link_type::null, joined(from_hex("02000000"), v4), 0},
      {"BSD loopback, big endian", link_type::null, joined(from_hex("00000002"), v4), 0},
      {"macOS loopback IPv6", link_type::null, joined(from_hex("1e000000"), v6), 0},
      {"OpenBSD loop", link_type::loop, joined(from_hex("00000018"), v6), 0},
      {"raw IPv4", link_type::raw, v4, 0},
      {"raw IPv6", link_type::raw, v6, 0},
      {"DLT_RAW of BSD", link_type::raw_bsd, v4, 0},
      {"IPv4 only", link_type::ipv4, v4, 0},
      {"IPv6 only", link_type::ipv6, v6, 0},
  }));
  CAPTURE(row.why);
  const Packet p = decoded(row.type, row.frame);
  check_sip(p);
  CHECK(p.vlan_id == row.vlan_id);
  CHECK(p.ip_protocol == ip_protocol_udp);
  CHECK(p.traffic_class == 0xb8);
}

TEST_CASE("addresses are those of the packet") {
  Packet p = decoded(link_type::raw, ipv4(udp(sip)));
  CHECK(to_string(p.source) == "192.0.2.10");
  CHECK(to_string(p.destination) == "198.51.100.20");
  p = decoded(link_type::raw, ipv6(udp(sip)));
  CHECK(to_string(p.source) == "2001:db8::1");
  CHECK(to_string(p.destination) == "2001:db8::2");
}

TEST_CASE("a packet has the innermost Ethernet header, or none") {
  struct Row {
    const char* why;
    std::uint32_t type;
    Frame frame;
    std::uint16_t ethertype;
  };
  const Frame v4 = ipv4(udp(sip));
  const Frame tagged = ethernet(v4, "8100 0064 0800");
  const Frame outer = from_hex("0a0000000001 0a0000000002 0800");
  const Frame vxlan = joined(from_hex("0800000000000100"), tagged);
  const auto row = GENERATE_COPY(values<Row>({
      {"Ethernet", link_type::ethernet, ethernet(v4), 0x0800},
      {"the first of two tags", link_type::ethernet, ethernet(v4, "88a8 0007 8100 0064 0800"),
       0x88a8},
      {"Ethernet in a tunnel", link_type::ethernet, joined(outer, ipv4(udp(vxlan, 50'000, 4789))),
       0x8100},
      {"IP in IP", link_type::ethernet, ethernet(ipv4(v4, 4)), 0x0800},
      {"raw IP", link_type::raw, v4, 0},
      {"Linux cooked", link_type::linux_sll,
       joined(from_hex("0000 0001 0006 0200000000010000 0800"), v4), 0},
  }));
  CAPTURE(row.why);
  const EthernetHeader header = decoded(row.type, row.frame).ethernet;
  CHECK(header.type() == row.ethertype);
  const std::uint8_t last = row.ethertype == 0 ? 0 : 1;
  CHECK(header.destination().back() == last);
  CHECK(header.source().back() == last * 2);
  CHECK(header.source().front() == last * 2);
}

TEST_CASE("padding behind a layer never reaches the payload") {
  const Frame padding(18, 0);
  const std::vector<Frame> padded{ethernet(joined(ipv4(udp(sip)), padding)),
                                  ethernet(joined(ipv6(udp(sip)), padding), "86dd"),
                                  ethernet(ipv4(joined(udp(sip), padding)))};
  for (const Frame& frame : padded) check_sip(decoded(link_type::ethernet, frame));
}

TEST_CASE("IPv6 extension headers are stepped over") {
  struct Row {
    const char* why;
    std::uint8_t first;
    const char* headers_hex;
  };
  const auto row = GENERATE(values<Row>({
      {"hop-by-hop", 0, "1100000000000000"},
      {"hop-by-hop of 16 octets", 0, "1101000000000000 0000000000000000"},
      {"destination options, then routing", 60, "2b00000000000000 1100000000000000"},
      {"authentication header", 51, "1101 0000 00000001 00000002"},
      {"mobility, HIP, shim6", 135, "8b00000000000000 8c00000000000000 1100000000000000"},
      {"atomic fragment", 44, "1100 0000 00000001"},
  }));
  CAPTURE(row.why);
  const Frame packet = ipv6(joined(from_hex(row.headers_hex), udp(sip)), row.first);
  check_sip(decoded(link_type::raw, packet));
}

TEST_CASE("a frame that carries nothing for us says why") {
  struct Row {
    const char* why;
    std::uint32_t type;
    Frame frame;
    Decoded want;
  };
  Frame udp_short = udp(sip);
  udp_short[5] = 7;
  Frame udp_long = udp(sip);
  udp_long[5] = static_cast<std::uint8_t>(udp_long.size() + 1);
  Frame tcp_short = tcp(sip);
  tcp_short[12] = 0x40;
  Frame ihl_short = ipv4(udp(sip));
  ihl_short[0] = 0x44;
  Frame total_short = ipv4(udp(sip));
  total_short[3] = 19;
  const auto row = GENERATE_COPY(values<Row>({
      {"unknown link", 147, ethernet(ipv4(udp(sip))), Decoded::link_type},
      {"empty", link_type::ethernet, {}, Decoded::link_truncated},
      {"13 bytes of Ethernet", link_type::ethernet, Frame(13, 0), Decoded::link_truncated},
      {"tag cut", link_type::ethernet, ethernet({}, "8100 00"), Decoded::link_truncated},
      {"tags to the end", link_type::ethernet, ethernet({}, "8100 0001 8100 0001 8100"),
       Decoded::link_truncated},
      {"ARP", link_type::ethernet, ethernet(Frame(46, 0), "0806"), Decoded::not_ip},
      {"802.3 length", link_type::ethernet, ethernet(Frame(46, 0), "002e"), Decoded::not_ip},
      {"loopback of another family", link_type::null, from_hex("07000000 00"), Decoded::not_ip},
      {"loopback cut", link_type::null, from_hex("020000"), Decoded::link_truncated},
      {"nothing behind Ethernet", link_type::ethernet, ethernet({}), Decoded::ip_truncated},
      {"IPv4 header cut", link_type::raw, from_hex("45000030 0001"), Decoded::ip_truncated},
      {"IPv6 header cut", link_type::raw, from_hex("60000000 0008 11"), Decoded::ip_truncated},
      {"version 5", link_type::raw, from_hex("50000000"), Decoded::ip_malformed},
      {"IHL below 5", link_type::raw, ihl_short, Decoded::ip_malformed},
      {"total length below IHL", link_type::raw, total_short, Decoded::ip_malformed},
      {"first fragment", link_type::raw, ipv4(udp(sip), 17, 0x2000), Decoded::ip_fragment},
      {"last fragment", link_type::raw, ipv4(udp(sip), 17, 0x0007), Decoded::ip_fragment},
      {"IPv6 fragment", link_type::raw, ipv6(joined(from_hex("1100 0001 00000001"), udp(sip)), 44),
       Decoded::ip_fragment},
      {"extension header beyond the packet", link_type::raw, ipv6(from_hex("11ff0000"), 0),
       Decoded::ip_malformed},
      {"ICMP that quotes SIP", link_type::raw, ipv4(sip, 1), Decoded::ip_protocol},
      {"no next header", link_type::raw, ipv6(sip, 59), Decoded::ip_protocol},
      {"UDP header cut", link_type::raw, ipv4(from_hex("13c413d8 0008")),
       Decoded::transport_truncated},
      {"UDP length below 8", link_type::raw, ipv4(udp_short), Decoded::transport_malformed},
      {"UDP longer than its packet", link_type::raw, ipv4(udp_long), Decoded::transport_malformed},
      {"TCP offset below 5", link_type::raw, ipv4(tcp_short, 6), Decoded::transport_malformed},
      {"SCTP header cut", link_type::raw, ipv4(from_hex("13c413c400000000"), 132),
       Decoded::transport_truncated},
  }));
  CAPTURE(row.why);
  Packet p;
  const auto got = decode(row.type, row.frame, p);
  CHECK(to_string(got) == to_string(row.want));
}

TEST_CASE("a packet cut by the snap length keeps what is there and says so") {
  Frame frame = ethernet(ipv4(udp(sip)));
  frame.resize(frame.size() - 5);
  const Packet p = decoded(link_type::ethernet, frame);
  CHECK(as_text(p.payload) == "OPTIONS sip:a@b SIP/2.");
  CHECK(p.truncated);
}

TEST_CASE("length fields that offload left at zero mean all captured bytes") {
  Frame v4 = ipv4(udp(sip));
  v4[2] = v4[3] = 0;
  check_sip(decoded(link_type::raw, v4));
  Frame v6 = ipv6(udp(sip));
  v6[4] = v6[5] = 0;
  check_sip(decoded(link_type::raw, v6));
  Frame datagram = udp(sip);
  datagram[4] = datagram[5] = 0;
  check_sip(decoded(link_type::raw, ipv4(datagram)));
}

TEST_CASE("TCP and SCTP headers give ports and payload") {
  const Frame over_tcp = ipv4(tcp(sip), 6);
  Packet p = decoded(link_type::raw, over_tcp);
  CHECK(p.ip_protocol == ip_protocol_tcp);
  CHECK(p.tcp_sequence == 7);
  CHECK(p.tcp_flags == 0x18);
  check_sip(p);
  const Frame over_sctp =
      ipv4(joined(from_hex("13c413d8 0000000100000000"), sip), ip_protocol_sctp);
  p = decoded(link_type::raw, over_sctp);
  CHECK(p.ip_protocol == ip_protocol_sctp);
  check_sip(p);
}

TEST_CASE("no prefix of a good frame decodes as whole") {
  const Frame frame = ethernet(ipv6(joined(from_hex("1100000000000000"), udp(sip)), 0), "86dd");
  for (std::size_t n = 0; n < frame.size(); ++n) {
    Packet p;
    const auto got = Decoder().decode(link_type::ethernet, Bytes{frame}.first(n), 0, p);
    CAPTURE(n);
    CHECK((got != Decoded::packet || p.truncated));
  }
}
