// The input is a row of datagrams of three media of a call, whose RTCP is plain, encrypted or only
// authenticated by SDP, and of a stranger: a byte for the port, one for the time that passes, one for
// the length. What becomes of them must add up, and nothing that walks is taken where SDP says that it
// is encrypted.
#include "agent/pipeline/rtcp_reports.hpp"

#include <algorithm>
#include <memory>
#include <string>

#include "tests/fuzz/require.hpp"

using namespace heptap;
using heptap::test::exact_block;
using heptap::test::require;

namespace {

constexpr std::uint16_t encrypted_port = 4003;

const std::string invite =
    "INVITE sip:b SIP/2.0\r\nCall-ID: c\r\nFrom: <sip:a>;tag=a\r\nTo: <sip:b>\r\nCSeq: 1 "
    "INVITE\r\n\r\n"
    "v=0\r\nc=IN IP4 192.0.2.1\r\nm=audio 4000 RTP/AVP 0\r\nm=audio 4002 RTP/SAVP 0\r\n"
    "m=audio 4004 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x UNENCRYPTED_SRTCP\r\n";

class Listener : public MediaObserver {
 public:
  void on_stream(const StreamReport&) noexcept override {}
  void on_event(const MediaEventReport&) noexcept override {}
  void on_reception(const ReceptionReport&) noexcept override {}
  void on_phone_report(const PhoneReport&) noexcept override {}
  void on_srtcp(const SrtcpReport& report) noexcept override {
    require(report.packets > 0);
    packets += report.packets;
  }

  std::uint64_t packets = 0;
};

std::uint64_t sum(const RtcpReports& reports) {
  std::uint64_t all = reports.held();
  for_each<RtcpFate>([&](RtcpFate fate) { all += reports.fates()[fate]; });
  return all;
}

void take(RtcpReports& reports, const Packet& datagram, std::int64_t now_us) {
  const auto packets = count_rtcp(datagram.payload);
  const std::uint64_t taken = reports.fates()[RtcpFate::taken];
  packets ? reports.take(datagram, *packets, now_us) : reports.take_srtcp(datagram, now_us);
  const bool is_taken = reports.fates()[RtcpFate::taken] != taken;
  require(!is_taken || !packets || datagram.source_port != encrypted_port);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {  // NOLINT
  static SipView sip;
  static SdpView sdp;
  Listener listener;
  MediaCalls calls({.max_calls = 4});
  const auto reports = std::make_unique<RtcpReports>(calls, RtcpOutlets{.observer = &listener});
  Packet datagram;
  datagram.source = IpAddress::from(std::array<std::uint8_t, 4>{192, 0, 2, 1});
  require(parse_sip(as_bytes(invite), sip) == Errc::none);
  calls.learn(1, sip, datagram, 0, sdp);
  std::int64_t now_us = 0;
  for (ByteReader r{{data, size}}; !r.rest().empty();) {
    datagram.source_port = static_cast<std::uint16_t>(4001 + 2 * (r.u8() % 4));
    now_us += std::int64_t{static_cast<std::int8_t>(r.u8())} * 1'000'000;
    const std::size_t length = r.u8();
    const Bytes bytes = r.bytes(std::min(length, r.rest().size()));
    const auto in = exact_block(bytes.data(), bytes.size());
    datagram.payload = in;
    reports->look_again(now_us);
    if (looks_like_rtcp(in)) take(*reports, datagram, now_us);
    require(sum(*reports) == reports->entered());
  }
  reports->finish();
  require(reports->held() == 0 && sum(*reports) == reports->entered());
  require(listener.packets <= reports->entered());
  return 0;
}
