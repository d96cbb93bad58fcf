#include "agent/capture/filter_ports.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <utility>

#include "tests/support/test_random.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

std::vector<bpf_insn> search_of(const PortBounds& bounds) {
  BpfAssembler out;
  const auto found = out.label();
  out.add(BPF_LD | BPF_H | BPF_ABS, 0);
  find_port(out, bounds, found);
  out.add(BPF_RET | BPF_K, 0);
  out.place(found);
  out.add(BPF_RET | BPF_K, 1);
  return out.assemble();
}

bool finds(const std::vector<bpf_insn>& search, std::uint16_t port) {
  const std::array<std::uint8_t, 2> packet{static_cast<std::uint8_t>(port >> 8U),
                                           static_cast<std::uint8_t>(port)};
  return bpf_filter(search.data(), packet.data(), 2, 2) != 0;
}

std::size_t wrong_answers(const PortSet& ports, const std::vector<bpf_insn>& search) {
  REQUIRE(bpf_validate(search.data(), static_cast<int>(search.size())) != 0);
  std::size_t wrong = 0;
  for (std::uint32_t port = 0; port <= 0xffff; ++port) {
    const auto number = static_cast<std::uint16_t>(port);
    if (finds(search, number) != ports.contains(number)) ++wrong;
  }
  return wrong;
}

PortSet port_set(std::initializer_list<std::pair<std::uint16_t, std::uint16_t>> ranges) {
  PortSet ports;
  for (const auto& [first, last] : ranges) ports.add(first, last);
  return ports;
}

}  // namespace

TEST_CASE("each port of a set is found, and no other") {
  const auto ports = GENERATE(
      port_set({}), port_set({{5060, 5060}}), port_set({{5060, 5091}}), port_set({{0, 0}}),
      port_set({{65'535, 65'535}}), port_set({{0, 65'535}}), port_set({{1, 9}, {11, 65'535}}),
      port_set({{5060, 5061}, {5080, 5080}, {7000, 7999}, {40'000, 40'001}}));
  CHECK(wrong_answers(ports, search_of(port_bounds(ports, 256))) == 0);
}

TEST_CASE("any ports are found") {
  auto random = test_random();
  for (int round = 0; round < 20; ++round) {
    PortSet ports;
    const std::size_t count = 1 + below(random, 250);
    for (std::size_t i = 0; i < count; ++i) {
      const auto first = static_cast<std::uint16_t>(below(random, 65'536));
      const std::size_t last = std::min<std::size_t>(first + below(random, 300), 65'535);
      ports.add(first, static_cast<std::uint16_t>(last));
    }
    CHECK(wrong_answers(ports, search_of(port_bounds(ports, 256))) == 0);
  }
}

TEST_CASE("ranges that overlap or touch are one") {
  CHECK(port_bounds(port_set({{5070, 5080}, {5060, 5069}, {5065, 5091}}), 256) ==
        PortBounds{5060, 5092});
}

TEST_CASE("too many ranges lose their smallest gaps") {
  const auto ports = port_set({{10, 10}, {12, 12}, {20, 20}, {24, 24}, {100, 100}});
  CHECK(port_bounds(ports, 5) == PortBounds{10, 11, 12, 13, 20, 21, 24, 25, 100, 101});
  CHECK(port_bounds(ports, 4) == PortBounds{10, 13, 20, 21, 24, 25, 100, 101});
  CHECK(port_bounds(ports, 2) == PortBounds{10, 25, 100, 101});
  CHECK(port_bounds(ports, 1) == PortBounds{10, 101});
}

TEST_CASE("of gaps that are the same, all are lost or none") {
  const auto ports = port_set({{10, 10}, {12, 12}, {14, 14}, {100, 100}});
  CHECK(port_bounds(ports, 3) == PortBounds{10, 15, 100, 101});
}
