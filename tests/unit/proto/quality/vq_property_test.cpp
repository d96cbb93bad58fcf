// What a report says does not depend on how it is written: line ends, order, case, dividers, folds.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cctype>
#include <random>
#include <string>
#include <vector>

#include "proto/quality/vq_report.hpp"
#include "tests/support/test_random.hpp"

using namespace heptap;

namespace {

using Random = std::mt19937_64;

struct Item {
  std::string key;
  std::string value;
};

struct Line {
  std::string name;
  std::vector<Item> items;  // one without key: text
};

struct Style {
  std::string line_end;
  bool shuffled;
  bool any_case;
  bool any_divider;
  bool folded;
};

Line text_line(const std::string& name, const std::string& value) { return {name, {{"", value}}}; }

std::string random_digits(Random& random, std::size_t limit) {
  return std::to_string(test::below(random, limit));
}

/// A line with values that are in the range of any key.
Line metrics_line(Random& random, const std::string& name, const std::vector<std::string>& keys) {
  Line line{name, {}};
  for (const std::string& key : keys) {
    if (test::below(random, 4) == 0) continue;
    line.items.push_back({key, std::to_string(1 + test::below(random, 3))});
  }
  return line;
}

std::vector<Line> metrics_of(Random& random) {
  return {
      {"Timestamps", {{"START", "2024-03-05T10:15:00Z"}, {"STOP", "2024-03-05T10:16:00Z"}}},
      metrics_line(random, "SessionDesc", {"PT", "FD", "FO", "FPP", "PPS", "PLC"}),
      metrics_line(random, "JitterBuffer", {"JBA", "JBR", "JBN", "JBM", "JBX"}),
      metrics_line(random, "PacketLoss", {"NLR", "JDR"}),
      metrics_line(random, "BurstGapLoss", {"BLD", "BD", "GLD", "GD", "GMIN"}),
      metrics_line(random, "Delay", {"RTD", "ESD", "OWD", "SOWD", "IAJ", "MAJ"}),
      metrics_line(random, "Signal", {"SL", "NL", "RERL"}),
      metrics_line(random, "QualityEst", {"RLQ", "RCQ", "EXTRI", "EXTRO", "MOSLQ", "MOSCQ"}),
  };
}

std::vector<Line> session_of(Random& random) {
  return {
      text_line("CallID", random_digits(random, 100000) + "@192.0.2.1"),
      text_line("LocalID", "<sip:a@example.com>"),
      text_line("RemoteGroup", "lab"),
      {"LocalAddr", {{"IP", "192.0.2.1"}, {"PORT", random_digits(random, 65536)}, {"SSRC", "0x1"}}},
      {"RemoteAddr", {{"IP", "2001:db8::1"}, {"PORT", "5002"}}},
      text_line("DialogID", "1@2;to-tag=a;from-tag=b"),
  };
}

std::string in_case(Random& random, const Style& style, std::string text) {
  if (!style.any_case) return text;
  for (char& c : text) {
    const bool up = test::below(random, 2) == 0;
    const auto letter = static_cast<unsigned char>(c);
    c = static_cast<char>(up ? std::toupper(letter) : std::tolower(letter));
  }
  return text;
}

std::string divider(Random& random, const Style& style, const std::string& usual) {
  static const std::vector<std::string> dividers{":", "=", " : ", "= ", "\t="};
  return style.any_divider ? dividers[test::below(random, dividers.size())] : usual;
}

std::string written(Random& random, const Style& style, const Line& line) {
  std::string out = in_case(random, style, line.name) + divider(random, style, ":");
  for (std::size_t i = 0; i < line.items.size(); ++i) {
    const Item& item = line.items[i];
    if (i > 0) out += style.folded && i == 2 ? style.line_end + "  " : " ";
    if (!item.key.empty()) {
      out += in_case(random, style, item.key) + divider(random, style, "=");
    }
    out += item.value;
  }
  return out + style.line_end;
}

std::string written(Random& random, const Style& style, std::vector<Line> lines) {
  if (style.shuffled) std::shuffle(lines.begin(), lines.end(), random);
  std::string out;
  for (const Line& line : lines) out += written(random, style, line);
  return out;
}

struct Report {
  std::vector<Line> session;
  std::vector<Line> local;
  std::vector<Line> remote;
};

std::string written(Random& random, const Style& style, const Report& report) {
  const std::string session = written(random, style, report.session);
  const std::string local = written(random, style, report.local);
  const std::string remote = written(random, style, report.remote);
  const auto header = [&](const std::string& name) {
    return written(random, style, Line{name, {}});
  };
  const std::string end = style.line_end;
  const std::string metrics =
      style.shuffled ? header("RemoteMetrics") + remote + session + header("LocalMetrics") + local
                     : session + header("LocalMetrics") + local + header("RemoteMetrics") + remote;
  return in_case(random, style, "VQIntervalReport") + end + end + metrics;
}

/// All that a report says, one piece a line.
std::string meaning(const std::string& body) {
  static VqReportView report;
  REQUIRE(parse_vq_report(body, report) == Errc::none);
  std::string out(to_string(report.kind()));
  for (unsigned i = 0; i < static_cast<unsigned>(VqLine::count_); ++i) {
    out += '\n' + std::string(report[static_cast<VqLine>(i)]);
  }
  for (const VqEndpointView& end : {report.local_addr(), report.remote_addr()}) {
    out += '\n' + std::string(end.ip) + ' ' + std::to_string(end.port.value_or(0)) + ' ' +
           std::to_string(end.ssrc.value_or(0));
  }
  for (const VqMetricsView& metrics : {report.local(), report.remote()}) {
    for (unsigned i = 0; i < static_cast<unsigned>(VqNumber::count_); ++i) {
      out += '\n' + std::to_string(metrics[static_cast<VqNumber>(i)].value_or(-1000));
    }
    out += '\n' + std::string(metrics[VqText::start]) + std::string(metrics[VqText::stop]);
  }
  const VqDialogView& dialog = report.dialog();
  for (const std::string_view text : {dialog.call_id, dialog.to_tag, dialog.from_tag}) {
    out += '\n' + std::string(text);
  }
  return out + "\nother: " + std::to_string(report.other_count());
}

}  // namespace

TEST_CASE("how a report is written does not change what it says") {
  Random random = test::test_random();
  const Style plain{"\r\n", false, false, false, false};
  for (int round = 0; round < 300; ++round) {
    const Report report{session_of(random), metrics_of(random), metrics_of(random)};
    const std::string usual = written(random, plain, report);
    const std::string said = meaning(usual);
    REQUIRE(said.find("other: 0") != std::string::npos);
    REQUIRE(said.find("2024-03-05T10:16:00Z") != std::string::npos);
    for (unsigned bits = 0; bits < 16; ++bits) {
      for (const std::string line_end : {"\r\n", "\n", "\r"}) {
        const Style style{line_end, (bits & 1U) != 0, (bits & 2U) != 0, (bits & 4U) != 0,
                          (bits & 8U) != 0};
        const std::string other = written(random, style, report);
        CAPTURE(usual, other);
        REQUIRE(meaning(other) == said);
      }
    }
  }
}

TEST_CASE("what is cut off a report takes nothing else with it") {
  Random random = test::test_random();
  const Style plain{"\r\n", false, false, false, false};
  const Report report{session_of(random), metrics_of(random), metrics_of(random)};
  const std::string whole = written(random, plain, report);
  static VqReportView view;
  const std::size_t name_bytes = std::string_view("VQIntervalReport").size();
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const std::string_view prefix = std::string_view(whole).substr(0, size);
    CAPTURE(prefix);
    const Errc error = parse_vq_report(prefix, view);
    CHECK(error == (size < name_bytes ? Errc::incomplete : Errc::none));
    if (size == whole.size()) CHECK(view.has_remote());
  }
}
