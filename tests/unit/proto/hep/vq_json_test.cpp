#include "proto/hep/vq_json.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <string>

#include "proto/bytes.hpp"
#include "tests/support/allocation_counter.hpp"
#include "tests/support/json_numbers.hpp"

namespace json = boost::json;
using namespace heptap;

namespace {

std::string encoded(std::string_view body) {
  static VqReportView report;
  static std::array<std::uint8_t, 16 * 1024> room;
  REQUIRE(parse_vq_report(body, report) == Errc::none);
  const test::AllocationCounter allocations;
  const Result<std::size_t> size = hep::encode_vq_json(report, "192.0.2.10", room);
  CHECK(allocations.count() == 0);
  REQUIRE(size.ok());
  return std::string(as_text(Bytes{room}.first(*size)));
}

/// What heplify-server reads: from the key to the first blank, semicolon or line end.
std::string scanned(const std::string& payload, const std::string& key) {
  const std::size_t at = payload.find(key + "=");
  if (at == std::string::npos) return "";
  const std::size_t begin = at + key.size() + 1;
  return payload.substr(begin, payload.find_first_of("; \t\r\n", begin) - begin);
}

std::string vector_body(const char* name) {
  static const json::value vectors = test::read_vectors("vq_vectors.json");
  return std::string(vectors.at(name).at("body").as_string());
}

}  // namespace

TEST_CASE("a report is JSON, with all its figures") {
  const json::value want = test::with_doubles(json::parse(R"({
    "vqText":"NLR=1.25;JDR=0.5;IAJ=4;MOSLQ=4.2;MOSCQ=4.1;",
    "TOTAL_PK":0,"EXPECTED_PK":0,"PACKET_LOSS":0,"JITTER":4,"DELTA":0,"MOS":4.1,
    "report":"session","final":1,"callId":"a84b4c76e66710@pc33.example.com","reporter":"192.0.2.10",
    "localAddr":{"ip":"192.0.2.10","port":49170,"ssrc":708529245},
    "remoteAddr":{"ip":"198.51.100.20","port":30000,"ssrc":48879},
    "local":{"codec":{"pt":0,"name":"PCMU","rate":8000,"frameMs":20,"pps":50},
      "jb":{"type":3,"rate":2,"nomMs":40,"maxMs":80,"absMaxMs":120},
      "lossPct":1.25,"discardPct":0.5,"burst":{"densityPct":12.5,"durMs":220},
      "gap":{"densityPct":0.4,"durMs":15400,"gmin":16},
      "rttMs":85,"esdMs":60,"owdMs":40,"sowdMs":102,"jitterMs":4,"majMs":6,
      "signalDb":-18,"noiseDb":-62,"rerlDb":55,"rLq":88,"rCq":84,"mosLq":4.2,"mosCq":4.1,
      "alg":{"QoEEstAlg":"P.564"}},
    "remote":{"codec":{},"jb":{},"lossPct":0,"discardPct":0,"burst":{},"gap":{},
      "mosLq":4.4,"mosCq":4.3,"alg":{}}})"));
  const std::string payload = encoded(vector_body("VQ1"));
  CAPTURE(payload);
  CHECK((test::with_doubles(json::parse(payload)) == want));
}

TEST_CASE("heplify-server's search finds the figures of LocalMetrics in the text") {
  const std::string payload = encoded(vector_body("VQ1"));
  CHECK(scanned(payload, "NLR") == "1.25");
  CHECK(scanned(payload, "JDR") == "0.5");
  CHECK(scanned(payload, "IAJ") == "4");
  CHECK(scanned(payload, "MOSLQ") == "4.2");
  CHECK(scanned(payload, "MOSCQ") == "4.1");
  const std::string hostile = encoded("VQSessionReport\nCallID: NLR=9;\nPacketLoss: NLR=0.2\n");
  CHECK(scanned(hostile, "NLR") == "0.2");
}

TEST_CASE("every vector becomes JSON; an alert says what it is about") {
  for (const char* name : {"VQ1", "VQ2", "VQ3", "VQ4", "VQ5"}) {
    const json::value payload = json::parse(encoded(vector_body(name)));
    for (const char* key : {"TOTAL_PK", "EXPECTED_PK", "JITTER", "MOS", "DELTA", "PACKET_LOSS"}) {
      CHECK(payload.at(key).is_number());
    }
  }
  const json::value alert = json::parse(encoded(vector_body("VQ3")));
  CHECK(alert.at("alert").at("type").as_string() == "OWD");
  CHECK(alert.at("local").at("gap").at("saturated").as_int64() == 1);
  CHECK_FALSE(alert.at("local").as_object().contains("esdMs"));
  CHECK(json::parse(encoded(vector_body("VQ4"))).at("remoteAddr").as_object().size() == 2);
}

TEST_CASE("what nobody measured is left out, and hostile text stays text") {
  const json::value payload = json::parse(encoded("VQIntervalReport\nCallID: a\"\\\x01\xff}\n"));
  CHECK(payload.at("vqText").as_string() == "");
  CHECK(payload.at("final").as_int64() == 0);
  CHECK(payload.at("callId").as_string() == "a\"\\}");
  CHECK_FALSE(payload.as_object().contains("remote"));
}

TEST_CASE("a report that does not fit is no report") {
  VqReportView report;
  const std::string body = vector_body("VQ1");  // the report borrows from it
  REQUIRE(parse_vq_report(body, report) == Errc::none);
  const std::size_t whole = encoded(body).size();
  std::array<std::uint8_t, 2048> room{};
  REQUIRE(whole < room.size());
  for (std::size_t size = 0; size < whole; ++size) {
    const auto json = hep::encode_vq_json(report, "192.0.2.10", std::span(room).first(size));
    CHECK(json.error() == Errc::over_limit);
  }
  CHECK(hep::encode_vq_json(report, "192.0.2.10", std::span(room).first(whole)).ok());
}

TEST_CASE("the longest report fits into 16 KiB") {
  const std::string longest(VqReportView::max_value_bytes - 1, '"');
  std::string body = "VQAlertReport: Type=" + std::string(256, 't') + "\n";
  body += "CallID: x" + longest + "\n";
  for (const char* section : {"LocalMetrics", "RemoteMetrics"}) {
    body += std::string(section) + ":\n";
    for (unsigned i = 0; i < static_cast<unsigned>(VqText::count_); ++i) {
      body +=
          "QualityEst:" + std::string(to_string(static_cast<VqText>(i))) + "=x" + longest + "\n";
    }
  }
  CHECK(json::parse(encoded(body)).at("local").at("alg").as_object().size() == 7);
}
