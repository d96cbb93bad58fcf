#include "proto/quality/vq_lines.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace heptap;

TEST_CASE("the start of a line says its name and value") {
  struct Row {
    std::string_view line;
    VqLineName name;
    std::string_view value;
  };
  const auto row = GENERATE(values<Row>({
      {"VQSessionReport: CallTerm", VqLineName::session_report, "CallTerm"},
      {"VQSessionReport : CallTerm", VqLineName::session_report, "CallTerm"},
      {"vqintervalreport", VqLineName::interval_report, ""},
      {"VQAlertReport Type=NLR", VqLineName::alert_report, "Type=NLR"},
      {"CallID=1@2", VqLineName::call_id, "1@2"},
      {"  CALLID \t=\t1@2  ", VqLineName::call_id, "1@2"},
      {"LocalMetrics", VqLineName::local_metrics, ""},
      {"Metrics:", VqLineName::metrics, ""},
      {"TimeStamps:START=x", VqLineName::metrics_line, "START=x"},
      {"Delay of nothing", VqLineName::none, "Delay of nothing"},
      {"Delays: 5", VqLineName::none, "5"},
      {"x-SIPterm:SDC=OK", VqLineName::vendor, "SDC=OK"},
      {"X-Any=1", VqLineName::vendor, "1"},
      {"x-", VqLineName::none, "x-"},
      {"MOSCQ=4.1", VqLineName::none, "4.1"},
      {":", VqLineName::none, ""},
  }));
  CAPTURE(row.line);
  const VqLineStart start = read_vq_line(row.line);
  CHECK(start.name == row.name);
  CHECK(start.value == row.value);
  CHECK(start.is_indented == row.line.starts_with(' '));
}

TEST_CASE("lines end in CRLF, LF or CR, and blank ones are passed over") {
  std::string_view body = "\r\n a\r\nb\n\n\t\nc\rd\r\r";
  std::string lines;
  for (std::string_view line; next_vq_line(body, line);) lines += std::string(line) + "|";
  CHECK(lines == " a|b|c|d|");
  CHECK(body.empty());
}

TEST_CASE("a cut name of a report is told from another word") {
  CHECK(begins_report_name("VQ"));
  CHECK(begins_report_name("vqalertrepor"));
  CHECK_FALSE(begins_report_name("VQSessionReport"));
  CHECK_FALSE(begins_report_name("VQX"));
  CHECK_FALSE(begins_report_name("LocalI"));
}
