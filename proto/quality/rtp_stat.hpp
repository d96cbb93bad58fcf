#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "proto/result.hpp"

namespace heptap {

/// Header fields in which phones and gateways say what they have sent and received. No RFC has them.
enum class RtpStatHeader : std::uint8_t {
  none,  ///< none of them
  x_rtp_stat,
  p_rtp_stat,
  x_rtp_stat_add,
  x_rtp_stat_t38,
  x_rtp_statistics,
  x_ng_rtp_stats,
  x_siemens_rtp_stats,
  rtp_rx_stat,  ///< RTP-RxStat, and RxStat of older firmware
  rtp_tx_stat,
  rtp_video_rx_stat,
  rtp_video_tx_stat,
  count_
};

/// name      of a header field, any case
[[nodiscard]] RtpStatHeader find_rtp_stat_header(std::string_view name) noexcept;

/// Who wrote an X-RTP-Stat: they mean different things by the same keys.
enum class RtpStatDialect : std::uint8_t {
  none,  ///< RTP-RxStat and RTP-TxStat, whose keys say what they mean
  generic,
  avm,
  baresip,
  rtpproxy,
};

/// gives     the enumerator's own spelling; static storage
[[nodiscard]] std::string_view to_string(RtpStatDialect dialect) noexcept;

/// What one header field says. "Sent" (tx) and "received" (rx) are the reporter's words; a figure
/// without either is of a direction that the field does not name. Of a key that is written twice the
/// first number counts, and what is no number, or negative, counts as not there.
/// lifetime  texts die with the value given to parse_rtp_stat()
struct RtpStatView {
  static constexpr std::size_t max_bytes = 8192;
  static constexpr std::size_t max_items = 64;

  RtpStatHeader header = RtpStatHeader::none;
  RtpStatDialect dialect = RtpStatDialect::none;
  bool items_overflow = false;  ///< more than max_items; the rest is not read

  std::string_view reporter;        ///< EX
  std::string_view encoders;        ///< EN, a list with commas: "PCMA,FAX"
  std::string_view decoders;        ///< DE
  std::string_view local_endpoint;  ///< IP: "192.0.2.1:7082"
  std::string_view remote_endpoint;
  std::string_view rx_codec;    ///< VoRxCodec
  std::string_view tx_codec;    ///< TxCodec
  std::string_view vq_metrics;  ///< VQMetrics, items with `;`

  std::optional<std::uint64_t> tx_packets;
  std::optional<std::uint64_t> rx_packets;
  std::optional<std::uint64_t> tx_packets_total;  ///< Total_Tx_Pkts of snom
  std::optional<std::uint64_t> rx_packets_total;
  std::optional<std::uint64_t> tx_packets_expected;
  std::optional<std::uint64_t> rx_packets_expected;
  std::optional<std::uint64_t> tx_octets;
  std::optional<std::uint64_t> rx_octets;
  std::optional<std::uint64_t> lost;
  std::optional<std::uint64_t> rx_lost;
  std::optional<std::uint64_t> tx_lost;
  std::optional<std::uint64_t> discarded;
  std::optional<std::uint64_t> rx_discarded;
  std::optional<std::uint64_t> tx_discarded;
  std::optional<std::uint64_t> rx_late;
  std::optional<std::uint64_t> remote_rx_lost;  ///< as the other end has reported
  std::optional<std::uint64_t> remote_rx_packets;
  std::optional<std::uint64_t> remote_tx_packets;

  std::optional<double> jitter_ms;
  std::optional<double> rx_jitter_ms;
  std::optional<double> tx_jitter_ms;
  std::optional<double> rx_jitter_ts;  ///< in units of the RTP timestamp
  std::optional<double> tx_jitter_ts;
  std::optional<double> rx_jitter_raw;      ///< AvgJit: unit differs with the firmware
  std::optional<double> rx_max_jitter_raw;  ///< maxJitter: as above
  std::optional<double> rtt_ms;             ///< mean
  std::optional<double> rtt_min_ms;
  std::optional<double> rtt_max_ms;
  std::optional<double> latency_ms;  ///< LA: round trip, latency or jitter buffer, by vendor
  std::optional<double> one_way_delay_ms;
  std::optional<double> setup_ms;                ///< of the call
  std::optional<double> duration_s;              ///< of the call
  std::optional<double> frame_ms;                ///< of a packet received
  std::optional<double> mos;                     ///< 1 to 5; which kind is not said
  std::optional<double> mos_lq;                  ///< 1 to 5
  std::optional<double> mos_cq;                  ///< 1 to 5
  std::optional<double> conceal_ratio;           ///< CCR: concealed of all speech, 0 to 1
  std::optional<double> conceal_ratio_interval;  ///< ICR: of the last interval
  std::optional<double> conceal_ratio_max;       ///< ICRmx
  std::optional<double> concealed_s;             ///< CS of VQMetrics: seconds with concealment
  std::optional<double> severely_concealed_s;    ///< SCS
};

/// `PL=3,1`
struct RtpStatItemView {
  std::string_view key;
  std::string_view value;  ///< without quotes, also when the closing one is missing
};

/// gives     what divides the items of a value: `;`, or `,` when there is no `;` outside of quotes
[[nodiscard]] char rtp_stat_divider(std::string_view value) noexcept;

/// Takes the next item off a value; what has no `=` is passed over.
/// rest      what is left; shortened
/// gives     false at the end
[[nodiscard]] bool next_rtp_stat_item(std::string_view& rest, char divider,
                                      RtpStatItemView& out) noexcept;

/// Reads the value of one such header field.
/// out       valid when the result is none
/// errors    malformed: no item at all; unsupported: `header` is none; over_limit: longer than
///           RtpStatView::max_bytes
[[nodiscard]] Errc parse_rtp_stat(RtpStatHeader header, std::string_view value,
                                  RtpStatView& out) noexcept;

}  // namespace heptap
