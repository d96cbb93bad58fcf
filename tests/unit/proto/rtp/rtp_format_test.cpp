#include "proto/rtp/rtp_format.hpp"

#include <catch2/catch.hpp>

#include "tests/support/hex.hpp"

using namespace heptap;
using heptap::test::from_hex;

TEST_CASE("static payload types have the clocks of RFC 3551") {
  struct Row {
    unsigned payload_type;
    std::uint32_t clock_hz;
    RtpKind kind = RtpKind::audio;
  };
  const auto row = GENERATE(values<Row>({{0, 8000},
                                         {3, 8000},
                                         {4, 8000},
                                         {5, 8000},
                                         {6, 16000},
                                         {7, 8000},
                                         {8, 8000},
                                         {9, 8000},
                                         {10, 44100},
                                         {11, 44100},
                                         {12, 8000},
                                         {13, 8000, RtpKind::comfort_noise},
                                         {14, 90000},
                                         {15, 8000},
                                         {16, 11025},
                                         {17, 22050},
                                         {18, 8000},
                                         {19, 8000, RtpKind::comfort_noise},
                                         {26, 90000, RtpKind::video},
                                         {34, 90000, RtpKind::video},
                                         {35, 0},
                                         {96, 0},
                                         {127, 0},
                                         {255, 0}}));
  CAPTURE(row.payload_type);
  const RtpFormat got = static_rtp_format(static_cast<std::uint8_t>(row.payload_type));
  CHECK(got.clock_hz == row.clock_hz);
  CHECK(got.kind == row.kind);
}

TEST_CASE("frames of silence are known by the codec's own mark") {
  struct Row {
    const char* why;
    SilenceFrames how;
    std::string_view payload;
    bool want;
  };
  const auto row = GENERATE(values<Row>({
      {"no codec", SilenceFrames::none, "0000", false},
      {"G.729 annex B", SilenceFrames::g729, "7880", true},
      {"G.729 behind a frame", SilenceFrames::g729, "00112233445566778899 7880", true},
      {"G.729 speech", SilenceFrames::g729, "00112233445566778899", false},
      {"AMR, CMR 15, type 8", SilenceFrames::amr, "f4 40", true},
      {"AMR, CMR 15, type 7", SilenceFrames::amr, "f3 c0", false},
      {"AMR in octets, type 8", SilenceFrames::amr_octets, "f0 44", true},
      {"AMR in octets, type 7", SilenceFrames::amr_octets, "f0 3c", false},
      {"AMR-WB, type 9", SilenceFrames::amr_wb, "f4 c0", true},
      {"AMR-WB, type 8", SilenceFrames::amr_wb, "f4 40", false},
      {"AMR-WB in octets, type 9", SilenceFrames::amr_wb_octets, "f0 4c", true},
      {"AMR cut off", SilenceFrames::amr, "f4", false},
  }));
  CAPTURE(row.why);
  CHECK(is_silence_frame(row.how, Bytes(from_hex(row.payload))) == row.want);
}
