#include "tests/support/frame_wrapping.hpp"

#include <catch2/catch.hpp>

#include "tests/bench/internet_sum.hpp"
#include "tests/unit/proto/net/inner_sip.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

std::optional<Frame> wrapped_in(const std::string& name, const Frame& frame) {
  return wrapped({find_wrapping(name)}, frame);
}

Decoded decoded(const Frame& frame, Packet& out) {
  return decode_copy(link_type::ethernet, frame, out);
}

bool is_tag(const std::string& name) { return name == "vlan" || name == "qinq"; }

}  // namespace

TEST_CASE("every wrapping carries IPv4 and IPv6") {
  const std::string name = GENERATE(from_range(wrapping_names()));
  CAPTURE(name);
  for (const Frame& frame : {ethernet(sip_v4()), ethernet(sip_v6(), "86dd")}) {
    const auto got = wrapped_in(name, frame);
    REQUIRE(got);
    Packet p;
    REQUIRE(to_string(decoded(*got, p)) == "packet");
    check_sip(p);
    CHECK((p.tunnels != 0) == !is_tag(name));
    CHECK((is_tag(name) || bench::is_header_right(*got)));
  }
}

TEST_CASE("tunnels for IP take nothing else") {
  const Frame arp = ethernet(Frame(46, 1), "0806");
  const auto row = GENERATE(table<std::string, bool>(
      {{"gre", false}, {"ipip", false}, {"gre-teb", true}, {"vlan", true}}));
  CHECK(wrapped_in(std::get<0>(row), arp).has_value() == std::get<1>(row));
}

TEST_CASE("the first wrapping comes innermost") {
  const auto got =
      wrapped({find_wrapping("vlan"), find_wrapping("erspan-2"), find_wrapping("vxlan")},
              ethernet(sip_v4()));
  REQUIRE(got);
  Packet p;
  REQUIRE(to_string(decoded(*got, p)) == "packet");
  check_sip(p);
  CHECK(p.tunnels == bits(Tunnel::gre, Tunnel::erspan, Tunnel::vxlan));
  CHECK(p.vlan_id == 42);
}

TEST_CASE("tags keep the addresses of the frame, the service's comes first") {
  const auto got = wrapped_in("qinq", ethernet(Frame{1, 2, 3}));
  CHECK(got == from_hex("020000000001 020000000002 88a8 0007 8100 002a 0800 010203"));
}

TEST_CASE("less than an Ethernet header is not wrapped") {
  const std::string name = GENERATE(from_range(wrapping_names()));
  CHECK_FALSE(wrapped_in(name, Frame(13, 0)));
}

TEST_CASE("an unknown wrapping is not found") { CHECK(find_wrapping("gtp") == nullptr); }
