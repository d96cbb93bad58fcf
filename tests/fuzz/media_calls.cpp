// The input is a row of messages and packets of a few calls and addresses: a byte for what comes, one
// for the call, one for each end, one for the time that passes; of a message, two for its SDP, which
// is put together of pieces, and which may be followed by bytes of the input itself.
#include "agent/calls/media_calls.hpp"

#include <array>
#include <string>

#include "proto/bytes.hpp"
#include "tests/fuzz/require.hpp"

using namespace heptap;
using heptap::test::require;

namespace {

constexpr std::array<const char*, 12> starts{
    "INVITE sip:a SIP/2.0", "SIP/2.0 183 x", "SIP/2.0 200 x", "ACK sip:a SIP/2.0",
    "BYE sip:a SIP/2.0",    "SIP/2.0 486 x", "SIP/2.0 481 x", "UPDATE sip:a SIP/2.0",
    "PRACK sip:a SIP/2.0",  "SIP/2.0 407 x", "SIP/2.0 401 x", "INVITE sip:b SIP/2.0"};
constexpr std::array<const char*, 12> methods{"INVITE", "INVITE", "INVITE", "ACK",
                                              "BYE",    "INVITE", "INVITE", "UPDATE",
                                              "PRACK",  "INVITE", "BYE",    "INVITE"};
constexpr std::array<const char*, 16> pieces{
    "m=audio 4000 RTP/AVP 0 8\r\n",
    "m=audio 5000 RTP/AVP 96\r\na=rtpmap:96 opus/48000/2\r\n",
    "m=video 4002/3 RTP/SAVPF 97\r\n",
    "a=rtcp:4009\r\n",
    "a=rtcp-mux\r\n",
    "a=mid:0\r\n",
    "a=candidate:1 1 UDP 1 192.0.2.1 4004 typ host\r\n",
    "a=candidate:1 2 UDP 1 2001:db8::1 4005 typ host\r\n",
    "c=IN IP4 0.0.0.0\r\n",
    "c=IN IP4 192.0.2.2\r\n",
    "a=inactive\r\n",
    "a=group:BUNDLE 0 1\r\n",
    "m=audio 0 RTP/AVP 0\r\n",
    "a=mid:1\r\n",
    "m=image 4006 udptl t38\r\n",
    "c=IN IP6 ::ffff:192.0.2.1\r\n"};

std::string message(ByteReader& r, unsigned kind, unsigned call) {
  const unsigned tags = r.u8();
  std::uint64_t chosen = r.be32();
  std::string text = std::string(starts[kind % starts.size()]) + "\r\nCall-ID: c" +
                     std::to_string(call % 6) +
                     "\r\nFrom: <sip:a>;tag=" + std::to_string(tags % 3) + "\r\nTo: <sip:b>";
  if (tags % 8 != 0) text += ";tag=" + std::to_string(tags / 8 % 3);
  text += "\r\nCSeq: 1 " + std::string(methods[kind % methods.size()]) +
          "\r\nX-CID: " + std::to_string(tags) + "\r\n\r\n";
  if (chosen == 0) return text;
  text += "v=0\r\nc=IN IP4 192.0.2.1\r\n";
  for (; chosen != 0; chosen >>= 4U) text += pieces[chosen % pieces.size()];
  return text + std::string(as_text(r.bytes(std::min<std::size_t>(tags / 32, r.rest().size()))));
}

IpAddress address(unsigned number) {
  return IpAddress::from(
      std::array<std::uint8_t, 4>{192, 0, 2, static_cast<std::uint8_t>(number % 4)});
}

FlowKey flow(unsigned from, unsigned to) {
  return {address(from), address(to), static_cast<std::uint16_t>(4000 + from / 16),
          static_cast<std::uint16_t>(4000 + to / 16)};
}

void check(const MediaCalls& calls, const MediaMatch& match) {
  require(match.formats().size() <= MediaMatch::max_formats);
  if (!match) return;
  require(match.call_id.size() == 2 && match.call_id.front() == 'c');
  require(match.call_hash == TextHash(1)(match.call_id));
  require(!match.link.empty());
  require(calls.use().entries <= 4);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {  // NOLINT
  static SipView sip;
  static SdpView sdp;
  static MediaText out;
  MediaCalls calls({.max_calls = 4}, {make_link_rule("X-CID")});
  std::int64_t now_us = 0;
  for (ByteReader r{{data, size}}; !r.rest().empty();) {
    const unsigned kind = r.u8();
    const unsigned call = r.u8();
    const FlowKey ends = flow(r.u8(), r.u8());
    now_us += (std::int64_t{r.u8()} - 8) * 500'000;
    const std::array<std::uint32_t, 2> ssrcs{call % 8, kind % 8};
    if (kind < 64) {
      check(calls, calls.find_rtp(ends, ssrcs[0], call % 128, now_us, out));
    } else if (kind < 128) {
      check(calls, calls.find_rtcp(ends, ssrcs, now_us, out));
    } else {
      const std::string text = message(r, kind, call);
      require(parse_sip(as_bytes(text), sip) == Errc::none);
      Packet packet;
      packet.source = ends.source;
      packet.destination = ends.destination;
      calls.learn(TextHash(1)(sip.call_id()), sip, packet, now_us, sdp);
    }
    require(calls.use().entries <= 4);
    require(calls.addresses().entries <= 4 * MediaEdit::max_claims);
  }
  return 0;
}
