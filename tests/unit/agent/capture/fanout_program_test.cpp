#include "agent/capture/fanout_program.hpp"

#include <linux/filter.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "proto/net/tunnel.hpp"
#include "tests/support/fragment_builder.hpp"
#include "tests/unit/agent/capture/filter_run.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

constexpr std::uint32_t many = 0x10000;  // so that two numbers are hardly the same by chance
const Frame message = text("OPTIONS sip:a SIP/2.0");

unsigned number_of(const Frame& frame, std::uint32_t members = many) {
  const auto program = fanout_program(FanoutView::ethernet, members);
  REQUIRE(bpf_validate(program.data(), static_cast<int>(program.size())) != 0);
  return run_filter(program, frame);
}

Frame on_wire(const Frame& packet) {
  return ethernet(packet, packet.front() >> 4U == 6 ? "86dd" : "0800");
}
unsigned number_of_packet(const Frame& packet) { return number_of(on_wire(packet)); }

Frame swapped(Frame in, std::size_t a, std::size_t b, std::size_t size) {
  const auto at = [&](std::size_t offset) { return in.begin() + static_cast<long>(offset); };
  std::swap_ranges(at(a), at(a + size), at(b));
  return in;
}
Frame answer_to_v4(const Frame& packet) { return swapped(swapped(packet, 12, 16, 4), 20, 22, 2); }
Frame answer_to_v6(const Frame& packet) { return swapped(swapped(packet, 8, 24, 16), 40, 42, 2); }

Frame with_ports(Frame transport, std::uint16_t from, std::uint16_t to) {
  Frame ports;
  put16(ports, from);
  put16(ports, to);
  return put_over(std::move(transport), 0, ports);
}

Frame between(std::uint16_t from, std::uint16_t to, std::uint8_t protocol = 17) {
  return ipv4(with_ports(protocol == 17 ? udp(message) : tcp(message), from, to), protocol);
}
Frame between_v6(std::uint16_t from, std::uint16_t to, std::uint8_t protocol = 17) {
  return ipv6(with_ports(protocol == 17 ? udp(message) : tcp(message), from, to), protocol);
}

unsigned number_of_addresses(const Frame& packet) {
  constexpr std::uint8_t of_no_protocol_with_ports = 1;
  return number_of_packet(
      put_over(packet, packet.front() >> 4U == 6 ? 6 : 9, {of_no_protocol_with_ports}));
}

Frame behind_tags(const std::vector<std::string_view>& tags, const Frame& packet) {
  Frame out = from_hex("020000000001 020000000002");
  for (const auto tag : tags) out = joined(out, from_hex(tag));
  return joined(joined(out, from_hex(packet.front() >> 4U == 6 ? "86dd" : "0800")), packet);
}

/// Each member's part of all frames that the program shares.
std::vector<double> shares(const std::vector<Frame>& frames, std::uint32_t members) {
  std::vector<double> out(members);
  for (const Frame& frame : frames) {
    out.at(number_of(frame, members)) += 1.0 / static_cast<double>(frames.size());
  }
  return out;
}

}  // namespace

TEST_CASE("both directions of a connection get the same number, another connection another") {
  const std::uint8_t protocol = GENERATE(std::uint8_t{6}, std::uint8_t{17}, std::uint8_t{132});
  CAPTURE(int{protocol});
  const Frame v4 = between(5060, 40'000, protocol);
  CHECK(number_of_packet(v4) == number_of_packet(answer_to_v4(v4)));
  CHECK(number_of_packet(v4) != number_of_packet(between(5060, 40'001, protocol)));
  CHECK(number_of_packet(v4) != number_of_addresses(v4));
  const Frame v6 = between_v6(5060, 40'000, protocol);
  CHECK(number_of_packet(v6) == number_of_packet(answer_to_v6(v6)));
  CHECK(number_of_packet(v6) != number_of_packet(between_v6(5060, 40'001, protocol)));
  CHECK(number_of_packet(v6) != number_of_addresses(v6));
}

TEST_CASE("every octet of an address counts, in either direction") {
  const Frame v4 = between(5060, 40'000);
  std::set<unsigned> numbers{number_of_packet(v4)};
  for (std::size_t at = 12; at < 20; ++at) {
    const Frame other = put_over(v4, at, {0x77});
    CHECK(numbers.insert(number_of_packet(other)).second);
    CHECK(number_of_packet(other) == number_of_packet(answer_to_v4(other)));
  }
  const Frame v6 = between_v6(5060, 40'000);
  for (std::size_t at = 8; at < 40; ++at) {
    const Frame other = put_over(v6, at, {static_cast<std::uint8_t>(at)});
    CHECK(numbers.insert(number_of_packet(other)).second);
    CHECK(number_of_packet(other) == number_of_packet(answer_to_v6(other)));
  }
}

TEST_CASE("ports are found behind the options of IPv4") {
  const Frame head = from_hex("46000000 00010000 40110000 c000020a c6336414 01010101");
  CHECK(number_of_packet(joined(head, with_ports(udp(message), 5060, 40'000))) ==
        number_of_packet(between(5060, 40'000)));
}

TEST_CASE("a packet that may not be fragmented has its ports counted") {
  CHECK(number_of_packet(ipv4(with_ports(udp(message), 1, 2), 17, 0x4000)) ==
        number_of_packet(between(1, 2)));
}

TEST_CASE("all fragments get the number of their addresses") {
  auto random = test_random();
  for (const Frame& whole : {between(5060, 40'000), between_v6(5060, 40'000)}) {
    for (const Frame& part : fragments_of(whole, 16, 7, random)) {
      CHECK(number_of_packet(part) == number_of_addresses(whole));
    }
  }
}

TEST_CASE("UDP of a tunnel's port gets the number of its addresses") {
  for (const TunnelRow& row : tunnel_rows) {
    if (row.key != TunnelKey::udp_port) continue;
    CAPTURE(row.number);
    for (const Frame& packet : {between(50'000, row.number), between(row.number, 50'000),
                                between_v6(50'000, row.number), between_v6(row.number, 50'000)}) {
      CHECK(number_of_packet(packet) == number_of_addresses(packet));
    }
    const Frame no_tunnel = between(50'000, row.number, 6);
    CHECK(number_of_packet(no_tunnel) != number_of_addresses(no_tunnel));
  }
}

TEST_CASE("other protocols and extension headers get the number of their addresses") {
  for (const unsigned number : {1U, 4U, 41U, 47U, 50U, 51U, 58U, 137U, 0U, 43U, 60U}) {
    CAPTURE(number);
    const auto protocol = static_cast<std::uint8_t>(number);
    for (const auto port : {std::uint16_t{1}, std::uint16_t{2}}) {
      const Frame v4 = ipv4(with_ports(udp(message), port, 5060), protocol);
      CHECK(number_of_packet(v4) == number_of_addresses(v4));
      const Frame v6 = ipv6(with_ports(udp(message), port, 5060), protocol);
      CHECK(number_of_packet(v6) == number_of_addresses(v6));
    }
  }
}

TEST_CASE("tags and PPPoE are stepped over") {
  const auto tags = GENERATE(
      values<std::vector<std::string_view>>({{"8100 0007"},
                                             {"88a8 4007", "8100 6008"},
                                             {"9100 0007", "9200 0008", "8100 0009"},
                                             {"8926 00000000", "8100 0008"},
                                             {"88e7 00000000 020000000001 020000000002"}}));
  CAPTURE(tags);
  for (const Frame& packet : {between(5060, 40'000), between_v6(5060, 40'000)}) {
    CHECK(number_of(behind_tags(tags, packet)) == number_of_packet(packet));
    const Frame session =
        pppoe(joined(from_hex(packet.front() >> 4U == 6 ? "0057" : "0021"), packet));
    Frame frame = from_hex("020000000001 020000000002");
    for (const auto tag : tags) frame = joined(frame, from_hex(tag));
    CHECK(number_of(joined(joined(frame, from_hex("8864")), session)) == number_of_packet(packet));
  }
}

TEST_CASE("what is not followed gets 0") {
  const Frame packet = between(5060, 40'000);
  const std::string_view tag = "8100 0007";
  CHECK(number_of(behind_tags({tag, tag, tag, tag}, packet)) == 0);
  CHECK(number_of(ethernet(mpls(1, packet), "8847")) == 0);
  CHECK(number_of(ethernet(pppoe(joined(from_hex("c021"), packet)), "8864")) == 0);
  CHECK(number_of(ethernet(packet, "0806")) == 0);
  CHECK(number_of(ethernet(from_hex("50000000"))) == 0);
}

TEST_CASE("a frame that is cut within its headers gets 0") {
  for (const Frame& frame : {on_wire(between(5060, 40'000)), on_wire(between_v6(5060, 40'000)),
                             behind_tags({"8100 0007", "8100 0008"}, between(5060, 40'000))}) {
    const std::size_t headers = frame.size() - message.size() - 4;
    for (std::size_t size = 0; size < headers; ++size) {
      CAPTURE(size);
      CHECK(number_of({frame.begin(), frame.begin() + static_cast<long>(size)}) == 0);
    }
    CHECK(number_of({frame.begin(), frame.begin() + static_cast<long>(headers)}) ==
          number_of(frame));
  }
}

TEST_CASE("connections are shared evenly") {
  const std::uint32_t members = GENERATE(1U, 2U, 3U, 4U, 7U, 8U);
  CAPTURE(members);
  std::vector<Frame> clients;   // of one server, each with an address of its own
  std::vector<Frame> streams;   // between two hosts, on even ports
  std::vector<Frame> together;  // address and port count up together
  for (std::size_t i = 0; i < 2000; ++i) {
    const Frame low{static_cast<std::uint8_t>(i / 250), static_cast<std::uint8_t>(i % 250)};
    const auto port = static_cast<std::uint16_t>(10'000 + i);
    clients.push_back(on_wire(put_over(between(5060, 5060), 14, low)));
    streams.push_back(on_wire(between(static_cast<std::uint16_t>(20'000 + 2 * i), 30'000)));
    together.push_back(on_wire(put_over(between(port, 5060), 14, low)));
  }
  for (const auto& frames : {clients, streams, together}) {
    const std::vector<double> parts = shares(frames, members);
    CHECK(*std::min_element(parts.begin(), parts.end()) > 0.8 / members);
    CHECK(*std::max_element(parts.begin(), parts.end()) < 1.2 / members);
  }
}

TEST_CASE("the kernel takes the program") {
  const auto program = fanout_program(FanoutView::kernel, 4);
  std::vector<sock_filter> filter;
  filter.reserve(program.size());
  for (const bpf_insn& i : program) filter.push_back({i.code, i.jt, i.jf, i.k});
  const sock_fprog wanted{static_cast<unsigned short>(filter.size()), filter.data()};
  const int fd = socket(AF_INET, SOCK_DGRAM, 0);
  REQUIRE(fd >= 0);
  CHECK(setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &wanted, sizeof wanted) == 0);
  close(fd);
}
