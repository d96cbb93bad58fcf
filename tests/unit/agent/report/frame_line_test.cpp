#include "agent/report/frame_line.hpp"

#include <catch2/catch.hpp>

#include "tests/support/hep_vectors.hpp"
#include "tests/support/hep_views.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/sip_text.hpp"

using namespace heptap;
using heptap::test::from_hex;
using heptap::test::view_of;

TEST_CASE("a console line tells time, addresses and what was said") {
  const auto v1 = from_hex(test::hep_v1_hex);
  hep::HepView frame = view_of(v1);
  const std::string invite = test::request("INVITE", "id\x1b[2J@h");
  frame.payload = as_bytes(invite);
  CHECK(console_line(frame) ==
        "2023-11-14 22:13:20.123456 192.0.2.10:5060 -> 198.51.100.20:5080 SIP INVITE "
        "sip:bob@example.com id.[2J@h");
  const std::string busy = test::response(486, "INVITE");
  frame.payload = as_bytes(busy);
  CHECK(console_line(frame) ==
        "2023-11-14 22:13:20.123456 192.0.2.10:5060 -> 198.51.100.20:5080 SIP 486 Reason one@a");
  frame.payload = as_bytes("nonsense");
  CHECK(console_line(frame).ends_with("SIP not a SIP message, 8 bytes"));

  const auto v3 = from_hex(test::hep_v3_hex);
  CHECK(
      console_line(view_of(v3)) ==
      "2023-11-14 22:13:20.999999 [2001:db8::1]:40001 -> [2001:db8::2]:50001 type 5, 2 bytes c@h");
  frame.payload = {};
  frame.compressed_payload = as_bytes("zz");
  CHECK(console_line(frame).ends_with("type 1, 2 bytes compressed"));
}
