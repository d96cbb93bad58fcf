#include "tests/support/tunnel_builder.hpp"
#include "tests/unit/proto/net/inner_sip.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

const std::uint32_t is_mpls = bits(Tunnel::mpls);

Frame on_label(const Frame& payload) { return ethernet(mpls(1, payload), "8847"); }

/// The header checksum set right.
Frame summed(Frame packet) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < 20; i += 2) {
    sum += std::uint32_t{packet[i]} << 8U | packet[i + 1];
  }
  while (sum > 0xffffU) sum = (sum & 0xffffU) + (sum >> 16U);
  packet[10] = static_cast<std::uint8_t>(~sum >> 8U);
  packet[11] = static_cast<std::uint8_t>(~sum);
  return packet;
}

}  // namespace

TEST_CASE("labels lead to the packet or the frame they were put on") {
  const Frame control_word = from_hex("00000011");
  const Frame plain = ethernet(sip_v4());
  const Frame tagged = with_tag(100, sip_v6(), "86dd");
  const auto row = GENERATE_COPY(values<Wrapped>({
      {"one label", on_label(sip_v4()), is_mpls},
      {"IPv6", on_label(sip_v6()), is_mpls},
      {"three labels", ethernet(mpls(3, sip_v4()), "8847"), is_mpls},
      {"multicast", ethernet(mpls(2, sip_v4()), "8848"), is_mpls},
      {"in a VLAN", ethernet(mpls(2, sip_v4()), "8100 0064 8847"), is_mpls, 100},
      {"in IP", ethernet(outer_ipv4(mpls(2, sip_v6()), 137)), is_mpls},
      {"pseudowire", on_label(plain), is_mpls},
      {"pseudowire with a control word", on_label(joined(control_word, plain)), is_mpls},
      {"pseudowire with a tag", on_label(tagged), is_mpls, 100},
      {"pseudowire with control word and tag", on_label(joined(control_word, tagged)), is_mpls,
       100},
      {"pseudowire in a VLAN", ethernet(mpls(1, plain), "8100 0007 8847"), is_mpls},
  }));
  check_wrapped(row);
}

TEST_CASE("an address of a network card may begin as IP does") {
  const char* const address =
      GENERATE("45b800000001", "4c0000000001", "600000000001", "0a0000000001");
  CAPTURE(address);
  const Frame frame = put_over(ethernet(sip_v4()), 0, from_hex(address));
  check_wrapped({"pseudowire", on_label(frame), is_mpls});
  check_wrapped({"with a control word", on_label(joined(from_hex("00000011"), frame)), is_mpls});
}

TEST_CASE("an IP address may look like an EtherType") {
  struct Row {
    const char* source_hex;  // at the place of an EtherType and the first octet behind it
    bool is_v6;
  };
  const auto row = GENERATE(values<Row>({
      {"08004500", false},  // 8.0.69.0
      {"08060001", false},  // 8.6.0.1
      {"81000001", false},  // 129.0.0.1
      {"88a80001", false},  // 136.168.0.1
      {"91000001", false},  // 145.0.0.1
      {"20010db8 8100", true},
      {"20010db8 0806", true},
      {"20010db8 0800 4500", true},
  }));
  CAPTURE(row.source_hex);
  const Frame source = from_hex(row.source_hex);
  const Frame packet =
      row.is_v6 ? put_over(sip_v6(), 8, source) : summed(put_over(sip_v4(), 12, source));
  Packet p;
  REQUIRE(to_string(decode_copy(link_type::ethernet, on_label(packet), p)) == "packet");
  CHECK(as_text(p.payload) == sip_request);
  CHECK(p.tunnels == is_mpls);
}

TEST_CASE("labels on nothing for us say so") {
  struct Row {
    const char* why;
    Frame stack;
    Decoded want;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"cut", from_hex("000111"), Decoded::tunnel_truncated},
      {"no last label", mpls(3, {}), Decoded::tunnel_truncated},
      {"labels to the end", Frame(64, 0), Decoded::tunnel_truncated},
      {"management", mpls(1, from_hex("10000000 00000000")), Decoded::not_ip},
      {"a control word alone", mpls(1, from_hex("00000011")), Decoded::not_ip},
  }));
  CAPTURE(row.why);
  Packet p;
  const Decoded got = decode_copy(link_type::ethernet, ethernet(row.stack, "8847"), p);
  CHECK(to_string(got) == to_string(row.want));
}
