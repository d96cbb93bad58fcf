#include "proto/rtp/voice_quality.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "tests/unit/proto/rtp/printed.hpp"

using namespace heptap;
using heptap::test::printed;

namespace {

VoiceFigures lost(double percent) {
  VoiceFigures figures;
  figures.loss_percent = percent;
  return figures;
}

}  // namespace

TEST_CASE("without a delay there is a listening quality only") {
  const auto quality = rate_voice(find_codec("PCMU"), lost(1));
  REQUIRE(quality);
  CHECK(printed(quality->r_lq) == "89.560");
  CHECK(printed(quality->mos_lq) == "4.328");
  CHECK_FALSE(quality->r_cq);
  CHECK_FALSE(quality->mos_cq);
  CHECK(quality->kind() == MosKind::listening);
  CHECK(to_string(quality->kind()) == "LQ");
  CHECK(quality->mos() == quality->mos_lq);
  CHECK(quality->r() == quality->r_lq);
}

TEST_CASE("with a delay the conversational quality is the one to show") {
  VoiceFigures figures = lost(2);
  figures.rtt_ms = 120;  // 60 of the network, 20 of the packet, 20 of the jitter buffer
  const auto quality = rate_voice(find_codec("PCMU"), figures);
  REQUIRE(quality);
  CHECK(printed(*one_way_delay_ms(find_codec("PCMU"), figures)) == "100.000");
  CHECK(printed(*quality->r_cq) == "83.789");
  CHECK(printed(*quality->mos_cq) == "4.159");
  CHECK(printed(quality->r_lq) == "86.189");
  CHECK(quality->kind() == MosKind::conversational);
  CHECK(to_string(quality->kind()) == "CQ");
  CHECK(quality->mos() == *quality->mos_cq);
  CHECK(quality->r() == *quality->r_cq);
}

TEST_CASE("a delay is made of network, packet, look-ahead and jitter buffer") {
  struct Row {
    const char* why;
    const char* codec;
    VoiceFigures figures;
    std::string want;
  };
  const auto figures = [](std::optional<double> rtt_ms, double jitter_ms) {
    VoiceFigures of_row;
    of_row.rtt_ms = rtt_ms;
    of_row.jitter_ms = jitter_ms;
    return of_row;
  };
  VoiceFigures all = figures(100, 30);
  all.network_delay_ms = 70;
  all.jitter_buffer_ms = 45;
  all.ptime_ms = 40;
  const std::vector<Row> rows{
      {"nothing of the network is known", "PCMU", figures(std::nullopt, 5), "none"},
      {"little jitter needs a buffer too", "PCMU", figures(0, 5), "40.000"},
      {"twice the jitter", "PCMU", figures(0, 15), "50.000"},
      {"half of the round trip", "PCMU", figures(80, 0), "80.000"},
      {"look-ahead", "G729", figures(0, 0), "45.000"},
      {"30 ms packets with look-ahead", "G723", figures(0, 0), "57.500"},
      {"wideband", "AMR-WB", figures(100, 0), "95.000"},
      {"fullband is as rtpengine has it", "opus", figures(400, 10), "210.000"},
      {"all that can be said", "PCMU", all, "155.000"},
      {"negative", "PCMU", figures(-100, -100), "40.000"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.why);
    const auto delay_ms = one_way_delay_ms(find_codec(row.codec), row.figures);
    CHECK((delay_ms ? printed(*delay_ms) : "none") == row.want);
  }
}

TEST_CASE("what the receiver throws away is lost too") {
  VoiceFigures figures = lost(0.5);
  figures.discard_percent = 0.5;
  CHECK(rate_voice(find_codec("PCMU"), figures)->r_lq ==
        Approx(rate_voice(find_codec("PCMU"), lost(1))->r_lq));
  figures.discard_percent = -5;
  CHECK(rate_voice(find_codec("PCMU"), figures)->r_lq ==
        rate_voice(find_codec("PCMU"), lost(0.5))->r_lq);
}

TEST_CASE("bursts and advantage reach the model") {
  VoiceFigures figures = lost(2);
  figures.burst_ratio = 2;
  CHECK(printed(rate_voice(find_codec("PCMU"), figures)->r_lq) == "85.920");
  figures = lost(3);
  figures.advantage = 10;
  CHECK(printed(rate_voice(find_codec("GSM-EFR"), figures)->mos_lq) == "3.923");
}

TEST_CASE("each codec is rated on its scale") {
  CHECK(printed(rate_voice(find_codec("G722"), {})->mos_lq) == "4.337");
  CHECK(rate_voice(find_codec("G722"), {})->scale == Scale::wideband);
  VoiceFigures figures = lost(2);
  figures.rtt_ms = 400;
  figures.jitter_ms = 10;
  const auto opus = rate_voice(find_codec("opus"), figures);
  CHECK(printed(opus->mos()) == "3.248");
  CHECK(opus->scale == Scale::fullband);
  CHECK(opus->is_provisional);
  CHECK(printed(rate_voice(find_codec("SomethingNew"), {})->mos_lq) == "4.409");
  CHECK(rate_voice(find_codec("SomethingNew"), {})->is_provisional);
  CHECK(to_string(Scale::narrowband) == "NB");
  CHECK(to_string(Scale::wideband) == "WB");
  CHECK(to_string(Scale::fullband) == "FB");
}

TEST_CASE("what is no voice is not rated") {
  CHECK_FALSE(rate_voice(find_codec("CN"), {}));
  CHECK_FALSE(rate_voice(find_codec("telephone-event"), {}));
  CHECK_FALSE(rate_voice(static_codec(31), {}));
}

TEST_CASE("figures that are not numbers are rated as if nothing were known") {
  const double no_number = std::numeric_limits<double>::quiet_NaN();
  VoiceFigures figures;
  figures.loss_percent = figures.discard_percent = figures.burst_ratio = no_number;
  figures.jitter_ms = figures.advantage = no_number;
  const auto quality = rate_voice(find_codec("PCMU"), figures);
  CHECK(printed(quality->r_lq) == "93.200");
  figures.rtt_ms = figures.ptime_ms = figures.jitter_buffer_ms = no_number;
  CHECK(printed(*rate_voice(find_codec("PCMU"), figures)->r_cq) == "93.200");
}
