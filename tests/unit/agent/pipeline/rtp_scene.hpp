#pragma once

#include <string>
#include <vector>

#include "agent/calls/media_observer.hpp"
#include "tests/support/media_talk.hpp"
#include "tests/unit/agent/pipeline/pipeline_tap.hpp"

namespace heptap::test {

/// Keeps what it is told.
class Heard : public MediaObserver {
 public:
  struct Stream {
    StreamReport report;  // without texts
    std::string call_id;
    std::string codec;
  };
  struct Event {
    MediaEventKind kind;
    MediaParty sender;
    std::int64_t detail;
    char digit;
    std::string call_id;
  };

  Heard() { media_us.reserve(1000); }  // it is told while allocations are counted

  void on_stream(const StreamReport& report) noexcept override {
    streams.push_back({report, std::string(report.owner.call_id), std::string(report.codec_name)});
  }
  void on_event(const MediaEventReport& event) noexcept override {
    events.push_back({event.kind, event.owner.sender, event.detail, event.digit,
                      std::string(event.owner.call_id)});
  }
  void on_reception(const ReceptionReport&) noexcept override {}
  void on_phone_report(const PhoneReport&) noexcept override {}
  void on_media(std::uint64_t, std::int64_t time_us) noexcept override {
    media_us.push_back(time_us);
  }

  [[nodiscard]] std::vector<Event> all(MediaEventKind kind) const {
    std::vector<Event> out;
    for (const Event& one : events) {
      if (one.kind == kind) out.push_back(one);
    }
    return out;
  }
  [[nodiscard]] std::vector<Stream> finals() const {
    std::vector<Stream> out;
    for (const Stream& one : streams) {
      if (one.report.is_final) out.push_back(one);
    }
    return out;
  }

  std::vector<Stream> streams;
  std::vector<Event> events;
  std::vector<std::int64_t> media_us;  ///< of on_media()
};

/// A packet of RTP of one sender, who goes on where he was.
struct Sender {
  std::uint16_t from_port = 4000;
  std::uint16_t to_port = 5000;
  std::uint32_t ssrc = 1;
  std::uint8_t payload_type = 0;
  bool is_callee = false;  ///< the other way round
  std::uint16_t sequence = 100;
  std::uint32_t timestamp = 16'000;
  std::string payload_hex = "d5d5d5d5";

  [[nodiscard]] Frame next() {
    Frame rtp{0x80, payload_type};
    put16(rtp, sequence++);
    for (const std::uint32_t word : {timestamp, ssrc}) {
      put16(rtp, word >> 16U);
      put16(rtp, word & 0xffffU);
    }
    timestamp += 160;
    Frame packet = ipv4(udp(joined(rtp, from_hex(payload_hex)), from_port, to_port));
    constexpr std::ptrdiff_t source = 12;
    const auto at = packet.begin() + source;
    if (is_callee) std::swap_ranges(at, at + 4, at + 4);
    return ethernet(packet);
  }
};

inline Sender callee_of(const Sender& caller, std::uint32_t ssrc = 2) {
  return {.from_port = caller.to_port,
          .to_port = caller.from_port,
          .ssrc = ssrc,
          .payload_type = caller.payload_type,
          .is_callee = true};
}

/// A pipeline that follows RTP, and a clock. Packets go between the addresses that ipv4() has.
class RtpScene {
 public:
  static constexpr std::int64_t second = 1'000'000;

  explicit RtpScene(const RtpOptions& rtp = {}, bool rtcp = false)
      : tap(options(rtp, rtcp), &media, &heard) {}

  static std::string sdp(bool is_callee, const std::string& types = "0 8",
                         const std::string& lines = "", const std::string& profile = "RTP/AVP") {
    const std::string port = is_callee ? "5000" : "4000";
    return sdp_body(is_callee ? "198.51.100.20" : "192.0.2.10",
                    "m=audio " + port + " " + profile + " " + types + "\r\n" + lines);
  }

  void say(const Talk& talk) {
    tap.handle(ethernet(ipv4(udp(text(text_of(talk))))), now_us);
    now_us += 10'000;
  }
  void invite(const std::string& offer = sdp(false), const std::string& answer = sdp(true)) {
    say({.start = "INVITE", .body = offer});
    say({.start = "200 INVITE", .body = answer, .to_tag = "b"});
    say({.start = "ACK", .to_tag = "b"});
  }
  void bye() {
    say({.start = "BYE", .to_tag = "b"});
    say({.start = "200 BYE", .to_tag = "b"});
  }
  void packet(Sender& sender) { tap.handle(sender.next(), now_us); }
  /// One each 20 ms.
  void talk(Sender& sender, int packets) {
    for (int i = 0; i < packets; ++i) {
      packet(sender);
      now_us += 20'000;
    }
  }
  void talk(Sender& one, Sender& other, int packets) {
    for (int i = 0; i < packets; ++i) {
      packet(one);
      packet(other);
      now_us += 20'000;
    }
  }
  /// Time goes by: a packet that is nothing comes each second.
  void wait(int seconds) {
    for (int i = 0; i < seconds; ++i) {
      now_us += second;
      tap.handle(ethernet(ipv4(udp(text("\r\n\r\n")))), now_us);
    }
  }

  MediaCalls media{{.max_calls = 64}};
  Heard heard;
  PipelineTap tap;
  std::int64_t now_us = 0;

 private:
  static PipelineOptions options(const RtpOptions& rtp, bool rtcp) {
    PipelineOptions out;
    out.rtp = rtp;
    out.send_rtcp = rtcp;
    return out;
  }
};

}  // namespace heptap::test
