#include "proto/quality/rtp_stat.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>

#include "proto/quality/decimal.hpp"
#include "proto/quality/rtp_stat_keys.hpp"
#include "proto/sip/chars.hpp"
#include "proto/sip/params.hpp"

namespace heptap {

using namespace sip_chars;

namespace {

constexpr auto npos = std::string_view::npos;

template <class Rows>
const auto* find_row(const Rows& rows, std::string_view key) noexcept {
  const auto found = std::find_if(rows.begin(), rows.end(), [key](const auto& row) {
    return equal_ignoring_case(row.key, key);
  });
  return found == rows.end() ? nullptr : &*found;
}

void read_number(std::string_view text, std::optional<std::uint64_t>& out) noexcept {
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc{} && stop == end && !text.empty()) out = value;
}

void read_number(std::string_view text, std::optional<double>& out) noexcept {
  const Result<double> value = parse_decimal(text);
  if (value && *value >= 0) out = *value;
}

/// One number, or some with commas between them; "-" is none.
template <class Member>
void read_numbers(std::string_view text, const RtpStatKey<Member>& row, RtpStatView& out) noexcept {
  const bool is_list = row.listed[0] != nullptr && text.find(',') != npos;
  if (!is_list) {
    if (!(out.*row.alone)) read_number(text, out.*row.alone);
    return;
  }
  for (const Member member : row.listed) {
    const std::size_t comma = text.find(',');
    const std::string_view word = trim(text.substr(0, comma));
    if (member != nullptr && !(out.*member)) read_number(word, out.*member);
    text = comma == npos ? std::string_view{} : text.substr(comma + 1);
  }
}

void read_item(const RtpStatItemView& item, const RtpStatKeys& keys, RtpStatView& out) noexcept {
  if (const auto* count = find_row(keys.counts, item.key)) {
    read_numbers(item.value, *count, out);
  } else if (const auto* figure = find_row(keys.figures, item.key)) {
    read_numbers(item.value, *figure, out);
  } else if (const auto* row = find_row(keys.texts, item.key)) {
    if ((out.*row->text).empty()) out.*row->text = item.value;
  }
}

/// "A:192.0.2.1:4202", as baresip writes an end
std::string_view without_side(std::string_view endpoint) noexcept {
  const bool has_side = endpoint.starts_with("A:") || endpoint.starts_with("B:");
  return has_side && !endpoint.substr(1).starts_with("::") ? endpoint.substr(2) : endpoint;
}

void read_endpoints(std::string_view list, RtpStatView& out) noexcept {
  const std::size_t comma = std::min(list.find(','), list.size());
  out.local_endpoint = without_side(trim(list.substr(0, comma)));
  if (comma < list.size()) out.remote_endpoint = without_side(trim(list.substr(comma + 1)));
}

/// gives     how many items there were
std::size_t read_items(std::string_view rest, char divider, const RtpStatKeys& keys,
                       RtpStatView& out) noexcept {
  std::size_t count = 0;
  for (RtpStatItemView item; next_rtp_stat_item(rest, divider, item);) {
    if (count++ == RtpStatView::max_items) {
      out.items_overflow = true;
      break;
    }
    read_item(item, keys, out);
    if (equal_ignoring_case(item.key, "IP")) read_endpoints(item.value, out);
  }
  return count;
}

/// Pairs are AVM's, and those of others that name themselves.
RtpStatDialect dialect_of(const RtpStatView& stat) noexcept {
  if (is_rx(stat.header) || is_tx(stat.header)) return RtpStatDialect::none;
  if (equal_ignoring_case(stat.reporter, "baresip")) return RtpStatDialect::baresip;
  if (equal_ignoring_case(stat.reporter, "rtpproxy")) return RtpStatDialect::rtpproxy;
  const bool has_pairs = stat.rx_lost || stat.tx_lost || stat.rx_jitter_ms || stat.rtt_min_ms;
  const bool is_avm = has_pairs || stat.header == RtpStatHeader::x_rtp_stat_add;
  return is_avm ? RtpStatDialect::avm : RtpStatDialect::generic;
}

/// baresip has its jitter in units of the RTP timestamp.
void move_jitter(RtpStatView& stat) noexcept {
  stat.rx_jitter_ts = stat.rx_jitter_ms;
  stat.tx_jitter_ts = stat.tx_jitter_ms;
  stat.rx_jitter_ms.reset();
  stat.tx_jitter_ms.reset();
}

void drop_unless_mos(std::optional<double>& figure) noexcept {
  if (figure && (*figure < 1 || *figure > 5)) figure.reset();
}

}  // namespace

std::string_view to_string(RtpStatDialect dialect) noexcept {
  switch (dialect) {
    case RtpStatDialect::none: return "none";
    case RtpStatDialect::generic: return "generic";
    case RtpStatDialect::avm: return "avm";
    case RtpStatDialect::baresip: return "baresip";
    case RtpStatDialect::rtpproxy: return "rtpproxy";
  }
  return "?";
}

char rtp_stat_divider(std::string_view value) noexcept {
  return find_unquoted(value, ';') == npos ? ',' : ';';
}

bool next_rtp_stat_item(std::string_view& rest, char divider, RtpStatItemView& out) noexcept {
  while (!rest.empty()) {
    const std::size_t end = find_unquoted(rest, divider);
    const std::string_view item = trim(rest.substr(0, end));
    rest.remove_prefix(end == npos ? rest.size() : end + 1);
    const std::size_t equals = item.find('=');
    if (equals == npos) continue;
    out.key = trim_right(item.substr(0, equals));
    out.value = unquote(trim_left(item.substr(equals + 1)));
    if (out.value.starts_with('"')) out.value.remove_prefix(1);
    return true;
  }
  return false;
}

Errc parse_rtp_stat(RtpStatHeader header, std::string_view value, RtpStatView& out) noexcept {
  out = {};
  out.header = header;
  if (header == RtpStatHeader::none) return Errc::unsupported;
  if (value.size() > RtpStatView::max_bytes) return Errc::over_limit;
  if (read_items(value, rtp_stat_divider(value), rtp_stat_keys(header), out) == 0)
    return Errc::malformed;
  read_items(out.vq_metrics, ';', vq_metrics_keys(), out);
  out.dialect = dialect_of(out);
  if (out.dialect == RtpStatDialect::baresip) move_jitter(out);
  drop_unless_mos(out.mos);
  drop_unless_mos(out.mos_lq);
  drop_unless_mos(out.mos_cq);
  return Errc::none;
}

}  // namespace heptap
