#include "tests/bench/good_messages.hpp"

#include <array>
#include <string_view>
#include <utility>

#include "proto/net/packet.hpp"

namespace heptap::bench {
namespace {

constexpr Flow between_proxies{0xc612ff01, 0xc613ff01};  // 198.18.255.1 and 198.19.255.1
constexpr std::uint16_t sip_port = 5060;
constexpr std::uint16_t first_port = 32'768;
constexpr std::uint16_t port_count = 28'232;
constexpr std::int64_t packet_gap_us = 10;
constexpr std::size_t part_count = 3;

Flow lasting_flow(std::uint32_t number) noexcept {
  return {between_proxies.source + 1 + number, between_proxies.destination + 1 + number};
}

std::array<Bytes, part_count> cut(std::string_view text) noexcept {
  const Bytes whole = as_bytes(text);
  const std::size_t size = whole.size() / part_count;
  return {whole.first(size), whole.subspan(size, size), whole.subspan(2 * size)};
}

}  // namespace

GoodMessages::GoodMessages(FloodKind kind, std::int64_t apart_us, FrameQueue& out)
    : kind_(kind), apart_us_(apart_us), out_(out), short_connections_(between_proxies, out) {
  for (std::uint32_t i = 0; i < lasting_count; ++i) {
    lasting_connections_.emplace_back(lasting_flow(i), out);
    lasting_associations_.push_back({lasting_flow(i), {sip_port, sip_port}, 0xfffffff0U, 0});
  }
}

void GoodMessages::write(const CallMessage& message) {
  switch (kind_) {
    case FloodKind::fragments: write_fragments(message); break;
    case FloodKind::half_open:
    case FloodKind::endless_heads: write_tcp(message); break;
    case FloodKind::associations: write_sctp(message); break;
  }
  ++count_;
}

void GoodMessages::write_fragments(const CallMessage& message) {
  auto [first, second] = fragment_frames(message, static_cast<std::uint16_t>(count_));
  out_.add(message.time_us, std::move(first));
  out_.add(message.time_us + apart_us_, std::move(second));
}

void GoodMessages::write_tcp(const CallMessage& message) {
  const bool is_lasting = count_ % lasting_every == lasting_every - 1;
  if (count_ == 0) {
    for (TcpConnections& connections : lasting_connections_) open(connections, message.time_us);
  }
  TcpConnections& connections =
      is_lasting ? lasting_connections_[lasting_turn_++ % lasting_count] : short_connections_;
  if (!is_lasting) open(connections, message.time_us);
  std::int64_t time_us = message.time_us + round_trip_us;
  for (const Bytes part : cut(message.text)) {
    connections.send(time_us += apart_us_, true, tcp_psh | tcp_ack, part);
  }
  if (!is_lasting) close(connections, time_us);
}

void GoodMessages::open(TcpConnections& connections, std::int64_t time_us) {
  connections.begin();
  connections.send(time_us, true, tcp_syn);
  connections.send(time_us + round_trip_us / 2, false, tcp_syn | tcp_ack);
  connections.send(time_us + round_trip_us, true, tcp_ack);
}

void GoodMessages::close(TcpConnections& connections, std::int64_t time_us) {
  connections.send(time_us += packet_gap_us, true, tcp_fin | tcp_ack);
  connections.send(time_us += packet_gap_us, false, tcp_fin | tcp_ack);
  connections.send(time_us + packet_gap_us, true, tcp_ack);
}

void GoodMessages::write_sctp(const CallMessage& message) {
  constexpr std::array<std::uint8_t, part_count> flags{sctp_begin, 0, sctp_end};
  Association& association = association_for_next();
  std::int64_t time_us = message.time_us;
  const auto parts = cut(message.text);
  for (std::size_t i = 0; i < part_count; ++i) {
    const SctpFields fields{.ports = association.ports,
                            .tag = association.flow.source,
                            .tsn = association.tsn++,
                            .sequence = association.sequence,
                            .flags = flags[i]};
    out_.add(time_us, ipv4_frame({.flow = association.flow, .protocol = ip_protocol_sctp, .id = 0},
                                 sctp_packet(fields, parts[i])));
    time_us += apart_us_;
  }
  ++association.sequence;
}

// Its handshake is no concern of the flood: nothing is kept for it.
GoodMessages::Association& GoodMessages::association_for_next() noexcept {
  if (count_ % lasting_every == lasting_every - 1) {
    return lasting_associations_[lasting_turn_++ % lasting_count];
  }
  const auto port = static_cast<std::uint16_t>(first_port + count_ % port_count);
  short_association_ = {
      between_proxies, {port, sip_port}, static_cast<std::uint32_t>(count_) * 0x9e3779b1U, 0};
  return short_association_;
}

}  // namespace heptap::bench
