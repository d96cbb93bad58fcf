#include "tests/bench/call_traffic.hpp"

#include "proto/net/packet.hpp"

namespace heptap::bench {
namespace {

constexpr std::int64_t first_us = 1'700'000'000'000'000;
constexpr std::int64_t mean_gap_us = 10'000;  // between the starts of two calls
constexpr std::uint16_t sip_port = 5060;
constexpr std::uint16_t more_fragments = 0x2000;

}  // namespace

PacketBytes sip_datagram(const CallMessage& message) {
  return udp_datagram(message.flow, {sip_port, sip_port}, as_bytes(message.text));
}

PacketBytes plain_frame(const CallMessage& message) {
  return ipv4_frame({.flow = message.flow,
                     .protocol = ip_protocol_udp,
                     .id = static_cast<std::uint16_t>(message.call)},
                    sip_datagram(message));
}

std::pair<PacketBytes, PacketBytes> fragment_frames(const CallMessage& message, std::uint16_t id) {
  const PacketBytes datagram = sip_datagram(message);
  const std::size_t first_units = (datagram.size() / 2 + 7) / 8;
  const auto frame = [&](std::size_t field, Bytes part) {
    return ipv4_frame({.flow = message.flow,
                       .protocol = ip_protocol_udp,
                       .id = id,
                       .fragment = static_cast<std::uint16_t>(field)},
                      part);
  };
  const Bytes whole(datagram);
  return {frame(more_fragments, whole.first(8 * first_units)),
          frame(first_units, whole.subspan(8 * first_units))};
}

CallTraffic::CallTraffic(std::uint64_t seed)
    : seed_(seed), random_state_(seed), next_start_us_(first_us) {}

CallMessage CallTraffic::next_message() {
  const Event event = next_event();
  const SipCall call(seed_, event.call);
  text_.clear();
  call.append_message(event.step, text_);
  const auto caller = call.caller_address();
  const auto callee = call.callee_address();
  const bool forth = from_caller(event.step);
  return {.time_us = event.time_us,
          .call = event.call,
          .from_caller = forth,
          .flow = forth ? Flow{caller, callee} : Flow{callee, caller},
          .text = text_};
}

RawFrame CallTraffic::next() {
  const CallMessage message = next_message();
  frame_ = plain_frame(message);
  return captured(message.time_us, frame_);
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

}  // namespace heptap::bench
