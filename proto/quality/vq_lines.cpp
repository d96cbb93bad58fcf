#include "proto/quality/vq_lines.hpp"

#include <algorithm>
#include <array>

#include "proto/sip/chars.hpp"

namespace heptap {

using namespace sip_chars;

namespace {

struct NameRow {
  std::string_view text;
  VqLineName name;
};

constexpr std::array names{
    NameRow{"VQSessionReport", VqLineName::session_report},
    NameRow{"VQIntervalReport", VqLineName::interval_report},
    NameRow{"VQAlertReport", VqLineName::alert_report},
    NameRow{"CallID", VqLineName::call_id},
    NameRow{"LocalID", VqLineName::local_id},
    NameRow{"RemoteID", VqLineName::remote_id},
    NameRow{"OrigID", VqLineName::orig_id},
    NameRow{"FromID", VqLineName::from_id},
    NameRow{"ToID", VqLineName::to_id},
    NameRow{"LocalGroup", VqLineName::local_group},
    NameRow{"RemoteGroup", VqLineName::remote_group},
    NameRow{"LocalMAC", VqLineName::local_mac},
    NameRow{"RemoteMAC", VqLineName::remote_mac},
    NameRow{"LocalAddr", VqLineName::local_addr},
    NameRow{"RemoteAddr", VqLineName::remote_addr},
    NameRow{"LocalMetrics", VqLineName::local_metrics},
    NameRow{"Metrics", VqLineName::metrics},
    NameRow{"RemoteMetrics", VqLineName::remote_metrics},
    NameRow{"Timestamps", VqLineName::metrics_line},
    NameRow{"SessionDesc", VqLineName::metrics_line},
    NameRow{"JitterBuffer", VqLineName::metrics_line},
    NameRow{"PacketLoss", VqLineName::metrics_line},
    NameRow{"BurstGapLoss", VqLineName::metrics_line},
    NameRow{"Delay", VqLineName::metrics_line},
    NameRow{"Signal", VqLineName::metrics_line},
    NameRow{"QualityEst", VqLineName::metrics_line},
    NameRow{"DialogID", VqLineName::dialog_id},
};

VqLineName find_name(std::string_view word) noexcept {
  if (word.size() > 2 && equal_ignoring_case(word.substr(0, 2), "x-")) return VqLineName::vendor;
  const auto* const found = std::find_if(names.begin(), names.end(), [word](const NameRow& row) {
    return equal_ignoring_case(row.text, word);
  });
  return found == names.end() ? VqLineName::none : found->name;
}

}  // namespace

VqLineStart read_vq_line(std::string_view line) noexcept {
  VqLineStart out;
  out.is_indented = !line.empty() && is_wsp(line.front());
  line = trim(line);
  out.word = line.substr(0, line.find_first_of(":= \t"));
  out.value = trim_left(line.substr(out.word.size()));
  out.has_divider = out.value.starts_with(':') || out.value.starts_with('=');
  if (out.has_divider) out.value = trim_left(out.value.substr(1));
  const VqLineName name = find_name(out.word);
  if (out.has_divider || out.value.empty() || is_report(name)) out.name = name;
  if (out.name == VqLineName::none && !out.has_divider) out.value = line;
  return out;
}

bool next_vq_line(std::string_view& body, std::string_view& line) noexcept {
  while (!body.empty()) {
    line = body.substr(0, body.find_first_of("\r\n"));
    body.remove_prefix(std::min(line.size() + 1, body.size()));
    if (!trim(line).empty()) return true;
  }
  return false;
}

bool begins_report_name(std::string_view text) noexcept {
  return std::any_of(names.begin(), names.end(), [text](const NameRow& row) {
    return is_report(row.name) && text.size() < row.text.size() &&
           equal_ignoring_case(row.text.substr(0, text.size()), text);
  });
}

}  // namespace heptap
