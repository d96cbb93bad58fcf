#include "proto/net/tunnel.hpp"

#include <random>
#include <set>
#include <string>

#include "tests/support/test_random.hpp"
#include "tests/support/tunnel_builder.hpp"
#include "tests/unit/proto/net/inner_sip.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

using Random = std::mt19937_64;

/// An IP packet with the message in it, and what a decoder must say of it.
struct Nest {
  Frame packet;
  bool is_v6;
  int headers;  // that a decoder takes off
  std::uint32_t tunnels = 0;
  int vlan_id = -1;  // of the innermost frame, once there is one
};

Frame ppp_of(Nest& nest, Random& random) {
  ++nest.headers;
  const bool is_short = below(random, 2) == 0;
  const char* const protocol =
      nest.is_v6 ? (is_short ? "57" : "ff03 0057") : (is_short ? "21" : "0021");
  return joined(from_hex(protocol), nest.packet);
}

/// tunnel_vlan   what the tunnel around it says of a frame without a tag
Frame frame_of(Nest& nest, Random& random, std::uint16_t tunnel_vlan = 0) {
  ++nest.headers;
  const auto tag = static_cast<std::uint16_t>(below(random, 3) * 100);
  if (nest.vlan_id < 0) nest.vlan_id = tag != 0 ? tag : tunnel_vlan;
  std::string type = nest.is_v6 ? "86dd" : "0800";
  Frame content = nest.packet;
  switch (below(random, 4)) {
    case 0:
      type = "8847";
      content = mpls(1 + static_cast<unsigned>(below(random, 3)), content);
      nest.tunnels |= bits(Tunnel::mpls);
      ++nest.headers;
      break;
    case 1:
      type = "8864";
      content = pppoe(ppp_of(nest, random));
      nest.tunnels |= bits(Tunnel::pppoe);
      ++nest.headers;
      break;
    default: break;
  }
  return tag == 0 ? ethernet(content, type) : with_tag(tag, content, type);
}

std::uint8_t ip_number(const Nest& nest) { return nest.is_v6 ? 41 : 4; }
std::uint16_t ethertype(const Nest& nest) { return nest.is_v6 ? 0x86dd : 0x0800; }
unsigned gre_flags(Random& random) { return static_cast<unsigned>(below(random, 16)) << 12U; }

/// One way to put a nest into an IP packet. `payload` adds the headers behind its own.
struct Way {
  std::uint32_t tunnels;
  int headers;
  std::uint8_t protocol;  // 0: that of the packet inside
  std::uint16_t port;     // 0: not over UDP
  Frame (*payload)(Nest& nest, Random& random);
};

const Way ways[] = {
    {bits(Tunnel::ip_in_ip), 0, 0, 0, [](Nest& n, Random&) { return n.packet; }},
    {bits(Tunnel::ah, Tunnel::ip_in_ip), 2, 51, 0,
     [](Nest& n, Random&) { return ah(ip_number(n), n.packet); }},
    {bits(Tunnel::gre), 1, 47, 0,
     [](Nest& n, Random& r) { return gre(gre_flags(r), ethertype(n), n.packet); }},
    {bits(Tunnel::gre), 1, 47, 0,
     [](Nest& n, Random& r) { return gre(gre_flags(r), 0x6558, frame_of(n, r)); }},
    {bits(Tunnel::gre), 1, 47, 0,
     [](Nest& n, Random& r) { return gre(0x3081, 0x880b, ppp_of(n, r)); }},
    {bits(Tunnel::gre, Tunnel::mpls), 2, 47, 0,
     [](Nest& n, Random&) { return gre(0, 0x8847, mpls(2, n.packet)); }},
    {bits(Tunnel::gre, Tunnel::erspan), 1, 47, 0,
     [](Nest& n, Random& r) { return gre(0, 0x88be, frame_of(n, r)); }},
    {bits(Tunnel::gre, Tunnel::erspan), 2, 47, 0,
     [](Nest& n, Random& r) { return gre(0x1000, 0x88be, erspan_2(42, frame_of(n, r, 42))); }},
    {bits(Tunnel::gre, Tunnel::erspan), 2, 47, 0,
     [](Nest& n, Random& r) {
       const unsigned subheader = below(r, 2) == 0 ? 1 : 0;
       return gre(0x1000, 0x22eb, erspan_3(43, 0x8000 | subheader, frame_of(n, r, 43)));
     }},
    {bits(Tunnel::mpls), 1, 137, 0, [](Nest& n, Random&) { return mpls(3, n.packet); }},
    {bits(Tunnel::mpls), 1, 137, 0,
     [](Nest& n, Random& r) { return mpls(1, joined(Frame(4, 0), frame_of(n, r))); }},
    {bits(Tunnel::vxlan), 1, 17, 4789, [](Nest& n, Random& r) { return vxlan(frame_of(n, r)); }},
    {bits(Tunnel::vxlan), 1, 17, 4790,
     [](Nest& n, Random&) { return vxlan_gpe(n.is_v6 ? 2 : 1, n.packet); }},
    {bits(Tunnel::geneve), 1, 17, 6081,
     [](Nest& n, Random& r) { return geneve(0x6558, frame_of(n, r), Frame(4 * below(r, 9), 1)); }},
    {bits(Tunnel::geneve), 1, 17, 6081,
     [](Nest& n, Random&) { return geneve(ethertype(n), n.packet); }},
    {bits(Tunnel::gtp_u), 1, 17, 2152,
     [](Nest& n, Random&) { return gtp_u(0x34, n.packet, "0000 00 85 01000900"); }},
    {bits(Tunnel::l2tp), 1, 17, 1701,
     [](Nest& n, Random& r) { return l2tp(below(r, 2) == 0 ? 0x4a00 : 0, ppp_of(n, r)); }},
    {bits(Tunnel::tzsp), 1, 17, 37008, [](Nest& n, Random& r) { return tzsp(frame_of(n, r)); }},
    {bits(Tunnel::hp_erm), 1, 17, 7932,
     [](Nest& n, Random& r) { return hp_erm(frame_of(n, r, 44), "00002c80"); }},
};

void wrap(const Way& way, bool in_v6, Nest& nest, Random& random) {
  const std::uint8_t protocol = way.protocol == 0 ? ip_number(nest) : way.protocol;
  nest.tunnels |= way.tunnels;
  nest.headers += 2 + way.headers;
  Frame payload = way.payload(nest, random);
  if (way.port != 0) payload = udp(payload, 50000, way.port);
  nest.packet = in_v6 ? outer_ipv6(payload, protocol) : outer_ipv4(payload, protocol);
  nest.is_v6 = in_v6;
}

/// The outermost frame, whose own header is no part of the depth.
void check_nest(Nest nest, Random& random) {
  const Frame frame = frame_of(nest, random);
  --nest.headers;
  CAPTURE(nest.headers);
  Packet p;
  const Decoded got = decode_copy(link_type::ethernet, frame, p);
  if (nest.headers > Decoder::max_headers) {
    CHECK(to_string(got) == "nesting_limit");
    return;
  }
  REQUIRE(to_string(got) == "packet");
  check_sip(p);
  CHECK(p.tunnels == nest.tunnels);
  CHECK(p.vlan_id == nest.vlan_id);
}

}  // namespace

TEST_CASE("any nesting of tunnels gives the same message, up to a depth") {
  Random random = test_random();
  std::set<int> depths;
  for (int round = 0; round < 300; ++round) {
    const bool is_v6 = below(random, 2) == 0;
    Nest nest{is_v6 ? sip_v6() : sip_v4(), is_v6, 2};
    while (nest.headers <= Decoder::max_headers) {
      check_nest(nest, random);
      const Way& way = ways[below(random, std::size(ways))];
      wrap(way, below(random, 2) == 0, nest, random);
      depths.insert(nest.headers);
    }
    check_nest(nest, random);
  }
  CHECK(depths.contains(Decoder::max_headers));  // the bound itself was tried, and one beyond
  CHECK(depths.contains(Decoder::max_headers + 1));
}

TEST_CASE("each tunnel has a name and a way to find it") {
  std::set<std::string_view> names;
  for (unsigned i = 0; i < static_cast<unsigned>(Tunnel::count_); ++i) {
    const auto tunnel = static_cast<Tunnel>(i);
    CHECK(to_string(tunnel) != "?");
    names.insert(to_string(tunnel));
    CHECK(std::any_of(tunnel_rows.begin(), tunnel_rows.end(),
                      [&](const TunnelRow& row) { return row.tunnel == tunnel; }));
  }
  CHECK(names.size() == static_cast<std::size_t>(Tunnel::count_));
  CHECK(to_string(Tunnel::count_) == "?");
  for (const TunnelRow& row : tunnel_rows) CHECK(find_tunnel(row.key, row.number) == &row);
  CHECK(find_tunnel(TunnelKey::udp_port, 5060) == nullptr);
  CHECK(find_tunnel(TunnelKey::ip_protocol, 4789) == nullptr);
}

TEST_CASE("an Ethernet header is known by its EtherType and what must follow it") {
  struct Row {
    const char* type_and_next_hex;
    bool want;
  };
  const auto row = GENERATE(values<Row>({
      {"0800 45", true},
      {"0800 65", false},
      {"86dd 60", true},
      {"86dd 40", false},
      {"0806 00", true},
      {"8100 00", true},
      {"88a8 00", true},
      {"8847 00", true},
      {"8864 11", true},
      {"88cc 02", false},
      {"0040 42", false},
      {"0800", false},
  }));
  CAPTURE(row.type_and_next_hex);
  const Frame frame = ethernet({}, row.type_and_next_hex);
  CHECK(looks_like_ethernet(frame) == row.want);
  CHECK_FALSE(looks_like_ethernet(Bytes{frame}.first(13)));
}
