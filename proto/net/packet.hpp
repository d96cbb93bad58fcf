#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "proto/bytes.hpp"
#include "proto/net/address.hpp"

namespace heptap {

/// Transport protocols we look into, as IP numbers them.
inline constexpr std::uint8_t ip_protocol_tcp = 6;
inline constexpr std::uint8_t ip_protocol_udp = 17;
inline constexpr std::uint8_t ip_protocol_sctp = 132;

/// An Ethernet header, by value: it outlives the frame. IEEE 802.3 section 3.2
struct EthernetHeader {
  std::array<std::uint8_t, 14> octets{};  ///< as on the wire; all 0: there is no header

  [[nodiscard]] Bytes destination() const noexcept { return Bytes{octets}.first(6); }
  [[nodiscard]] Bytes source() const noexcept { return Bytes{octets}.subspan(6, 6); }
  /// gives     of a frame with tags, that of the first; 0: there is no header
  [[nodiscard]] std::uint16_t type() const noexcept {
    return ByteReader{Bytes{octets}.last(2)}.be16();
  }
};

/// The innermost transport packet of a frame. `payload` points into the frame and dies with it.
struct Packet {
  IpAddress source;
  IpAddress destination;
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  std::uint8_t ip_protocol = 0;
  std::uint8_t traffic_class = 0;       ///< IPv4 TOS or IPv6 traffic class, as on the wire
  std::uint8_t tcp_flags = 0;           ///< the eight flag bits; 0 unless TCP
  std::uint16_t vlan_id = 0;            ///< innermost 802.1Q tag in front of IP; 0: untagged
  std::uint16_t ip_identification = 0;  ///< IPv4 only
  EthernetHeader ethernet = {};         ///< the innermost in front of IP
  std::uint32_t tunnels = 0;            ///< a bit for each kind of Tunnel that was around it
  std::uint32_t tcp_sequence = 0;
  std::uint32_t sctp_tag = 0;  ///< the verification tag
  Bytes payload;
  /// The capture holds fewer bytes than the headers promise (snap length): payload is what is
  /// there.
  bool truncated = false;
  std::uint16_t cut_bytes = 0;  ///< that are missing so behind the payload; UDP only
};

/// What a frame ended as. Everything but `packet` is a reason not to go on with it.
enum class Decoded : std::uint8_t {
  packet,
  link_type,       ///< a link layer we do not know
  link_truncated,  ///< too short for its link or VLAN header
  not_ip,          ///< ARP, LLDP, LLC and the like
  ip_truncated,
  ip_malformed,  ///< wrong version, impossible header or total length
  ip_fragment,   ///< its datagram is not whole; the counters of Defrag say what became of it
  ip_protocol,   ///< ICMP, ESP, … : neither UDP nor TCP nor SCTP nor a tunnel that is looked into
  tunnel_truncated,
  tunnel_malformed,  ///< a header of a tunnel that cannot be right
  nesting_limit,     ///< more headers in one another than anybody needs
  transport_truncated,
  transport_malformed,
  count_
};

/// gives     the enumerator's own spelling; static storage
[[nodiscard]] std::string_view to_string(Decoded what) noexcept;

}  // namespace heptap
