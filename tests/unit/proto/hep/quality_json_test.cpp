#include "proto/hep/quality_json.hpp"

#include <array>
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <limits>
#include <string>

#include "tests/support/allocation_counter.hpp"
#include "tests/unit/proto/rtp/rtpengine_call.hpp"

using namespace heptap;
using namespace heptap::hep;
using namespace heptap::test;

namespace {

constexpr std::int64_t second_us = 1'000'000;

CallQuality rtpengine_call() { return {series_of(rtpengine_leg_a), series_of(rtpengine_leg_b)}; }

// What `append` writes into an object; empty when it does not fit.
template <class Append>
std::string object_of(std::size_t room_bytes, const Append& append) {
  std::string room(room_bytes, '\0');
  JsonText json{{reinterpret_cast<std::uint8_t*>(room.data()), room.size()}};  // NOLINT
  json.begin_object();
  append(json);
  json.end_object();
  return json.ok() ? room.substr(0, json.size()) : std::string{};
}

std::string quality_text(const QualitySeries& series) {
  return object_of(4096, [&](JsonText& json) { append_quality(json, series); });
}

std::string rtpengine_text(const QualitySeries& series) {
  return object_of(4096, [&](JsonText& json) { append_rtpengine_mos(json, series); });
}

std::string variables_text(const CallQuality& call, const LegLabels& labels,
                           std::int64_t start_us) {
  return object_of(4096,
                   [&](JsonText& json) { append_mos_variables(json, call, labels, start_us); });
}

// As long as its numbers can be.
QualitySeries longest_series() {
  QualitySeries series;
  QualitySample sample;
  for (const double mos : {1.2345678, 4.3456789}) {
    sample.mos = mos;
    sample.time_us = -4'000'000'000'123'456;
    sample.loss_percent = 99.8765;
    sample.jitter_ms = 3'599'999.876;
    sample.rtt_ms = 3'599'999.876;
    series.add(sample);
  }
  return series;
}

}  // namespace

TEST_CASE("rtpengine's own text comes out of the reports it had") {
  CHECK(
      rtpengine_text(series_of(rtpengine_leg_a)) ==
      R"({"average MOS":{"MOS":43,"round-trip time":13430,"jitter":0,"packet loss":0,"samples":4},)"
      R"("lowest MOS":{"MOS":43,"round-trip time":24184,"jitter":0,"packet loss":0,)"
      R"("reported at":1590498085},)"
      R"("highest MOS":{"MOS":44,"round-trip time":8218,"jitter":0,"packet loss":0,)"
      R"("reported at":1590498089}})");
  CHECK(
      rtpengine_text(series_of(rtpengine_leg_b)) ==
      R"({"average MOS":{"MOS":43,"round-trip time":8718,"jitter":0,"packet loss":0,"samples":11},)"
      R"("lowest MOS":{"MOS":43,"round-trip time":20241,"jitter":0,"packet loss":0,)"
      R"("reported at":1590498082},)"
      R"("highest MOS":{"MOS":44,"round-trip time":7084,"jitter":0,"packet loss":0,)"
      R"("reported at":1590498090}})");
}

TEST_CASE("the members of a call report have places behind the point") {
  CHECK(quality_text(series_of(rtpengine_leg_b)) ==
        R"({"min":{"mos":4.3,"at":1590498082,"loss":0,"jitter":0,"rtt":20.241},)"
        R"("max":{"mos":4.4,"at":1590498090,"loss":0,"jitter":0,"rtt":7.084},)"
        R"("avg":{"mos":4.373,"loss":0.091,"jitter":0.273,"rtt":8.718},"samples":11})");
}

TEST_CASE("a call has the variables of Kamailio, for itself and for each leg") {
  const auto text =
      variables_text(rtpengine_call(), {"caller", "callee"}, rtpengine_call_start_s * second_us);
  CHECK(text ==
        R"({"mos_min":4.3,"mos_min_packetloss":0,"mos_min_jitter":0,"mos_min_roundtrip":20241,)"
        R"("mos_min_at":"0:08","mos_max":4.4,"mos_max_packetloss":0,"mos_max_jitter":0,)"
        R"("mos_max_roundtrip":8218,"mos_max_at":"0:15","mos_average":4.3,)"
        R"("mos_average_packetloss":0,"mos_average_jitter":0,"mos_average_roundtrip":9974,)"
        R"("mos_average_samples":15,"mos_A_label":"caller",)"
        R"("mos_min_A":4.3,"mos_min_packetloss_A":0,"mos_min_jitter_A":0,)"
        R"("mos_min_roundtrip_A":24184,"mos_min_at_A":"0:11","mos_max_A":4.4,)"
        R"("mos_max_packetloss_A":0,"mos_max_jitter_A":0,"mos_max_roundtrip_A":8218,)"
        R"("mos_max_at_A":"0:15","mos_average_A":4.3,"mos_average_packetloss_A":0,)"
        R"("mos_average_jitter_A":0,"mos_average_roundtrip_A":13430,"mos_average_samples_A":4,)"
        R"("mos_B_label":"callee",)"
        R"("mos_min_B":4.3,"mos_min_packetloss_B":0,"mos_min_jitter_B":0,)"
        R"("mos_min_roundtrip_B":20241,"mos_min_at_B":"0:08","mos_max_B":4.4,)"
        R"("mos_max_packetloss_B":0,"mos_max_jitter_B":0,"mos_max_roundtrip_B":7084,)"
        R"("mos_max_at_B":"0:16","mos_average_B":4.3,"mos_average_packetloss_B":0,)"
        R"("mos_average_jitter_B":0,"mos_average_roundtrip_B":8718,"mos_average_samples_B":11})");
}

TEST_CASE("a time is minutes and seconds since the call began") {
  struct Row {
    std::int64_t time_us;
    std::string want;
  };
  const auto row = GENERATE(values<Row>({{100 * second_us, "0:00"},
                                         {99 * second_us, "0:00"},
                                         {165'999'999, "1:05"},
                                         {(100 + 3600 + 59) * second_us, "60:59"}}));
  QualitySample sample;
  sample.time_us = row.time_us;
  sample.mos = 4;
  CallQuality call;
  call.a.add(sample);
  const auto json = boost::json::parse(variables_text(call, {}, 100 * second_us));
  CAPTURE(row.time_us);
  CHECK(json.at("mos_min_at").as_string() == row.want);
  CHECK(json.as_object().contains("mos_min_at_A"));
  CHECK_FALSE(json.as_object().contains("mos_min_at_B"));
  CHECK_FALSE(json.as_object().contains("mos_A_label"));
}

TEST_CASE("what no sample had is left out") {
  QualitySeries none;
  CHECK(quality_text(none) == R"({"samples":0})");
  CHECK(rtpengine_text(none) == "{}");
  CHECK(variables_text({}, {}, 0) == "{}");

  QualitySample sample;
  sample.loss_percent = 2.5;
  QualitySeries loss_only;
  loss_only.add(sample);
  CHECK(quality_text(loss_only) == R"({"avg":{"loss":2.5},"samples":1})");
  CHECK(rtpengine_text(loss_only) == R"({"average MOS":{"packet loss":2,"samples":1}})");
}

TEST_CASE("the mean of equal tenths is these tenths") {
  for (int tenths = 10; tenths <= 50; ++tenths) {
    QualitySeries series;
    QualitySample sample;
    sample.mos = tenths / 10.0;
    for (int i = 0; i < 7; ++i) series.add(sample);
    const auto json = boost::json::parse(rtpengine_text(series));
    CAPTURE(tenths);
    CHECK(json.at("average MOS").at("MOS").as_int64() == tenths);
    CHECK(json.at("lowest MOS").at("MOS").as_int64() == tenths);
  }
}

TEST_CASE("quality texts are not longer than they say, and fail where they do not fit") {
  const CallQuality call{longest_series(), longest_series()};
  const auto start_us = std::numeric_limits<std::int32_t>::min() * second_us;
  CHECK(quality_text(call.a).size() <= 400);
  CHECK(rtpengine_text(call.a).size() <= 400);
  const std::string text = variables_text(call, {}, start_us);
  CHECK(text.size() <= 1500);
  CHECK_NOTHROW(boost::json::parse(text));
  for (std::size_t size = 0; size < text.size(); ++size) {
    CHECK(object_of(size, [&](JsonText& json) {
            append_mos_variables(json, call, {}, start_us);
          }).empty());
  }
}

TEST_CASE("a label cannot break out of its text") {
  const auto json = boost::json::parse(variables_text({}, {"a\",\"x\":\"\n", "\\"}, 0));
  CHECK(json.at("mos_A_label").as_string() == "a\",\"x\":\"");
  CHECK(json.at("mos_B_label").as_string() == "\\");
}

TEST_CASE("quality texts allocate nothing") {
  const CallQuality call = rtpengine_call();
  std::array<std::uint8_t, 4096> room{};
  AllocationCounter counter;
  JsonText json{room};
  json.begin_object();
  append_quality(json, call.a);
  append_rtpengine_mos(json, call.a);
  append_mos_variables(json, call, {"a", "b"}, 0);
  json.end_object();
  CHECK(counter.count() == 0);
  CHECK(json.ok());
}
