#include "proto/quality/message_reports.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "tests/support/allocation_counter.hpp"

using namespace heptap;

namespace {

/// A message with these header fields; each ends in CRLF.
const SipView& parsed(const std::string& start_line, const std::string& method,
                      const std::string& fields, const std::string& body = "") {
  static SipView view;
  static std::string text;
  text = start_line + "\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nCSeq: 2 " + method +
         "\r\nCall-ID: 1@192.0.2.1\r\n" + fields +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  REQUIRE(parse_sip(as_bytes(text), view) == Errc::none);
  return view;
}

const SipView& request(const std::string& method, const std::string& fields,
                       const std::string& body = "") {
  return parsed(method + " sip:a@example.com SIP/2.0", method, fields, body);
}

const SipView& response(int status, const std::string& method, const std::string& fields) {
  return parsed("SIP/2.0 " + std::to_string(status) + " x", method, fields);
}

const std::string report = "VQSessionReport: CallTerm\r\nCallID: 1@2\r\n";

}  // namespace

TEST_CASE("a report is the body of a PUBLISH, NOTIFY or OPTIONS by its Content-Type") {
  struct Row {
    std::string method;
    std::string fields;
    bool found;
  };
  const auto row = GENERATE(values<Row>({
      {"PUBLISH", "Content-Type: application/vq-rtcpxr\r\n", true},
      {"PUBLISH", "c: APPLICATION/VQ-RTCPXR;charset=utf-8\r\n", true},
      {"PUBLISH", "Content-Type: application/vq-rtcp\r\n", true},
      {"NOTIFY", "Event: vq-rtcpxr\r\nContent-Type: application/vq-rtcpxr\r\n", true},
      {"OPTIONS", "Content-Type: application/vq-rtcpxr\r\n", true},
      {"INVITE", "Content-Type: application/vq-rtcpxr\r\n", false},
      {"PUBLISH", "Content-Type: application/pidf+xml\r\n", false},
      {"PUBLISH", "Event: vq-rtcpxr\r\n", false},
  }));
  CAPTURE(row.method, row.fields);
  const SipView& message = request(row.method, row.fields, report);
  const test::AllocationCounter allocations;
  const std::string_view found = find_vq_report(message);
  CHECK(allocations.count() == 0);
  CHECK(found == (row.found ? std::string_view(report) : std::string_view()));
}

TEST_CASE("a report is found among the parts of a multipart body") {
  const std::string body = "--b\r\nContent-Type: text/plain\r\n\r\nVQSessionReport\r\n--b\r\n" +
                           std::string("Content-Type: application/vq-rtcpxr\r\n\r\n") + report +
                           "\r\n--b--\r\n";
  const SipView& message = request("PUBLISH", "Content-Type: multipart/mixed;boundary=b\r\n", body);
  CHECK(find_vq_report(message) == report);
}

TEST_CASE("a response carries no report") {
  const SipView& message =
      parsed("SIP/2.0 200 OK", "PUBLISH", "Content-Type: application/vq-rtcpxr\r\n", report);
  CHECK(find_vq_report(message).empty());
}

TEST_CASE("statistics are read of BYE, CANCEL, their responses, and final ones to INVITE") {
  const std::string field = "X-RTP-Stat: PS=1;PR=2\r\n";
  RtpStatReportView out;
  CHECK(read_rtp_stats(request("BYE", field), out));
  CHECK(read_rtp_stats(request("CANCEL", field), out));
  CHECK(read_rtp_stats(response(200, "BYE", field), out));
  CHECK(read_rtp_stats(response(487, "INVITE", field), out));
  CHECK_FALSE(read_rtp_stats(response(180, "INVITE", field), out));
  CHECK_FALSE(read_rtp_stats(request("INVITE", field), out));
  CHECK_FALSE(read_rtp_stats(request("REGISTER", field), out));
  CHECK_FALSE(out.audio.received.is_reported);
}

TEST_CASE("all statistics of a message are one report, video beside audio") {
  const SipView& message = request("BYE",
                                   "rtp-rxstat: Dur=13,Pkt=408\r\n"
                                   "X-Unknown: PS=7\r\n"
                                   "RTP-TxStat: Dur=13,Pkt=417\r\n"
                                   "RTP-VideoRxStat: Dur=12,Pkt=9\r\n"
                                   "P-RTP-Stat: nothing\r\n");
  RtpStatReportView out;
  const test::AllocationCounter allocations;
  const bool found = read_rtp_stats(message, out);
  CHECK(allocations.count() == 0);
  REQUIRE(found);
  CHECK(out.audio.received.packets_received == 408U);
  CHECK(out.audio.sent.packets_sent == 417U);
  CHECK(out.audio.duration_s == 13);
  CHECK(out.video.received.packets_received == 9U);
  CHECK_FALSE(out.video.sent.is_reported);
  CHECK_FALSE(read_rtp_stats(request("BYE", "P-RTP-Stat: nothing\r\n"), out));
  CHECK_FALSE(read_rtp_stats(request("BYE", ""), out));
}

TEST_CASE("header fields with statistics come in the order of the message") {
  const SipView& message = response(200, "BYE", "P-RTP-Stat: PS=1\r\nx-rtp-stat-add: DQ=31\r\n");
  std::size_t at = 0;
  RtpStatFieldView field;
  REQUIRE(next_rtp_stat(message, at, field));
  CHECK(field.header == RtpStatHeader::p_rtp_stat);
  CHECK(field.value == "PS=1");
  REQUIRE(next_rtp_stat(message, at, field));
  CHECK(field.header == RtpStatHeader::x_rtp_stat_add);
  CHECK(field.value == "DQ=31");
  CHECK_FALSE(next_rtp_stat(message, at, field));
}
