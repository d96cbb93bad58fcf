#include "proto/rtp/codec.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "tests/support/allocation_counter.hpp"

using namespace heptap;

TEST_CASE("every codec has its impairment, its robustness and its scale") {
  struct Row {
    const char* name;
    std::uint32_t clock_hz;
    std::uint32_t bit_rate_bps;
    CodecId id;
    double ie, bpl;
    Scale scale = Scale::narrowband;
  };
  const auto row = GENERATE(values<Row>({
      {"PCMU", 8000, 0, CodecId::pcmu, 0, 25.1},
      {"PCMA", 8000, 0, CodecId::pcma, 0, 25.1},
      {"G729", 8000, 0, CodecId::g729, 11, 19},
      {"G723", 8000, 0, CodecId::g723, 15, 16.1},
      {"G723", 8000, 6300, CodecId::g723, 15, 16.1},
      {"G723", 8000, 5300, CodecId::g723, 19, 16.1},
      {"G726-40", 8000, 0, CodecId::g726_40, 2, 19},
      {"G726-32", 8000, 0, CodecId::g726_32, 7, 19},
      {"G726-24", 8000, 0, CodecId::g726_24, 25, 19},
      {"G726-16", 8000, 0, CodecId::g726_16, 50, 19},
      {"G728", 8000, 0, CodecId::g728, 7, 16},
      {"G728", 8000, 12'800, CodecId::g728, 20, 16},
      {"GSM", 8000, 0, CodecId::gsm, 20, 10},
      {"GSM-HR-08", 8000, 0, CodecId::gsm_hr, 23, 10},
      {"GSM-EFR", 8000, 0, CodecId::gsm_efr, 5, 10},
      {"IS641", 8000, 0, CodecId::is641, 10, 10},
      {"AMR", 8000, 0, CodecId::amr, 5, 10},
      {"AMR", 8000, 12'200, CodecId::amr, 5, 10},
      {"AMR", 8000, 10'200, CodecId::amr, 6, 10},
      {"AMR", 8000, 7'950, CodecId::amr, 10, 10},
      {"AMR", 8000, 7'400, CodecId::amr, 12, 10},
      {"AMR", 8000, 6'700, CodecId::amr, 14, 10},
      {"AMR", 8000, 5'900, CodecId::amr, 16.5, 10},
      {"AMR", 8000, 5'150, CodecId::amr, 19.5, 10},
      {"AMR", 8000, 4'750, CodecId::amr, 21, 10},
      {"AMR", 8000, 4'711, CodecId::amr, 5, 10},
      {"iLBC", 8000, 0, CodecId::ilbc, 11, 32},
      {"iLBC", 8000, 15'200, CodecId::ilbc, 11, 32},
      {"speex", 8000, 0, CodecId::speex, 11, 20},
      {"L16", 8000, 0, CodecId::l16, 0, 25.1},
      {"L16", 16000, 0, CodecId::l16, 0, 4.3, Scale::wideband},
      {"G722", 8000, 0, CodecId::g722, 13, 4.3, Scale::wideband},
      {"G722", 8000, 56'000, CodecId::g722, 20, 4.3, Scale::wideband},
      {"G722", 8000, 48'000, CodecId::g722, 31, 4.3, Scale::wideband},
      {"AMR-WB", 16000, 0, CodecId::amr_wb, 13, 4.3, Scale::wideband},
      {"AMR-WB", 16000, 6'600, CodecId::amr_wb, 41, 4.3, Scale::wideband},
      {"AMR-WB", 16000, 8'850, CodecId::amr_wb, 26, 4.3, Scale::wideband},
      {"AMR-WB", 16000, 12'650, CodecId::amr_wb, 13, 4.3, Scale::wideband},
      {"AMR-WB", 16000, 14'250, CodecId::amr_wb, 10, 4.3, Scale::wideband},
      {"AMR-WB", 16000, 15'850, CodecId::amr_wb, 7, 4.3, Scale::wideband},
      {"AMR-WB", 16000, 18'250, CodecId::amr_wb, 5, 4.3, Scale::wideband},
      {"AMR-WB", 16000, 19'850, CodecId::amr_wb, 3, 4.3, Scale::wideband},
      {"AMR-WB", 16000, 23'050, CodecId::amr_wb, 1, 4.6, Scale::wideband},
      {"AMR-WB", 16000, 23'850, CodecId::amr_wb, 8, 4.9, Scale::wideband},
      {"opus", 48000, 0, CodecId::opus, 10.2, 4.3, Scale::fullband},
      {"EVS", 16000, 0, CodecId::evs, 10.2, 4.3, Scale::fullband},
      {"SomethingNew", 8000, 0, CodecId::unknown, 0, 10},
  }));
  CAPTURE(row.name, row.bit_rate_bps);
  const Codec codec = find_codec(row.name, row.clock_hz, row.bit_rate_bps);
  CHECK(codec.id == row.id);
  CHECK(codec.clock_hz == row.clock_hz);
  CHECK(codec.ie == row.ie);
  CHECK(codec.bpl == row.bpl);
  CHECK(codec.scale == row.scale);
}

TEST_CASE("codecs without a row of G.113 say that their figures are provisional") {
  for (const char* name : {"PCMU", "PCMA", "G729", "G723", "GSM-EFR", "AMR"}) {
    CAPTURE(name);
    CHECK_FALSE(find_codec(name).is_provisional);
  }
  for (const char* name : {"iLBC", "speex", "opus", "G722", "AMR-WB", "GSM", "G726-32", "x"}) {
    CAPTURE(name);
    CHECK(find_codec(name).is_provisional);
  }
  CHECK(find_codec("AMR", 8000, 4750).is_provisional);
  CHECK(find_codec("G723", 8000, 5300).is_provisional);
}

TEST_CASE("a codec is found by the names that SDP and phones give it") {
  struct Row {
    const char* name;
    CodecId want;
  };
  const auto row = GENERATE(values<Row>({
      {"pcmu", CodecId::pcmu},        {"PCMU/8000", CodecId::pcmu},
      {"G.711U", CodecId::pcmu},      {"G711a", CodecId::pcma},
      {"G711", CodecId::pcmu},        {"G722", CodecId::g722},
      {"G.723.1", CodecId::g723},     {"G.729AB", CodecId::g729},
      {"g729a", CodecId::g729},       {"AAL2-G726-32", CodecId::g726_32},
      {"ILBC", CodecId::ilbc},        {"amr-wb", CodecId::amr_wb},
      {"Opus", CodecId::opus},        {"telephone-event", CodecId::telephone_event},
      {"CN", CodecId::comfort_noise}, {"PCM", CodecId::unknown},
      {"PCMUX", CodecId::unknown},    {"G722.1", CodecId::unknown},
      {"G729D", CodecId::unknown},    {"AMR-WB+", CodecId::unknown},
      {"", CodecId::unknown},         {"/8000", CodecId::unknown},
      {"...", CodecId::unknown},
  }));
  CAPTURE(row.name);
  CHECK(find_codec(row.name).id == row.want);
}

TEST_CASE("the clock of the rtpmap is the clock, and makes some names another codec") {
  CHECK(find_codec("PCMU").clock_hz == 8000);
  CHECK(find_codec("G722").clock_hz == 8000);
  CHECK(find_codec("G722", 16000).clock_hz == 16000);
  CHECK(find_codec("opus").clock_hz == 48000);
  CHECK(find_codec("telephone-event", 48000).clock_hz == 48000);
  CHECK(find_codec("speex", 16000).id == CodecId::unknown);
  CHECK(find_codec("speex", 16000).clock_hz == 16000);
  CHECK(find_codec("SomethingNew").clock_hz == 0);
}

TEST_CASE("a payload type without SDP is that of the static table") {
  struct Row {
    int payload_type;
    CodecId id;
    std::uint32_t clock_hz;
  };
  const auto row = GENERATE(values<Row>({
      {0, CodecId::pcmu, 8000},
      {1, CodecId::unknown, 0},
      {3, CodecId::gsm, 8000},
      {4, CodecId::g723, 8000},
      {5, CodecId::unknown, 8000},
      {6, CodecId::unknown, 16000},
      {7, CodecId::unknown, 8000},
      {8, CodecId::pcma, 8000},
      {9, CodecId::g722, 8000},
      {10, CodecId::l16, 44100},
      {11, CodecId::l16, 44100},
      {12, CodecId::unknown, 8000},
      {13, CodecId::comfort_noise, 8000},
      {14, CodecId::unknown, 90000},
      {15, CodecId::g728, 8000},
      {16, CodecId::unknown, 11025},
      {17, CodecId::unknown, 22050},
      {18, CodecId::g729, 8000},
      {19, CodecId::comfort_noise, 8000},
      {20, CodecId::unknown, 0},
      {25, CodecId::video, 90000},
      {31, CodecId::video, 90000},
      {34, CodecId::video, 90000},
      {35, CodecId::unknown, 0},
      {96, CodecId::unknown, 0},
      {127, CodecId::unknown, 0},
      {255, CodecId::unknown, 0},
  }));
  CAPTURE(row.payload_type);
  const Codec codec = static_codec(static_cast<std::uint8_t>(row.payload_type));
  CHECK(codec.id == row.id);
  CHECK(codec.clock_hz == row.clock_hz);
}

TEST_CASE("packets and encoders take their time") {
  struct Row {
    const char* name;
    double ptime_ms, look_ahead_ms;
  };
  const auto row = GENERATE(values<Row>({{"PCMU", 20, 0},
                                         {"G729", 20, 5},
                                         {"G723", 30, 7.5},
                                         {"AMR", 20, 5},
                                         {"iLBC", 30, 0},
                                         {"opus", 20, 6.5},
                                         {"SomethingNew", 20, 0}}));
  CAPTURE(row.name);
  CHECK(find_codec(row.name).ptime_ms == row.ptime_ms);
  CHECK(find_codec(row.name).look_ahead_ms == row.look_ahead_ms);
}

TEST_CASE("G.711 without concealment is far less robust") {
  CHECK(without_concealment(find_codec("PCMU")).bpl == 4.3);
  CHECK(without_concealment(find_codec("PCMA")).bpl == 4.3);
  CHECK(without_concealment(find_codec("G729")).bpl == 19);
}

TEST_CASE("G.722 has figures on the narrowband scale too") {
  const Codec codec = on_narrowband_scale(find_codec("G722"));
  CHECK(codec.scale == Scale::narrowband);
  CHECK(codec.ie == 5);
  CHECK(codec.bpl == 7.1);
  CHECK(on_narrowband_scale(find_codec("opus")).scale == Scale::fullband);
}

TEST_CASE("every codec but those without a name is found by its own name") {
  for (int i = 0; i < static_cast<int>(CodecId::count_); ++i) {
    const auto id = static_cast<CodecId>(i);
    const std::string name{to_string(id)};
    CAPTURE(name, i);
    if (!name.empty()) CHECK(find_codec(name).id == id);
  }
  CHECK(to_string(CodecId::count_).empty());
}

TEST_CASE("comfort noise, events and video are no voice") {
  CHECK(is_voice(CodecId::pcmu));
  CHECK(is_voice(CodecId::unknown));
  CHECK_FALSE(is_voice(find_codec("CN").id));
  CHECK_FALSE(is_voice(find_codec("telephone-event").id));
  CHECK_FALSE(is_voice(static_codec(31).id));
}

TEST_CASE("finding a codec allocates nothing") {
  test::AllocationCounter counter;
  const bool found = find_codec("AMR-WB", 16000, 23'050).ie == 1 && static_codec(8).ie == 0;
  CHECK(counter.count() == 0);
  CHECK(found);
}
