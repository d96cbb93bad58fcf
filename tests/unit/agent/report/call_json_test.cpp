#include "agent/report/call_json.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <vector>

#include "agent/report/call_json_shape.hpp"
#include "tests/support/allocation_counter.hpp"
#include "tests/support/reported_call.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

namespace json = boost::json;

json::object written(const CallFacts& facts) {
  std::vector<std::uint8_t> room(max_call_json_bytes);
  hep::JsonText text(room);
  const AllocationCounter allocations;
  append_call(text, facts);
  CHECK(allocations.count() == 0);
  REQUIRE(text.ok());
  const auto view = as_text(Bytes(room).first(text.size()));
  CHECK(is_call_json(view));
  return json::parse({view.data(), view.size()}).as_object();
}

}  // namespace

TEST_CASE("the report of a call has what its signalling says") {
  const ReportedCall known;
  const json::object call = written(known.facts());
  CHECK(call.at("call_id") == "a84b@pc33");
  CHECK(call.at("methods") == json::array{"INVITE", "ACK", "BYE"});
  CHECK(call.at("source") == "192.0.2.10:5060");
  CHECK(call.at("talk_us") == 65'000'000);
  CHECK(call.at("state") == "ended");
  CHECK(call.at("bye_by") == "caller");
  CHECK(call.at("timing") == json::parse(R"({"trying_ms":2,"srd_ms":350,"srd_kind":"success",)"
                                         R"("sdr_ms":350,"pdd_ms":350,"snt_ms":4200,)"
                                         R"("ring_ms":3850,"ack_ms":20,"sdt_sig_ms":65000,)"
                                         R"("sdt_kind":"success","sdd_ms":20,)"
                                         R"("sdt_media_ms":64800,"sdt_media_a_ms":64800,)"
                                         R"("sdt_media_b_ms":64800,"early_media_ms":200})"));
  const json::array& transactions = call.at("transactions").as_array();
  REQUIRE(transactions.size() == 2);
  CHECK(transactions[1].at("method") == "BYE");
  CHECK(transactions[1].at("rtt_final_ms") == 20);
  CHECK_FALSE(call.contains("sip_events"));
}

TEST_CASE("the report of a call has what its media say") {
  const ReportedCall known;
  const json::object call = written(known.facts());
  REQUIRE(call.at("streams").as_array().size() == 2);
  const json::object& stream = call.at("streams").at(0).as_object();
  CHECK(stream.at("from") == "caller");
  CHECK(stream.at("ssrc") == "0x0000cafe");
  CHECK(stream.at("destination") == "[2001:db8::2]:42000");
  CHECK(stream.at("lost") == 10);
  CHECK(stream.at("loss_percent") == 0.308);
  CHECK(stream.at("mean_jitter_ms") == 4.2);
  CHECK(stream.at("max_jitter_ms") == 8.4);
  CHECK(stream.at("mos_lq") == 4.28);
  CHECK(stream.at("mos_legacy") == 4.31);
  CHECK_FALSE(stream.contains("mos_cq"));
  CHECK_FALSE(stream.contains("is_open"));
  CHECK(stream.at("bands") == json::parse(R"({"loss":"good","jitter":"good","mos":"good"})"));
  CHECK(call.at("quality").at("b").at("samples") == 1);
  CHECK(call.at("rtcp").at("a").at("avg").at("mos") == 4.35);
  CHECK(call.at("rtcp").at("b") == json::parse(R"({"samples":0})"));
  CHECK(call.at("rtpengine").at("mos_average") == 4.3);
  CHECK(call.at("rtpengine").at("mos_min_at_A") == "0:10");
}

TEST_CASE("a source of SRTCP has no figures but those that are in clear") {
  ReportedCall known;
  append_report(known.media.srtcp, srtcp_report(7, 3));
  SrtcpReport lost = srtcp_report(8);
  lost.index.reset();
  append_report(known.media.srtcp, lost);
  const json::object call = written(known.facts());
  CHECK(call.at("srtcp").at(0) ==
        json::parse(R"({"from":"callee","media":"audio","line":0,"ssrc":"0x00000bee",)"
                    R"("source":"192.0.2.20:42001","destination":"192.0.2.10:40001",)"
                    R"("is_encrypted":true,"packets":1,"lost":3,"index":7,"last_us":7000000})"));
  CHECK_FALSE(call.at("srtcp").at(1).as_object().contains("lost"));
  CHECK_FALSE(call.at("srtcp").at(1).as_object().contains("index"));
}

TEST_CASE("an event of media has what is known of its kind, and nothing else") {
  struct Row {
    MediaEventKind kind;
    bool ssrc, detail;
  };
  const auto row = GENERATE(values<Row>({{MediaEventKind::codec_changed, true, true},
                                         {MediaEventKind::restarted, true, false},
                                         {MediaEventKind::ssrc_changed, true, false},
                                         {MediaEventKind::no_audio, false, false},
                                         {MediaEventKind::two_way_audio, false, false},
                                         {MediaEventKind::media_timeout, false, false},
                                         {MediaEventKind::late_media, false, true}}));
  CAPTURE(to_string(row.kind));
  ReportedCall known;
  known.media.events.push_back({.kind = row.kind});
  const json::object event = written(known.facts()).at("media_events").at(0).as_object();
  CHECK(event.contains("ssrc") == row.ssrc);
  CHECK(event.contains("detail") == row.detail);
}

TEST_CASE("a digit is in the report of its call when it may be shown") {
  const char digit = GENERATE('\0', '#');
  ReportedCall known;
  MediaEventReport key;
  key.kind = MediaEventKind::dtmf;
  key.detail = 3;
  key.digit = digit;
  known.media.events.push_back(record_of(key));
  const json::object event = written(known.facts()).at("media_events").at(0).as_object();
  CHECK(event.at("detail") == 3);
  CHECK(event.contains("digit") == (digit != 0));
  if (digit != 0) CHECK(event.at("digit") == "#");
}

TEST_CASE("what is not known of a call is not in its report") {
  const ReportedCall known;
  const CallFacts facts{known.call, known.details};
  const json::object call = written(facts);
  for (const auto* key :
       {"state", "timing", "transactions", "streams", "quality", "rtcp", "rtpengine", "srtcp",
        "phone_reports", "media_events", "media_not_kept"}) {
    CAPTURE(key);
    CHECK_FALSE(call.contains(key));
  }
}

TEST_CASE("a report is whole however much is known, and whatever the wire says") {
  ReportedCall known;
  const std::string hostile(CallDetails::max_text_bytes, '\x1b');
  known.details.call_id = known.details.from = known.details.to = hostile;
  known.media.streams.clear();
  StreamReport period = stream_period(1, {.expected = ~0U, .unique = 1}, 1e6);
  period.codec_name = R"("\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\)";
  period.quality = voice(-1.23456, 4.123456);
  period.quality->r_cq = period.quality->mos_cq = 1.23456;
  while (known.media.streams.size() < CallMedia::max_streams) {
    append_report(known.media.streams, period);
  }
  ReceptionReport report = reception(1, 123.456);
  report.voip = XrVoipMetrics{};
  while (known.media.receptions.size() < CallMedia::max_receptions) {
    append_report(known.media.receptions, report);
  }
  while (known.media.srtcp.size() < CallMedia::max_srtcp) {
    append_report(known.media.srtcp, srtcp_report(~0U, ~0U));
  }
  ReportedStreamsView streams;
  streams.received.is_reported = streams.sent.is_reported = true;
  while (known.media.phone_reports.size() < CallMedia::max_phone_reports) {
    known.media.phone_reports.push_back(record_of(phone_report(&streams)));
  }
  while (known.media.events.size() < CallMedia::max_events) {
    known.media.events.push_back({.detail = std::numeric_limits<std::int64_t>::min(),
                                  .kind = MediaEventKind::dtmf,
                                  .digit = '#'});
  }
  known.media.not_kept = ~0U;
  const json::object call = written(known.facts());
  CHECK(call.at("media_not_kept") == ~0U);
  CHECK(call.at("media_events").as_array().size() == CallMedia::max_events);
}
