// Frames are made once, by packet_builder; what differs from packet to packet is then written into
// them and their checksums are corrected by that difference. So ten million take seconds.
#include "tests/bench/hostile_packets.hpp"

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>

#include "proto/net/packet.hpp"

namespace heptap::bench {
namespace {

constexpr Flow flow{0x0a000000, 0xc6130001};  // from 10.0.0.0/8 to 198.19.0.1
constexpr Ports ports{1024, 5060};            // and those above
constexpr std::uint64_t port_count = 60'000;
constexpr std::uint16_t more_fragments = 0x2000;
constexpr std::size_t max_fragment_bytes = 1480;
constexpr std::size_t max_segment_bytes = 1448;
constexpr std::size_t max_chunk_bytes = 512;

// Where the fields are, in a frame with IPv4 and no options.
namespace field {
constexpr std::size_t identification = 18;
constexpr std::size_t ip_protocol = 23;
constexpr std::size_t ip_checksum = 24;
constexpr std::size_t source_address = 26;
constexpr std::size_t transport = 34;
constexpr std::size_t source_port = transport;
constexpr std::size_t tcp_sequence = transport + 4;
constexpr std::size_t tcp_checksum = transport + 16;
constexpr std::size_t sctp_tsn = transport + 16;
}  // namespace field

// Header fields without end, after something in front of them.
std::string fields_after(std::string text, std::size_t size) {
  while (text.size() < size) text += "X-Endless: 0123456789 0123456789 0123456789 0123456789\r\n";
  text.resize(size);
  return text;
}

std::string head_of(std::size_t size) {
  return fields_after("INVITE sip:4711@198.19.0.1 SIP/2.0\r\n", size);
}

PacketBytes fragment(std::size_t size) {
  PacketBytes datagram = udp_datagram(flow, ports, as_bytes(head_of(max_fragment_bytes)));
  datagram.resize(size);  // the last of the datagram never comes
  return ipv4_frame(
      {.flow = flow, .protocol = ip_protocol_udp, .id = 0, .fragment = more_fragments}, datagram);
}

PacketBytes segment(std::uint8_t flags, std::string_view payload = {}) {
  const TcpFields fields{.ports = ports,
                         .sequence = 0,
                         .acknowledgment = 0,
                         .flags = flags,
                         .time_ms = 0,
                         .echo_ms = 0};
  return ipv4_frame({.flow = flow, .protocol = ip_protocol_tcp, .id = 0},
                    tcp_segment(flow, fields, as_bytes(payload)));
}

PacketBytes chunk(std::uint8_t flags, std::size_t size) {
  const SctpFields fields{.ports = ports, .tag = 1, .tsn = 0, .sequence = 0, .flags = flags};
  return ipv4_frame({.flow = flow, .protocol = ip_protocol_sctp, .id = 0},
                    sctp_packet(fields, as_bytes(head_of(size))));
}

/// Replaces a field, and corrects the checksums that it is under.
/// source    RFC 1624 section 3
void replace(std::size_t offset, std::uint16_t value, std::initializer_list<std::size_t> checksums,
             std::span<std::uint8_t> frame) noexcept {
  const auto read = [&](std::size_t at) -> std::uint32_t {
    return ByteReader(frame.subspan(at, 2)).be16();
  };
  const auto write = [&](std::size_t at, std::uint32_t number) {
    ByteWriter(frame.subspan(at, 2)).be16(static_cast<std::uint16_t>(number));
  };
  const std::uint32_t difference = (read(offset) ^ 0xffffU) + value;
  write(offset, value);
  for (const std::size_t at : checksums) {
    std::uint32_t sum = (read(at) ^ 0xffffU) + difference;
    sum = (sum & 0xffffU) + (sum >> 16U);
    sum = (sum & 0xffffU) + (sum >> 16U);
    write(at, sum ^ 0xffffU);
  }
}

void replace_long(std::size_t offset, std::uint32_t value,
                  std::initializer_list<std::size_t> checksums,
                  std::span<std::uint8_t> frame) noexcept {
  replace(offset, static_cast<std::uint16_t>(value >> 16U), checksums, frame);
  replace(offset + 2, static_cast<std::uint16_t>(value), checksums, frame);
}

// Different for 2^24 senders: an odd factor makes a bijection.
std::uint32_t address_of(std::uint64_t sender) noexcept {
  return flow.source | (static_cast<std::uint32_t>(sender) * 0x9e3779b1U & 0xffffffU);
}

}  // namespace

HostilePackets::HostilePackets(FloodKind kind) : waves_(waves_of(kind)) {}

std::vector<HostilePackets::Wave> HostilePackets::waves_of(FloodKind kind) {
  constexpr auto flags = static_cast<std::uint8_t>(tcp_ack | tcp_psh);
  const Template syn{segment(tcp_syn), 0, 0};
  switch (kind) {
    case FloodKind::fragments:
      return {{wave_packets, {{fragment(udp_bytes), 0, 0}}},
              {wave_packets, {{fragment(max_fragment_bytes), 0, 0}}}};
    case FloodKind::half_open:
      return {{wave_packets, {syn}},
              {wave_packets / 2, {syn, {segment(flags, head_of(512)), 1 + max_segment_bytes, 0}}}};
    case FloodKind::endless_heads: {
      const Template start{segment(flags, head_of(max_segment_bytes)), 1, 0};
      const Template more{segment(flags, fields_after({}, max_segment_bytes)),
                          1 + max_segment_bytes, max_segment_bytes};
      return {{wave_packets / 2, {syn, {segment(flags, head_of(64)), 1, 0}}},
              {wave_packets / 2, {syn, start}},
              {500, {syn, start, more}},  // more than there is room for
              {50, {syn, start, more}}};  // each comes to the limit of a head
    }
    case FloodKind::associations: break;
  }
  return {{wave_packets, {{chunk(sctp_begin, 16), 0, 0}}},
          {wave_packets, {{chunk(sctp_begin, max_chunk_bytes), 0, 0}}},
          {wave_packets / 10,
           {{chunk(sctp_begin, max_chunk_bytes), 0, 0}, {chunk(0, max_chunk_bytes), 1, 1}}}};
}

Bytes HostilePackets::next() noexcept {
  const std::uint64_t turn = count_ / wave_packets;
  const std::uint64_t in_wave = count_ % wave_packets;
  Wave& wave = waves_[turn % waves_.size()];
  const std::uint64_t step = in_wave / wave.senders;
  const std::uint64_t sender = turn * wave_packets + in_wave % wave.senders;
  const std::uint64_t last = wave.templates.size() - 1;
  Template& packet = wave.templates[std::min(step, last)];
  const std::uint64_t repeated = step > last ? step - last : 0;
  const auto place = packet.place + static_cast<std::uint32_t>(repeated) * packet.advance;
  fill_in(count_++, sender, place, packet.frame);
  return packet.frame;
}

void HostilePackets::fill_in(std::uint64_t packet, std::uint64_t sender, std::uint32_t place,
                             std::span<std::uint8_t> frame) noexcept {
  using namespace field;
  const std::uint32_t address = address_of(sender);
  const auto port = static_cast<std::uint16_t>(ports.source + sender % port_count);
  const std::uint32_t number = static_cast<std::uint32_t>(sender) * 0x85ebca77U + place;
  replace(identification, static_cast<std::uint16_t>(packet), {ip_checksum}, frame);
  switch (frame[ip_protocol]) {
    case ip_protocol_tcp:
      replace_long(source_address, address, {ip_checksum, tcp_checksum}, frame);
      replace(source_port, port, {tcp_checksum}, frame);
      replace_long(tcp_sequence, number, {tcp_checksum}, frame);
      break;
    case ip_protocol_sctp:
      replace_long(source_address, address, {ip_checksum}, frame);
      replace(source_port, port, {}, frame);
      replace_long(sctp_tsn, number, {}, frame);
      set_sctp_checksum(frame.subspan(transport));
      break;
    default:  // the checksum of UDP covers what never comes
      replace_long(source_address, address, {ip_checksum}, frame);
      replace(source_port, port, {}, frame);
  }
}

}  // namespace heptap::bench
