#include "proto/hep/decode.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "proto/hep/chunk.hpp"
#include "tests/support/hep_frames.hpp"
#include "tests/support/hep_vectors.hpp"
#include "tests/support/hex.hpp"

using namespace heptap;
using namespace heptap::hep;
using heptap::test::frame_of;
using heptap::test::from_hex;

namespace {

using Frame = std::vector<std::uint8_t>;

const std::string addresses = "00000001000702 00000003000ac000020a 00000004000ac6336414";
const std::string time_chunks = "00000009000a6553f100 0000000a000a0001e240";
const std::string type = "0000000b000701";
const std::string payload = "0000000f000778";

Fault fault_of(const Frame& frame) {
  HepView view;
  return decode(frame, view);
}

}  // namespace

TEST_CASE("known frames decode to what they say") {
  HepView v;
  const Frame v1 = from_hex(test::hep_v1_hex);
  REQUIRE(decode(v1, v) == Fault::none);
  CHECK(to_string(v.source, v.source_port) == "192.0.2.10:5060");
  CHECK(to_string(v.destination, v.destination_port) == "198.51.100.20:5080");
  CHECK(v.ip_protocol == 17);
  CHECK(v.time_us() == 1'700'000'000'123'456);
  CHECK(v.payload_type == 1);
  CHECK(v.node_id == 2001);
  CHECK(as_text(v.payload) == "OPTIONS sip:a@b SIP/2.0\r\n\r\n");
  CHECK(v.node_name.empty());
  CHECK_FALSE(v.vlan_id);

  const Frame v2 = from_hex(test::hep_v2_hex);
  REQUIRE(decode(v2, v) == Fault::none);
  CHECK(v.ip_protocol == 6);
  CHECK(v.payload_type == 5);
  CHECK(v.auth_key == "myhep");
  CHECK(v.correlation_id == "call-1@h");
  CHECK(v.vlan_id == 100);
  CHECK(v.node_name == "edge-1");
  CHECK(v.mos == 431);
  CHECK(v.tcp_flags == 0x18);
  CHECK(v.ip_tos == 0xb8);
  CHECK(as_text(v.payload) == "x");

  const Frame v3 = from_hex(test::hep_v3_hex);
  REQUIRE(decode(v3, v) == Fault::none);
  CHECK(to_string(v.source, v.source_port) == "[2001:db8::1]:40001");
  CHECK(to_string(v.destination, v.destination_port) == "[2001:db8::2]:50001");
  CHECK(v.time_micros == 999'999);
  CHECK(v.correlation_id == "c@h");
}

TEST_CASE("the rarer chunks of the specification decode, too") {
  const Frame frame = frame_of(addresses + time_chunks + type +
                               "0000000d0008003c"              // keep-alive
                               "0000001000077a"                // compressed payload
                               "00000014000e0000001122334455"  // source MAC
                               "00000015000e00000066778899aa"  // destination MAC
                               "0000001600080800"              // EtherType
                               "000000210008005d"              // R-factor
                               "0000002200086765"              // geo location
                               "00000023000a00000012"          // jitter
                               "00000024000a63616c6c"          // transaction type
                               "0000002500076b"                // JSON keys
                               "00000026000774"                // tag values
                               "0000002700080003"              // tag type
                               "0000002800080002"              // event type
                               "00000029000767" +              // group id
                               payload);
  HepView v;
  REQUIRE(decode(frame, v) == Fault::none);
  CHECK(v.keep_alive == 60);
  CHECK(as_text(v.compressed_payload) == "z");
  CHECK(v.source_mac == 0x1122334455ULL);
  CHECK(v.destination_mac == 0x66778899aaULL);
  CHECK(v.ethertype == 0x0800);
  CHECK(v.r_factor == 93);
  CHECK(v.geo_location == "ge");
  CHECK(v.jitter == 18U);
  CHECK(v.transaction_type == "call");
  CHECK(v.payload_json_keys == "k");
  CHECK(v.tag_values == "t");
  CHECK(v.tag_type == 3);
  CHECK(v.event_type == 2);
  CHECK(v.group_id == "g");
}

TEST_CASE("a bad frame is refused with its reason") {
  struct Row {
    const char* why;
    Frame frame;
    Fault want;
  };
  Frame longer = from_hex(test::hep_v1_hex);
  longer.push_back(0);
  Frame shorter = from_hex(test::hep_v1_hex);
  shorter.pop_back();
  const auto row = GENERATE_COPY(values<Row>({
      {"empty", {}, Fault::magic},
      {"HEP1", from_hex("01100211"), Fault::version},
      {"HEP2 of IPv6", from_hex("02280a11"), Fault::version},
      {"only a little like HEP2", from_hex("02000211"), Fault::magic},
      {"EEP1", from_hex("454550310006"), Fault::magic},
      {"header cut", from_hex("4845503300"), Fault::total_length},
      {"one byte too many", longer, Fault::total_length},
      {"one byte too few", shorter, Fault::total_length},
      {"chunk header cut", frame_of("0000000b00"), Fault::chunk_length},
      {"chunk shorter than its header", frame_of("0000000b0005"), Fault::chunk_length},
      {"chunk of length 0", frame_of("0000000b0000"), Fault::chunk_length},
      {"chunk beyond the frame", frame_of("0000000f000878"), Fault::chunk_length},
      {"VLAN of one byte", frame_of("00000012000764"), Fault::chunk_size},
      {"port of four bytes", frame_of("00000007000a000013c4"), Fault::chunk_size},
      {"IPv4 address of 16 bytes", frame_of("00000003001620010db8000000000000000000000001"),
       Fault::chunk_size},
      {"no payload type", frame_of(addresses + time_chunks + payload), Fault::no_payload_type},
      {"payload type 0", frame_of(addresses + time_chunks + "0000000b000700" + payload),
       Fault::no_payload_type},
      {"no addresses", frame_of("00000001000702" + time_chunks + type + payload),
       Fault::no_address},
      {"no family",
       frame_of("00000003000ac000020a 00000004000ac6336414" + time_chunks + type + payload),
       Fault::ip_family},
      {"family IPv6 with IPv4 addresses",
       frame_of("0000000100070a 00000003000ac000020a 00000004000ac6336414" + time_chunks + type +
                payload),
       Fault::ip_family},
      {"no time", frame_of(addresses + type + payload), Fault::no_time},
      {"microseconds of a whole second",
       frame_of(addresses + "00000009000a00000005" + "0000000a000a000f4240" + type + payload),
       Fault::time_micros},
      {"no payload", frame_of(addresses + time_chunks + type), Fault::no_payload},
      {"empty payload", frame_of(addresses + time_chunks + type + "0000000f0006"),
       Fault::no_payload},
  }));
  CAPTURE(row.why);
  CHECK(fault_of(row.frame) == row.want);
  CHECK(describe(row.want) != "?");
}

TEST_CASE("vendor chunks and unknown chunks are skipped, the last of a repeated one counts") {
  HepView v;
  const Frame frame = frame_of(
      "0001000b000763"      // vendor 1, type 0x0b
      "00000007000813c4" +  // port 5060
      addresses +
      time_chunks + type +
      "00000065000778"      // unknown generic type
      "00000007000813c5" +  // port 5061
      payload);
  REQUIRE(decode(frame, v) == Fault::none);
  CHECK(v.payload_type == 1);
  CHECK(v.source_port == 5061);
}

TEST_CASE("frames are cut out of a stream at their length field") {
  auto stream = from_hex(test::hep_v1_hex);
  const auto first_size = stream.size();
  const auto second = from_hex(test::hep_v3_hex);
  stream.insert(stream.end(), second.begin(), second.end());

  for (std::size_t n = 0; n < first_size; ++n) {
    CHECK(frame_hep(Bytes{stream}.first(n)).error() == Errc::incomplete);
  }
  REQUIRE(frame_hep(stream));
  CHECK(*frame_hep(stream) == first_size);
  CHECK(*frame_hep(Bytes{stream}.subspan(first_size)) == second.size());

  CHECK(frame_hep(as_bytes("HEQ")).error() == Errc::malformed);
  CHECK(frame_hep(from_hex("484550330005")).error() == Errc::malformed);
}
