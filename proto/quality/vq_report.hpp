#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "proto/quality/vq_keys.hpp"
#include "proto/result.hpp"

namespace heptap {

/// What the first line of a report says.
enum class VqReportKind : std::uint8_t { session, interval, alert };

/// gives     the enumerator's own spelling; static storage
[[nodiscard]] std::string_view to_string(VqReportKind kind) noexcept;

/// Lines of a report whose value is plain text.
enum class VqLine : std::uint8_t {
  call_id,
  local_id,
  remote_id,
  orig_id,
  from_id,  ///< what some write instead of LocalID and RemoteID
  to_id,
  local_group,
  remote_group,
  local_mac,
  remote_mac,
  count_
};

/// What was odd about a report that was read all the same.
enum class VqFlag : std::uint16_t {
  metrics_header = 1U << 0U,  ///< "Metrics:" instead of "LocalMetrics:"
  ssrc_decimal = 1U << 1U,
  ssrc_bare_hex = 1U << 2U,   ///< hexadecimal without "0x"
  unfolded = 1U << 3U,        ///< a line that goes on with the one before
  unavailable = 1U << 4U,     ///< a number is 127 or -127; see VqMetricsView::is_unavailable()
  unreadable = 1U << 5U,      ///< a value that is no number or outside its range
  value_too_long = 1U << 6U,  ///< a value above VqReportView::max_value_bytes
  too_many_lines = 1U << 7U,  ///< more than VqReportView::max_lines; the rest is not read
  other_overflow = 1U << 8U,  ///< more than VqReportView::max_other; counted, not kept
};

/// The metrics of one end: numbers and texts by their key. A number that was read is inside of its
/// vq_range(); a MOS that was written as 10 to 50 is divided by 10. 0 and 65535 stay as they are.
class VqMetricsView {
 public:
  [[nodiscard]] std::optional<double> operator[](VqNumber number) const noexcept {
    if ((known_ & bit(number)) == 0) return std::nullopt;
    return numbers_[static_cast<std::size_t>(number)];
  }
  /// Without quotes; empty when there is none.
  [[nodiscard]] std::string_view operator[](VqText text) const noexcept {
    return texts_[static_cast<std::size_t>(text)];
  }
  /// The key was there and its value said that it is not known: 127 or -127.
  [[nodiscard]] bool is_unavailable(VqNumber number) const noexcept {
    return (unavailable_ & bit(number)) != 0;
  }

 private:
  friend class VqReader;

  static constexpr std::uint64_t bit(VqNumber number) noexcept {
    return std::uint64_t{1} << static_cast<unsigned>(number);
  }
  static_assert(static_cast<unsigned>(VqNumber::count_) <= 64);

  std::uint64_t known_ = 0;
  std::uint64_t unavailable_ = 0;
  std::array<double, static_cast<std::size_t>(VqNumber::count_)> numbers_{};
  std::array<std::string_view, static_cast<std::size_t>(VqText::count_)> texts_{};
};

/// `LocalAddr: IP=192.0.2.10 PORT=49170 SSRC=0x2A3B4C5D`
struct VqEndpointView {
  std::string_view ip;  ///< as written, without brackets
  std::string_view ssrc_text;
  std::optional<std::uint16_t> port;
  std::optional<std::uint32_t> ssrc;  ///< 0: the phone did not know
};

/// `DialogID: 1890463@192.0.2.1;to-tag=8472761;from-tag=9123dh311`
struct VqDialogView {
  std::string_view call_id;
  std::string_view to_tag;
  std::string_view from_tag;
};

/// `VQAlertReport: Type=NLR Severity=Critical Dir=local`
struct VqAlertView {
  std::string_view type;
  std::string_view severity;
  std::string_view dir;
};

/// A line or an item that is none of the above.
struct VqOtherView {
  std::string_view name;  ///< empty: a word alone
  std::string_view value;
};

/// One report in borrowed text. Reusable: parse_vq_report() fills it again for each report. It
/// allocates nothing; keep one per worker (it is about 2 KiB). Of what is written twice, the first
/// one counts.
/// lifetime  all views die with the text given to parse_vq_report()
/// source    RFC 6035 section 4.6
class VqReportView {
 public:
  static constexpr std::size_t max_bytes = 64 * 1024;
  static constexpr std::size_t max_lines = 64;
  static constexpr std::size_t max_value_bytes = 256;
  static constexpr std::size_t max_other = 16;

  [[nodiscard]] VqReportKind kind() const noexcept { return kind_; }
  /// No later report of this call is to be expected: of the whole session, or with CallTerm.
  [[nodiscard]] bool is_final() const noexcept {
    return kind_ == VqReportKind::session || (kind_ == VqReportKind::interval && call_term_);
  }
  [[nodiscard]] bool has(VqFlag flag) const noexcept {
    return (flags_ & static_cast<std::uint16_t>(flag)) != 0;
  }

  /// A fold inside is kept as it is; empty when the line is not there or empty.
  [[nodiscard]] std::string_view operator[](VqLine line) const noexcept {
    return lines_[static_cast<std::size_t>(line)];
  }
  [[nodiscard]] bool contains(VqLine line) const noexcept {
    return (seen_ >> static_cast<unsigned>(line) & 1U) != 0;
  }
  /// Of the call that is reported about: from CallID, else from DialogID. (The message that carries
  /// the report has a Call-ID of its own.)
  [[nodiscard]] std::string_view call_id() const noexcept {
    const std::string_view text = (*this)[VqLine::call_id];
    return text.empty() ? dialog_.call_id : text;
  }

  /// Of the reporter, who received and measured the stream that comes from remote_addr().
  [[nodiscard]] const VqEndpointView& local_addr() const noexcept { return local_addr_; }
  [[nodiscard]] const VqEndpointView& remote_addr() const noexcept { return remote_addr_; }
  /// Of the stream that the reporter received.
  [[nodiscard]] const VqMetricsView& local() const noexcept { return local_; }
  /// Of the stream that the other end received, as far as the reporter was told.
  [[nodiscard]] const VqMetricsView& remote() const noexcept { return remote_; }
  /// False when the report has no RemoteMetrics.
  [[nodiscard]] bool has_remote() const noexcept { return has_remote_; }
  [[nodiscard]] const VqDialogView& dialog() const noexcept { return dialog_; }
  [[nodiscard]] const VqAlertView& alert() const noexcept { return alert_; }

  /// At most max_other of what was not understood, in the order of the report.
  [[nodiscard]] std::span<const VqOtherView> other() const noexcept {
    return std::span(other_).first(other_kept());
  }
  /// How many there were.
  [[nodiscard]] std::size_t other_count() const noexcept { return other_count_; }

 private:
  friend class VqReader;

  [[nodiscard]] std::size_t other_kept() const noexcept {
    return other_count_ < max_other ? other_count_ : max_other;
  }

  VqReportKind kind_ = VqReportKind::session;
  bool call_term_ = false;
  bool has_remote_ = false;
  std::uint16_t flags_ = 0;
  std::uint16_t seen_ = 0;
  std::size_t other_count_ = 0;
  VqEndpointView local_addr_;
  VqEndpointView remote_addr_;
  VqDialogView dialog_;
  VqAlertView alert_;
  VqMetricsView local_;
  VqMetricsView remote_;
  std::array<std::string_view, static_cast<std::size_t>(VqLine::count_)> lines_{};
  std::array<VqOtherView, max_other> other_{};
};

/// Reads a report, as leniently as phones need it: lines end in CRLF, LF or CR, names and keys have
/// any case and `:` or `=` behind them, a line without a known name goes on with the one before it.
/// body      of a message; see find_vq_report()
/// out       valid when the result is none
/// errors    incomplete: empty, or ends within the name of the first line; malformed: the first line
///           is none of a report; over_limit: larger than VqReportView::max_bytes. All else that is
///           wrong is only a flag.
/// source    RFC 6035 section 4.6
[[nodiscard]] Errc parse_vq_report(std::string_view body, VqReportView& out) noexcept;

}  // namespace heptap
