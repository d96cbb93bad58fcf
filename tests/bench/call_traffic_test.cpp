#include "tests/bench/call_traffic.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <string>

#include "proto/net/decode.hpp"
#include "proto/sip/message.hpp"
#include "tests/bench/internet_sum.hpp"

using namespace heptap;
using heptap::bench::CallTraffic;

TEST_CASE("frames decode to UDP between the SIP ports, with right checksums") {
  CallTraffic traffic;
  for (int i = 0; i < 2000; ++i) {
    const RawFrame frame = traffic.next();
    Packet packet;
    REQUIRE(Decoder().decode(frame.link_type, frame.bytes, 0, packet) == Decoded::packet);
    CHECK(packet.source_port == 5060);
    CHECK(packet.destination_port == 5060);
    CHECK(packet.payload.size() == frame.bytes.size() - bench::frame_head_bytes);
    CHECK(bench::is_header_right(frame.bytes));
    CHECK(bench::is_transport_right(frame.bytes, frame.bytes.subspan(34)));
  }
}

TEST_CASE("time never steps back, and each call's messages come in their order") {
  CallTraffic traffic;
  SipView sip;
  std::map<std::string, unsigned> next_step;
  std::int64_t last_ns = 0;
  for (int i = 0; i < 20'000; ++i) {
    const RawFrame frame = traffic.next();
    CHECK(frame.time_ns >= last_ns);
    last_ns = frame.time_ns;
    REQUIRE(parse_sip(frame.bytes.subspan(bench::frame_head_bytes), sip) == Errc::none);
    const unsigned step = next_step[std::string(sip.call_id())]++;
    REQUIRE(step < bench::messages_per_call);
    CHECK(sip.is_request() == bench::from_caller(static_cast<bench::Step>(step)));
  }
  CHECK(next_step.size() > 2500);  // about a thousand of them are not over yet
}

TEST_CASE("the traffic of one seed is always the same") {
  CallTraffic one;
  CallTraffic other;
  for (int i = 0; i < 1000; ++i) {
    const RawFrame left = one.next();
    const RawFrame right = other.next();
    REQUIRE(left.time_ns == right.time_ns);
    REQUIRE(
        std::equal(left.bytes.begin(), left.bytes.end(), right.bytes.begin(), right.bytes.end()));
  }
}
