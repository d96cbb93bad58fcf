// The vectors of RFC 6035 reports, each as it is written in tests/vectors.
#include <array>
#include <catch2/catch.hpp>
#include <cctype>
#include <set>
#include <string>

#include "proto/quality/vq_items.hpp"
#include "proto/quality/vq_report.hpp"
#include "tests/support/json_numbers.hpp"

namespace json = boost::json;
using namespace heptap;

namespace {

json::string text_of(std::string_view text) { return json::string(text); }

template <class Key, class View>
void add_text(json::object& out, const Key& key, const View& text) {
  if (!text.empty()) out[std::string_view(key)] = text_of(text);
}

json::object endpoint_of(const VqEndpointView& endpoint) {
  json::object out;
  add_text(out, "ip", endpoint.ip);
  if (endpoint.port) out["port"] = double{*endpoint.port * 1.0};
  if (endpoint.ssrc) out["ssrc"] = double{*endpoint.ssrc * 1.0};
  add_text(out, "ssrc_raw", endpoint.ssrc_text);
  return out;
}

std::string key_of(VqText text) {
  if (text == VqText::start) return "start";
  if (text == VqText::stop) return "stop";
  return std::string(to_string(text));
}

json::object metrics_of(const VqMetricsView& metrics) {
  json::object out;
  for (unsigned i = 0; i < static_cast<unsigned>(VqNumber::count_); ++i) {
    const auto number = static_cast<VqNumber>(i);
    if (metrics[number]) out[to_string(number)] = *metrics[number];
  }
  for (unsigned i = 0; i < static_cast<unsigned>(VqText::count_); ++i) {
    const auto text = static_cast<VqText>(i);
    add_text(out, key_of(text), metrics[text]);
  }
  return out;
}

/// "00:90:8f:11:22:33" as "00908F112233"
std::string mac_of(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c != ':') out += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return out;
}

bool never_key(std::string_view) noexcept { return false; }

json::value vendor_of(std::string_view value) {
  if (value.find('=') == std::string_view::npos) return text_of(value);
  json::object out;
  for (VqItemView item; next_vq_item(value, never_key, item);) {
    out[item.key] = text_of(item.value);
  }
  return out;
}

void add_lines(json::object& out, const VqReportView& report) {
  static constexpr std::array<std::string_view, 10> names{
      "callID", "localID",    "remoteID",    "origID",   "fromID",
      "toID",   "localGroup", "remoteGroup", "localMAC", "remoteMAC"};
  for (unsigned i = 0; i < names.size(); ++i) {
    const auto line = static_cast<VqLine>(i);
    if (!report.contains(line)) continue;
    const bool is_mac = names[i].ends_with("MAC");
    out[names[i]] = is_mac ? json::string(mac_of(report[line])) : text_of(report[line]);
  }
}

json::array warnings_of(const VqReportView& report) {
  std::set<std::string> all;
  if (report.has(VqFlag::metrics_header)) all.insert("Metrics header");
  if (report.has(VqFlag::ssrc_decimal)) all.insert("ssrc decimal");
  if (report.has(VqFlag::ssrc_bare_hex)) all.insert("ssrc bare hex");
  if (report.has(VqFlag::unfolded)) all.insert("unfolded");
  if (report.has(VqFlag::unreadable)) all.insert("unreadable");
  if (report.has(VqFlag::value_too_long)) all.insert("value too long");
  if (report.has(VqFlag::too_many_lines)) all.insert("too many lines");
  for (unsigned i = 0; i < static_cast<unsigned>(VqNumber::count_); ++i) {
    const auto number = static_cast<VqNumber>(i);
    if (report.local().is_unavailable(number) || report.remote().is_unavailable(number)) {
      all.insert("unavailable " + std::string(to_string(number)));
    }
  }
  json::array out;
  for (const std::string& warning : all) out.push_back(text_of(warning));
  return out;
}

json::object as_json(const VqReportView& report) {
  json::object out;
  out["report"] = text_of(to_string(report.kind()));
  out["final"] = report.is_final();
  add_lines(out, report);
  out["localAddr"] = endpoint_of(report.local_addr());
  out["remoteAddr"] = endpoint_of(report.remote_addr());
  out["local"] = metrics_of(report.local());
  if (report.has_remote()) out["remote"] = metrics_of(report.remote());
  if (!report.dialog().call_id.empty()) {
    out["dialog"] = {{"callId", text_of(report.dialog().call_id)},
                     {"toTag", text_of(report.dialog().to_tag)},
                     {"fromTag", text_of(report.dialog().from_tag)}};
  }
  if (report.kind() == VqReportKind::alert) {
    out["alert"] = {{"type", text_of(report.alert().type)},
                    {"severity", text_of(report.alert().severity)},
                    {"dir", text_of(report.alert().dir)}};
  }
  for (const VqOtherView& other : report.other()) out[other.name] = vendor_of(other.value);
  out["warn"] = warnings_of(report);
  return out;
}

}  // namespace

TEST_CASE("every RFC 6035 vector is read as written") {
  const json::value vectors = test::read_vectors("vq_vectors.json");
  CHECK(vectors.as_object().size() == 5);
  static VqReportView report;
  for (const auto& vector : vectors.as_object()) {
    CAPTURE(std::string(vector.key()));
    const json::string& body = vector.value().at("body").as_string();
    REQUIRE(parse_vq_report(body, report) == Errc::none);
    const json::value expected = vector.value().at("expect");
    CAPTURE(json::serialize(as_json(report)), json::serialize(expected));
    CHECK((as_json(report) == expected));
  }
}
