#include "proto/net/link.hpp"

#include "tests/support/tunnel_builder.hpp"
#include "tests/unit/proto/net/inner_sip.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

Frame nflog(const Frame& attributes) { return joined(from_hex("02 00 0003"), attributes); }

}  // namespace

TEST_CASE("tags of switches are stepped over") {
  const std::string vn_tag = "8926 80010002";
  const std::string service = "88e7 00001234 020000000003 020000000004";
  check_wrapped(GENERATE_COPY(values<Wrapped>({
      {"VN-Tag", ethernet(sip_v4(), vn_tag + "0800")},
      {"VN-Tag, then a VLAN", ethernet(sip_v6(), vn_tag + "8100 0064 86dd"), 0, 100},
      {"VLAN, then a VN-Tag", ethernet(sip_v4(), "8100 0064" + vn_tag + "0800"), 0, 100},
      {"802.1ah", ethernet(sip_v4(), service + "0800")},
      {"802.1ah with a customer's VLAN behind the backbone's",
       ethernet(sip_v6(), "88a8 0007" + service + "8100 0064 86dd"), 0, 100},
  })));
}

TEST_CASE("link layers of telephone lines and firewalls lead to the same datagram") {
  const Frame hook = nflog_attribute(1, from_hex("08000300"));
  const Frame prefix = joined(nflog_attribute(10, from_hex("00")), from_hex("eeeeee"));  // padded
  const std::uint32_t ppp_bits = bits(Tunnel::mpls);
  check_wrapped(GENERATE_COPY(values<Wrapped>({
      {"PPP", joined(from_hex("0021"), sip_v4()), 0, 0, link_type::ppp},
      {"PPP IPv6, with address and control", joined(from_hex("ff03 0057"), sip_v6()), 0, 0,
       link_type::ppp},
      {"PPP, compressed", joined(from_hex("21"), sip_v4()), 0, 0, link_type::ppp_hdlc},
      {"PPP and MPLS", joined(from_hex("ff03 0281"), mpls(2, sip_v4())), ppp_bits, 0,
       link_type::ppp_hdlc},
      {"PPPoE without its frame", pppoe(joined(from_hex("0021"), sip_v4())), 0, 0,
       link_type::ppp_ether},
      {"Cisco HDLC", joined(from_hex("0f00 0800"), sip_v4()), 0, 0, link_type::c_hdlc},
      {"Cisco HDLC IPv6", joined(from_hex("8f00 86dd"), sip_v6()), 0, 0, link_type::c_hdlc},
      {"NFLOG", nflog(nflog_attribute(9, sip_v4())), 0, 0, link_type::nflog},
      {"NFLOG with more attributes",
       nflog(joined(joined(hook, prefix), nflog_attribute(9, sip_v6()))), 0, 0, link_type::nflog},
  })));
}

TEST_CASE("links that carry nothing for us say why") {
  struct Row {
    const char* why;
    std::uint32_t type;
    Frame frame;
    Decoded want;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"VN-Tag cut", link_type::ethernet, ethernet({}, "8926 8001"), Decoded::link_truncated},
      {"802.1ah cut", link_type::ethernet, ethernet({}, "88e7 00001234 02"),
       Decoded::link_truncated},
      {"PPPoE discovery", link_type::ethernet, ethernet(Frame(46, 0), "8863"), Decoded::not_ip},
      {"NFLOG cut", link_type::nflog, from_hex("0200"), Decoded::link_truncated},
      {"NFLOG without a packet", link_type::nflog, nflog(nflog_attribute(1, from_hex("08000300"))),
       Decoded::not_ip},
      {"NFLOG attribute of no length", link_type::nflog, nflog(from_hex("0000 0900")),
       Decoded::link_truncated},
      {"NFLOG attribute cut", link_type::nflog, nflog(from_hex("2000 09")),
       Decoded::link_truncated},
      {"Cisco's keep-alive", link_type::c_hdlc, from_hex("8f00 8035 00000002 00000000"),
       Decoded::not_ip},
      {"Cisco HDLC cut", link_type::c_hdlc, from_hex("0f00 08"), Decoded::link_truncated},
  }));
  CAPTURE(row.why);
  Packet p;
  CHECK(to_string(decode_copy(row.type, row.frame, p)) == to_string(row.want));
}
