#pragma once

#include <catch2/catch.hpp>
#include <span>
#include <string>
#include <vector>

#include "agent/calls/media_calls.hpp"
#include "proto/sip/message.hpp"

namespace heptap::test {

/// "192.0.2.1" or an IPv6 address in any spelling.
inline IpAddress ip(const std::string& text) {
  const std::string sdp_text = "v=0\r\nc=IN IP6 " + text + "\r\n";
  SdpView sdp;
  REQUIRE(parse_sdp(sdp_text, sdp) == Errc::none);
  return IpAddress::from(sdp.session().connection.binary());
}

struct End {
  std::string host;
  std::uint16_t port = 0;
};

inline FlowKey flow(const End& from, const End& to) {
  return {ip(from.host), ip(to.host), from.port, to.port};
}

/// A session description whose lines after t= are given.
inline std::string sdp_body(const std::string& host, const std::string& lines) {
  const std::string family = host.find(':') == std::string::npos ? "IP4 " : "IP6 ";
  return "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN " + family + host + "\r\nt=0 0\r\n" +
         lines;
}

inline std::string audio(const End& end, const std::string& rest = "") {
  return sdp_body(end.host, "m=audio " + std::to_string(end.port) + " RTP/AVP 0 8\r\n" + rest);
}

/// A SIP message, told by what makes a difference to media.
struct Talk {
  std::string start;  ///< "INVITE" or "200 INVITE"
  std::string body = {};
  std::string call = "call@a";
  std::string from_tag = "a";
  std::string to_tag = {};
  std::string headers = {};
  std::string source = "198.51.100.1";
  std::string destination = "198.51.100.2";
};

inline std::string text_of(const Talk& talk) {
  const bool is_response = talk.start.front() >= '0' && talk.start.front() <= '9';
  const std::string method = is_response ? talk.start.substr(4) : talk.start;
  std::string text = is_response ? "SIP/2.0 " + talk.start.substr(0, 3) + " Reason\r\n"
                                 : method + " sip:b@example.com SIP/2.0\r\n";
  text += "From: <sip:a@example.com>;tag=" + talk.from_tag + "\r\nTo: <sip:b@example.com>";
  if (!talk.to_tag.empty()) text += ";tag=" + talk.to_tag;
  text += "\r\nCall-ID: " + talk.call + "\r\nCSeq: 1 " + method + "\r\n" + talk.headers;
  if (!talk.body.empty() && talk.headers.find("ontent-") == std::string::npos) {
    text += "Content-Type: application/sdp\r\n";
  }
  return text + "\r\n" + talk.body;
}

/// Calls, and a clock that goes a second with every message.
class MediaTap {
 public:
  static constexpr std::int64_t second_us = 1'000'000;

  explicit MediaTap(const MediaLimits& limits = {.max_calls = 1000},
                    std::vector<LinkRule> links = {})
      : calls(limits, std::move(links)) {}

  void say(const Talk& talk) {
    const std::string text = text_of(talk);
    REQUIRE(parse_sip(as_bytes(text), sip_) == Errc::none);
    Packet packet;
    packet.source = ip(talk.source);
    packet.destination = ip(talk.destination);
    now_us += second_us;
    calls.learn(hash(talk.call), sip_, packet, now_us, sdp_);
  }
  void response(const Talk& talk) {
    Talk back = talk;
    std::swap(back.source, back.destination);
    say(back);
  }

  MediaMatch rtp(const End& from, const End& to, std::uint32_t ssrc = 1,
                 std::uint8_t payload_type = 0) {
    return calls.find_rtp(flow(from, to), ssrc, payload_type, now_us, text_);
  }
  MediaMatch rtcp(const End& from, const End& to, std::vector<std::uint32_t> ssrcs = {1}) {
    return calls.find_rtcp(flow(from, to), ssrcs, now_us, text_);
  }
  void pass(std::int64_t seconds) { now_us += seconds * second_us; }

  static std::uint64_t hash(const std::string& call) { return TextHash(7)(call); }

  MediaCalls calls;
  std::int64_t now_us = 1'000 * second_us;

 private:
  SipView sip_;
  SdpView sdp_;
  MediaText text_;
};

/// Two parties, their addresses for media, and an answered call between them.
inline const End alice{"192.0.2.1", 4000};
inline const End bob{"192.0.2.2", 5000};

inline End next_port(const End& end) {
  return {end.host, static_cast<std::uint16_t>(end.port + 1)};
}

inline void answered_call(MediaTap& tap, const End& caller = alice, const End& callee = bob,
                          const std::string& call = "call@a") {
  tap.say({.start = "INVITE", .body = audio(caller), .call = call});
  tap.response({.start = "200 INVITE", .body = audio(callee), .call = call, .to_tag = "b"});
  tap.say({.start = "ACK", .call = call, .to_tag = "b"});
}

}  // namespace heptap::test
