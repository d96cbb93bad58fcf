#include "agent/capture/filter_exclusions.hpp"

#include <catch2/catch.hpp>

#include "agent/capture/kernel_filter.hpp"
#include "agent/capture/user_filter.hpp"
#include "proto/net/link.hpp"
#include "proto/net/packet.hpp"
#include "tests/support/tunnel_builder.hpp"
#include "tests/unit/agent/capture/filter_run.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

constexpr std::uint16_t hep_port = 9060;
constexpr std::uint16_t our_port = 40'000;

IpAddress address(std::string_view hex) { return IpAddress::from(Bytes(from_hex(hex))); }

// As the builders of packets have them.
const IpAddress us4 = address("c000020a");
const IpAddress them4 = address("c6336414");
const IpAddress us6 = address("20010db8000000000000000000000001");
const IpAddress them6 = address("20010db8000000000000000000000002");

Frame between(IpFamily family, const IpAddress& from, const IpAddress& to, const Frame& transport,
              std::uint8_t protocol = ip_protocol_udp) {
  const bool is_v4 = family == IpFamily::v4;
  const Frame ends = joined(Frame(from.bytes().begin(), from.bytes().end()),
                            Frame(to.bytes().begin(), to.bytes().end()));
  return ethernet(put_over(is_v4 ? ipv4(transport, protocol) : ipv6(transport, protocol),
                           is_v4 ? 12 : 8, ends));
}

struct Ends {
  IpFamily family;
  IpAddress us;
  IpAddress them;
};
const Ends ends4{IpFamily::v4, us4, them4};
const Ends ends6{IpFamily::v6, us6, them6};

KernelFilterOptions excluding(std::vector<FilterExclusion> own) {
  KernelFilterOptions options;  // everything else passes
  options.exclusions = std::move(own);
  return options;
}

std::vector<bpf_insn> without(const std::vector<FilterExclusion>& own) {
  return kernel_filter(link_type::ethernet, excluding(own));
}

}  // namespace

TEST_CASE("a connection of our own is not captured, in neither direction") {
  const Ends ends = GENERATE(ends4, ends6);
  const auto filter = without({{ip_protocol_udp, ends.them, hep_port, ends.us, our_port}});
  const auto passes = [&](const IpAddress& from, const IpAddress& to, std::uint16_t source,
                          std::uint16_t destination, std::uint8_t protocol = ip_protocol_udp) {
    const Frame frame =
        between(ends.family, from, to, udp(text("HEP3"), source, destination), protocol);
    return lets_through(filter, frame);
  };
  CHECK_FALSE(passes(ends.us, ends.them, our_port, hep_port));
  CHECK_FALSE(passes(ends.them, ends.us, hep_port, our_port));
  CHECK(passes(ends.us, ends.them, hep_port, our_port));
  CHECK(passes(ends.them, ends.us, our_port, hep_port));
  CHECK(passes(ends.us, ends.them, our_port, 5060));
  CHECK(passes(ends.us, ends.them, 40'001, hep_port));
  CHECK(passes(ends.us, ends.us, our_port, hep_port));
  CHECK(passes(ends.them, ends.them, our_port, hep_port));
  CHECK(passes(ends.us, ends.them, our_port, hep_port, ip_protocol_tcp));
}

TEST_CASE("a connection from wherever is not captured when only its other end is known") {
  const Ends ends = GENERATE(ends4, ends6);
  const auto filter = without({{ip_protocol_tcp, ends.them, hep_port, {}, 0}});
  const auto passes = [&](const IpAddress& from, const IpAddress& to, std::uint16_t source,
                          std::uint16_t destination) {
    const Frame frame =
        between(ends.family, from, to, udp(text("HEP3"), source, destination), ip_protocol_tcp);
    return lets_through(filter, frame);
  };
  CHECK_FALSE(passes(ends.us, ends.them, 1234, hep_port));
  CHECK_FALSE(passes(ends.them, ends.us, hep_port, 1234));
  CHECK(passes(ends.them, ends.us, 1234, hep_port));
  CHECK(passes(ends.us, ends.them, hep_port, 1234));
}

TEST_CASE("an address that differs in any word is another one") {
  const auto filter = without({{ip_protocol_udp, them6, hep_port, {}, 0}});
  for (std::size_t octet = 0; octet < 16; ++octet) {
    IpAddress other = them6;
    other.octets.at(octet) ^= 1U;
    CAPTURE(octet);
    CHECK(lets_through(filter, between(IpFamily::v6, us6, other, udp({0x41}, 1, hep_port))));
  }
}

TEST_CASE("an exclusion holds behind tags and extension headers") {
  const auto filter = without({{ip_protocol_udp, them6, hep_port, us6, our_port}});
  const Frame hop_by_hop = joined(from_hex("1100000000000000"), udp({0x41}, our_port, hep_port));
  const Frame packet = ipv6(hop_by_hop, 0);
  CHECK_FALSE(lets_through(filter, ethernet(packet, "86dd")));
  CHECK_FALSE(lets_through(filter, with_tag(7, packet, "86dd")));
}

TEST_CASE("fragments and SIP pass beside an exclusion") {
  KernelFilterOptions options;
  options.any_port = false;
  options.sip_ports.add(5060, 5060);
  options.exclusions = {{ip_protocol_udp, them4, hep_port, us4, 0}};
  const auto filter = kernel_filter(link_type::ethernet, options);
  CHECK(lets_through(filter, ethernet(ipv4(text("a later one"), 17, 0x0010))));
  CHECK(lets_through(filter, ethernet(ipv4(udp(text("x"), 5060, 5060)))));
  CHECK(lets_through(filter, ethernet(ipv4(udp(text("x"), 5060, 9061)))));
  CHECK(lets_through(filter, ethernet(ipv4(udp(text("x"), hep_port, 5060)))));
  CHECK_FALSE(lets_through(filter, ethernet(ipv4(udp(text("x"), 5060, hep_port)))));
}

TEST_CASE(
    "own connections are taken out of somebody else's filter, which has its way with the rest") {
  const auto link = GENERATE(link_type::ethernet, link_type::linux_sll);
  const auto on_link = [&](const Frame& packet) {
    return link == link_type::ethernet ? ethernet(packet)
                                       : joined(Frame(14), joined({8, 0}, packet));
  };
  const UserFilter user = compile_filter(link, "udp port 9060 or arp");
  const auto filter =
      without_own(link, excluding({{ip_protocol_udp, them4, hep_port, {}, 0}}), user.program);
  const auto packet = [&](std::uint16_t to_port, const char* to) {
    return on_link(put_over(ipv4(udp(text("HEP3"), our_port, to_port)), 16, from_hex(to)));
  };
  CHECK(lets_through(user.program, packet(hep_port, "c6336414")));
  CHECK_FALSE(lets_through(filter, packet(hep_port, "c6336414")));
  CHECK(lets_through(filter, packet(hep_port, "c6336415")));
  CHECK_FALSE(lets_through(filter, packet(5060, "c6336415")));
  CHECK_FALSE(lets_through(filter, on_link(ipv4(text("a later fragment"), 17, 0x0010))));
  Frame arp = on_link(Frame(28));
  arp[link == link_type::ethernet ? 13 : 15] = 6;
  CHECK(lets_through(filter, arp));
}

TEST_CASE("a filter stays as it is without exclusions, and for a link that is not known") {
  const UserFilter user = compile_filter(link_type::ethernet, "udp port 9060");
  const std::vector<FilterExclusion> own{{ip_protocol_udp, them4, hep_port, {}, 0}};
  CHECK(without_own(link_type::ethernet, {}, user.program).size() == user.program.size());
  CHECK(without_own(link_type::null, excluding(own), user.program).size() == user.program.size());
}

TEST_CASE("a filter that may not be long lets more through, and is never without its base") {
  KernelFilterOptions options = excluding(std::vector<FilterExclusion>(
      20, FilterExclusion{ip_protocol_udp, them6, hep_port, us6, our_port}));
  options.any_port = false;
  for (std::uint16_t port = 5060; port < 5160; port += 2) options.sip_ports.add(port, port);
  const std::size_t whole = kernel_filter(link_type::ethernet, options).size();
  options.most_instructions = whole - 1;
  const auto shorter = kernel_filter(link_type::ethernet, options);
  CHECK(shorter.size() < whole);
  CHECK_FALSE(
      lets_through(shorter, between(IpFamily::v6, us6, them6, udp({0x41}, our_port, hep_port))));
  options.most_instructions = 1;
  const auto shortest = kernel_filter(link_type::ethernet, options);
  CHECK(shortest.size() > 1);
  CHECK(lets_through(shortest, between(IpFamily::v6, us6, them6, udp({0x41}, 5061, 5158))));
}

TEST_CASE("more exclusions than the kernel has room for let more through") {
  std::vector<FilterExclusion> own;
  for (std::uint16_t i = 0; i < 300; ++i) {
    own.push_back(
        {ip_protocol_udp, them6, static_cast<std::uint16_t>(hep_port + i), us6, our_port});
  }
  const auto filter = without(own);
  CHECK(filter.size() <= 4096);
  CHECK(bpf_validate(filter.data(), static_cast<int>(filter.size())) != 0);
  CHECK_FALSE(lets_through(filter, between(IpFamily::v6, us6, them6, udp({0x41}, our_port, 9060))));
  CHECK(lets_through(filter, between(IpFamily::v6, us6, them6, udp({0x41}, our_port, 9359))));
  const UserFilter user = compile_filter(link_type::ethernet, "not arp");
  const auto around = without_own(link_type::ethernet, excluding(own), user.program);
  CHECK(around.size() <= 4096);
  CHECK_FALSE(lets_through(around, between(IpFamily::v6, us6, them6, udp({0x41}, our_port, 9060))));
  CHECK(lets_through(around, between(IpFamily::v6, us6, them6, udp({0x41}, our_port, 9359))));
}
