// The input is a row of packets of one stream: a byte for what is odd about it, one for its payload
// type, two for the step of its number, two for that of its timestamp, two for the time that passes,
// four of payload. The counts must add up after each of them, and every figure must be a number.
#include "proto/rtp/stream.hpp"

#include <algorithm>
#include <cmath>

#include "tests/fuzz/require.hpp"

using namespace heptap;
using heptap::test::require;

namespace {

RtpFormat format_of(std::uint8_t payload_type) {
  switch (payload_type) {
    case 96: return {48000, RtpKind::audio};
    case 97: return {1, RtpKind::audio};
    case 98: return {0xffffffff, RtpKind::video};
    case 99: return {8000, RtpKind::redundancy};
    case 100: return {8000, RtpKind::audio, SilenceFrames::amr};
    case 101: return {8000, RtpKind::telephone_event};
    case 102: return {0, RtpKind::telephone_event};
    default: return static_rtp_format(payload_type);
  }
}

/// In sixteenths of a millisecond; past the end of all times it goes on at their beginning.
std::int64_t later(std::int64_t now_ns, std::int16_t step) {
  const std::int64_t ns = std::int64_t{step} * 62'500;
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(now_ns) +
                                   static_cast<std::uint64_t>(ns));
}

void check_numbers(const RtpFigures& figures) {
  for (const double value :
       {figures.jitter_ms, figures.mean_jitter_ms, figures.max_jitter_ms, figures.delta.mean_ms,
        figures.delta.max_ms, figures.ptime_ms, figures.counts.lost_percent()}) {
    require(std::isfinite(value) && value >= 0);
  }
  require(std::isfinite(figures.skew_ms) && std::isfinite(figures.max_skew_ms));
  require(std::isfinite(figures.burst_ratio) && figures.burst_ratio >= 1);
  require(figures.mean_jitter_ms <= figures.max_jitter_ms * 1.0001 + 1e-6);
}

void check_whole(const RtpStream& stream, const RtpExtras& extras, std::uint32_t packets) {
  const RtpFigures figures = stream.total(extras);
  const RtpCounts& counts = figures.counts;
  require(counts.packets() == packets);
  require(counts.expected >= counts.unique && counts.late <= counts.unique);
  require(counts.expected - counts.lost() == counts.unique);
  require(counts.lost_percent() <= 100);
  check_numbers(figures);
  const BurstGapFigures bursts = stream.bursts(extras);
  require(bursts.burst_packets + bursts.gap_packets == counts.expected);
  require(bursts.burst_lost <= bursts.burst_packets);
  require(std::isfinite(bursts.mean_gap_ms(20)) && std::isfinite(bursts.mean_burst_ms(20)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {  // NOLINT
  RtpStream stream;
  RtpExtras extras(1);
  RtpEventDetails details;
  RtpView packet;
  std::int64_t now_ns = 0;
  std::uint32_t packets = 0;
  std::uint32_t reported = 0;
  std::uint32_t started = 0;
  std::uint32_t ended = 0;
  for (ByteReader r{{data, size}}; !r.rest().empty();) {
    const unsigned odd = r.u8();
    packet.payload_type = r.u8() & 0x7fU;
    packet.marker = (odd & 1U) != 0;
    packet.sequence = static_cast<std::uint16_t>(packet.sequence + r.be16());
    packet.timestamp += std::uint32_t{r.be16()} << ((odd & 2U) != 0 ? 16U : 0U);
    const auto step = static_cast<std::int16_t>(r.be16());
    now_ns = (odd & 4U) != 0 ? std::int64_t{step} << 48U : later(now_ns, step);
    packet.payload = r.bytes(std::min<std::size_t>(r.rest().size(), 4));
    if ((odd & 8U) != 0) stream.forget_formats();
    const RtpStep done = stream.add(packet, now_ns, format_of, extras, details);
    started += done.has(RtpEvent::digit_started) ? 1U : 0U;
    ended += done.has(RtpEvent::digit_ended) ? 1U : 0U;
    require(ended <= started && started <= ended + 1);
    check_whole(stream, extras, ++packets);
    if ((odd & 16U) == 0) continue;
    const RtpFigures period = stream.take_period(extras);
    reported += period.counts.packets();
    require(reported == packets);
    check_numbers(period);
  }
  DtmfDigit digit;
  require(stream.end_digit(now_ns, true, extras, digit) == (started > ended));
  return 0;
}
