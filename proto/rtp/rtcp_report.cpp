#include "proto/rtp/rtcp_report.hpp"

namespace heptap {
namespace {

constexpr std::size_t block_bytes = 24;

// The upper eight bits are the fraction, the lower 24 a number with a sign.
constexpr std::int32_t signed_24_bits(std::uint32_t word) noexcept {
  return static_cast<std::int32_t>(word << 8U) >> 8U;
}

SenderInfo read_sender(ByteReader& r) noexcept {
  SenderInfo out;
  out.ntp_time.seconds = r.be32();
  out.ntp_time.fraction = r.be32();
  out.rtp_timestamp = r.be32();
  out.packet_count = r.be32();
  out.octet_count = r.be32();
  return out;
}

}  // namespace

Result<RtcpReportView> parse_rtcp_report(const RtcpPacketView& packet) noexcept {
  if (packet.type != RtcpType::sr && packet.type != RtcpType::rr) return Errc::unsupported;
  ByteReader r{packet.body};
  RtcpReportView out;
  out.ssrc = r.be32();
  if (packet.type == RtcpType::sr) out.sender = read_sender(r);
  out.block_count = packet.count;
  out.blocks = r.bytes(packet.count * block_bytes);
  out.extension = r.rest();
  if (!r.ok()) return Errc::malformed;
  return out;
}

Result<ReportBlock> next_report_block(Bytes& blocks) noexcept {
  ByteReader r{blocks};
  ReportBlock out;
  out.ssrc = r.be32();
  const std::uint32_t lost = r.be32();
  out.fraction_lost = static_cast<std::uint8_t>(lost >> 24U);
  out.cumulative_lost = signed_24_bits(lost);
  out.extended_highest_sequence = r.be32();
  out.jitter = r.be32();
  out.last_sr = r.be32();
  out.delay_since_last_sr = r.be32();
  if (!r.ok()) return Errc::incomplete;
  blocks = r.rest();
  return out;
}

}  // namespace heptap
