#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdint>
#include <vector>

#include "transport/endpoint.hpp"

namespace heptap::test {

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
