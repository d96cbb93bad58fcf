// Where SIP is looked for: on all ports, or on those that were named.
#include "agent/pipeline/pipeline.hpp"
#include "tests/support/sctp_builder.hpp"
#include "tests/support/sip_text.hpp"
#include "tests/support/stream_segments.hpp"
#include "tests/support/websocket_builder.hpp"
#include "tests/unit/agent/pipeline/pipeline_tap.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

constexpr std::uint16_t named = 5070;
constexpr std::uint16_t other = 7070;

/// A message from port 40000 to this port.
using Carry = std::vector<Frame> (*)(std::uint16_t port);

const std::string bye = request("BYE");

std::vector<Frame> in_datagram(std::uint16_t port) {
  return {ethernet(ipv4(udp(text(bye), 40'000, port)))};
}
std::vector<Frame> in_datagram_back(std::uint16_t port) {
  return {ethernet(ipv4(udp(text(bye), port, 40'000)))};
}
std::vector<Frame> in_stream(std::uint16_t port) {
  SegmentSender sender(40'000, port);
  return {tcp_frame(sender.syn()), tcp_frame(sender.data(bye)), tcp_frame(sender.fin())};
}
std::vector<Frame> in_stream_midway(std::uint16_t port) {
  return {tcp_frame(SegmentSender(40'000, port).data(bye))};
}
std::vector<Frame> in_stream_back(std::uint16_t port) {
  return {tcp_frame(SegmentSender(port, 40'000).data(bye))};
}
std::vector<Frame> in_websocket(std::uint16_t port) {
  const Frame frame = websocket_frame(0x81, text(bye), rfc_key);
  SegmentSender sender(40'000, port);
  return {
      tcp_frame(sender.data("GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")),
      tcp_frame(sender.data(Bytes(frame)))};
}
std::vector<Frame> in_chunk(std::uint16_t port) {
  return {sctp_frame(data_chunk(1, bye), 40'000, port)};
}

}  // namespace

TEST_CASE("SIP is found on every port, or only on those that were named") {
  const Carry carry = GENERATE(in_datagram, in_datagram_back, in_stream, in_stream_midway,
                               in_stream_back, in_websocket, in_chunk);
  const bool any_port = GENERATE(true, false);
  const std::uint16_t port = GENERATE(named, other);
  CAPTURE(any_port, port);
  PipelineOptions options;
  options.sip_ports.add(named, named);
  options.any_port = any_port;
  PipelineTap tap(options);
  for (const Frame& frame : carry(port)) tap.handle(frame);
  CHECK(tap.texts.size() == (any_port || port == named ? 1U : 0U));
}

TEST_CASE("a stream between other ports takes no place when only some are named") {
  PipelineOptions options;
  options.sip_ports.add(named, named);
  options.any_port = false;
  PipelineTap tap(options);
  for (const Frame& frame : in_stream(other)) tap.handle(frame);
  CHECK(tap.pipeline().streams().streams == 0);
  CHECK(tap.lines("classify") == "-no_payload:2 -other:1");
}

TEST_CASE("the middle of a stream is read where SIP is expected, and nowhere else") {
  const std::uint16_t port = GENERATE(named, other);
  PipelineOptions options;
  options.sip_ports.add(named, named);
  PipelineTap tap(options);
  SegmentSender sender(40'000, port);
  const std::string rest = "the rest of something\r\n" + bye;
  tap.handle(tcp_frame(sender.data(rest)));
  CHECK(tap.texts.size() == (port == named ? 1U : 0U));
}
