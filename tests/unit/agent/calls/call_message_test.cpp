#include "agent/calls/call_message.hpp"

#include <catch2/catch.hpp>

#include "tests/support/call_messages.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

constexpr std::uint64_t seed = 5;

// Reads a message and keeps what it borrows.
struct Read {
  explicit Read(const CallMessage& message) : text(text_of(message)), packet(packet_of(message)) {
    REQUIRE(parse_sip(as_bytes(text), sip) == Errc::none);
    view = read_call_message(sip, packet, message.time_ms * 1000, seed);
  }
  std::string text;
  Packet packet;
  SipView sip;
  CallMessageView view;
};

CallMessage invite() { return {.method = "INVITE", .branch = "z9hG4bKb1"}; }

CallMessage with_status(CallMessage message, int status) {
  message.status = status;
  message.from_caller = false;
  message.to_tag = "t1";
  return message;
}

}  // namespace

TEST_CASE("a response has the key, addresses and From tag of its request") {
  const std::string cookie = GENERATE("z9hG4bK", "");
  CallMessage asked = invite();
  asked.branch = cookie + "b1";
  const Read request(asked);
  const Read response(with_status(asked, 180));
  CHECK(request.view.key() == response.view.key());
  CHECK(request.view.pair == response.view.pair);
  CHECK(request.view.from_tag == response.view.from_tag);
  CHECK(request.view.opens_dialog());
  CHECK(!response.view.opens_dialog());
  CHECK(request.view.to_tag == 0);
  CHECK(response.view.status == 180);
  CHECK(request.view.from_lower() != response.view.from_lower());
}

TEST_CASE("an ACK has the key of the INVITE, a CANCEL one of its own") {
  CallMessage ack = invite();
  ack.method = "ACK";
  CallMessage cancel = invite();
  cancel.method = "CANCEL";
  const Read asked(invite());
  CHECK(Read(ack).view.key() == asked.view.key());
  CHECK(Read(cancel).view.key() != asked.view.key());
  CHECK(Read(cancel).view.key(SipMethod::invite) == asked.view.key());
}

TEST_CASE("what tells transactions apart") {
  const Read asked(invite());
  CallMessage other = invite();
  SECTION("with a cookie, the branch alone") {
    other.cseq = 9;
    CHECK(Read(other).view.key() == asked.view.key());
    other.branch = "z9hG4bKb2";
    CHECK(Read(other).view.key() != asked.view.key());
  }
  SECTION("without, the CSeq and the From tag, too") {
    other.branch = "b1";
    const auto old = Read(other).view.key();
    CallMessage later = other;
    later.cseq = 2;
    CHECK(Read(later).view.key() != old);
    CallMessage stranger = other;
    stranger.from_tag = "z";
    CHECK(Read(stranger).view.key() != old);
    CHECK(Read(other).view.request_uri != 0);
  }
}

TEST_CASE("folded keys do not know small letters from large ones") {
  CallMessage upper = invite();
  upper.branch = "Z9HG4BKB1";
  const Read a(invite());
  const Read b(upper);
  CHECK(a.view.key() != b.view.key());
  CHECK(folded_key(a.view, seed) == folded_key(b.view, seed));
  upper.branch = "z9hG4bK" + std::string(500, 'X');
  CallMessage lower = invite();
  lower.branch = "z9hG4bK" + std::string(500, 'x');
  CHECK(folded_key(Read(upper).view, seed) == folded_key(Read(lower).view, seed));
}

TEST_CASE("Via values are counted over all their headers") {
  CallMessage message = invite();
  message.vias = 3;
  message.headers = "v: SIP/2.0/UDP a;branch=1, SIP/2.0/UDP b;branch=2\r\n";
  CHECK(via_count(Read(message).sip) == 5);
}

TEST_CASE("times of hostile captures are put into range") {
  CallMessage message = invite();
  message.time_ms = -5;
  CHECK(Read(message).view.time_us == 0);
}

TEST_CASE("a caller is known by From URI, wanted user and source") {
  CallMessage other = invite();
  other.call_id = "another";
  other.from_tag = "another";
  const Read asked(invite());
  CHECK(caller_key(asked.view, seed) == caller_key(Read(other).view, seed));
  other.hop = 1;
  CHECK(caller_key(asked.view, seed) != caller_key(Read(other).view, seed));
}
