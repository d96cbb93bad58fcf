#include "agent/pipeline/srtcp_sources.hpp"

#include <catch2/catch.hpp>
#include <vector>

#include "proto/rtp/rtcp.hpp"
#include "tests/support/allocation_counter.hpp"
#include "tests/support/hex.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

constexpr std::int64_t second = 1'000'000;
const std::string plain = "80c90001 55667788";

/// A receiver report whose block is encrypted, or looks so.
std::string encrypted(unsigned index, const std::string& ssrc = "55667788") {
  const std::string digits{"0123456789abcdef"};
  std::string hex = "81c90007" + ssrc + std::string(48, '7') + "800000";
  hex += {digits.at(index / 16), digits.at(index % 16)};
  return hex + "3c47e646aec87fd8c625";
}

class Listener : public MediaObserver {
 public:
  void on_stream(const StreamReport&) noexcept override {}
  void on_event(const MediaEventReport&) noexcept override {}
  void on_reception(const ReceptionReport&) noexcept override {}
  void on_phone_report(const PhoneReport&) noexcept override {}
  void on_srtcp(const SrtcpReport& report) noexcept override { heard.push_back(report); }

  std::vector<SrtcpReport> heard;
};

/// A call of which the SDP may say that it is encrypted.
struct Talk {
  explicit Talk(bool is_srtp = true, bool is_srtcp = true) {
    match.sender = MediaParty::callee;
    match.call_hash = 7;
    match.is_srtp = is_srtp;
    match.is_srtcp = is_srtcp;
    listener.heard.reserve(100);
  }

  std::string_view say(const std::string& hex, std::int64_t time_us = 0) {
    bytes = from_hex(hex);
    Packet packet;
    packet.payload = bytes;
    packet.source_port = port;
    return to_string(sources.take(packet, bool{count_rtcp(packet.payload)}, match, time_us).kind);
  }

  MediaMatch match;
  std::uint16_t port = 4001;
  Listener listener;
  SrtcpSources sources{&listener, 4};
  std::vector<std::uint8_t> bytes;
};

}  // namespace

TEST_CASE("what SDP says of RTCP is what a source is judged by") {
  CHECK(Talk(true, true).say(encrypted(1)) == "encrypted");
  CHECK(Talk(true, true).say(plain) == "encrypted");
  CHECK(Talk(true, false).say(encrypted(1)) == "encrypted");
  CHECK(Talk(true, false).say(plain) == "clear");
  CHECK(Talk(false, false).say(encrypted(1)) == "unproven");
  CHECK(Talk(false, false).say(plain) == "clear");
  Talk stranger;
  stranger.match.miss = MediaMiss::unknown_address;
  CHECK(stranger.say(encrypted(1)) == "unproven");
  CHECK(stranger.say(encrypted(2)) == "encrypted");
  CHECK(stranger.listener.heard.empty());
  CHECK(Talk().say("8001") == "unproven");
}

TEST_CASE("each datagram of SRTCP is told, with what was lost before it") {
  Talk talk;
  talk.say(encrypted(1));
  talk.say(encrypted(4), second);
  REQUIRE(talk.listener.heard.size() == 2);
  CHECK(talk.listener.heard[0].lost == 0);
  const SrtcpReport& one = talk.listener.heard[1];
  CHECK(one.owner.call_hash == 7);
  CHECK(one.owner.sender == MediaParty::callee);
  CHECK(one.flow.source_port == 4001);
  CHECK(one.ssrc == 0x55667788);
  CHECK(one.time_us == second);
  CHECK(one.packets == 1);
  CHECK(one.lost == 2);
  CHECK(one.index == 4U);
  CHECK(one.is_encrypted);
}

TEST_CASE("what proves nothing is told when its successor proves it") {
  Talk talk(false, false);
  CHECK(talk.say(encrypted(1)) == "unproven");
  CHECK(talk.listener.heard.empty());
  CHECK(talk.say(encrypted(2)) == "encrypted");
  REQUIRE(talk.listener.heard.size() == 1);
  CHECK(talk.listener.heard[0].packets == 2);
}

TEST_CASE("sources do not disturb each other's proof, on one port or on two") {
  Talk talk(false, false);
  talk.say(encrypted(1));
  CHECK(talk.say(encrypted(2, "11223344")) == "unproven");
  talk.port = 4003;
  CHECK(talk.say(encrypted(2)) == "unproven");
  talk.port = 4001;
  CHECK(talk.say(encrypted(2)) == "encrypted");
  CHECK(talk.sources.use().entries == 3);
}

TEST_CASE("another call on the same ports, and one long after, prove anew") {
  Talk talk(false, false);
  talk.say(encrypted(1));
  talk.match.call_hash = 8;
  CHECK(talk.say(encrypted(2)) == "unproven");
  CHECK(talk.say(encrypted(3), SrtcpSources::max_idle_us + 1) == "unproven");
  CHECK(talk.say(encrypted(4), SrtcpSources::max_idle_us + 2) == "encrypted");
}

TEST_CASE("plain RTCP needs no place in the table, and SRTCP allocates nothing") {
  Talk talk(false, false);
  talk.say(plain);
  CHECK(talk.sources.use().entries == 0);
  const auto bytes = from_hex(encrypted(1));
  Packet packet;
  packet.payload = bytes;
  const AllocationCounter counter;
  for (std::uint16_t port = 0; port < 10; ++port) {
    packet.source_port = port;
    static_cast<void>(talk.sources.take(packet, false, talk.match, port * second));
  }
  CHECK(counter.count() == 0);
  CHECK(talk.sources.use().entries == 4);
}
