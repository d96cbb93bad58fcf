#include "proto/quality/rtp_stat.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <system_error>

#include "proto/quality/decimal.hpp"
#include "proto/sip/chars.hpp"
#include "proto/sip/params.hpp"

namespace heptap {

using namespace sip_chars;

namespace {

constexpr auto npos = std::string_view::npos;

struct HeaderRow {
  std::string_view name;
  RtpStatHeader header;
};

constexpr std::array headers{
    HeaderRow{"X-RTP-Stat", RtpStatHeader::x_rtp_stat},
    HeaderRow{"P-RTP-Stat", RtpStatHeader::p_rtp_stat},
    HeaderRow{"X-RTP-Stat-Add", RtpStatHeader::x_rtp_stat_add},
    HeaderRow{"X-RTP-Stat-T38", RtpStatHeader::x_rtp_stat_t38},
    HeaderRow{"X-RTP-Statistics", RtpStatHeader::x_rtp_statistics},
    HeaderRow{"X-NG-RTP-STATS", RtpStatHeader::x_ng_rtp_stats},
    HeaderRow{"X-Siemens-RTP-stats", RtpStatHeader::x_siemens_rtp_stats},
    HeaderRow{"X-Siemens-RTP-stats-list", RtpStatHeader::x_siemens_rtp_stats},
    HeaderRow{"RTP-RxStat", RtpStatHeader::rtp_rx_stat},
    HeaderRow{"RTP-TxStat", RtpStatHeader::rtp_tx_stat},
    HeaderRow{"RxStat", RtpStatHeader::rtp_rx_stat},
    HeaderRow{"TxStat", RtpStatHeader::rtp_tx_stat},
    HeaderRow{"RTP-VideoRxStat", RtpStatHeader::rtp_video_rx_stat},
    HeaderRow{"RTP-VideoTxStat", RtpStatHeader::rtp_video_tx_stat},
};

using Count = std::optional<std::uint64_t> RtpStatView::*;
using Figure = std::optional<double> RtpStatView::*;
using Text = std::string_view RtpStatView::*;

/// A key and where its numbers go: one number alone, or a list with commas.
template <class Member>
struct Row {
  std::string_view key;
  Member alone;
  std::array<Member, 3> listed{};
};

struct TextRow {
  std::string_view key;
  Text text;
};

/// All keys of one kind of header field.
struct Keys {
  std::span<const Row<Count>> counts;
  std::span<const Row<Figure>> figures;
  std::span<const TextRow> texts;
};

using View = RtpStatView;

constexpr std::array stat_counts{
    Row<Count>{"PS", &View::tx_packets},
    Row<Count>{"PR", &View::rx_packets},
    Row<Count>{"ES", &View::tx_packets_expected},
    Row<Count>{"ER", &View::rx_packets_expected},
    Row<Count>{"OS", &View::tx_octets},
    Row<Count>{"OR", &View::rx_octets},
    Row<Count>{"PL", &View::lost, {&View::rx_lost, &View::tx_lost}},
    Row<Count>{"PD", &View::discarded, {&View::rx_discarded, &View::tx_discarded}},
};
constexpr std::array stat_figures{
    Row<Figure>{"JI", &View::jitter_ms, {&View::rx_jitter_ms, &View::tx_jitter_ms}},
    Row<Figure>{"DL", &View::rtt_ms, {&View::rtt_ms, &View::rtt_min_ms, &View::rtt_max_ms}},
    Row<Figure>{"LA", &View::latency_ms},
    Row<Figure>{"CS", &View::setup_ms},
    Row<Figure>{"CD", &View::duration_s},
    Row<Figure>{"DU", &View::duration_s},
    Row<Figure>{"MOS", &View::mos},
};
constexpr std::array stat_texts{
    TextRow{"EX", &View::reporter},
    TextRow{"EN", &View::encoders},
    TextRow{"DE", &View::decoders},
};

constexpr std::array rx_counts{
    Row<Count>{"Pkt", &View::rx_packets},
    Row<Count>{"Oct", &View::rx_octets},
    Row<Count>{"LatePkt", &View::rx_late},
    Row<Count>{"LostPkt", &View::rx_lost},
    Row<Count>{"Total_Rx_Pkts", &View::rx_packets_total},
    Row<Count>{"Rx_Pkts", &View::rx_packets},
    Row<Count>{"Rx_Pkts_Lost", &View::rx_lost},
    Row<Count>{"Remote_Rx_Pkts", &View::remote_rx_packets},
    Row<Count>{"Remote_Rx_Pkts_Lost", &View::remote_rx_lost},
};
constexpr std::array rx_figures{
    Row<Figure>{"Dur", &View::duration_s},
    Row<Figure>{"AvgJit", &View::rx_jitter_raw},
};
constexpr std::array rx_texts{TextRow{"VQMetrics", &View::vq_metrics}};

constexpr std::array tx_counts{
    Row<Count>{"Pkt", &View::tx_packets},
    Row<Count>{"Oct", &View::tx_octets},
    Row<Count>{"Total_Tx_Pkts", &View::tx_packets_total},
    Row<Count>{"Tx_Pkts", &View::tx_packets},
    Row<Count>{"Remote_Tx_Pkts", &View::remote_tx_packets},
};
constexpr std::array tx_figures{Row<Figure>{"Dur", &View::duration_s}};
constexpr std::array tx_texts{TextRow{"tvqMetrics", &View::vq_metrics}};

constexpr std::array vq_counts{
    Row<Count>{"VoPktLost", &View::rx_lost},
    Row<Count>{"VoPktDis", &View::rx_discarded},
};
constexpr std::array vq_figures{
    Row<Figure>{"CCR", &View::conceal_ratio},
    Row<Figure>{"ICR", &View::conceal_ratio_interval},
    Row<Figure>{"ICRmx", &View::conceal_ratio_max},
    Row<Figure>{"CS", &View::concealed_s},
    Row<Figure>{"SCS", &View::severely_concealed_s},
    Row<Figure>{"VoPktSizeMs", &View::frame_ms},
    Row<Figure>{"VoOneWayDelayMs", &View::one_way_delay_ms},
    Row<Figure>{"maxJitter", &View::rx_max_jitter_raw},
    Row<Figure>{"MOSlq", &View::mos_lq},
    Row<Figure>{"MOScq", &View::mos_cq},
};
constexpr std::array vq_texts{
    TextRow{"VoRxCodec", &View::rx_codec},
    TextRow{"TxCodec", &View::tx_codec},
};

constexpr Keys stat_keys{stat_counts, stat_figures, stat_texts};
constexpr Keys rx_keys{rx_counts, rx_figures, rx_texts};
constexpr Keys tx_keys{tx_counts, tx_figures, tx_texts};
constexpr Keys vq_keys{vq_counts, vq_figures, vq_texts};

bool is_rx(RtpStatHeader header) noexcept {
  return header == RtpStatHeader::rtp_rx_stat || header == RtpStatHeader::rtp_video_rx_stat;
}

bool is_tx(RtpStatHeader header) noexcept {
  return header == RtpStatHeader::rtp_tx_stat || header == RtpStatHeader::rtp_video_tx_stat;
}

const Keys& keys_of(RtpStatHeader header) noexcept {
  if (is_rx(header)) return rx_keys;
  return is_tx(header) ? tx_keys : stat_keys;
}

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
void read_numbers(std::string_view text, const Row<Member>& row, RtpStatView& out) noexcept {
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

void read_item(const RtpStatItemView& item, const Keys& keys, RtpStatView& out) noexcept {
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
std::size_t read_items(std::string_view rest, char divider, const Keys& keys,
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

RtpStatHeader find_rtp_stat_header(std::string_view name) noexcept {
  const auto* const found = std::find_if(headers.begin(), headers.end(), [name](const auto& row) {
    return row.name.size() == name.size() && equal_ignoring_case(row.name, name);
  });
  return found == headers.end() ? RtpStatHeader::none : found->header;
}

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
  if (read_items(value, rtp_stat_divider(value), keys_of(header), out) == 0) return Errc::malformed;
  read_items(out.vq_metrics, ';', vq_keys, out);
  out.dialect = dialect_of(out);
  if (out.dialect == RtpStatDialect::baresip) move_jitter(out);
  drop_unless_mos(out.mos);
  drop_unless_mos(out.mos_lq);
  drop_unless_mos(out.mos_cq);
  return Errc::none;
}

}  // namespace heptap
