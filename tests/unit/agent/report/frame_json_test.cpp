#include "agent/report/frame_json.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "tests/support/hep_vectors.hpp"
#include "tests/support/hep_views.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/sip_text.hpp"

using namespace heptap;
using heptap::test::from_hex;
using heptap::test::view_of;

TEST_CASE("a JSON line holds the frame, and what SIP says") {
  const auto v2 = from_hex(test::hep_v2_hex);
  hep::HepView frame = view_of(v2);
  auto value = boost::json::parse(json_line(frame));
  CHECK(value.at("time").as_string() == "1700000000.000001");
  CHECK(value.at("src").as_string() == "192.0.2.10");
  CHECK(value.at("src_port").as_int64() == 5060);
  CHECK(value.at("dst").as_string() == "198.51.100.20");
  CHECK(value.at("dst_port").as_int64() == 5060);
  CHECK(value.at("ip_protocol").as_int64() == 6);
  CHECK(value.at("type").as_int64() == 5);
  CHECK(value.at("node_id").as_int64() == 2001);
  CHECK(value.at("node_name").as_string() == "edge-1");
  CHECK(value.at("auth_key").as_string() == "myhep");
  CHECK(value.at("correlation_id").as_string() == "call-1@h");
  CHECK(value.at("vlan_id").as_int64() == 100);
  CHECK(value.at("tcp_flags").as_int64() == 0x18);
  CHECK(value.at("ip_tos").as_int64() == 0xb8);
  CHECK(value.at("mos").as_int64() == 431);
  CHECK(value.at("payload").as_string() == "x");
  CHECK_FALSE(value.as_object().contains("sip"));

  const auto v1 = from_hex(test::hep_v1_hex);
  frame = view_of(v1);
  const std::string invite = test::request("INVITE");
  frame.payload = as_bytes(invite);
  value = boost::json::parse(json_line(frame));
  const auto& sip = value.at("sip");
  CHECK(sip.at("valid").as_bool());
  CHECK(sip.at("method").as_string() == "INVITE");
  CHECK(sip.at("call_id").as_string() == "one@a");
  CHECK(sip.at("from").at("user").as_string() == "alice");
  CHECK(sip.at("to").at("host").as_string() == "example.com");
  CHECK(sip.at("cseq").as_string() == "1 INVITE");

  frame.payload = as_bytes("nonsense");
  value = boost::json::parse(json_line(frame));
  CHECK_FALSE(value.at("sip").at("valid").as_bool());
}

TEST_CASE("a payload that is not UTF-8 keeps its bytes beside its text") {
  const auto v1 = from_hex(test::hep_v1_hex);
  hep::HepView frame = view_of(v1);
  frame.payload = as_bytes("a\xff");
  const auto value = boost::json::parse(json_line(frame));
  CHECK(value.at("payload").as_string() == "a\xef\xbf\xbd");
  CHECK(value.at("payload_hex").as_string() == "61ff");
}

TEST_CASE("a JSON line does nothing to a terminal, and keeps its texts") {
  const auto v1 = from_hex(test::hep_v1_hex);
  hep::HepView frame = view_of(v1);
  const std::string text =
      "a\xc2\x9b"
      "2J\x7f\xe2\x80\xae\xc3\xa4\xf0\x9f\x98\x80\x1b";
  frame.payload = as_bytes(text);
  const std::string line = json_line(frame);
  CHECK_THAT(line, Catch::Contains("a\\u009b2J\\u007f\\u202e\xc3\xa4\xf0\x9f\x98\x80\\u001b"));
  CHECK(boost::json::parse(line).at("payload").as_string() == text);
}

TEST_CASE("no value of a frame is kept back") {
  const auto v1 = from_hex(test::hep_v1_hex);
  hep::HepView frame = view_of(v1);
  frame.payload = {};
  frame.compressed_payload = as_bytes("zz");
  frame.r_factor = 932;
  frame.jitter = 7;
  frame.keep_alive = 60;
  frame.source_mac = 0x0200'0000'0001;
  frame.destination_mac = 0x0200'0000'0002;
  frame.ethertype = 0x0800;
  frame.geo_location = "52.5,13.4";
  frame.transaction_type = "call";
  frame.payload_json_keys = "a,b";
  frame.tag_values = "x";
  frame.tag_type = 1;
  frame.event_type = 2;
  frame.group_id = "g";
  const auto value = boost::json::parse(json_line(frame));
  CHECK(value.at("compressed_payload_hex").as_string() == "7a7a");
  CHECK_FALSE(value.as_object().contains("payload"));
  CHECK(value.at("r_factor") == 932);
  CHECK(value.at("jitter") == 7);
  CHECK(value.at("keep_alive") == 60);
  CHECK(value.at("src_mac").as_string() == "02:00:00:00:00:01");
  CHECK(value.at("dst_mac").as_string() == "02:00:00:00:00:02");
  CHECK(value.at("ethertype") == 0x0800);
  CHECK(value.at("geo_location").as_string() == "52.5,13.4");
  CHECK(value.at("transaction_type").as_string() == "call");
  CHECK(value.at("payload_json_keys").as_string() == "a,b");
  CHECK(value.at("tag_values").as_string() == "x");
  CHECK(value.at("tag_type") == 1);
  CHECK(value.at("event_type") == 2);
  CHECK(value.at("group_id").as_string() == "g");
}

TEST_CASE("a JSON line has room for all that is escaped") {
  const auto v1 = from_hex(test::hep_v1_hex);
  hep::HepView frame = view_of(v1);
  const std::string text(60'000, '\x01');
  frame.payload = as_bytes(text);
  std::string out = "a";
  append_frame_json(frame, out);
  CHECK(out == "a" + json_line(frame));
  CHECK(boost::json::parse(json_line(frame)).at("payload").as_string() == text);
}
