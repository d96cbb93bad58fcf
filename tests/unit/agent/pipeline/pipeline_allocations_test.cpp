// After the first packets, a packet allocates nothing, whatever it is and whatever it leaves behind.
#include <string>

#include "agent/pipeline/pipeline.hpp"
#include "tests/support/allocation_counter.hpp"
#include "tests/support/deflater.hpp"
#include "tests/support/fragment_builder.hpp"
#include "tests/support/sctp_builder.hpp"
#include "tests/support/sip_text.hpp"
#include "tests/support/stream_segments.hpp"
#include "tests/support/websocket_builder.hpp"
#include "tests/unit/agent/pipeline/pipeline_tap.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

constexpr int message_count = 300;  // more than inflaters, and than calls in their table

/// A message of a call of its own, of more than one small segment.
std::string message(int number) {
  return request("INVITE", "id" + std::to_string(number), std::string(900, 'v'));
}

/// The frames that carry a message. What there is but once is in `state`.
struct State {
  SegmentSender trunk;
  SegmentSender deflating{41'000, 8080};
  Deflater deflater;
};
using Carry = std::vector<Frame> (*)(int number, State& state);

std::vector<Frame> in_tunnel(int number, State&) {
  const Frame inner = ethernet(ipv4(udp(text(message(number)))));
  return {ethernet(in_udp(4789, vxlan(inner)))};
}

std::vector<Frame> in_fragments(int number, State&) {
  const Frame packet = ipv4(udp(text(message(number))));
  const auto identification = static_cast<std::uint32_t>(number);
  const std::size_t end = ip_payload_bytes(packet);
  std::vector<Frame> out{ethernet(fragment_of(packet, 800, end, identification)),
                         ethernet(fragment_of(packet, 0, 400, identification))};
  if (number % 3 != 0) out.push_back(ethernet(fragment_of(packet, 400, 800, identification)));
  return out;
}

std::vector<Frame> in_one_stream(int number, State& state) {
  const std::string all = message(number);
  std::vector<Frame> out{tcp_frame(state.trunk.data(std::string_view(all).substr(0, 500))),
                         tcp_frame(state.trunk.data(std::string_view(all).substr(500)))};
  if (number % 3 == 0) std::swap(out[0], out[1]);
  return out;
}

std::vector<Frame> in_its_stream(int number, State&) {
  const std::string all = message(number);
  SegmentSender sender(static_cast<std::uint16_t>(20'000 + number));
  std::vector<Frame> out{tcp_frame(sender.syn()), tcp_frame(sender.data(all))};
  if (number % 2 == 0) out.push_back(tcp_frame(sender.fin()));
  return out;
}

std::vector<Frame> in_websocket(int number, State&) {
  const Frame frame = websocket_frame(0x81, text(message(number)), rfc_key);
  SegmentSender sender(static_cast<std::uint16_t>(20'000 + number), 8080);
  return {
      tcp_frame(sender.data("GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")),
      tcp_frame(sender.data(Bytes(frame).first(500))),
      tcp_frame(sender.data(Bytes(frame).subspan(500)))};
}

std::vector<Frame> in_deflated(int number, State& state) {
  const Frame frame = websocket_frame(0xc1, state.deflater.message(message(number)), rfc_key);
  return {tcp_frame(state.deflating.data(Bytes(frame)))};
}

std::vector<Frame> in_chunks(int number, State&) {
  const std::string all = message(number);
  const auto tsn = static_cast<std::uint32_t>(3 * number);
  std::vector<Frame> out{sctp_frame(data_chunk(tsn + 1, all.substr(500), sctp_flag::end)),
                         sctp_frame(joined(data_chunk(tsn, all.substr(0, 500), sctp_flag::begin),
                                           data_chunk(tsn + 2, all)))};
  if (number % 3 == 0) out.pop_back();
  return out;
}

}  // namespace

TEST_CASE("after the first messages nothing is allocated, whatever they are carried in") {
  const Carry carry = GENERATE(in_tunnel, in_fragments, in_one_stream, in_its_stream, in_websocket,
                               in_deflated, in_chunks);
  State state;
  PipelineTap tap;
  std::vector<std::vector<Frame>> carried;
  carried.reserve(2 * message_count);
  for (int number = 0; number < 2 * message_count; ++number)
    carried.push_back(carry(number, state));
  const auto pass_half = [&](std::size_t begin) {
    for (std::size_t i = begin; i < begin + message_count; ++i) {
      for (const Frame& frame : carried[i]) tap.pass(frame, static_cast<std::int64_t>(i) * 1000);
      tap.forget_sent();
    }
  };
  pass_half(0);
  const std::uint64_t before = tap.pipeline().counts().parsed[Parsed::sip];
  const AllocationCounter allocations;
  pass_half(message_count);
  CHECK(allocations.count() == 0);
  CHECK(tap.pipeline().counts().parsed[Parsed::sip] >= before + message_count / 2);
  CHECK(tap.ledger().fault().empty());
}
