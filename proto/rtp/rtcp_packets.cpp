#include "proto/rtp/rtcp_packets.hpp"

namespace heptap {
namespace {

constexpr std::size_t source_bytes = 4;
constexpr std::size_t name_bytes = 4;

std::string_view read_reason(Bytes in) noexcept {
  ByteReader r{in};
  const std::size_t size = r.u8();
  return as_text(r.bytes(size));
}

}  // namespace

Result<ByeView> parse_bye(const RtcpPacketView& packet) noexcept {
  if (packet.type != RtcpType::bye) return Errc::unsupported;
  ByteReader r{packet.body};
  const Bytes sources = r.bytes(packet.count * source_bytes);
  if (!r.ok()) return Errc::malformed;
  return ByeView{sources, read_reason(r.rest())};
}

Result<std::uint32_t> next_bye_source(Bytes& sources) noexcept {
  ByteReader r{sources};
  const std::uint32_t ssrc = r.be32();
  if (!r.ok()) return Errc::incomplete;
  sources = r.rest();
  return ssrc;
}

Result<AppView> parse_app(const RtcpPacketView& packet) noexcept {
  if (packet.type != RtcpType::app) return Errc::unsupported;
  ByteReader r{packet.body};
  const std::uint32_t ssrc = r.be32();
  const Bytes name = r.bytes(name_bytes);
  if (!r.ok()) return Errc::malformed;
  return AppView{ssrc, packet.count, as_text(name), r.rest()};
}

Result<FeedbackView> parse_feedback(const RtcpPacketView& packet) noexcept {
  if (packet.type != RtcpType::rtpfb && packet.type != RtcpType::psfb) return Errc::unsupported;
  ByteReader r{packet.body};
  const std::uint32_t sender = r.be32();
  const std::uint32_t media = r.be32();
  if (!r.ok()) return Errc::malformed;
  return FeedbackView{sender, media, packet.count, r.rest()};
}

Result<GenericNack> next_generic_nack(Bytes& control) noexcept {
  ByteReader r{control};
  const std::uint16_t packet_id = r.be16();
  const std::uint16_t lost_bitmask = r.be16();
  if (!r.ok()) return Errc::incomplete;
  control = r.rest();
  return GenericNack{packet_id, lost_bitmask};
}

}  // namespace heptap
