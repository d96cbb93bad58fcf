#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "proto/hep/encode.hpp"
#include "transport/endpoint.hpp"
#include "transport/wall_clock.hpp"

namespace heptap::test {

/// gives     a frame as another agent would send it; one that is not SIP is of the call one@a
inline std::vector<std::uint8_t> frame_of(const std::string& payload,
                                          const hep::Identity& sender = {.node_id = 5},
                                          std::int64_t time_us = wall_time_us(),
                                          hep::PayloadType type = hep::PayloadType::sip) {
  const hep::Message message{
      .source = IpAddress::from(std::vector<std::uint8_t>{192, 0, 2, 1}),
      .destination = IpAddress::from(std::vector<std::uint8_t>{192, 0, 2, 2}),
      .source_port = 5060,
      .destination_port = 5061,
      .ip_protocol = 17,
      .time_us = time_us,
      .type = type,
      .payload = as_bytes(payload),
      .keep_bytes = 0,
      .correlation_id = type == hep::PayloadType::sip ? "" : "one@a"};
  const hep::Encoder encoder(sender);
  std::vector<std::uint8_t> frame(encoder.bound_bytes(message));
  const auto done = encoder.encode(message, frame);
  REQUIRE(done);
  frame.resize(done->size_bytes);
  return frame;
}

/// Who sends to a HEP source over UDP or TCP.
class HepSender {
 public:
  explicit HepSender(const Endpoint& to)
      : fd_(::socket(AF_INET, to.carrier == Carrier::udp ? SOCK_DGRAM : SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(to.port);
    ::inet_pton(AF_INET, to.host.c_str(), &address.sin_addr);
    const auto* const any =
        reinterpret_cast<const sockaddr*>(&address);  // NOLINT: as connect wants
    REQUIRE(::connect(fd_, any, sizeof address) == 0);
  }
  ~HepSender() { ::close(fd_); }
  HepSender(const HepSender&) = delete;
  HepSender& operator=(const HepSender&) = delete;

  void send(const std::vector<std::uint8_t>& frame) const {
    REQUIRE(::send(fd_, frame.data(), frame.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(frame.size()));
  }
  /// gives     whether the other side has closed the connection
  [[nodiscard]] bool is_closed_by_peer() const {
    char byte = 0;
    return ::recv(fd_, &byte, 1, 0) <= 0;
  }

 private:
  int fd_;
};

}  // namespace heptap::test
