#include "proto/quality/vq_report.hpp"

#include <charconv>
#include <cmath>
#include <system_error>

#include "proto/quality/decimal.hpp"
#include "proto/quality/vq_items.hpp"
#include "proto/quality/vq_lines.hpp"
#include "proto/sip/chars.hpp"
#include "proto/sip/params.hpp"

namespace heptap {

using namespace sip_chars;

namespace {

bool is_metric(std::string_view name) noexcept { return find_vq_key(name) != nullptr; }

bool is_endpoint_key(std::string_view name) noexcept {
  return equal_ignoring_case(name, "IP") || equal_ignoring_case(name, "PORT") ||
         equal_ignoring_case(name, "SSRC");
}

bool is_alert_key(std::string_view name) noexcept {
  return equal_ignoring_case(name, "Type") || equal_ignoring_case(name, "Severity") ||
         equal_ignoring_case(name, "Dir");
}

bool is_report_key(std::string_view name) noexcept { return is_alert_key(name) || is_metric(name); }

/// Lines whose value is text and not items. One without a name does not go on with such a line.
bool is_text(VqLineName name) noexcept {
  return (name >= VqLineName::call_id && name <= VqLineName::remote_mac) ||
         name == VqLineName::dialog_id || name == VqLineName::vendor || name == VqLineName::none;
}

/// Texts without blanks: what stands behind one is not theirs.
bool is_word(VqLineName name) noexcept {
  return name == VqLineName::call_id || name == VqLineName::local_mac ||
         name == VqLineName::remote_mac;
}

std::string_view first_word(std::string_view text) noexcept {
  return text.substr(0, text.find_first_of(" \t\r\n"));
}

template <class Number>
std::optional<Number> read_number(std::string_view text, int base) noexcept {
  Number value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, base);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

std::string_view without_brackets(std::string_view ip) noexcept {
  return ip.starts_with('[') && ip.ends_with(']') ? ip.substr(1, ip.size() - 2) : ip;
}

VqReportKind kind_of(VqLineName name) noexcept {
  if (name == VqLineName::interval_report) return VqReportKind::interval;
  return name == VqLineName::alert_report ? VqReportKind::alert : VqReportKind::session;
}

}  // namespace

std::string_view to_string(VqReportKind kind) noexcept {
  switch (kind) {
    case VqReportKind::session: return "session";
    case VqReportKind::interval: return "interval";
    case VqReportKind::alert: return "alert";
  }
  return "?";
}

// A line is read when the next one begins, as one run of text from its name to there: what is folded
// into it is then white space like any other.
class VqReader {
 public:
  explicit VqReader(VqReportView& out) noexcept : out_(out), metrics_(&out.local_) {}

  Errc run(std::string_view body) noexcept {
    out_ = {};
    if (body.size() > VqReportView::max_bytes) return Errc::over_limit;
    std::string_view line;
    if (!next_vq_line(body, line)) return Errc::incomplete;
    open_ = read_vq_line(line);
    if (!is_report(open_.name)) {
      return begins_report_name(trim(line)) ? Errc::incomplete : Errc::malformed;
    }
    out_.kind_ = kind_of(open_.name);
    for (std::size_t count = 1; next_vq_line(body, line); ++count) {
      if (count == VqReportView::max_lines) {
        flag(VqFlag::too_many_lines);
        break;
      }
      take(line);
    }
    close();
    return Errc::none;
  }

 private:
  void flag(VqFlag flag) noexcept { out_.flags_ |= static_cast<std::uint16_t>(flag); }

  void take(std::string_view line) noexcept {
    const VqLineStart start = read_vq_line(line);
    if (start.name != VqLineName::none || !goes_on(start)) {
      close();
      open_ = start;
      return;
    }
    flag(VqFlag::unfolded);
    const char* const begin = open_.value.data();
    open_.value = {begin, static_cast<std::size_t>(line.data() + line.size() - begin)};
  }

  [[nodiscard]] bool goes_on(const VqLineStart& start) const noexcept {
    return start.is_indented || !start.has_divider || !is_text(open_.name) || open_.value.empty();
  }

  void close() noexcept {
    const std::string_view value = trim(open_.value);
    switch (open_.name) {
      case VqLineName::session_report:
      case VqLineName::interval_report:
      case VqLineName::alert_report: return report(value);
      case VqLineName::local_addr: return endpoint(value, out_.local_addr_);
      case VqLineName::remote_addr: return endpoint(value, out_.remote_addr_);
      case VqLineName::metrics: flag(VqFlag::metrics_header); [[fallthrough]];
      case VqLineName::local_metrics: return section(value, out_.local_);
      case VqLineName::remote_metrics: out_.has_remote_ = true; return section(value, out_.remote_);
      case VqLineName::metrics_line: return metrics(value);
      case VqLineName::dialog_id: return dialog(value);
      case VqLineName::vendor: return other(open_.word, value);
      case VqLineName::none: return unnamed(value);
      default: return text(value);
    }
  }

  void report(std::string_view value) noexcept {
    for (VqItemView item; next_vq_item(value, is_report_key, item);) {
      if (is_alert_key(item.key)) {
        alert(item);
      } else if (item.key.empty() && equal_ignoring_case(item.value, "CallTerm")) {
        out_.call_term_ = true;
      } else {
        metric(item);
      }
    }
  }

  void alert(const VqItemView& item) noexcept {
    if (equal_ignoring_case(item.key, "Type")) return keep(item.value, out_.alert_.type);
    if (equal_ignoring_case(item.key, "Dir")) return keep(item.value, out_.alert_.dir);
    keep(item.value, out_.alert_.severity);
  }

  void text(std::string_view value) noexcept {
    const auto line =
        static_cast<std::size_t>(open_.name) - static_cast<std::size_t>(VqLineName::call_id);
    out_.seen_ |= static_cast<std::uint16_t>(1U << line);
    keep(is_word(open_.name) ? first_word(value) : value, out_.lines_[line]);
  }
  static_assert(static_cast<unsigned>(VqLineName::remote_mac) -
                    static_cast<unsigned>(VqLineName::call_id) ==
                static_cast<unsigned>(VqLine::remote_mac));

  /// What is written twice counts as it is written first.
  void keep(std::string_view value, std::string_view& out) noexcept {
    if (value.size() > VqReportView::max_value_bytes) return flag(VqFlag::value_too_long);
    if (out.empty()) out = value;
  }

  void endpoint(std::string_view value, VqEndpointView& out) noexcept {
    for (VqItemView item; next_vq_item(value, is_endpoint_key, item);) {
      if (equal_ignoring_case(item.key, "IP")) {
        keep(without_brackets(item.value), out.ip);
      } else if (equal_ignoring_case(item.key, "PORT")) {
        port(item.value, out);
      } else if (equal_ignoring_case(item.key, "SSRC")) {
        ssrc(item.value, out);
      } else {
        other(item.key, item.value);
      }
    }
  }

  void port(std::string_view value, VqEndpointView& out) noexcept {
    if (value.empty() || out.port) return;
    out.port = read_number<std::uint16_t>(value, 10);
    if (!out.port) flag(VqFlag::unreadable);
  }

  void ssrc(std::string_view value, VqEndpointView& out) noexcept {
    if (value.empty() || out.ssrc) return;
    keep(value, out.ssrc_text);
    out.ssrc = read_ssrc(value);
    if (!out.ssrc) flag(VqFlag::unreadable);
  }

  std::optional<std::uint32_t> read_ssrc(std::string_view value) noexcept {
    if (value.starts_with("0x") || value.starts_with("0X")) {
      return read_number<std::uint32_t>(value.substr(2), 16);
    }
    const bool is_decimal = value.find_first_not_of("0123456789") == std::string_view::npos;
    flag(is_decimal ? VqFlag::ssrc_decimal : VqFlag::ssrc_bare_hex);
    return read_number<std::uint32_t>(value, is_decimal ? 10 : 16);
  }

  void section(std::string_view value, VqMetricsView& out) noexcept {
    metrics_ = &out;
    metrics(value);
  }

  void metrics(std::string_view value) noexcept {
    for (VqItemView item; next_vq_item(value, is_metric, item);) metric(item);
  }

  void metric(const VqItemView& item) noexcept {
    const VqKey* const key = find_vq_key(item.key);
    if (key == nullptr) return other(item.key, item.value);
    if (key->number == VqNumber::count_) {
      return keep(item.value, metrics_->texts_[static_cast<std::size_t>(key->text)]);
    }
    if (!item.value.empty()) number(key->number, item.value);
  }

  void number(VqNumber which, std::string_view value) noexcept {
    if ((metrics_->known_ & VqMetricsView::bit(which)) != 0) return;
    if (value.size() > VqReportView::max_value_bytes) return flag(VqFlag::value_too_long);
    const Result<double> read = parse_decimal(value);
    if (!read) return flag(VqFlag::unreadable);
    const VqRange range = vq_range(which);
    if (range.is_unavailable_at_127 && std::abs(*read) == 127) {
      metrics_->unavailable_ |= VqMetricsView::bit(which);
      return flag(VqFlag::unavailable);
    }
    const bool is_mos = which == VqNumber::moslq || which == VqNumber::moscq;
    const bool is_times_10 = is_mos && *read >= 10 && *read <= 50;
    const double figure = is_times_10 ? *read / 10 : *read;
    if (figure < range.least || figure > range.most) return flag(VqFlag::unreadable);
    metrics_->known_ |= VqMetricsView::bit(which);
    metrics_->numbers_[static_cast<std::size_t>(which)] = figure;
  }

  void dialog(std::string_view value) noexcept {
    const std::string_view call_id = value.substr(0, value.find(';'));
    const std::string_view params = value.substr(call_id.size());
    keep(first_word(trim(call_id)), out_.dialog_.call_id);
    keep(param_value(params, "to-tag"), out_.dialog_.to_tag);
    keep(param_value(params, "from-tag"), out_.dialog_.from_tag);
  }

  /// A metric behind a line of text, as some stacks break their lines, or a line nobody knows.
  void unnamed(std::string_view value) noexcept {
    if (!is_metric(open_.word)) return other(open_.word, value);
    flag(VqFlag::unfolded);
    const char* const begin = open_.word.data();
    metrics({begin, static_cast<std::size_t>(value.data() + value.size() - begin)});
  }

  void other(std::string_view name, std::string_view value) noexcept {
    const std::size_t longest = VqReportView::max_value_bytes;
    if (name.size() > longest || value.size() > longest) flag(VqFlag::value_too_long);
    const std::size_t at = out_.other_count_++;
    if (at >= VqReportView::max_other) return flag(VqFlag::other_overflow);
    out_.other_[at] = {name.substr(0, longest), value.substr(0, longest)};
  }

  VqReportView& out_;
  VqMetricsView* metrics_;  ///< whose lines follow
  VqLineStart open_;        ///< the line that may go on
};

Errc parse_vq_report(std::string_view body, VqReportView& out) noexcept {
  return VqReader(out).run(body);
}

}  // namespace heptap
