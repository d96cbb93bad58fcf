#include "proto/hep/encode.hpp"

#include <catch2/catch.hpp>

#include "proto/hep/decode.hpp"
#include "tests/support/allocation_counter.hpp"
#include "tests/support/hep_vectors.hpp"
#include "tests/support/hex.hpp"

using namespace heptap;
using namespace heptap::hep;
using heptap::test::from_hex;

namespace {

const IpAddress a4 = IpAddress::from(std::vector<std::uint8_t>{192, 0, 2, 10});
const IpAddress b4 = IpAddress::from(std::vector<std::uint8_t>{198, 51, 100, 20});
const IpAddress a6 = IpAddress::from(from_hex("20010db8000000000000000000000001"));
const IpAddress b6 = IpAddress::from(from_hex("20010db8000000000000000000000002"));

Message sip(std::string_view payload, std::size_t keep_bytes = 0) {
  return {.source = a4,
          .destination = b4,
          .source_port = 5060,
          .destination_port = 5080,
          .ip_protocol = 17,
          .time_us = 1'700'000'000'123'456,
          .type = PayloadType::sip,
          .payload = as_bytes(payload),
          .keep_bytes = keep_bytes};
}

std::vector<std::uint8_t> encoded(const Encoder& encoder, const Message& m) {
  std::vector<std::uint8_t> out(encoder.bound_bytes(m));
  const auto done = encoder.encode(m, out);
  REQUIRE(done);
  out.resize(done->size_bytes);
  return out;
}

}  // namespace

TEST_CASE("encoding gives the frames that collectors are known to take") {
  CHECK(encoded(Encoder{{.node_id = 2001}}, sip("OPTIONS sip:a@b SIP/2.0\r\n\r\n")) ==
        from_hex(test::hep_v1_hex));

  const Message v3{.source = a6,
                   .destination = b6,
                   .source_port = 40001,
                   .destination_port = 50001,
                   .ip_protocol = 17,
                   .time_us = 1'700'000'000'999'999,
                   .type = PayloadType::rtcp_json,
                   .payload = as_bytes("{}"),
                   .keep_bytes = 2,
                   .correlation_id = "c@h"};
  CHECK(encoded(Encoder{{.node_id = 1}}, v3) == from_hex(test::hep_v3_hex));
}

TEST_CASE("encoding writes every optional chunk, in the order that collectors need") {
  Message m = sip("x");
  m.destination_port = 5060;
  m.ip_protocol = 6;
  m.time_us = 1'700'000'000'000'001;
  m.type = PayloadType::rtcp_json;
  m.correlation_id = "call-1@h";
  m.vlan_id = 100;
  m.tcp_flags = 0x18;
  m.ip_tos = 0xb8;
  m.mos = 431;
  const auto ours =
      encoded(Encoder{{.node_id = 2001, .node_name = "edge-1", .auth_key = "myhep"}}, m);

  // The known vector has the MOS chunk in front of TCP flags and TOS, we have it behind them.
  auto want = from_hex(test::hep_v2_hex);
  const auto mos = from_hex("00000020000801af");
  const auto flags_and_tos = from_hex("00000017000718000000180007b8");
  const auto at = std::search(want.begin(), want.end(), mos.begin(), mos.end());
  REQUIRE(at != want.end());
  std::copy(mos.begin(), mos.end(), std::copy(flags_and_tos.begin(), flags_and_tos.end(), at));
  CHECK(ours == want);
}

TEST_CASE("a plan marks a frame with a node suffix and a group") {
  Message m = sip("x");
  m.marks = {.node_suffix = "-lab", .group_id = "core"};
  const auto frame = encoded(Encoder{{.node_name = "edge"}}, m);
  HepView view;
  REQUIRE(decode(frame, view) == Fault::none);
  CHECK(view.node_name == "edge-lab");
  CHECK(view.group_id == "core");
}

TEST_CASE("the overhead of a frame is 99 bytes over IPv4 and 123 over IPv6") {
  const Encoder encoder{{.node_id = 7}};
  CHECK(encoded(encoder, sip("12345")).size() == 99 + 5);
  Message m{.source = a6,
            .destination = b6,
            .source_port = 1,
            .destination_port = 2,
            .ip_protocol = 17,
            .time_us = 0,
            .type = PayloadType::sip,
            .payload = as_bytes("12345"),
            .keep_bytes = 0};
  CHECK(encoded(encoder, m).size() == 123 + 5);
}

TEST_CASE("a payload that does not fit loses its end, never its head") {
  const Encoder encoder{{.node_id = 7}};
  const auto room = max_frame_bytes - 99;
  const std::string fits(room, 'x');
  const std::string too_long(room + 1, 'x');
  std::vector<std::uint8_t> out(70000);

  auto done = encoder.encode(sip(fits), out);
  REQUIRE(done);
  CHECK(done->size_bytes == max_frame_bytes);
  CHECK_FALSE(done->cut);

  done = encoder.encode(sip(too_long, room), out);
  REQUIRE(done);
  CHECK(done->size_bytes == max_frame_bytes);
  CHECK(done->cut);
  CHECK(encoder.bound_bytes(sip(too_long)) == max_frame_bytes);

  CHECK(encoder.encode(sip(too_long, room + 1), out).error() == Errc::over_limit);
}

TEST_CASE("a frame that collectors would drop is not made") {
  const Encoder encoder{{}};
  std::vector<std::uint8_t> out(1000);
  Message m = sip("{}");
  m.type = PayloadType::rtcp_json;
  CHECK(encoder.encode(m, out).error() == Errc::malformed);  // no correlation id
  m.correlation_id = "\x01\"";
  CHECK(encoder.encode(m, out).error() == Errc::malformed);  // nothing left of it
  m.correlation_id = "id";
  CHECK(encoder.encode(m, out).ok());
  m.payload = {};
  CHECK(encoder.encode(m, out).error() == Errc::malformed);
  CHECK(encoder.encode(sip("x"), std::span{out}.first(99)).error() == Errc::over_limit);
}

TEST_CASE("identity and correlation id are sanitised") {
  const Encoder encoder{{.node_id = 1, .node_name = "ed\"ge", .auth_key = "my\\hep"}};
  Message m = sip("x");
  m.correlation_id = "a\"b\xff@h";
  const auto frame = encoded(encoder, m);
  HepView view;
  REQUIRE(decode(frame, view) == Fault::none);
  CHECK(view.node_name == "edge");
  CHECK(view.auth_key == "myhep");
  CHECK(view.correlation_id == "ab@h");
}

TEST_CASE("times outside 32 bit seconds are clamped, microseconds stay below a million") {
  struct Row {
    std::int64_t time_us;
    std::uint32_t seconds, micros;
  };
  const auto row = GENERATE(values<Row>({{-1, 0, 0},
                                         {0, 0, 0},
                                         {999'999, 0, 999'999},
                                         {4'294'967'295'000'007, 4'294'967'295, 7},
                                         {4'294'967'296'000'000, 4'294'967'295, 999'999}}));
  Message m = sip("x");
  m.time_us = row.time_us;
  const auto frame = encoded(Encoder{{}}, m);
  HepView view;
  REQUIRE(decode(frame, view) == Fault::none);
  CHECK(view.time_seconds == row.seconds);
  CHECK(view.time_micros == row.micros);
}

TEST_CASE("encoding allocates nothing") {
  const Encoder encoder{{.node_id = 7, .node_name = "edge-1"}};
  std::vector<std::uint8_t> out(2000);
  const Message m = sip("OPTIONS sip:a@b SIP/2.0\r\n\r\n");
  const test::AllocationCounter counter;
  bool ok = true;
  for (int i = 0; i < 100; ++i) ok = ok && encoder.encode(m, out).ok();
  CHECK(counter.count() == 0);
  CHECK(ok);
}
