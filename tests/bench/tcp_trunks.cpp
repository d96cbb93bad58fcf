#include "tests/bench/tcp_trunks.hpp"

#include <algorithm>

#include "proto/net/packet.hpp"

namespace heptap::bench {
namespace {

constexpr std::size_t trunk_count = 8;
constexpr std::uint32_t caller_proxy = 0xc612ff01;  // 198.18.255.1, and those behind it
constexpr std::uint32_t callee_proxy = 0xc613ff01;  // 198.19.255.1
constexpr std::uint16_t sip_port = 5060;
constexpr std::uint16_t first_port = 32'768;  // of a client, as Linux has them
constexpr std::uint16_t port_count = 28'232;
constexpr std::int64_t packet_gap_us = 10;
constexpr std::uint16_t do_not_fragment = 0x4000;

}  // namespace

void TcpTrunk::write(const CallMessage& message) {
  clock_us_ = std::max(clock_us_, message.time_us);
  if (message_count_ == 0) open();
  unsent_ += message.text;
  while (unsent_.size() >= max_segment_bytes) send_data(max_segment_bytes);
  if (++message_count_ == messages_per_stream) close(message.time_us);
}

void TcpTrunk::open() {
  const std::uint32_t number = connection_count_++;
  client_ = {.sequence = flow_.source + 0x9e3779b1U * number,  // anywhere, even shortly before 2^32
             .time_ms = 0,
             .port = static_cast<std::uint16_t>(first_port + number % port_count)};
  server_ = {.sequence = flow_.destination + 0x85ebca77U * number, .time_ms = 0, .port = sip_port};
  send(true, tcp_syn);
  send(false, tcp_syn | tcp_ack);
  send(true, tcp_ack);
}

void TcpTrunk::send_data(std::size_t size) {
  send(true, tcp_psh | tcp_ack, as_bytes(unsent_).first(size));
  unsent_.erase(0, size);
  if (++segment_count_ % 2 == 0) send(false, tcp_ack);  // RFC 9293 section 3.8.6.3
}

void TcpTrunk::close(std::int64_t time_us) {
  if (message_count_ == 0) return;
  clock_us_ = std::max(clock_us_, time_us);
  if (!unsent_.empty()) send_data(unsent_.size());
  send(true, tcp_fin | tcp_ack);
  send(false, tcp_fin | tcp_ack);
  send(true, tcp_ack);
  message_count_ = 0;
  segment_count_ = 0;
}

void TcpTrunk::send(bool from_client, std::uint8_t flags, Bytes payload) {
  End& from = from_client ? client_ : server_;
  const End& to = from_client ? server_ : client_;
  const Flow flow = from_client ? flow_ : Flow{flow_.destination, flow_.source};
  from.time_ms = static_cast<std::uint32_t>(clock_us_ / 1000);
  const TcpFields fields{.ports = {from.port, to.port},
                         .sequence = from.sequence,
                         .acknowledgment = (flags & tcp_ack) != 0 ? to.sequence : 0,
                         .flags = flags,
                         .time_ms = from.time_ms,
                         .echo_ms = to.time_ms};
  out_.add(clock_us_, ipv4_frame({.flow = flow,
                                  .protocol = ip_protocol_tcp,
                                  .id = packet_count_++,
                                  .fragment = do_not_fragment},
                                 tcp_segment(flow, fields, payload)));
  const bool takes_number = (flags & (tcp_syn | tcp_fin)) != 0;
  from.sequence += static_cast<std::uint32_t>(payload.size()) + (takes_number ? 1 : 0);
  clock_us_ += packet_gap_us;
}

TcpTrunks::TcpTrunks(FrameQueue& out) {
  for (std::uint32_t i = 0; i < trunk_count; ++i) {
    const Flow flow{caller_proxy + i, callee_proxy + i};
    trunks_.emplace_back(flow, out);
    trunks_.emplace_back(Flow{flow.destination, flow.source}, out);
  }
}

void TcpTrunks::write(const CallMessage& message) {
  trunks_[message.call % trunk_count * 2 + (message.from_caller ? 0 : 1)].write(message);
}

void TcpTrunks::close(std::int64_t time_us) {
  for (TcpTrunk& trunk : trunks_) trunk.close(time_us);
}

}  // namespace heptap::bench
