#include "tests/bench/tcp_trunks.hpp"

#include <algorithm>

namespace heptap::bench {
namespace {

constexpr std::size_t trunk_count = 8;
constexpr std::uint32_t caller_proxy = 0xc612ff01;  // 198.18.255.1, and those behind it
constexpr std::uint32_t callee_proxy = 0xc613ff01;  // 198.19.255.1
constexpr std::int64_t packet_gap_us = 10;

}  // namespace

void TcpTrunk::write(const CallMessage& message) {
  clock_us_ = std::max(clock_us_, message.time_us);
  if (message_count_ == 0) open();
  unsent_ += message.text;
  while (unsent_.size() >= max_segment_bytes) send_data(max_segment_bytes);
  if (++message_count_ == messages_per_stream) close(message.time_us);
}

void TcpTrunk::open() {
  connections_.begin();
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
  connections_.send(clock_us_, from_client, flags, payload);
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
