#include "agent/report/output_records.hpp"

#include <catch2/catch.hpp>

#include "agent/report/frame_json.hpp"
#include "proto/hep/decode.hpp"
#include "tests/support/hep_frames.hpp"
#include "tests/support/hep_vectors.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/sip_text.hpp"

using namespace heptap;
using heptap::test::from_hex;

TEST_CASE("a record is the line of collect, and its key the correlation id") {
  const auto frame = from_hex(test::hep_v3_hex);
  hep::HepView view;
  REQUIRE(hep::decode(frame, view) == hep::Fault::none);
  std::string record = "a";
  write_json_record(frame, record);
  CHECK(record == "a" + json_line(view));
  std::string key;
  write_call_id(frame, key);
  CHECK(key == "c@h");
  key.clear();
  write_call_id(from_hex(test::hep_v1_hex), key);
  CHECK(key.empty());
}

TEST_CASE("a record does not have the auth key, which is for the collector alone") {
  const auto frame = test::frame_of(
      "0000000100070200000002000711"              // IPv4, UDP
      "00000003000ac000020a00000004000ac6336414"  // addresses
      "00000007000813c400000008000813c4"          // ports
      "00000009000a6553f1000000000a000a00000001"  // time
      "0000000b000764"                            // log
      "0000000e000a6b657931"                      // "key1"
      "0000000f000778");
  hep::HepView view;
  REQUIRE(hep::decode(frame, view) == hep::Fault::none);
  REQUIRE(json_line(view).find("key1") != std::string::npos);
  std::string record;
  write_json_record(frame, record);
  CHECK_FALSE(record.empty());
  CHECK(record.find("key1") == std::string::npos);
}

TEST_CASE("the key of SIP is its Call-ID") {
  const std::string text = test::request("INVITE", "sip-id@h");
  std::string hex;
  for (const char c : text) {
    constexpr std::string_view digits = "0123456789abcdef";
    hex += digits[static_cast<unsigned char>(c) >> 4U];
    hex += digits[static_cast<unsigned char>(c) & 0xfU];
  }
  const auto size = static_cast<std::uint16_t>(text.size() + 6);
  auto frame = test::frame_of(
      "0000000100070200000002000711"              // IPv4, UDP
      "00000003000ac000020a00000004000ac6336414"  // addresses
      "00000007000813c400000008000813c4"          // ports
      "00000009000a6553f1000000000a000a00000001"  // time
      "0000000b000701"                            // SIP
      "000000110009632d31"                        // correlation id "c-1"
      "0000000f" +
      std::string{"0000"} + hex);
  frame[frame.size() - text.size() - 2] = static_cast<std::uint8_t>(size >> 8U);
  frame[frame.size() - text.size() - 1] = static_cast<std::uint8_t>(size);
  std::string key;
  write_call_id(frame, key);
  CHECK(key == "sip-id@h");
}

TEST_CASE("what is no frame has neither record nor key") {
  const std::vector<std::uint8_t> noise{'H', 'E', 'P', '3', 0, 6};
  std::string text;
  write_json_record(noise, text);
  write_call_id(noise, text);
  CHECK(text.empty());
}
