#include "tests/support/rtcp_json_rules.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace heptap;
using namespace heptap::test;

namespace {

const std::string good =
    R"({"sender_information":{"ntp_timestamp_sec":1,"ntp_timestamp_usec":2,"octets":3,)"
    R"("rtp_timestamp":4,"packets":5},"ssrc":6,"type":200,"report_count":1,"report_blocks":[)"
    R"({"source_ssrc":7,"highest_seq_no":8,"fraction_lost":9,"ia_jitter":10,"packets_lost":-11,)"
    R"("lsr":12,"dlsr":13}],"sdes_ssrc":6,"sdes_report_count":1,)"
    R"("sdes_information":[{"type":1,"text":"a"}]})";

std::string changed(std::string_view from, std::string_view to) {
  std::string json = good;
  const auto at = json.find(from);
  REQUIRE(at != std::string::npos);
  return json.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("a good report has no fault") { CHECK(rtcp_json_faults(good).empty()); }

TEST_CASE("each rule of the collectors for RTCP is told by its own fault") {
  struct Row {
    std::string_view from;
    std::string_view to;
    std::string want;
  };
  const auto row = GENERATE(values<Row>({
      {R"("packets_lost":-11)", R"("packets_lost":16777205)",
       "report_blocks: packets_lost is no whole number within its bounds"},
      {R"("packets_lost":-11)", R"("packets_lost":"-11")",
       "report_blocks: packets_lost is no whole number within its bounds"},
      {R"("dlsr":13)", R"("dlsr":1.5)", "report_blocks: dlsr is no whole number within its bounds"},
      {R"(,"dlsr":13)", "", "report_blocks: dlsr is missing"},
      {R"("dlsr":13)", R"("dlsr":13,"dlsr":13)", "two members of one name"},
      {R"("type":200)", R"("type":203)", "type is none that HOMER shows"},
      {R"("type":200)", R"("type":201)", "sender_information is not of type 200"},
      {R"("report_count":1)", R"("report_count":2)",
       "report_count is not how many report_blocks there are"},
      {R"("ssrc":6,)", R"("ssrc":6,"new":1,)", "new is known to nobody"},
      {R"("sdes_ssrc":6,)", "", "sdes_ssrc is missing"},
      {R"("text":"a")", R"("text":1)", "sdes_information: text is no text"},
      {R"(})", "", "no JSON object"},
      {R"("a")", "\"\n\"", "a byte that is no printable ASCII"},
      {R"("ssrc":6,)", R"("ssrc":6,"voip_metrics":{},)", "voip_metrics is not in both forms"},
  }));
  CAPTURE(row.want);
  const auto faults = rtcp_json_faults(changed(row.from, row.to));
  CHECK(std::find(faults.begin(), faults.end(), row.want) != faults.end());
}

TEST_CASE("a frame of RTCP needs its type and a correlation id that hurts nobody") {
  hep::HepView frame;
  frame.payload = as_bytes(good);
  frame.payload_type = 5;
  frame.correlation_id = "a@b";
  CHECK(rtcp_frame_faults(frame).empty());
  frame.correlation_id = "a\"b";
  CHECK(rtcp_frame_faults(frame).size() == 1);
  frame.correlation_id = {};
  CHECK(rtcp_frame_faults(frame).size() == 1);
  frame.payload_type = 1;
  CHECK(rtcp_frame_faults(frame).size() == 2);
}
