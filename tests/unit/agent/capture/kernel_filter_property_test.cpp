// The decoder judges the filter on packets that are damaged at random.
#include <catch2/catch.hpp>

#include "agent/capture/kernel_filter.hpp"
#include "proto/net/decode.hpp"
#include "proto/net/link.hpp"
#include "proto/rtp/rtcp.hpp"
#include "tests/support/test_random.hpp"
#include "tests/support/tunnel_builder.hpp"
#include "tests/unit/agent/capture/filter_run.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

KernelFilterOptions options_of(bool any_port) {
  KernelFilterOptions options;
  options.sip_ports.add(5060, 5060);
  options.any_port = any_port;
  return options;
}

bool may_be_text(Bytes payload) { return !payload.empty() && payload.front() >> 6U != 2; }

bool must_pass(Decoded decoded, const Packet& packet, const KernelFilterOptions& options) {
  if (decoded == Decoded::ip_fragment) return true;
  if (decoded != Decoded::packet) return false;
  if (packet.tunnels != 0) return true;
  const bool is_udp = packet.ip_protocol == ip_protocol_udp;
  if (is_udp && looks_like_rtcp(packet.payload)) return true;
  if (options.any_port) return !is_udp || may_be_text(packet.payload);
  return options.sip_ports.contains_either(packet.source_port, packet.destination_port);
}

std::vector<Frame> whole_frames() {
  const Frame message = text("OPTIONS sip:a SIP/2.0\r\n");
  const Frame inner = ipv4(udp(message));
  const Frame behind_options = joined(from_hex("1101000000000000 0000000000000000"), udp(message));
  return {ethernet(inner),
          ethernet(ipv4(tcp(message), 6)),
          ethernet(ipv4(udp(from_hex("80c90001 00000003"), 7000, 7001))),
          ethernet(ipv6(udp(message)), "86dd"),
          ethernet(ipv6(behind_options, 60), "86dd"),
          ethernet(ipv6(joined(from_hex("1100000000000007"), udp(message)), 44), "86dd"),
          with_tag(7, inner),
          with_tag(7, joined(from_hex("00080800"), inner), "8100"),
          ethernet(in_udp(4789, vxlan(ethernet(inner)))),
          ethernet(outer_ipv4(gre(0, 0x0800, inner), 47)),
          ethernet(mpls(2, inner), "8847"),
          ethernet(ipv4(ah(17, udp(message)), 51))};
}

Frame damaged(Frame frame, std::mt19937_64& random) {
  constexpr std::size_t headers = 70;
  for (std::size_t i = below(random, 3); i > 0; --i) {
    auto& octet = frame[below(random, std::min(frame.size(), headers))];
    octet = static_cast<std::uint8_t>(below(random, 2) == 0 ? random()
                                                            : octet ^ (1U << below(random, 8)));
  }
  if (below(random, 4) == 0) frame.resize(1 + below(random, frame.size()));
  return frame;
}

}  // namespace

TEST_CASE("what the decoder finds in a damaged packet passes the filter") {
  const auto options = options_of(GENERATE(true, false));
  const auto filter = kernel_filter(link_type::ethernet, options);
  auto random = test_random();
  std::size_t must = 0;
  std::size_t kept_away = 0;
  for (const Frame& whole : whole_frames()) {
    Decoder decoder({.max_bytes = 1 << 16, .max_datagrams = 8});
    for (int round = 0; round < 20'000; ++round) {
      const Frame frame = damaged(whole, random);
      Packet packet;
      const Decoded decoded = decoder.decode(link_type::ethernet, frame, 0, packet);
      const bool passes = lets_through(filter, frame);
      if (!passes) ++kept_away;
      if (!must_pass(decoded, packet, options)) continue;
      ++must;
      if (!passes) FAIL(to_string(decoded) << " of " << Catch::rangeToString(frame));
    }
  }
  CHECK(must > 10'000);
  CHECK(kept_away > 10'000);
}
