#pragma once

#include <cstdint>
#include <string_view>

namespace heptap {

/// The lines of a report, by their name.
/// source    RFC 6035 section 4.6.2
enum class VqLineName : std::uint8_t {
  none,  ///< no name that is known
  session_report,
  interval_report,
  alert_report,
  call_id,
  local_id,
  remote_id,
  orig_id,
  from_id,
  to_id,
  local_group,
  remote_group,
  local_mac,
  remote_mac,
  local_addr,
  remote_addr,
  local_metrics,
  metrics,  ///< the same, as some write it
  remote_metrics,
  metrics_line,  ///< Timestamps, SessionDesc, JitterBuffer and so on: their keys say enough
  dialog_id,
  vendor,  ///< x-anything
};

/// A line as its start says. Borrows from the line.
struct VqLineStart {
  VqLineName name = VqLineName::none;
  bool is_indented = false;
  bool has_divider = false;  ///< `:` or `=` behind the name
  std::string_view word;     ///< the name, as written
  std::string_view value;    ///< what follows the divider; of an unknown name without, all of it
};

/// line      without line end
[[nodiscard]] VqLineStart read_vq_line(std::string_view line) noexcept;

/// Whether the name is one of the three reports.
[[nodiscard]] constexpr bool is_report(VqLineName name) noexcept {
  return name >= VqLineName::session_report && name <= VqLineName::alert_report;
}

/// Takes the next line that is not blank off a body; it ends in CRLF, LF or CR.
/// body      what is left; shortened
/// gives     false at the end
[[nodiscard]] bool next_vq_line(std::string_view& body, std::string_view& line) noexcept;

/// Whether text is the beginning of a report's name: its first line was cut.
[[nodiscard]] bool begins_report_name(std::string_view text) noexcept;

}  // namespace heptap
