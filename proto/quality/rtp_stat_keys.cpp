#include "proto/quality/rtp_stat_keys.hpp"

#include <algorithm>

#include "proto/sip/chars.hpp"

namespace heptap {

using namespace sip_chars;

namespace {

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

using View = RtpStatView;
using Count = RtpStatCount;
using Figure = RtpStatFigure;
using TextRow = RtpStatTextKey;
template <class Member>
using Row = RtpStatKey<Member>;

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

constexpr RtpStatKeys stat_keys{stat_counts, stat_figures, stat_texts};
constexpr RtpStatKeys rx_keys{rx_counts, rx_figures, rx_texts};
constexpr RtpStatKeys tx_keys{tx_counts, tx_figures, tx_texts};
constexpr RtpStatKeys vq_keys{vq_counts, vq_figures, vq_texts};

}  // namespace

RtpStatHeader find_rtp_stat_header(std::string_view name) noexcept {
  const auto* const found = std::find_if(headers.begin(), headers.end(), [name](const auto& row) {
    return row.name.size() == name.size() && equal_ignoring_case(row.name, name);
  });
  return found == headers.end() ? RtpStatHeader::none : found->header;
}

bool is_rx(RtpStatHeader header) noexcept {
  return header == RtpStatHeader::rtp_rx_stat || header == RtpStatHeader::rtp_video_rx_stat;
}

bool is_tx(RtpStatHeader header) noexcept {
  return header == RtpStatHeader::rtp_tx_stat || header == RtpStatHeader::rtp_video_tx_stat;
}

const RtpStatKeys& rtp_stat_keys(RtpStatHeader header) noexcept {
  if (is_rx(header)) return rx_keys;
  return is_tx(header) ? tx_keys : stat_keys;
}

const RtpStatKeys& vq_metrics_keys() noexcept { return vq_keys; }

}  // namespace heptap
