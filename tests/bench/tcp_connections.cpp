#include "tests/bench/tcp_connections.hpp"

#include "proto/net/packet.hpp"

namespace heptap::bench {
namespace {

constexpr std::uint16_t sip_port = 5060;
constexpr std::uint16_t first_port = 32'768;  // of a client, as Linux has them
constexpr std::uint16_t port_count = 28'232;
constexpr std::uint16_t do_not_fragment = 0x4000;

}  // namespace

void TcpConnections::begin() noexcept {
  const std::uint32_t number = connection_count_++;
  client_ = {.sequence = flow_.source + 0x9e3779b1U * number,  // anywhere, even shortly before 2^32
             .time_ms = 0,
             .port = static_cast<std::uint16_t>(first_port + number % port_count)};
  server_ = {.sequence = flow_.destination + 0x85ebca77U * number, .time_ms = 0, .port = sip_port};
}

void TcpConnections::send(std::int64_t time_us, bool from_client, std::uint8_t flags,
                          Bytes payload) {
  End& from = from_client ? client_ : server_;
  const End& to = from_client ? server_ : client_;
  const Flow flow = from_client ? flow_ : Flow{flow_.destination, flow_.source};
  from.time_ms = static_cast<std::uint32_t>(time_us / 1000);
  const TcpFields fields{.ports = {from.port, to.port},
                         .sequence = from.sequence,
                         .acknowledgment = (flags & tcp_ack) != 0 ? to.sequence : 0,
                         .flags = flags,
                         .time_ms = from.time_ms,
                         .echo_ms = to.time_ms};
  out_.add(time_us, ipv4_frame({.flow = flow,
                                .protocol = ip_protocol_tcp,
                                .id = packet_count_++,
                                .fragment = do_not_fragment},
                               tcp_segment(flow, fields, payload)));
  const bool takes_number = (flags & (tcp_syn | tcp_fin)) != 0;
  from.sequence += static_cast<std::uint32_t>(payload.size()) + (takes_number ? 1 : 0);
}

}  // namespace heptap::bench
