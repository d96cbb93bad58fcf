#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <memory>

#include "tests/support/impairment.hpp"

namespace heptap::test {

struct TcpCounts {
  std::uint64_t connections = 0;
  std::uint64_t refused = 0;  ///< nobody listened at the other end
  std::uint64_t resets = 0;   ///< by the path, at both ends
  std::uint64_t forward_bytes = 0;
  std::uint64_t backward_bytes = 0;
};

/// Connections to `front` become connections to `to`. Bytes are delayed, throttled and stalled, never
/// lost but by a reset: a connection gets one when this many bytes have gone forward; 0: never.
class TcpPath {
 public:
  using Endpoint = boost::asio::ip::tcp::endpoint;

  TcpPath(boost::asio::io_context& context, const Endpoint& front, const Endpoint& to,
          const ImpairmentOptions& forward, const ImpairmentOptions& backward,
          std::uint64_t reset_after_bytes);

  [[nodiscard]] const TcpCounts& counts() const { return counts_; }

 private:
  using Socket = boost::asio::ip::tcp::socket;
  struct Pipe;
  struct Connection;

  boost::asio::awaitable<void> accept();
  boost::asio::awaitable<void> serve(Socket client);
  boost::asio::awaitable<void> read(std::shared_ptr<Connection> connection, Pipe& pipe);
  boost::asio::awaitable<void> write(std::shared_ptr<Connection> connection, Pipe& pipe);
  static void reset(Connection& connection);

  boost::asio::io_context& context_;
  boost::asio::ip::tcp::acceptor acceptor_;
  Endpoint to_;
  ImpairmentOptions forward_;
  ImpairmentOptions backward_;
  std::uint64_t reset_after_bytes_;
  TcpCounts counts_;
};

}  // namespace heptap::test
