#include "proto/sip/sdp.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/support/allocation_counter.hpp"

using namespace heptap;

namespace {

constexpr std::string_view session =
    "v=0\r\n"
    "o=- 1 1 IN IP4 192.0.2.1\r\n"
    "s=-\r\n"
    "c=IN IP4 192.0.2.1\r\n"
    "t=0 0\r\n";

/// Lines after a session with 192.0.2.1.
SdpView& parsed(const std::string& lines) {
  static SdpView view;
  static std::string text;
  text = std::string(session) + lines;
  REQUIRE(parse_sdp(text, view) == Errc::none);
  return view;
}

std::vector<int> numbers(std::span<const std::uint8_t> octets) {
  return {octets.begin(), octets.end()};
}

}  // namespace

TEST_CASE("an audio and a video line are read with what belongs to them") {
  const SdpView& sdp = parsed(
      "a=sendonly\r\n"
      "m=audio 49170 RTP/AVP 0 8 101\r\n"
      "a=rtpmap:0 PCMU/8000\r\n"
      "a=rtpmap:101 telephone-event/8000\r\n"
      "a=fmtp:101 0-16\r\n"
      "m=video 51372/2 RTP/SAVP 99 x\r\n"
      "c=IN IP6 2001:db8::2\r\n"
      "a=rtpmap:99 h263-1998/90000\r\n"
      "a=rtcp:53020 IN IP4 192.0.2.9\r\n"
      "a=inactive\r\n"
      "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\n");
  REQUIRE(sdp.media().size() == 2);
  const SdpMediaView& audio = sdp.media()[0];
  CHECK(audio.type == "audio");
  CHECK(audio.proto == "RTP/AVP");
  CHECK(audio.formats == "0 8 101");
  CHECK(audio.port == 49170);
  CHECK(audio.port_count == 1);
  CHECK(numbers({audio.payload_types.data(), audio.payload_type_count}) ==
        std::vector<int>{0, 8, 101});
  CHECK(sdp.address(audio).text == "192.0.2.1");
  CHECK(numbers(sdp.address(audio).binary()) == std::vector<int>{192, 0, 2, 1});
  CHECK(sdp.rtcp_address(audio).text == "192.0.2.1");
  CHECK(SdpView::rtcp_port(audio) == 49171);
  CHECK(sdp.direction(audio) == SdpDirection::sendonly);
  CHECK_FALSE(audio.has_crypto);
  REQUIRE(sdp.rtpmaps(audio).size() == 2);
  CHECK(sdp.rtpmaps(audio)[0].encoding == "PCMU");
  CHECK(sdp.rtpmaps(audio)[0].payload_type == 0);
  CHECK(sdp.rtpmaps(audio)[1].encoding == "telephone-event");
  CHECK(sdp.rtpmaps(audio)[1].payload_type == 101);
  CHECK(sdp.rtpmaps(audio)[1].clock_hz == 8000);

  const SdpMediaView& video = sdp.media()[1];
  CHECK(video.port == 51372);
  CHECK(video.port_count == 2);
  CHECK(numbers({video.payload_types.data(), video.payload_type_count}) == std::vector<int>{99});
  CHECK(sdp.address(video).text == "2001:db8::2");
  CHECK(sdp.address(video).binary().size() == 16);
  CHECK(sdp.rtcp_address(video).text == "192.0.2.9");
  CHECK(SdpView::rtcp_port(video) == 53020);
  CHECK(sdp.direction(video) == SdpDirection::inactive);
  CHECK(video.has_crypto);
  REQUIRE(sdp.rtpmaps(video).size() == 1);
  CHECK(sdp.rtpmaps(video)[0].clock_hz == 90000);
  CHECK_FALSE(sdp.overflow());
  CHECK_FALSE(sdp.has_bad_line());
}

TEST_CASE("ICE, DTLS and rtcp-mux are read") {
  const SdpView& sdp = parsed(
      "a=ice-ufrag:sess\r\n"
      "a=fingerprint:sha-256 00:11\r\n"
      "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"
      "a=rtcp-mux\r\n"
      "a=rtcp:9 IN IP4 0.0.0.0\r\n"
      "a=ice-ufrag:8hhY\r\n"
      "a=ice-pwd:asd88fgpdd777uzjYhagZg\r\n"
      "a=rtpmap:111 opus/48000/2\r\n"
      "a=candidate:1 1 UDP 2130706431 203.0.113.141 8998 typ host\r\n"
      "a=candidate:2 2 udp 1694498815 2001:db8::7 45664 typ srflx raddr 10.0.1.1 rport 8998\r\n"
      "a=candidate:3 1 TCP 1 example.local 9 typ host tcptype active\r\n"
      "a=end-of-candidates\r\n");
  CHECK(sdp.session().ice_ufrag == "sess");
  CHECK(sdp.session().has_fingerprint);
  REQUIRE(sdp.media().size() == 1);
  const SdpMediaView& media = sdp.media()[0];
  CHECK(media.rtcp_mux);
  CHECK(media.ice_ufrag == "8hhY");
  CHECK(media.ice_pwd == "asd88fgpdd777uzjYhagZg");
  CHECK(SdpView::rtcp_port(media) == 9);
  CHECK(sdp.rtpmaps(media)[0].channels == 2);
  REQUIRE(sdp.candidates(media).size() == 3);
  CHECK(sdp.candidates(media)[0].address.text == "203.0.113.141");
  CHECK(sdp.candidates(media)[0].port == 8998);
  CHECK(sdp.candidates(media)[0].component == 1);
  CHECK(sdp.candidates(media)[0].transport == "UDP");
  CHECK(sdp.candidates(media)[0].type == "host");
  CHECK(sdp.candidates(media)[1].address.size == 16);
  CHECK(sdp.candidates(media)[1].component == 2);
  CHECK(sdp.candidates(media)[1].type == "srflx");
  CHECK(sdp.candidates(media)[2].address.text == "example.local");
  CHECK(sdp.candidates(media)[2].address.size == 0);
  CHECK_FALSE(sdp.has_bad_line());
}

TEST_CASE("a bundle uses the address of its first media that is not refused") {
  const SdpView& sdp = parsed(
      "a=group:LS d\r\na=group:BUNDLE a0 v1 d\r\n"
      "m=audio 0 RTP/AVP 0\r\na=mid:a0\r\n"
      "m=video 4000 RTP/AVP 96\r\na=mid:v1\r\n"
      "m=video 0 RTP/AVP 97\r\na=mid:d\r\na=bundle-only\r\n"
      "m=audio 4002 RTP/AVP 8\r\na=mid:v\r\n"
      "m=audio 4004 RTP/AVP 8\r\n");
  CHECK(sdp.bundle_tag(0) == 1);
  CHECK(sdp.bundle_tag(1) == 1);
  CHECK(sdp.bundle_tag(2) == 1);
  CHECK(sdp.bundle_tag(3) == 3);  // v is another than v1
  CHECK(sdp.bundle_tag(4) == 4);
  CHECK(sdp.media()[2].bundle_only);
  CHECK_FALSE(sdp.media()[1].bundle_only);
}

TEST_CASE("bundles are bounded, and one that names nobody bundles nothing") {
  std::string lines;
  for (std::size_t i = 0; i < SdpView::max_bundles; ++i) lines += "a=group:BUNDLE\r\n";
  CHECK_FALSE(parsed(lines).overflow());
  const SdpView& sdp = parsed(lines + "a=group:BUNDLE x\r\nm=audio 1 RTP/AVP 0\r\na=mid:x\r\n");
  CHECK(sdp.overflow());
  CHECK(sdp.bundle_tag(0) == 0);
}

TEST_CASE("how RTCP is sent, and how much speech a packet has, are read") {
  const SdpView& sdp = parsed(
      "m=audio 4000 RTP/AVPF 0\r\na=rtcp-mux-only\r\na=rtcp-rsize\r\na=ptime:30\r\n"
      "m=audio 4002 RTP/AVP 0\r\na=rtcp-mux\r\n");
  const SdpMediaView& first = sdp.media()[0];
  CHECK((first.rtcp_mux && first.rtcp_mux_only && first.rtcp_rsize));
  CHECK(first.ptime_ms == 30);
  const SdpMediaView& second = sdp.media()[1];
  CHECK(second.rtcp_mux);
  CHECK_FALSE((second.rtcp_mux_only || second.rtcp_rsize));
  CHECK(second.ptime_ms == 0);
}

TEST_CASE("the profile says whether RTP is encrypted, the keys whether RTCP is") {
  const SdpView& sdp = parsed(
      "m=audio 1 RTP/AVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\n"
      "m=audio 2 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\n"
      "m=audio 3 UDP/TLS/rtp/savpf 0\r\n"
      "m=audio 4 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x UNENCRYPTED_SRTCP\r\n"
      "m=image 5 udptl t38\r\n");
  const auto srtp = [&](std::size_t media) { return is_srtp(sdp.media()[media]); };
  const auto srtcp = [&](std::size_t media) { return is_srtcp(sdp.media()[media]); };
  CHECK((!srtp(0) && srtp(1) && srtp(2) && srtp(3) && !srtp(4)));
  CHECK((!srtcp(0) && srtcp(1) && srtcp(2) && !srtcp(3) && !srtcp(4)));
}

TEST_CASE("rtpmaps and candidates stay with their media") {
  const SdpView& sdp = parsed(
      "m=audio 1000 RTP/AVP 96\r\na=rtpmap:96 a/1\r\n"
      "m=audio 1002 RTP/AVP 8\r\n"
      "m=audio 1004 RTP/AVP 97\r\na=rtpmap:97 b/2\r\na=candidate:1 1 UDP 1 192.0.2.7 5 typ "
      "host\r\n");
  REQUIRE(sdp.media().size() == 3);
  CHECK(sdp.rtpmaps(sdp.media()[0])[0].encoding == "a");
  CHECK(sdp.rtpmaps(sdp.media()[1]).empty());
  CHECK(sdp.rtpmaps(sdp.media()[2])[0].encoding == "b");
  CHECK(sdp.candidates(sdp.media()[0]).empty());
  CHECK(sdp.candidates(sdp.media()[2]).size() == 1);
}

TEST_CASE("addresses: time to live, names, several c= lines, spelling") {
  const auto address = [](const std::string& line) {
    const SdpView& sdp = parsed("m=audio 1 RTP/AVP 0\r\n" + line);
    return sdp.address(sdp.media()[0]);
  };
  CHECK(address("c=IN IP4 224.2.36.42/127\r\n").text == "224.2.36.42");
  CHECK(address("c=IN IP4 224.2.36.42/127/3\r\n").size == 4);
  CHECK(address("c=IN IP6 FF15::101/3\r\n").size == 16);
  CHECK(address("c=IN IP4 media.example.com\r\n").text == "media.example.com");
  CHECK(address("c=IN IP4 media.example.com\r\n").size == 0);
  CHECK(address("c=IN IP4 192.0.2.5\r\nc=IN IP4 192.0.2.6\r\n").text == "192.0.2.5");
  CHECK(address("c=IN IP4  192.0.2.5 \r\n").text == "192.0.2.5");
  CHECK(address("c=IN IP4 " + std::string(300, '1') + "\r\n").size == 0);
  CHECK(address("c=IN IP4\r\n").text == "192.0.2.1");  // not readable: the session's stays
}

TEST_CASE("a refused stream has no RTCP port, and the last port has no successor") {
  const SdpView& sdp = parsed("m=audio 0 RTP/AVP 0\r\nm=audio 65535 RTP/AVP 0\r\n");
  CHECK(SdpView::rtcp_port(sdp.media()[0]) == 0);
  CHECK(SdpView::rtcp_port(sdp.media()[1]) == 0);
  CHECK(sdp.direction(sdp.media()[0]) == SdpDirection::sendrecv);
}

TEST_CASE("lines that cannot be read are skipped and flagged") {
  const std::string bad = GENERATE(
      as<std::string>{}, "nonsense\r\n", "a\r\n", "=\r\n", "c=IN\r\n", "m=audio\r\n",
      "m=audio x RTP/AVP 0\r\n", "m=audio 65536 RTP/AVP 0\r\n", "m=audio -1 RTP/AVP 0\r\n",
      "m=audio 1/x RTP/AVP 0\r\n", "m=audio 1\r\n", "a=rtpmap:x y/1\r\n", "a=rtpmap:200 y/1\r\n",
      "a=rtpmap:96 y\r\n", "a=rtpmap:96 /8000\r\n", "a=rtpmap:96 y/8000/x\r\n", "a=rtcp:x\r\n",
      "a=rtcp:1 IN\r\n", "a=candidate:1 1 UDP 1 192.0.2.1 99999 typ host\r\n",
      "a=candidate:1 1 UDP 1 192.0.2.1 9\r\n", "a=candidate:\r\n", "a=ptime:x\r\n");
  CAPTURE(bad);
  const SdpView& sdp = parsed("m=audio 1000 RTP/AVP 0\r\n" + bad + "m=video 1002 RTP/AVP 31\r\n");
  CHECK(sdp.has_bad_line());
  REQUIRE(sdp.media().size() == 2);
  CHECK(sdp.media()[0].port == 1000);
  CHECK(sdp.media()[1].port == 1002);
  CHECK(sdp.rtpmaps(sdp.media()[0]).empty());
  CHECK(sdp.candidates(sdp.media()[0]).empty());
}

TEST_CASE("attributes after a bad m= line are nobody's") {
  const SdpView& sdp = parsed("m=audio x RTP/AVP 0\r\nc=IN IP4 192.0.2.66\r\na=inactive\r\n");
  CHECK(sdp.media().empty());
  CHECK(sdp.session().connection.text == "192.0.2.1");
  CHECK(sdp.session().direction == SdpDirection::unset);
}

TEST_CASE("line ends may be bare and the last one missing") {
  SdpView sdp;
  REQUIRE(parse_sdp("v=0\nc=IN IP4 192.0.2.1\nm=audio 5004 RTP/AVP 0", sdp) == Errc::none);
  REQUIRE(sdp.media().size() == 1);
  CHECK(sdp.media()[0].port == 5004);
  CHECK(numbers({sdp.media()[0].payload_types.data(), 1}) == std::vector<int>{0});
  CHECK(sdp.address(sdp.media()[0]).size == 4);
}

TEST_CASE("what is kept is bounded, and the bound is flagged") {
  std::string lines = "m=audio 1 RTP/AVP";
  for (int i = 0; i < 40; ++i) lines += " 96";
  CHECK(parsed(lines + "\r\n").media()[0].payload_type_count == SdpMediaView::max_payload_types);
  CHECK(parsed(lines + "\r\n").overflow());

  lines = "m=audio 1 RTP/AVP 96\r\n";
  for (int i = 0; i < 200; ++i) lines += "a=rtpmap:96 x/8000\r\n";
  CHECK(parsed(lines).rtpmaps(parsed(lines).media()[0]).size() == SdpView::max_rtpmaps);
  CHECK(parsed(lines).overflow());

  lines = "m=audio 1 RTP/AVP 96\r\n";
  for (int i = 0; i < 200; ++i) lines += "a=candidate:1 1 UDP 1 192.0.2.1 9 typ host\r\n";
  CHECK(parsed(lines).candidates(parsed(lines).media()[0]).size() == SdpView::max_candidates);
  CHECK(parsed(lines).overflow());

  lines.clear();
  for (int i = 0; i < 40; ++i) lines += "m=audio 1 RTP/AVP 96\r\nc=IN IP4 192.0.2.2\r\n";
  CHECK(parsed(lines).media().size() == SdpView::max_media);
  CHECK(parsed(lines).overflow());
  CHECK(parsed(lines).session().connection.text == "192.0.2.1");
}

TEST_CASE("what is no SDP is malformed, and too much of it is over the limit") {
  SdpView sdp;
  for (const std::string_view text : {"", "\r\n", "hello", "<xml/>", "=", "v", "v 0", "1=2"}) {
    CAPTURE(std::string(text));
    CHECK(parse_sdp(text, sdp) == Errc::malformed);
    CHECK(sdp.media().empty());
  }
  CHECK(parse_sdp("v=0\r\n" + std::string(SdpView::max_bytes, 'x'), sdp) == Errc::over_limit);
}

TEST_CASE("SDP is found in a message and read without an allocation") {
  const std::string text =
      "INVITE sip:a SIP/2.0\r\nc: multipart/mixed;boundary=b\r\n\r\n--b\r\nContent-Type: "
      "application/sdp\r\n\r\n" +
      std::string(session) + "m=audio 5004 RTP/AVP 0\r\n--b--\r\n";
  SipView message;
  SdpView sdp;
  const test::AllocationCounter allocations;
  Errc error = parse_sip(as_bytes(text), message);
  if (error == Errc::none) error = parse_sdp(find_sdp(message), sdp);
  const auto count = allocations.count();
  CHECK(error == Errc::none);
  CHECK(count == 0);
  REQUIRE(sdp.media().size() == 1);
  CHECK(sdp.media()[0].port == 5004);
}
