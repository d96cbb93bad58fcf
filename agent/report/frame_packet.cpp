#include "agent/report/frame_packet.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "proto/hep/chunk.hpp"
#include "proto/net/packet.hpp"

namespace heptap {
namespace {

constexpr std::size_t max_connections = 65536;
constexpr std::size_t ipv4_header_bytes = 20;
constexpr std::size_t udp_header_bytes = 8;
constexpr std::size_t tcp_header_bytes = 20;
constexpr std::size_t max_header_bytes = 14 + 4 + 40 + tcp_header_bytes;
constexpr std::size_t max_ip_bytes = 65535;  // IPv6: of what follows the header
constexpr std::array<std::uint8_t, 12> no_mac_addresses{};
constexpr std::uint16_t hep_port = 9060;

// The Internet checksum of RFC 1071, over several runs of bytes.
class Checksum {
 public:
  Checksum& add(Bytes in) noexcept {
    for (const std::uint8_t byte : in) {
      sum_ += odd_ ? byte : std::uint32_t{byte} << 8U;
      odd_ = !odd_;
    }
    return *this;
  }
  Checksum& add(std::uint32_t value) noexcept {
    sum_ += (value >> 16U) + (value & 0xffffU);
    return *this;
  }
  [[nodiscard]] std::uint16_t value() const noexcept {
    std::uint64_t sum = sum_;
    while (sum >> 16U != 0) sum = (sum & 0xffffU) + (sum >> 16U);
    return static_cast<std::uint16_t>(~sum);
  }

 private:
  std::uint64_t sum_ = 0;
  bool odd_ = false;
};

void write_ethernet(ByteWriter& w, const hep::HepView& f) {
  w.bytes(no_mac_addresses);
  if (f.vlan_id.value_or(0) != 0) {
    w.be16(0x8100);
    w.be16(*f.vlan_id);
  }
  w.be16(f.source.family == IpFamily::v4 ? 0x0800 : 0x86dd);
}

void write_ipv4(ByteWriter& w, const hep::HepView& f, std::size_t content_bytes) {
  std::array<std::uint8_t, ipv4_header_bytes> header{};
  const auto fill = [&](std::uint16_t checksum) {
    ByteWriter h{header};
    h.u8(0x45);
    h.u8(f.ip_tos.value_or(0));
    h.be16(static_cast<std::uint16_t>(ipv4_header_bytes + content_bytes));
    h.be32(0x00004000);  // identification, don't fragment
    h.u8(64);
    h.u8(f.ip_protocol);
    h.be16(checksum);
    h.bytes(f.source.bytes());
    h.bytes(f.destination.bytes());
  };
  fill(0);
  fill(Checksum{}.add(header).value());
  w.bytes(header);
}

void write_ipv6(ByteWriter& w, const hep::HepView& f, std::size_t content_bytes) {
  w.be32(0x60000000U | std::uint32_t{f.ip_tos.value_or(0)} << 20U);
  w.be16(static_cast<std::uint16_t>(content_bytes));
  w.u8(f.ip_protocol);
  w.u8(64);
  w.bytes(f.source.bytes());
  w.bytes(f.destination.bytes());
}

void write_udp(ByteWriter& w, const hep::HepView& f, std::uint16_t checksum) {
  w.be16(f.source_port);
  w.be16(f.destination_port);
  w.be16(static_cast<std::uint16_t>(udp_header_bytes + f.payload.size()));
  w.be16(checksum);
}

void write_tcp(ByteWriter& w, const hep::HepView& f, std::uint32_t sequence,
               std::uint16_t checksum) {
  w.be16(f.source_port);
  w.be16(f.destination_port);
  w.be32(sequence);
  w.be32(1);       // acknowledgement
  w.be16(0x5018);  // five words of header, PSH and ACK
  w.be16(0xffff);  // window
  w.be16(checksum);
  w.be16(0);
}

using TransportHeader = std::array<std::uint8_t, tcp_header_bytes>;

// gives     the header, in `room`
Bytes write_transport(const hep::HepView& f, std::uint32_t sequence, TransportHeader& room) {
  const bool udp = f.ip_protocol == ip_protocol_udp;
  const auto header = std::span(room).first(udp ? udp_header_bytes : tcp_header_bytes);
  const auto fill = [&](std::uint16_t checksum) {
    ByteWriter w{header};
    udp ? write_udp(w, f, checksum) : write_tcp(w, f, sequence, checksum);
  };
  fill(0);
  const auto checksum = Checksum{}
                            .add(f.source.bytes())
                            .add(f.destination.bytes())
                            .add(f.ip_protocol)
                            .add(static_cast<std::uint32_t>(header.size() + f.payload.size()))
                            .add(header)
                            .add(f.payload)
                            .value();
  fill(checksum == 0 && udp ? 0xffff : checksum);  // 0 means "no checksum" (RFC 768)
  return header;
}

}  // namespace

PacketMaker::PacketMaker() : packet_(max_header_bytes + 65536) {}

MadePacket PacketMaker::packet_of(const hep::HepView& f) {
  const bool is_packet = f.ip_protocol == ip_protocol_udp || f.ip_protocol == ip_protocol_tcp;
  const bool is_sip = f.payload_type == static_cast<std::uint8_t>(hep::PayloadType::sip);
  if (!is_packet || !is_sip || f.payload.empty()) return {};
  return put_together(f);
}

MadePacket PacketMaker::packet_around(const hep::HepView& view, Bytes frame) {
  hep::HepView outer;
  outer.source = view.source;
  outer.destination = view.destination;
  outer.source_port = outer.destination_port = hep_port;
  outer.ip_protocol = ip_protocol_udp;
  outer.payload = frame;
  return put_together(outer);
}

// Of a frame that is as long as HEP has any, a datagram holds all but the last bytes: its lengths are right for
// what is there, and who writes a capture knows how long the packet should have been.
MadePacket PacketMaker::put_together(hep::HepView f) {
  const std::uint32_t sequence = next_sequence(f);
  const std::size_t header_bytes =
      f.ip_protocol == ip_protocol_udp ? udp_header_bytes : tcp_header_bytes;
  const std::size_t ip_bytes =
      f.source.family == IpFamily::v4 ? ipv4_header_bytes : 0;  // those that count
  const std::size_t room = max_ip_bytes - ip_bytes - header_bytes;
  const std::size_t missing = f.payload.size() - std::min(f.payload.size(), room);
  f.payload = f.payload.first(f.payload.size() - missing);
  TransportHeader header_room{};
  const Bytes header = write_transport(f, sequence, header_room);
  const std::size_t content_bytes = header.size() + f.payload.size();
  ByteWriter w{packet_};
  write_ethernet(w, f);
  f.source.family == IpFamily::v4 ? write_ipv4(w, f, content_bytes)
                                  : write_ipv6(w, f, content_bytes);
  w.bytes(header);
  w.bytes(f.payload);
  return {Bytes(packet_).first(w.size()), missing};
}

std::uint32_t PacketMaker::next_sequence(const hep::HepView& f) {
  if (f.ip_protocol != ip_protocol_tcp) return 0;
  if (sequences_.size() >= max_connections) sequences_.clear();
  const FlowKey direction{f.source, f.destination, f.source_port, f.destination_port};
  std::uint32_t& next = sequences_.try_emplace(direction, 1).first->second;
  const std::uint32_t sequence = next;
  next += static_cast<std::uint32_t>(f.payload.size());
  return sequence;
}

}  // namespace heptap
