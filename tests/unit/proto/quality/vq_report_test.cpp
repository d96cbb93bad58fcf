#include "proto/quality/vq_report.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "tests/support/allocation_counter.hpp"

using namespace heptap;

namespace {

/// Lines behind the first line of a session report.
const VqReportView& parsed(const std::string& lines) {
  static VqReportView view;
  static std::string text;
  text = "VQSessionReport: CallTerm\r\n" + lines;
  REQUIRE(parse_vq_report(text, view) == Errc::none);
  return view;
}

/// The sample of RFC 6035 section 4.6.2, with what is odd in it.
constexpr std::string_view rfc_sample =
    "VQSessionReport: CallTerm\r\n"
    "CallID: 6dg37f1890463\r\n"
    "LocalID: Alice <sip:alice@example.org>\r\n"
    "RemoteID: Bill <sip:bill@example.net>\r\n"
    "OrigID: Alice <sip:alice@example.org>\r\n"
    "LocalGroup: example-phone-55671\r\n"
    "RemoteGroup: example-gateway-09871\r\n"
    "LocalAddr: IP=10.10.1.100 PORT=5000 SSRC=1a3b5c7d\r\n"
    "LocalMAC: 00:1f:5b:cc:21:0f\r\n"
    "RemoteAddr:IP=11.1.1.150 PORT=5002 SSRC=0x2468abcd\r\n"
    "RemoteMAC: 00:26:08:8e:95:02\r\n"
    "LocalMetrics:\r\n"
    "Timestamps:START=2004-10-10T18:23:43Z STOP=2004-10-01T18:26:02Z\r\n"
    "SessionDesc:PT=18 PD=G729 SR=8000 FD=20 FO=20 FPP=2 PPS=50\r\n"
    "     FMTP=\"annexb=no\" PLC=3 SSUP=on\r\n"
    "PacketLoss:NLR=5.0 JDR=2.0\r\n"
    "QualityEst:RLQ=90 RCQ=85 EXTR=90 MOSLQ=4.2 MOSCQ=4.3\r\n"
    "   QoEEstAlg=P.564\r\n"
    "RemoteMetrics:\r\n"
    "PacketLoss:NLR=4.0\r\n"
    "DialogID:38419823470834;to-tag=8472761;\r\n"
    " from-tag=9123dh311\r\n";

}  // namespace

TEST_CASE("the RFC's own sample is read with its folds and its odd values") {
  VqReportView report;
  const test::AllocationCounter allocations;
  REQUIRE(parse_vq_report(rfc_sample, report) == Errc::none);
  CHECK(allocations.count() == 0);
  CHECK(report.kind() == VqReportKind::session);
  CHECK(report.is_final());
  CHECK(report.call_id() == "6dg37f1890463");
  CHECK(report[VqLine::local_id] == "Alice <sip:alice@example.org>");
  CHECK(report[VqLine::remote_mac] == "00:26:08:8e:95:02");
  CHECK(report.local_addr().ssrc == 0x1a3b5c7dU);
  CHECK(report.has(VqFlag::ssrc_bare_hex));
  CHECK(report.remote_addr().ssrc == 0x2468abcdU);
  CHECK(report.local()[VqText::start] == "2004-10-10T18:23:43Z");
  CHECK(report.local()[VqText::fmtp] == "annexb=no");
  CHECK(report.local()[VqNumber::plc] == 3);
  CHECK(report.local()[VqNumber::moscq] == 4.3);
  CHECK(report.local()[VqText::qoe_est_alg] == "P.564");
  REQUIRE(report.has_remote());
  CHECK(report.local()[VqNumber::nlr] == 5);
  CHECK(report.remote()[VqNumber::nlr] == 4);
  CHECK_FALSE(report.remote()[VqNumber::jdr]);
  CHECK(report.dialog().call_id == "38419823470834");
  CHECK(report.dialog().to_tag == "8472761");
  CHECK(report.dialog().from_tag == "9123dh311");
  CHECK(report.has(VqFlag::unfolded));
  REQUIRE(report.other_count() == 1);
  CHECK(report.other()[0].name == "EXTR");
  CHECK(report.other()[0].value == "90");
}

TEST_CASE("the first line says which report it is, or that it is none") {
  struct Row {
    std::string_view body;
    Errc error;
    VqReportKind kind;
    bool is_final;
  };
  const auto row = GENERATE(values<Row>({
      {"VQSessionReport", Errc::none, VqReportKind::session, true},
      {"\r\n vqsessionreport=callterm", Errc::none, VqReportKind::session, true},
      {"VQIntervalReport\n", Errc::none, VqReportKind::interval, false},
      {"VQIntervalReport: CallTerm\n", Errc::none, VqReportKind::interval, true},
      {"VQIntervalReport\nCallID: CallTerm", Errc::none, VqReportKind::interval, false},
      {"VQAlertReport: Type=NLR CallTerm", Errc::none, VqReportKind::alert, false},
      {"", Errc::incomplete, {}, false},
      {"\r\n\r\n", Errc::incomplete, {}, false},
      {"VQSession", Errc::incomplete, {}, false},
      {"VQOtherReport: CallTerm", Errc::malformed, {}, false},
      {"CallID: 1\r\nVQSessionReport", Errc::malformed, {}, false},
      {"v=0\r\n", Errc::malformed, {}, false},
  }));
  CAPTURE(row.body);
  VqReportView report;
  CHECK(parse_vq_report(row.body, report) == row.error);
  if (row.error != Errc::none) return;
  CHECK(report.kind() == row.kind);
  CHECK(report.is_final() == row.is_final);
}

TEST_CASE("numbers that stand for nothing, that cannot be, and MOS times ten") {
  struct Row {
    std::string_view item;
    VqNumber number;
    std::optional<double> value;
    bool unavailable;
  };
  const auto row = GENERATE(values<Row>({
      {"RLQ=127", VqNumber::rlq, {}, true},         {"RLQ=-127", VqNumber::rlq, {}, true},
      {"RLQ=121", VqNumber::rlq, {}, false},        {"RLQ=120", VqNumber::rlq, 120, false},
      {"NL=-127", VqNumber::nl, {}, true},          {"NL=-126", VqNumber::nl, -126, false},
      {"RERL=127", VqNumber::rerl, {}, true},       {"MOSLQ=127", VqNumber::moslq, {}, true},
      {"MOSLQ=42", VqNumber::moslq, 4.2, false},    {"MOSLQ=10", VqNumber::moslq, 1, false},
      {"MOSLQ=50", VqNumber::moslq, 5, false},      {"MOSLQ=51", VqNumber::moslq, {}, false},
      {"MOSLQ=5.1", VqNumber::moslq, {}, false},    {"MOSLQ=0", VqNumber::moslq, {}, false},
      {"MOSCQ=4.31", VqNumber::moscq, 4.31, false}, {"JBX=65535", VqNumber::jbx, 65535, false},
      {"JBX=127", VqNumber::jbx, 127, false},       {"RTD=0", VqNumber::rtd, 0, false},
      {"RTD=-1", VqNumber::rtd, {}, false},         {"NLR=100.01", VqNumber::nlr, {}, false},
      {"NLR=-", VqNumber::nlr, {}, false},          {"NLR=\"1.5\"", VqNumber::nlr, 1.5, false},
      {"NLR=1,", VqNumber::nlr, 1, false},          {"NLR=x NLR=2 NLR=3", VqNumber::nlr, 2, false},
  }));
  CAPTURE(row.item);
  const VqReportView& report = parsed("PacketLoss:" + std::string(row.item) + "\r\n");
  CHECK(report.local()[row.number] == row.value);
  CHECK(report.local().is_unavailable(row.number) == row.unavailable);
  CHECK(report.has(VqFlag::unavailable) == row.unavailable);
}

TEST_CASE("a source is hexadecimal, decimal below 2^32, or bare hexadecimal") {
  struct Row {
    std::string_view text;
    std::optional<std::uint32_t> ssrc;
    bool decimal;
    bool bare_hex;
  };
  const auto row = GENERATE(values<Row>({
      {"0x2A3B4C5D", 0x2a3b4c5d, false, false},
      {"0X1", 1, false, false},
      {"0x00000000", 0, false, false},
      {"0x123456789", {}, false, false},
      {"0x", {}, false, false},
      {"2462103293", 2462103293, true, false},
      {"4294967296", {}, true, false},
      {"1a3b5c7d", 0x1a3b5c7d, false, true},
      {"deadbeef", 0xdeadbeef, false, true},
      {"-1", {}, false, true},
      {"xyz", {}, false, true},
  }));
  CAPTURE(row.text);
  const VqReportView& report = parsed("LocalAddr: SSRC=" + std::string(row.text) + "\r\n");
  CHECK(report.local_addr().ssrc == row.ssrc);
  CHECK(report.local_addr().ssrc_text == row.text);
  CHECK(report.has(VqFlag::ssrc_decimal) == row.decimal);
  CHECK(report.has(VqFlag::ssrc_bare_hex) == row.bare_hex);
  CHECK(report.has(VqFlag::unreadable) == !row.ssrc.has_value());
}

TEST_CASE("addresses are read in any spelling") {
  const VqReportView& report = parsed(
      "LocalAddr:IP=[2001:db8::1] PORT=70000 PORT=5000 SSRC=\r\n"
      "RemoteAddr=ip:2001:DB8::2port:5002;ssrc:0x7 TTL=3\r\n");
  CHECK(report.local_addr().ip == "2001:db8::1");
  CHECK(report.local_addr().port == 5000);
  CHECK_FALSE(report.local_addr().ssrc);
  CHECK(report.remote_addr().ip == "2001:DB8::2");
  CHECK(report.remote_addr().port == 5002);
  CHECK(report.remote_addr().ssrc == 7U);
  REQUIRE(report.other().size() == 1);
  CHECK(report.other()[0].name == "TTL");
}

TEST_CASE("a line without a known name goes on with the one before, but not with text") {
  const VqReportView& report = parsed(
      "NLR=1.5\r\n"
      "CallID: 1@2 3\r\n"
      "garbage\r\n"
      "Foo: bar\r\n"
      "MOSLQ=4.0\r\n"
      "LocalID: \"A\"\r\n"
      "  <sip:a@example.com>\r\n"
      "LocalGroup:\r\n"
      "a:b\r\n");
  CHECK(report.local()[VqNumber::nlr] == 1.5);
  CHECK(report.call_id() == "1@2");
  CHECK(report.local()[VqNumber::moslq] == 4);
  CHECK(report[VqLine::local_id] == "\"A\"\r\n  <sip:a@example.com>");
  CHECK(report[VqLine::local_group] == "a:b");
  CHECK(report.has(VqFlag::unfolded));
  REQUIRE(report.other_count() == 1);
  CHECK(report.other()[0].name == "Foo");
  CHECK(report.other()[0].value == "bar");
}

TEST_CASE("the call is that of CallID, else that of DialogID") {
  CHECK(parsed("CallID: a\r\nDialogID: b;to-tag=1\r\n").call_id() == "a");
  CHECK(parsed("CallID:\r\nDialogID: b;to-tag=1\r\n").call_id() == "b");
  CHECK(parsed("CallID:\r\n").contains(VqLine::call_id));
  CHECK(parsed("Delay:RTD=1\r\n").call_id().empty());
}

TEST_CASE("values, lines and leftovers above the limits are flagged and not read") {
  const std::string longest(VqReportView::max_value_bytes, 'c');
  CHECK(parsed("CallID: " + longest + "\r\n").call_id() == longest);
  CHECK(parsed("CallID: " + longest + "c\r\n").call_id().empty());
  CHECK(parsed("CallID: " + longest + "c\r\n").has(VqFlag::value_too_long));
  CHECK_FALSE(parsed("Delay:RTD=" + std::string(257, '0') + "\r\n").local()[VqNumber::rtd]);

  std::string lines;
  for (std::size_t i = 1; i < VqReportView::max_lines; ++i) lines += "x-a: " + longest + "c\r\n";
  CHECK_FALSE(parsed(lines).has(VqFlag::too_many_lines));
  CHECK(parsed(lines).other_count() == VqReportView::max_lines - 1);
  CHECK(parsed(lines).other().size() == VqReportView::max_other);
  CHECK(parsed(lines).other()[0].value == longest);
  CHECK(parsed(lines).has(VqFlag::other_overflow));
  CHECK(parsed(lines + "CallID: 1\r\n").has(VqFlag::too_many_lines));
  CHECK(parsed(lines + "CallID: 1\r\n").call_id().empty());

  VqReportView report;
  std::string body = "VQSessionReport\n" + std::string(VqReportView::max_bytes, ' ');
  CHECK(parse_vq_report(body, report) == Errc::over_limit);
  body.resize(VqReportView::max_bytes);
  CHECK(parse_vq_report(body, report) == Errc::none);
}

TEST_CASE("a report that is read into a used view leaves nothing of the one before") {
  VqReportView report;
  REQUIRE(parse_vq_report(rfc_sample, report) == Errc::none);
  REQUIRE(parse_vq_report("VQIntervalReport", report) == Errc::none);
  CHECK(report.call_id().empty());
  CHECK_FALSE(report.local()[VqNumber::nlr]);
  CHECK_FALSE(report.has_remote());
  CHECK_FALSE(report.is_final());
  CHECK(report.other_count() == 0);
  CHECK_FALSE(report.has(VqFlag::unfolded));
}
