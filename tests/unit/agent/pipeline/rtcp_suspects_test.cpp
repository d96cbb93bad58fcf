#include "agent/pipeline/rtcp_suspects.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "tests/support/allocation_counter.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

constexpr std::uint64_t call = 7;

FlowKey port(std::uint16_t number) {
  FlowKey key;
  key.source_port = number;
  return key;
}

/// "+" is plausible, "-" is not; gives "s", "i" or "?" for sound, implausible and suspect.
std::string judged(const std::string& row) {
  RtcpSuspects suspects(4);
  std::string out;
  for (const char one : row) {
    const RtcpTrust trust = suspects.judge(port(1), call, one == '+', 0);
    out += trust == RtcpTrust::sound ? 's' : trust == RtcpTrust::implausible ? 'i' : '?';
  }
  return out;
}

}  // namespace

TEST_CASE("two in a row that are not plausible make a port suspect, until five in a row are") {
  CHECK(judged("+++") == "sss");
  CHECK(judged("+-+-+") == "sisis");
  CHECK(judged("+--+-+") == "sii???");
  CHECK(judged("--++++-++++++-+") == "ii?????????ssis");
  CHECK(judged("--+++++--+") == "ii????sii?");
}

TEST_CASE("one port is not suspect for another, nor for the next call, nor for ever") {
  RtcpSuspects suspects(4);
  for (int i = 0; i < 2; ++i) static_cast<void>(suspects.judge(port(1), call, false, 0));
  REQUIRE(suspects.judge(port(1), call, true, 0) == RtcpTrust::suspect);
  CHECK(suspects.judge(port(2), call, true, 0) == RtcpTrust::sound);
  constexpr std::int64_t late_us = RtcpSuspects::max_idle_us + 1;
  SECTION("the next call") { CHECK(suspects.judge(port(1), 8, true, 0) == RtcpTrust::sound); }
  SECTION("later") { CHECK(suspects.judge(port(1), call, true, late_us) == RtcpTrust::sound); }
}

TEST_CASE("only ports that were implausible are kept, and nothing is allocated") {
  RtcpSuspects suspects(4);
  const AllocationCounter counter;
  for (std::uint16_t i = 0; i < 100; ++i) {
    static_cast<void>(suspects.judge(port(i), call, true, 0));
  }
  const std::size_t sound = suspects.use().entries;
  for (std::uint16_t i = 0; i < 100; ++i) {
    static_cast<void>(suspects.judge(port(i), call, false, 0));
  }
  CHECK(counter.count() == 0);
  CHECK(sound == 0);
  CHECK(suspects.use().entries == 4);
}
