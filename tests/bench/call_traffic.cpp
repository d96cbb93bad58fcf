#include "tests/bench/call_traffic.hpp"

#include <array>

#include "proto/bytes.hpp"

namespace heptap::bench {
namespace {

constexpr std::int64_t first_us = 1'700'000'000'000'000;
constexpr std::int64_t mean_gap_us = 10'000;  // between the starts of two calls
constexpr std::uint32_t link_type_ethernet = 1;
constexpr std::uint16_t sip_port = 5060;
constexpr std::uint8_t udp_protocol = 17;
constexpr std::uint8_t tos_cs3 = 0x60;  // what networks mark signalling with

// The Internet checksum of a run of bytes, not yet folded.
// source    RFC 1071
std::uint64_t sum_of(Bytes run) noexcept {
  std::uint64_t sum = 0;
  ByteReader in(run);
  while (in.rest().size() >= 2) sum += in.be16();
  return in.rest().empty() ? sum : sum + (std::uint64_t{in.u8()} << 8U);
}

std::uint16_t folded(std::uint64_t sum) noexcept {
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16U);
  return static_cast<std::uint16_t>(~sum);
}

struct Flow {
  std::uint32_t source;
  std::uint32_t destination;
};

void put_ethernet(ByteWriter& out, Flow flow) {
  for (const std::uint32_t address : {flow.destination, flow.source}) {
    out.be16(0x0200);  // locally administered
    out.be32(address);
  }
  out.be16(0x0800);
}

void put_ipv4(ByteWriter& out, Flow flow, std::uint16_t id, std::size_t payload_bytes) {
  std::array<std::uint8_t, 20> bytes;
  const auto put = [&](std::uint16_t checksum) {
    ByteWriter head(bytes);
    head.u8(0x45);
    head.u8(tos_cs3);
    head.be16(static_cast<std::uint16_t>(bytes.size() + payload_bytes));
    head.be16(id);
    head.be16(0);
    head.u8(64);
    head.u8(udp_protocol);
    head.be16(checksum);
    head.be32(flow.source);
    head.be32(flow.destination);
  };
  put(0);
  put(folded(sum_of(bytes)));
  out.bytes(bytes);
}

void put_udp(ByteWriter& out, Flow flow, Bytes payload) {
  const auto size = static_cast<std::uint16_t>(8 + payload.size());
  const std::uint64_t pseudo = (flow.source >> 16U) + (flow.source & 0xffffU) +
                               (flow.destination >> 16U) + (flow.destination & 0xffffU) +
                               udp_protocol + size;
  const auto checksum = folded(pseudo + 2 * sip_port + size + sum_of(payload));
  out.be16(sip_port);
  out.be16(sip_port);
  out.be16(size);
  out.be16(checksum == 0 ? 0xffff : checksum);
  out.bytes(payload);
}

}  // namespace

CallTraffic::CallTraffic(std::uint64_t seed)
    : seed_(seed), random_state_(seed), next_start_us_(first_us) {}

RawFrame CallTraffic::next() {
  const Event event = next_event();
  build_frame(event);
  return {.time_ns = event.time_us * 1000,
          .link_type = link_type_ethernet,
          .interface_id = 0,
          .wire_bytes = static_cast<std::uint32_t>(frame_.size()),
          .bytes = frame_};
}

CallTraffic::Event CallTraffic::next_event() {
  if (due_.empty() || next_start_us_ <= due_.top().time_us) {
    due_.push({next_start_us_, next_call_++, Step::invite});
    next_start_us_ += 1 + static_cast<std::int64_t>(random() % (2 * mean_gap_us));
  }
  const Event event = due_.top();
  due_.pop();
  if (event.step != Step::bye_answer) {
    const auto step = static_cast<Step>(static_cast<unsigned>(event.step) + 1);
    due_.push({event.time_us + pause_after(event.step), event.call, step});
  }
  return event;
}

/// source    George Marsaglia, Xorshift RNGs, 2003, multiplied as in xorshift64*
std::uint64_t CallTraffic::random() noexcept {
  random_state_ ^= random_state_ >> 12U;
  random_state_ ^= random_state_ << 25U;
  random_state_ ^= random_state_ >> 27U;
  return random_state_ * 0x2545f4914f6cdd1dULL;
}

std::int64_t CallTraffic::pause_after(Step step) noexcept {
  const auto between = [this](std::int64_t from_us, std::int64_t to_us) {
    return from_us +
           static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(to_us - from_us));
  };
  switch (step) {
    case Step::ringing: return between(1'000'000, 5'000'000);  // it rings
    case Step::ack: return between(2'000'000, 12'000'000);     // they talk
    case Step::trying: return between(20'000, 300'000);
    default: return between(500, 40'000);
  }
}

void CallTraffic::build_frame(const Event& event) {
  const SipCall call(seed_, event.call);
  text_.clear();
  call.append_message(event.step, text_);
  const auto caller = call.caller_address();
  const auto callee = call.callee_address();
  const Flow flow = from_caller(event.step) ? Flow{caller, callee} : Flow{callee, caller};
  frame_.resize(frame_head_bytes + text_.size());
  ByteWriter out(frame_);
  put_ethernet(out, flow);
  put_ipv4(out, flow, static_cast<std::uint16_t>(event.call), 8 + text_.size());
  put_udp(out, flow, as_bytes(text_));
}

}  // namespace heptap::bench
