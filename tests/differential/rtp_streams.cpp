// rtp_streams CAPTURE: the RTP streams of a capture, one line each, for e2e/rtp_streams_test.py.
//
// source, port, destination, port, SSRC, packets, lost, maximum of delta, mean and maximum of jitter
// in us, duplicates, restarts, and whether the clock was told by SDP or the static payload type.
#include <cmath>
#include <cstdio>
#include <map>
#include <tuple>

#include "agent/capture/file_source.hpp"
#include "proto/net/decode.hpp"
#include "proto/net/flow_key.hpp"
#include "proto/rtp/stream.hpp"
#include "proto/sip/message.hpp"
#include "proto/sip/sdp.hpp"

using namespace heptap;

namespace {

/// Clocks and kinds of payload types, as any SDP of the capture has told them.
class Formats {
 public:
  void learn(Bytes payload) {
    if (!looks_like_sip(payload) || parse_sip(payload, message_) != Errc::none) return;
    if (parse_sdp(find_sdp(message_), sdp_) != Errc::none) return;
    for (const SdpMediaView& media : sdp_.media()) {
      for (const SdpRtpMapView& map : sdp_.rtpmaps(media)) learn(media, map);
    }
  }
  [[nodiscard]] RtpFormat find(std::uint8_t payload_type) const {
    const auto found = formats_.find(payload_type);
    if (found != formats_.end()) return found->second;
    if (payload_type == telephone_event) return {8000, RtpKind::telephone_event};
    return static_rtp_format(payload_type);
  }

 private:
  static constexpr std::uint8_t telephone_event = 101;  // tshark's own default

  void learn(const SdpMediaView& media, const SdpRtpMapView& map) {
    if (map.payload_type < 96) return;
    RtpFormat& format = formats_[map.payload_type];
    format.clock_hz = map.clock_hz;
    format.kind = media.type == "video" ? RtpKind::video : RtpKind::audio;
    if (map.encoding == "telephone-event") format.kind = RtpKind::telephone_event;
  }

  std::map<std::uint8_t, RtpFormat> formats_;
  SipView message_;
  SdpView sdp_;
};

struct Source {
  FlowKey flow;
  std::uint32_t ssrc = 0;

  friend bool operator<(const Source& a, const Source& b) {
    const auto of = [](const Source& s) {
      return std::tuple(s.flow.source.octets, s.flow.destination.octets, s.flow.source_port,
                        s.flow.destination_port, s.ssrc);
    };
    return of(a) < of(b);
  }
};

struct Followed {
  RtpStream stream;
  RtpExtras extras{1};
  bool is_clock_told = true;
};

using Streams = std::map<Source, Followed>;

void take(const Packet& packet, std::int64_t time_ns, Formats& formats, Streams& streams) {
  if (packet.ip_protocol != ip_protocol_udp) return;
  const Result<RtpView> rtp = parse_rtp(packet.payload);
  if (!rtp || !looks_like_rtp(packet.payload)) return formats.learn(packet.payload);
  Followed& followed = streams[{flow_of(packet), rtp->ssrc}];
  RtpEventDetails details;
  const auto format_of = [&](std::uint8_t type) { return formats.find(type); };
  const RtpStep step = followed.stream.add(*rtp, time_ns, format_of, followed.extras, details);
  if (step.has(RtpEvent::clock_estimated)) followed.is_clock_told = false;
}

long long us(double ms) { return std::llround(ms * 1000); }

void print(const Source& source, const Followed& followed) {
  const RtpFigures figures = followed.stream.total(followed.extras);
  std::printf("%s\t%u\t%s\t%u\t0x%08X\t%u\t%u\t%lld\t%lld\t%lld\t%u\t%u\t%d\n",
              to_string(source.flow.source).c_str(), source.flow.source_port,
              to_string(source.flow.destination).c_str(), source.flow.destination_port, source.ssrc,
              figures.counts.packets(), figures.counts.lost(), us(figures.delta.max_talk_ms),
              us(figures.mean_jitter_ms), us(figures.max_jitter_ms), figures.counts.duplicates,
              unsigned{figures.restarts}, followed.is_clock_told ? 1 : 0);
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 2) return 2;
  CaptureFile capture = CaptureFile::open(argv[1]);
  Decoder decoder;
  Formats formats;
  Streams streams;
  RawFrame frame;
  Packet packet;
  while (capture.next(frame) == ReadState::frame) {
    const Decoded got = decoder.decode(frame.link_type, frame.bytes, frame.time_ns / 1000, packet,
                                       frame.wire_bytes > frame.bytes.size());
    if (got == Decoded::packet) take(packet, frame.time_ns, formats, streams);
  }
  for (const auto& [source, followed] : streams) print(source, followed);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
