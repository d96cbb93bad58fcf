#include "agent/calls/media_calls.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "tests/support/media_talk.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

const End stranger{"203.0.113.9", 61000};

bool is_caller(const MediaMatch& match) { return match && match.sender == MediaParty::caller; }
bool is_callee(const MediaMatch& match) { return match && match.sender == MediaParty::callee; }

}  // namespace

TEST_CASE("media of both directions belong to their call, with what SDP says of them") {
  MediaTap tap;
  answered_call(tap);
  const MediaMatch sent = tap.rtp(alice, bob);
  CHECK(is_caller(sent));
  CHECK(sent.found == MediaFound::both);
  CHECK(sent.call_id == "call@a");
  CHECK(sent.call_hash == MediaTap::hash("call@a"));
  CHECK(sent.type == MediaType::audio);
  CHECK(sent.media == 0);
  CHECK(sent.is_expected);
  CHECK_FALSE(sent.is_over);
  CHECK(sent.format(8).clock_hz == 8000);
  CHECK(encoding_name(sent.format(8).encoding) == "PCMA");
  CHECK(sent.format(96).clock_hz == 0);
  CHECK(is_callee(tap.rtp(bob, alice)));
}

TEST_CASE("RTCP of audio comes to the next port") {
  MediaTap tap;
  answered_call(tap);
  CHECK(is_caller(tap.rtcp(next_port(alice), next_port(bob))));
  CHECK(is_callee(tap.rtcp(next_port(bob), next_port(alice))));
  CHECK_FALSE(tap.rtp(next_port(stranger), next_port(bob), 77));
}

TEST_CASE("RTCP of video belongs to the second m= line") {
  MediaTap tap;
  const auto body = [](const std::string& host) {
    return sdp_body(host,
                    "m=audio 4000 RTP/AVP 0\r\n"
                    "m=video 4002 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n");
  };
  tap.say({.start = "INVITE", .body = body(alice.host)});
  tap.response({.start = "200 INVITE", .body = body(bob.host), .to_tag = "b"});
  const MediaMatch match = tap.rtcp({alice.host, 4003}, {bob.host, 4003});
  REQUIRE(match);
  CHECK(match.type == MediaType::video);
  CHECK(match.media == 1);
  CHECK(match.format(96).clock_hz == 90000);
  CHECK(tap.rtcp({alice.host, 4001}, {bob.host, 4001}).type == MediaType::audio);
}

TEST_CASE("an IPv6 address is the same in any spelling") {
  MediaTap tap;
  tap.say({.start = "INVITE", .body = audio({"2001:DB8:0:0::0001", 4000})});
  tap.response({.start = "200 INVITE", .body = audio({"2001:0db8::2", 5000}), .to_tag = "b"});
  const MediaMatch match = tap.rtcp({"2001:db8::1", 4001}, {"2001:db8:0::2", 5001});
  CHECK(is_caller(match));
  CHECK(match.found == MediaFound::both);
}

TEST_CASE("an IPv4 address that SDP writes as IPv6 is that of the packets") {
  MediaTap tap;
  tap.say({.start = "INVITE", .body = audio({"::ffff:192.0.2.1", 4000})});
  CHECK(tap.rtp(bob, alice));
}

TEST_CASE("RTCP through a NAT that changes its port is told by where it goes") {
  MediaTap tap;
  answered_call(tap, {"10.0.0.5", 4000}, bob);
  const MediaMatch match = tap.rtcp(stranger, next_port(bob));
  CHECK(is_caller(match));
  CHECK(match.found == MediaFound::destination);
  CHECK(is_callee(tap.rtcp(next_port(bob), stranger, {2})));
}

TEST_CASE("headers and SDP types in upper case make no difference") {
  MediaTap tap;
  tap.say({.start = "INVITE",
           .body = audio(alice),
           .headers = "CONTENT-TYPE: APPLICATION/SDP\r\nContent-Disposition: session\r\n"});
  CHECK(tap.rtcp(next_port(stranger), next_port(alice)));
}

TEST_CASE("RTCP comes where a=rtcp says, and to the RTP port when it is multiplexed") {
  MediaTap tap;
  tap.say(
      {.start = "INVITE", .body = audio(alice, "a=rtcp:7777 IN IP4 192.0.2.77\r\na=rtcp-mux\r\n")});
  tap.response({.start = "200 INVITE", .body = audio(bob, "a=rtcp-mux\r\n"), .to_tag = "b"});
  CHECK(is_callee(tap.rtcp(next_port(bob), {"192.0.2.77", 7777})));
  const MediaMatch mux = tap.rtcp(bob, alice);
  CHECK(is_callee(mux));
  CHECK(mux.rtcp_mux);
  CHECK_FALSE(mux.rtcp_rsize);
}

TEST_CASE("in a bundle the payload type tells the media") {
  MediaTap tap;
  const auto body = [](const End& end) {
    const std::string port = std::to_string(end.port);
    return sdp_body(end.host, "a=group:BUNDLE 0 1\r\nm=audio " + port +
                                  " UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=rtcp-mux\r\n"
                                  "a=rtpmap:111 opus/48000/2\r\nm=video " +
                                  port +
                                  " UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\na=rtcp-mux\r\n"
                                  "a=rtpmap:96 VP8/90000\r\n");
  };
  tap.say({.start = "INVITE", .body = body(alice)});
  tap.response({.start = "200 INVITE", .body = body(bob), .to_tag = "b"});
  const MediaMatch sound = tap.rtp(alice, bob, 10, 111);
  CHECK(sound.type == MediaType::audio);
  CHECK(sound.is_srtp);
  CHECK(encoding_name(sound.format(111).encoding) == "opus");
  const MediaMatch picture = tap.rtp(alice, bob, 20, 96);
  CHECK(picture.type == MediaType::video);
  CHECK(picture.media == 1);
  CHECK(picture.format(96).clock_hz == 90000);
  CHECK(tap.rtcp(alice, bob, {20}).media == 1);  // by its SSRC: RTCP has no payload type
  CHECK(tap.rtcp(bob, alice, {99, 20}).media == 1);
  CHECK(tap.rtcp(alice, bob, {10}).media == 0);
}

TEST_CASE("ICE candidates are addresses of their component") {
  MediaTap tap;
  tap.say({.start = "INVITE",
           .body = sdp_body("0.0.0.0",
                            "m=audio 9 RTP/AVP 0\r\n"
                            "a=candidate:1 1 UDP 1 192.0.2.1 4000 typ host\r\n"
                            "a=candidate:1 2 udp 1 192.0.2.1 4444 typ host\r\n"
                            "a=candidate:2 1 UDP 1 2001:db8::1 4000 typ srflx\r\n"
                            "a=candidate:3 1 TCP 1 192.0.2.3 9 typ host tcptype active\r\n")});
  tap.response({.start = "200 INVITE", .body = audio(bob), .to_tag = "b"});
  CHECK(tap.rtp(bob, alice).found == MediaFound::both);
  CHECK(tap.rtp({"2001:db8::2", 1}, {"2001:db8::1", 4000}, 2));
  CHECK(tap.rtcp(next_port(bob), {alice.host, 4444}, {3}).found == MediaFound::both);
  CHECK(tap.rtp({"192.0.2.99", 9}, {"192.0.2.3", 9}, 9).miss == MediaMiss::unknown_address);
}

TEST_CASE("a re-INVITE moves media, and the old address holds for a moment") {
  MediaTap tap;
  answered_call(tap);
  const End moved{"192.0.2.7", 7000};
  const auto old_end = [&] { return tap.rtp(stranger, alice, 5); };
  tap.say({.start = "INVITE", .body = audio(moved), .to_tag = "b"});
  CHECK(tap.rtp(bob, moved));  // the offer is in force at once
  CHECK(tap.rtp(bob, alice).found == MediaFound::both);
  tap.response({.start = "200 INVITE", .body = audio(bob), .to_tag = "b"});
  tap.pass(4);
  CHECK(tap.rtp(bob, alice).found == MediaFound::both);
  tap.pass(2);
  CHECK_FALSE(old_end());
  CHECK(tap.rtp(bob, alice).found == MediaFound::source);
  CHECK(tap.rtp(bob, moved).found == MediaFound::both);
}

TEST_CASE("a re-INVITE that is refused leaves media where they were") {
  MediaTap tap;
  answered_call(tap);
  const End moved{"192.0.2.7", 7000};
  tap.say({.start = "INVITE", .body = audio(moved), .to_tag = "b"});
  tap.response({.start = "488 INVITE", .to_tag = "b"});
  tap.pass(600);
  CHECK(is_callee(tap.rtp(bob, alice)));
  CHECK_FALSE(tap.rtp(bob, alice).is_over);
  CHECK_FALSE(tap.rtp(stranger, moved, 5));
}

TEST_CASE("hold closes a direction, and keeps the addresses") {
  MediaTap tap;
  answered_call(tap);
  tap.say({.start = "INVITE", .body = audio(alice, "a=sendonly\r\n"), .to_tag = "b"});
  tap.response({.start = "200 INVITE", .body = audio(bob, "a=recvonly\r\n"), .to_tag = "b"});
  CHECK(tap.rtp(alice, bob).is_expected);
  CHECK_FALSE(tap.rtp(bob, alice).is_expected);
  tap.say({.start = "INVITE", .body = audio(alice), .to_tag = "b"});
  tap.response({.start = "200 INVITE", .body = audio(bob), .to_tag = "b"});
  CHECK(tap.rtp(bob, alice).is_expected);
  tap.say({.start = "UPDATE", .body = audio(alice, "a=inactive\r\n"), .to_tag = "b"});
  tap.response({.start = "200 UPDATE", .body = audio(bob, "a=inactive\r\n"), .to_tag = "b"});
  CHECK_FALSE(tap.rtp(alice, bob).is_expected);
  CHECK_FALSE(tap.rtp(bob, alice).is_expected);
}

TEST_CASE("hold with 0.0.0.0 keeps the addresses of before") {
  MediaTap tap;
  answered_call(tap);
  tap.say({.start = "INVITE", .body = audio({"0.0.0.0", 4000}), .to_tag = "b"});
  tap.response({.start = "200 INVITE", .body = audio(bob), .to_tag = "b"});
  tap.pass(60);
  const MediaMatch held = tap.rtp(bob, alice);
  CHECK(held.found == MediaFound::both);
  CHECK_FALSE(held.is_expected);
  CHECK(tap.rtp(alice, bob).is_expected);  // music on hold
  CHECK(tap.rtp(stranger, {"0.0.0.0", 4000}, 5).miss == MediaMiss::unknown_address);
}

TEST_CASE("a media line that is refused has no address") {
  MediaTap tap;
  tap.say({.start = "INVITE",
           .body = sdp_body(alice.host, "m=audio 4000 RTP/AVP 0\r\nm=video 4002 RTP/AVP 96\r\n")});
  tap.response({.start = "200 INVITE",
                .body = sdp_body(bob.host, "m=audio 5000 RTP/AVP 0\r\nm=video 0 RTP/AVP 96\r\n"),
                .to_tag = "b"});
  CHECK(tap.rtp(alice, bob).is_expected);
  CHECK_FALSE(tap.rtp({bob.host, 5002}, {alice.host, 4002}).is_expected);
}

TEST_CASE("early media belong to the call before its answer") {
  MediaTap tap;
  tap.say({.start = "INVITE", .body = audio(alice)});
  CHECK(is_callee(tap.rtp(stranger, alice)));  // before any SDP of the callee
  tap.response({.start = "183 INVITE", .body = audio(bob), .to_tag = "b"});
  CHECK(tap.rtp(bob, alice).found == MediaFound::both);
  CHECK(is_caller(tap.rtp(alice, bob)));
}

TEST_CASE("every fork has its addresses until one of them answers") {
  MediaTap tap;
  const End other_phone{"192.0.2.3", 6000};
  tap.say({.start = "INVITE", .body = audio(alice)});
  tap.response({.start = "183 INVITE", .body = audio(bob), .to_tag = "b"});
  tap.response({.start = "183 INVITE", .body = audio(other_phone), .to_tag = "c"});
  CHECK(tap.rtp(alice, bob).found == MediaFound::both);
  CHECK(tap.rtp(alice, other_phone).found == MediaFound::both);
  tap.response({.start = "200 INVITE", .to_tag = "c"});
  tap.pass(10);
  CHECK(tap.rtp(alice, other_phone).found == MediaFound::both);
  CHECK(tap.rtp(alice, bob).found == MediaFound::source);
}

TEST_CASE("a second fork that answers is ended by its own BYE, and the call goes on") {
  MediaTap tap;
  answered_call(tap);
  const End other_phone{"192.0.2.3", 6000};
  tap.response({.start = "200 INVITE", .body = audio(other_phone), .to_tag = "c"});
  CHECK(tap.rtp(other_phone, alice, 2).found == MediaFound::both);
  tap.say({.start = "BYE", .to_tag = "c"});
  tap.pass(60);
  CHECK_FALSE(tap.rtp(alice, bob).is_over);
  CHECK(tap.rtp(alice, bob).found == MediaFound::both);
  CHECK(tap.rtp(stranger, other_phone, 5).miss == MediaMiss::unknown_address);
}

TEST_CASE("an offer in the 200 and its answer in the ACK") {
  MediaTap tap;
  tap.say({.start = "INVITE"});
  CHECK(tap.calls.use().entries == 0);
  tap.response({.start = "200 INVITE", .body = audio(bob), .to_tag = "b"});
  tap.say({.start = "ACK", .body = audio(alice), .to_tag = "b"});
  CHECK(is_caller(tap.rtp(alice, bob)));
  CHECK(is_callee(tap.rtp(bob, alice)));
}

TEST_CASE("offers and answers in PRACK and UPDATE, and SDP in a part of a body") {
  MediaTap tap;
  const End moved{"192.0.2.7", 7000};
  tap.say({.start = "INVITE"});
  tap.response({.start = "183 INVITE", .body = audio(bob), .to_tag = "b"});
  tap.say({.start = "PRACK",
           .body = "--x\r\nContent-Type: text/plain\r\n\r\nhello\r\n--x\r\n"
                   "Content-Type: application/sdp\r\n\r\n" +
                   audio(alice) + "\r\n--x--\r\n",
           .to_tag = "b",
           .headers = "Content-Type: multipart/mixed;boundary=x\r\n"});
  CHECK(tap.rtp(alice, bob).found == MediaFound::both);
  tap.say({.start = "UPDATE", .body = audio(moved), .to_tag = "b"});
  tap.response({.start = "200 UPDATE", .body = audio(bob), .to_tag = "b"});
  CHECK(tap.rtp(moved, bob).found == MediaFound::both);
}

TEST_CASE("a re-INVITE of the callee is the callee's") {
  MediaTap tap;
  answered_call(tap);
  const End moved{"192.0.2.8", 8000};
  tap.response({.start = "INVITE", .body = audio(moved), .from_tag = "b", .to_tag = "a"});
  tap.say({.start = "200 INVITE", .body = audio(alice), .from_tag = "b", .to_tag = "a"});
  tap.pass(10);
  CHECK(is_callee(tap.rtp(moved, alice)));
  CHECK(tap.rtp(bob, alice).found == MediaFound::destination);
}

TEST_CASE("a proxy that relays media has an address for each side") {
  MediaTap tap;
  const End to_alice{"203.0.113.50", 30000};
  const End to_bob{"203.0.113.50", 30002};
  const std::string proxy = "198.51.100.9";
  tap.say({.start = "INVITE", .body = audio(alice), .destination = proxy});
  tap.say({.start = "INVITE", .body = audio(to_bob), .source = proxy});
  tap.response({.start = "200 INVITE", .body = audio(bob), .to_tag = "b", .source = proxy});
  tap.response(
      {.start = "200 INVITE", .body = audio(to_alice), .to_tag = "b", .destination = proxy});
  tap.pass(60);
  CHECK(is_caller(tap.rtp(alice, to_alice)));
  CHECK(is_caller(tap.rtp(to_bob, bob)));
  CHECK(is_callee(tap.rtp(bob, to_bob)));
  CHECK(is_callee(tap.rtp(to_alice, alice)));
  for (const auto& [from, to] : {std::pair(alice, to_alice), std::pair(bob, to_bob)}) {
    CHECK(tap.rtp(from, to).found == MediaFound::both);
  }
}

TEST_CASE("a B2BUA that keeps the Call-ID has a caller on each leg") {
  MediaTap tap;
  const std::string b2bua = "198.51.100.9";
  const End inside{"203.0.113.50", 30002};
  tap.say({.start = "INVITE", .body = audio(alice), .destination = b2bua});
  tap.say({.start = "INVITE", .body = audio(inside), .from_tag = "x", .source = b2bua});
  tap.response(
      {.start = "200 INVITE", .body = audio(bob), .from_tag = "x", .to_tag = "y", .source = b2bua});
  CHECK(is_caller(tap.rtp(inside, bob)));
  CHECK(is_callee(tap.rtp(bob, inside)));
}

TEST_CASE("legs that advertise one address: media are the younger leg's, and stay there") {
  MediaTap tap;
  answered_call(tap, alice, bob, "leg1");
  answered_call(tap, alice, bob, "leg2");
  CHECK(tap.rtp(alice, bob).call_id == "leg2");
  CHECK(tap.rtcp(next_port(bob), next_port(alice)).call_id == "leg2");
  tap.say({.start = "BYE", .call = "leg2", .to_tag = "b"});
  CHECK(tap.rtp(alice, bob).call_id == "leg1");
}

TEST_CASE("legs that call a stranger the same are no rivals") {
  MediaTap tap;
  answered_call(tap, {"10.0.0.5", 4000}, bob, "leg1");
  answered_call(tap, {"10.0.0.5", 4000}, bob, "leg2");
  CHECK(tap.rtp(stranger, bob, 2).call_id == "leg2");
  CHECK(tap.rtcp(next_port(stranger), next_port(bob), {2}).call_id == "leg2");
}

TEST_CASE("what is known of an SSRC keeps media in the leg that had them first") {
  MediaTap tap;
  answered_call(tap, alice, bob, "leg1");
  CHECK(tap.rtp(alice, bob, 42).call_id == "leg1");
  answered_call(tap, alice, bob, "leg2");
  CHECK(tap.rtp(alice, bob, 42).call_id == "leg1");
  CHECK(tap.rtp(alice, bob, 43).call_id == "leg2");
  CHECK(tap.rtcp(next_port(bob), next_port(alice), {44, 42}).call_id == "leg1");
}

TEST_CASE("an SSRC of a host is enough where neither address is known") {
  MediaTap tap;
  answered_call(tap);
  CHECK(tap.rtp(alice, bob, 42));
  const MediaMatch match = tap.rtcp({alice.host, 60000}, {"203.0.113.1", 60002}, {42});
  CHECK(is_caller(match));
  CHECK(match.found == MediaFound::ssrc);
  CHECK(is_callee(tap.rtcp({"203.0.113.1", 60004}, {alice.host, 60006}, {7, 42})));
  CHECK(tap.rtcp({"192.0.2.77", 60000}, {"203.0.113.1", 1}, {42}).miss ==
        MediaMiss::unknown_address);  // another host
}

TEST_CASE("behind a NAT, the first packet teaches the address of its sender") {
  MediaTap tap;
  answered_call(tap, {"10.0.0.5", 4000}, bob);
  const MediaMatch first = tap.rtp(stranger, bob, 42);
  CHECK(is_caller(first));
  CHECK(first.found == MediaFound::destination);
  CHECK(tap.calls.counts().latched == 1);
  CHECK(tap.rtp(stranger, bob, 42).found == MediaFound::both);
  CHECK(is_callee(tap.rtp(bob, stranger, 43)));
  // What comes from another host to the stranger belongs to the call by now.
  CHECK(is_callee(tap.rtp({"203.0.113.77", 1234}, stranger, 44)));
}

TEST_CASE("a stranger that could belong to several calls belongs to none") {
  MediaTap tap;
  const End server{"203.0.113.50", 10000};
  answered_call(tap, {"10.0.0.5", 4000}, server, "one");
  answered_call(tap, {"10.0.0.6", 4000}, server, "two");
  CHECK(tap.rtp(stranger, server).miss == MediaMiss::ambiguous);
  CHECK(tap.rtp({"10.0.0.5", 4000}, server).call_id == "one");
  CHECK(tap.rtp({"10.0.0.6", 4000}, server, 2).call_id == "two");
}

TEST_CASE("a stranger takes the place of a sender that was not heard yet") {
  MediaTap tap;
  const End server{"203.0.113.50", 10000};
  answered_call(tap, {"10.0.0.5", 4000}, server, "lost");  // its BYE was
  CHECK(tap.rtp(stranger, server, 1).call_id == "lost");
  answered_call(tap, {"10.0.0.6", 4000}, server, "new");
  CHECK(tap.rtp({"203.0.113.10", 999}, server, 2).call_id == "new");
  CHECK(tap.rtp(stranger, server, 1).call_id == "lost");
}

TEST_CASE("a call that ends is matched while reports may come late, and not afterwards") {
  MediaTap tap;
  answered_call(tap);
  tap.say({.start = "BYE", .to_tag = "b"});
  tap.response({.start = "200 BYE", .to_tag = "b"});
  tap.pass(30);
  CHECK(tap.rtp(alice, bob).is_over);
  CHECK(tap.rtcp(next_port(alice), next_port(bob)));
  tap.pass(4);
  CHECK(tap.rtp(alice, bob).miss == MediaMiss::call_over);
  CHECK(tap.rtcp(next_port(alice), next_port(bob)).miss == MediaMiss::call_over);
}

TEST_CASE("an open call comes before one that is over, however young") {
  MediaTap tap;
  answered_call(tap, alice, bob, "open");
  answered_call(tap, alice, bob, "over");
  tap.say({.start = "BYE", .call = "over", .to_tag = "b"});
  CHECK(tap.rtp(alice, bob).call_id == "open");
}

TEST_CASE("what ends a call, and what does not") {
  struct Row {
    const char* why;
    std::vector<Talk> talks;
    bool ends;
  };
  const auto row = GENERATE(values<Row>({
      {"busy", {{.start = "486 INVITE", .to_tag = "b"}}, true},
      {"challenged: it comes again", {{.start = "407 INVITE", .to_tag = "b"}}, false},
      {"cancelled",
       {{.start = "CANCEL"},
        {.start = "200 CANCEL", .to_tag = "b"},
        {.start = "487 INVITE", .to_tag = "b"}},
       true},
      {"a re-INVITE refused",
       {{.start = "200 INVITE", .body = audio(bob), .to_tag = "b"},
        {.start = "491 INVITE", .to_tag = "b"}},
       false},
      {"a re-INVITE of a dialog that is gone",
       {{.start = "200 INVITE", .body = audio(bob), .to_tag = "b"},
        {.start = "481 INVITE", .to_tag = "b"}},
       true},
      {"a BYE that must come with credentials",
       {{.start = "200 INVITE", .to_tag = "b"},
        {.start = "BYE", .to_tag = "b"},
        {.start = "401 BYE", .to_tag = "b"}},
       false},
      {"an OPTIONS refused", {{.start = "404 OPTIONS", .to_tag = "b"}}, false},
      {"busy, and tried again",
       {{.start = "486 INVITE", .to_tag = "b"}, {.start = "INVITE", .body = audio(alice)}},
       false},
  }));
  CAPTURE(row.why);
  MediaTap tap;
  tap.say({.start = "INVITE", .body = audio(alice)});
  for (const Talk& talk : row.talks) tap.say(talk);
  CHECK(tap.rtp(stranger, alice).is_over == row.ends);
}

TEST_CASE("a fork that fails behind the proxy ends no call that others ring for") {
  MediaTap tap;
  const std::string proxy = "198.51.100.9";
  tap.say({.start = "INVITE", .body = audio(alice), .destination = proxy});
  tap.response({.start = "183 INVITE", .body = audio(bob), .to_tag = "b", .destination = proxy});
  tap.response({.start = "486 INVITE", .to_tag = "c", .source = proxy});
  CHECK_FALSE(tap.rtp(alice, bob).is_over);
  tap.response({.start = "486 INVITE", .to_tag = "c", .destination = proxy});
  CHECK(tap.rtp(alice, bob).is_over);
}

TEST_CASE("messages that carry no session teach nothing") {
  MediaTap tap;
  tap.response({.start = "200 OPTIONS", .body = audio(alice), .to_tag = "b"});
  tap.say({.start = "MESSAGE", .body = audio(alice)});
  tap.say({.start = "BYE", .to_tag = "b"});
  CHECK(tap.calls.counts().opened == 0);
  tap.say({.start = "INVITE", .body = "no SDP"});
  CHECK(tap.calls.counts().opened == 0);
  CHECK(tap.calls.counts().bad_sdp == 1);
  CHECK(tap.rtp(bob, alice).miss == MediaMiss::unknown_address);
}

TEST_CASE("a retransmission changes nothing") {
  MediaTap tap;
  answered_call(tap);
  const auto before = tap.calls.counts().descriptions;
  const MediaWatch watch = tap.rtp(alice, bob).watch;
  answered_call(tap);
  CHECK(tap.calls.counts().descriptions == before);
  CHECK(tap.calls.is_current(watch));
}

TEST_CASE("who of a call has sent a message is told by its tags") {
  struct Row {
    Talk talk;
    std::optional<MediaParty> want;
  };
  const auto row = GENERATE(values<Row>({
      {{.start = "BYE", .to_tag = "b"}, MediaParty::caller},
      {{.start = "200 BYE", .to_tag = "b"}, MediaParty::callee},
      {{.start = "BYE", .from_tag = "b", .to_tag = "a"}, MediaParty::callee},
      {{.start = "200 BYE", .from_tag = "b", .to_tag = "a"}, MediaParty::caller},
      {{.start = "BYE", .call = "another", .to_tag = "b"}, std::nullopt},
  }));
  MediaTap tap;
  answered_call(tap);
  const std::string text = text_of(row.talk);
  CAPTURE(text);
  SipView sip;
  REQUIRE(parse_sip(as_bytes(text), sip) == Errc::none);
  CHECK(tap.calls.sender(MediaTap::hash(row.talk.call), sip, Packet{}) == row.want);
}

TEST_CASE("who of a call receives a stream is told by its addresses, and nothing is learned") {
  MediaTap tap;
  answered_call(tap);
  const std::uint64_t call = MediaTap::hash("call@a");
  const End nobody{"0.0.0.0", 0};
  const End third_party{"203.0.113.9", 4000};
  const auto receiver = [&](const End& from, const End& to) {
    return tap.calls.receiver(call, flow(from, to), tap.now_us);
  };
  CHECK(receiver(alice, bob) == MediaParty::callee);
  CHECK(receiver(bob, alice) == MediaParty::caller);
  CHECK(receiver(nobody, alice) == MediaParty::caller);
  CHECK(receiver(alice, nobody) == MediaParty::callee);
  CHECK(receiver(third_party, alice) == MediaParty::caller);
  CHECK(receiver(third_party, nobody) == std::nullopt);
  CHECK(tap.calls.receiver(call + 1, flow(alice, bob), tap.now_us) == std::nullopt);
  CHECK(tap.calls.counts().latched == 0);
}

TEST_CASE("the state of a call has its answer and its end, wherever its media are") {
  MediaTap tap;
  answered_call(tap);
  const std::uint64_t call = tap.rtp(alice, bob).call_hash;
  MediaText text;
  auto state = tap.calls.state(call, tap.now_us, text);
  REQUIRE(state);
  CHECK(state->call_id == "call@a");
  CHECK(state->answered_us == tap.now_us - MediaTap::second_us);
  CHECK_FALSE(state->ended_us);
  tap.say({.start = "BYE", .to_tag = "b"});
  state = tap.calls.state(call, tap.now_us, text);
  REQUIRE(state);
  CHECK(state->ended_us == tap.now_us);
  CHECK_FALSE(tap.calls.state(call + 1, tap.now_us, text));
}

TEST_CASE("who only sends expects nothing back") {
  MediaTap tap;
  tap.say({.start = "INVITE", .body = audio(alice, "a=sendonly\r\n")});
  tap.response({.start = "200 INVITE", .body = audio(bob, "a=recvonly\r\n"), .to_tag = "b"});
  const MediaMatch there = tap.rtp(alice, bob);
  CHECK(there.is_expected);
  CHECK_FALSE(there.is_reverse_expected);
  const MediaMatch back = tap.rtp(bob, alice, 2);
  CHECK_FALSE(back.is_expected);
  CHECK(back.is_reverse_expected);
}
