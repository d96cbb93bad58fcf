#include "agent/pipeline/rtp_formats.hpp"

#include <catch2/catch.hpp>

using namespace heptap;

namespace {

StreamPayload named(const char* encoding, std::uint32_t clock_hz) {
  return {.payload_type = 97,
          .sdp = PayloadFormat{
              .clock_hz = clock_hz, .payload_type = 97, .encoding = encoding_id(encoding)}};
}

}  // namespace

TEST_CASE("what SDP calls a payload type says what the statistics do with it") {
  struct Row {
    const char* encoding;
    std::uint32_t clock_hz;
    RtpKind kind;
    SilenceFrames silence;
  };
  const auto row = GENERATE(
      values<Row>({{"opus", 48'000, RtpKind::audio, SilenceFrames::none},
                   {"telephone-event", 8000, RtpKind::telephone_event, SilenceFrames::none},
                   {"CN", 8000, RtpKind::comfort_noise, SilenceFrames::none},
                   {"red", 8000, RtpKind::redundancy, SilenceFrames::none},
                   {"G729", 8000, RtpKind::audio, SilenceFrames::g729},
                   {"AMR", 8000, RtpKind::audio, SilenceFrames::amr},
                   {"AMR-WB", 16'000, RtpKind::audio, SilenceFrames::amr_wb}}));
  CAPTURE(row.encoding);
  StreamPayload payload = named(row.encoding, row.clock_hz);
  CHECK(rtp_format_of(payload).clock_hz == row.clock_hz);
  CHECK(rtp_format_of(payload).kind == row.kind);
  CHECK(rtp_format_of(payload).silence == row.silence);
  payload.is_srtp = true;
  CHECK(rtp_format_of(payload).silence == SilenceFrames::none);
}

TEST_CASE("of a video line all is video but what is none") {
  StreamPayload payload = named("H264", 90'000);
  payload.is_video = true;
  CHECK(rtp_format_of(payload).kind == RtpKind::video);
  payload.sdp->encoding = encoding_id("rtx");
  CHECK(rtp_format_of(payload).kind == RtpKind::redundancy);
}

TEST_CASE("where SDP says nothing, static payload types do") {
  CHECK(rtp_format_of({.payload_type = 8, .sdp = {}}).clock_hz == 8000);
  CHECK(codec_of({.payload_type = 8, .sdp = {}}).id == CodecId::pcma);
  CHECK(encoding_name(payload_format_of({.payload_type = 8, .sdp = {}}).encoding) == "PCMA");
  CHECK(rtp_format_of({.payload_type = 97, .sdp = {}}).clock_hz == 0);
  CHECK(payload_format_of({.payload_type = 97, .sdp = {}}).clock_hz == 0);
  CHECK(codec_of(named("opus", 48'000)).id == CodecId::opus);
}
