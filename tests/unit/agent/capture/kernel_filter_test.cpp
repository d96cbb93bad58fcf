#include "agent/capture/kernel_filter.hpp"

#include <linux/filter.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "proto/net/link.hpp"
#include "proto/net/packet.hpp"
#include "proto/net/tunnel.hpp"
#include "tests/support/tunnel_builder.hpp"
#include "tests/unit/agent/capture/filter_run.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

constexpr std::uint16_t sip_port = 5060;
const Frame rtp = from_hex("80080001 00000002 00000003 aabb");
const Frame rtcp = from_hex("80c90001 00000003");
const Frame other = text("neither of them");

KernelFilterOptions on_ports() {
  KernelFilterOptions options;
  options.sip_ports.add(sip_port, sip_port);
  options.any_port = false;
  return options;
}
KernelFilterOptions on_ports_with_rtp() {
  KernelFilterOptions options = on_ports();
  options.rtp = true;
  return options;
}
KernelFilterOptions on_any_port() { return {}; }

Frame ipv4_udp(const Frame& payload, std::uint16_t from, std::uint16_t to) {
  return ipv4(udp(payload, from, to));
}
const Frame sip = ipv4_udp(other, 40'000, sip_port);
const Frame not_sip = ipv4_udp(other, 40'000, 40'001);

Frame with_ports(Frame transport, std::uint16_t from, std::uint16_t to) {
  Frame ports;
  put16(ports, from);
  put16(ports, to);
  return put_over(std::move(transport), 0, ports);
}

/// IPv6 with `count` headers of destination options, each longer than the one before.
Frame with_extensions(unsigned count, Frame payload, std::uint8_t protocol) {
  for (unsigned i = count; i > 0; --i) {
    Frame head{protocol, static_cast<std::uint8_t>(i - 1)};
    head.resize(i * 8);
    payload = joined(head, payload);
    protocol = 60;
  }
  return ipv6(payload, protocol);
}

Frame with_tags(unsigned count, const Frame& packet, std::string_view number = "8100") {
  Frame out = joined(from_hex("0800"), packet);
  for (unsigned i = 0; i < count; ++i)
    out = joined(joined(from_hex(number), from_hex("0007")), out);
  return joined(from_hex("020000000001 020000000002"), out);
}

bool passes(const KernelFilterOptions& options, const Frame& frame,
            std::uint32_t link = link_type::ethernet) {
  return lets_through(kernel_filter(link, options), frame);
}

/// What the kernel says to the program.
bool kernel_takes(const std::vector<bpf_insn>& program) {
  const int fd = socket(AF_INET, SOCK_DGRAM, 0);
  REQUIRE(fd >= 0);
  std::vector<sock_filter> filter;
  filter.reserve(program.size());
  for (const bpf_insn& i : program) filter.push_back({i.code, i.jt, i.jf, i.k});
  const sock_fprog wanted{static_cast<unsigned short>(filter.size()), filter.data()};
  const int result = setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &wanted, sizeof wanted);
  close(fd);
  return result == 0;
}

}  // namespace

TEST_CASE("what the kernel lets through depends on ports and on what is asked for") {
  struct Row {
    const char* why;
    Frame packet;
    bool on_ports;
    bool with_rtp;
    bool on_any_port;
  };
  const auto row = GENERATE(values<Row>({
      {"to a SIP port", sip, true, true, true},
      {"from a SIP port", ipv4_udp(other, sip_port, 40'000), true, true, true},
      {"to another port", not_sip, false, false, true},
      {"RTP", ipv4_udp(rtp, 40'000, 40'002), false, true, false},
      {"RTCP", ipv4_udp(rtcp, 40'001, 40'003), true, true, true},
      {"RTCP of the lowest type", ipv4_udp(from_hex("80c0"), 1, 2), true, true, true},
      {"RTCP of the highest type", ipv4_udp(from_hex("bfdf"), 1, 2), true, true, true},
      {"a type below RTCP", ipv4_udp(from_hex("80bf"), 1, 2), false, true, false},
      {"a type above RTCP", ipv4_udp(from_hex("80e0"), 1, 2), false, true, false},
      {"one octet", ipv4_udp(from_hex("0d"), 1, 2), false, false, true},
      {"TCP", ipv4(with_ports(tcp(other), 40'000, sip_port), 6), true, true, true},
      {"TCP of another port", ipv4(with_ports(tcp(rtcp), 1, 2), 6), false, false, true},
      {"SCTP", ipv4(with_ports(tcp(other), sip_port, 40'000), 132), true, true, true},
      {"ICMP", ipv4(udp(other, sip_port, sip_port), 1), false, false, false},
      {"IPv4 with options",
       joined(from_hex("46000000 00010000 40110000 c000020a c6336414 01010101"),
              udp(other, 40'000, sip_port)),
       true, true, true},
      {"the first fragment", ipv4(udp(other, 1, 2), 17, 0x2000), true, true, true},
      {"a later fragment", ipv4(other, 17, 0x2010), true, true, true},
      {"the last fragment", ipv4(other, 17, 0x0020), true, true, true},
      {"may not be fragmented", ipv4(udp(other, 1, 2), 17, 0x4000), false, false, true},
      {"IPv6", ipv6(udp(other, 40'000, sip_port)), true, true, true},
      {"IPv6 of other ports", ipv6(udp(other, 1, 2)), false, false, true},
      {"a fragment of IPv6", ipv6(from_hex("1100 0010 00000007 00"), 44), true, true, true},
      {"ICMPv6", ipv6(udp(other, sip_port, sip_port), 58), false, false, false},
      {"neither IPv4 nor IPv6", from_hex("50000000"), false, false, false},
      {"nothing", {}, false, false, false},
  }));
  CAPTURE(row.why);
  CHECK(passes(on_ports(), ethernet(row.packet)) == row.on_ports);
  CHECK(passes(on_ports_with_rtp(), ethernet(row.packet)) == row.with_rtp);
  CHECK(passes(on_any_port(), ethernet(row.packet)) == row.on_any_port);
}

TEST_CASE("SIP is let through on every link layer, other ports are not") {
  const auto [link, head] = GENERATE(table<std::uint32_t, std::string_view>({
      {link_type::ethernet, "020000000001 020000000002 0800"},
      {link_type::linux_sll, "0000 0001 0006 0200000000020000 0800"},
      {link_type::linux_sll2, "0800 0000 00000003 0001 00 06 0200000000020000"},
      {link_type::raw, ""},
      {link_type::raw_bsd, ""},
      {link_type::raw_openbsd, ""},
      {link_type::ipv4, ""},
  }));
  CAPTURE(link);
  CHECK(passes(on_ports(), joined(from_hex(head), sip), link));
  CHECK_FALSE(passes(on_ports(), joined(from_hex(head), not_sip), link));
}

TEST_CASE("there is no filter for other link layers") {
  CHECK(kernel_filter(link_type::nflog, on_ports()).empty());
}

TEST_CASE("tags are followed, and more than three let everything through") {
  const unsigned tags = GENERATE(0U, 1U, 2U, 3U, 4U, 9U);
  const auto number = GENERATE("8100", "88a8", "9100", "9200");
  CAPTURE(tags, number);
  CHECK(passes(on_ports(), with_tags(tags, sip, number)));
  CHECK(passes(on_ports(), with_tags(tags, not_sip, number)) == (tags > 3));
}

TEST_CASE("tags of other kinds are followed") {
  const auto tag = GENERATE("8926 00000000 0800", "88e7 00000000 020000000001 020000000002 0800");
  const Frame head = joined(from_hex("020000000001 020000000002"), from_hex(tag));
  CHECK(passes(on_ports(), joined(head, sip)));
  CHECK_FALSE(passes(on_ports(), joined(head, not_sip)));
}

TEST_CASE("a tag is followed where the kernel has no link header for us") {
  const Frame head = from_hex("0000 0001 0006 0200000000020000 8100 0007 0800");
  CHECK(passes(on_ports(), joined(head, sip), link_type::linux_sll));
  CHECK_FALSE(passes(on_ports(), joined(head, not_sip), link_type::linux_sll));
}

TEST_CASE("extension headers are followed, and more than seven let everything through") {
  const unsigned count = GENERATE(0U, 1U, 2U, 7U, 8U, 20U);
  CAPTURE(count);
  CHECK(passes(on_ports(), ethernet(with_extensions(count, udp(other, 1, sip_port), 17))));
  CHECK(passes(on_ports(), ethernet(with_extensions(count, udp(other, 1, 2), 17))) == (count > 7));
}

TEST_CASE("every tunnel is let through, whatever is in it") {
  for (const TunnelRow& row : tunnel_rows) {
    CAPTURE(to_string(row.tunnel), row.number);
    const auto low = static_cast<std::uint8_t>(row.number);
    Frame type;
    put16(type, row.number);
    switch (row.key) {
      case TunnelKey::ethertype:
        CHECK(
            passes(on_ports(), joined(joined(from_hex("020000000001 020000000002"), type), other)));
        break;
      case TunnelKey::ip_protocol:
        CHECK(passes(on_ports(), ethernet(ipv4(other, low))));
        CHECK(passes(on_ports(), ethernet(ipv6(other, low))));
        break;
      case TunnelKey::gre_protocol:
        CHECK(passes(on_ports(), ethernet(ipv4(gre(0, row.number, other), 47))));
        break;
      case TunnelKey::udp_port:
        CHECK(passes(on_ports(), ethernet(ipv4_udp(rtp, 40'000, row.number))));
        CHECK(passes(on_any_port(), ethernet(ipv6(udp(rtp, row.number, 40'000)))));
        break;
    }
  }
}

TEST_CASE("Ethernet in Ethernet is let through") {
  CHECK(passes(on_ports(), ethernet(ethernet(not_sip), "6558")));
}

TEST_CASE("the kernel takes a filter for the most ports that can be configured") {
  KernelFilterOptions options = on_ports();
  const std::uint32_t step = GENERATE(2U, 3U, 250U);
  for (std::uint32_t port = 1; port <= 0xffff; port += step) {
    options.sip_ports.add(static_cast<std::uint16_t>(port), static_cast<std::uint16_t>(port));
  }
  const auto program = kernel_filter(link_type::ethernet, options);
  CHECK(program.size() <= BPF_MAXINSNS);
  CHECK(kernel_takes(program));
  CHECK(passes(options, ethernet(ipv4_udp(other, 2, static_cast<std::uint16_t>(1 + 3 * step)))));
}

TEST_CASE("the kernel takes a filter for each link layer") {
  for (const auto link :
       {link_type::ethernet, link_type::linux_sll, link_type::linux_sll2, link_type::raw}) {
    for (const auto& options : {on_ports(), on_ports_with_rtp(), on_any_port()}) {
      CHECK(kernel_takes(kernel_filter(link, options)));
    }
  }
}

TEST_CASE("libpcap can move each load of a filter for `any` to where the kernel has it") {
  for (const bpf_insn& i : kernel_filter(link_type::linux_sll2, on_ports())) {
    const bool is_load = BPF_CLASS(i.code) == BPF_LD || BPF_CLASS(i.code) == BPF_LDX;
    if (is_load && BPF_MODE(i.code) == BPF_IND) CHECK(i.k >= 20);
    if (is_load && BPF_MODE(i.code) == BPF_ABS) CHECK(i.k == 0);
  }
}

TEST_CASE("the filter says how much of a packet is captured") {
  KernelFilterOptions options = on_ports();
  options.snap_bytes = 1500;
  const auto program = kernel_filter(link_type::ethernet, options);
  CHECK(run_filter(program, ethernet(sip)) == 1500);
}

TEST_CASE("a filter is described as tcpdump does it, an instruction a line") {
  const auto program = kernel_filter(link_type::raw, on_any_port());
  const std::string said = describe(program);
  CHECK(said.starts_with("(000) ldx      #0x0\n(001) "));
  CHECK(said.ends_with("ret      #0\n"));
  CHECK(std::count(said.begin(), said.end(), '\n') == static_cast<long>(program.size()));
}
