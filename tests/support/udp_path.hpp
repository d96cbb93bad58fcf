#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <map>
#include <vector>

#include "tests/support/impairment.hpp"

namespace heptap::test {

/// What the impairment passed = sent + failed + waiting.
struct SendCounts {
  std::uint64_t sent = 0;
  std::uint64_t failed = 0;  ///< refused by the kernel, or there was nobody to send to
  std::uint64_t waiting = 0;
};

/// One direction between two sockets: datagrams wait here for their time.
class UdpDirection {
 public:
  using Endpoint = boost::asio::ip::udp::endpoint;

  /// destination    may change until a datagram leaves; port 0: nobody yet
  UdpDirection(boost::asio::ip::udp::socket& out, const Endpoint& destination,
               const ImpairmentOptions& options);

  void take(const std::vector<std::uint8_t>& datagram);

  [[nodiscard]] const ImpairmentCounts& counts() const { return impairment_.counts(); }
  [[nodiscard]] SendCounts sends() const;

 private:
  void wait();
  void send_due();
  void send(const std::vector<std::uint8_t>& datagram);

  boost::asio::ip::udp::socket& out_;
  const Endpoint& destination_;
  boost::asio::steady_timer timer_;
  Impairment impairment_;
  std::multimap<std::int64_t, std::vector<std::uint8_t>> waiting_;
  SendCounts sends_;
};

/// What comes to `front` leaves `back` for `to`; what comes to `back` leaves `front` for whoever sent
/// to it last.
class UdpPath {
 public:
  using Endpoint = boost::asio::ip::udp::endpoint;

  UdpPath(boost::asio::io_context& context, const Endpoint& front, const Endpoint& back,
          const Endpoint& to, const ImpairmentOptions& forward, const ImpairmentOptions& backward);

  /// What waits still leaves, as long as the context runs.
  void stop_receiving();

  [[nodiscard]] const UdpDirection& forward() const { return forward_; }
  [[nodiscard]] const UdpDirection& backward() const { return backward_; }

 private:
  boost::asio::awaitable<void> receive(boost::asio::ip::udp::socket& in, Endpoint& sender,
                                       UdpDirection& direction);

  boost::asio::ip::udp::socket front_;
  boost::asio::ip::udp::socket back_;
  Endpoint to_;
  Endpoint client_;
  Endpoint server_;
  UdpDirection forward_;
  UdpDirection backward_;
};

}  // namespace heptap::test
