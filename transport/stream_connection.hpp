#pragma once

#include "transport/alarm.hpp"
#include "transport/listener_socket.hpp"
#include "transport/tls.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

namespace heptap {

/// One connection to a listener: what its peer sends goes to the ListenerHandler, and what of it is not
/// used yet is kept. Its pending operations keep it and its listener alive.
class StreamConnection final : public std::enable_shared_from_this<StreamConnection> {
 public:
  /// Called once, with Peer::connection.
  using OnClose = std::function<void(std::uint64_t connection)>;

  /// owner     whose options and handler it has
  /// tls       lives as long as owner; null: plain TCP
  StreamConnection(boost::asio::io_context& io, boost::asio::ip::tcp::socket socket,
                   const Peer& peer, boost::asio::ip::address host,
                   std::shared_ptr<ListenerSocket> owner, SSL_CTX* tls, OnClose on_close);

  void start();

  /// Closes it, and says why.
  void fail(const std::string& why);
  /// Tells the handler and lets go; harmless when it was closed before.
  void close();

  [[nodiscard]] std::chrono::steady_clock::time_point last_heard() const noexcept {
    return last_heard_;
  }
  [[nodiscard]] const boost::asio::ip::address& host() const noexcept { return host_; }

 private:
  void wait();
  void receive();
  std::span<const std::uint8_t> read_socket(std::span<std::uint8_t> space);
  bool receive_plain();
  bool receive_tls();
  bool shake_hands();
  bool decrypt();
  void send_output();
  bool deliver();

  boost::asio::ip::tcp::socket socket_;
  Peer peer_;
  boost::asio::ip::address host_;
  std::shared_ptr<ListenerSocket> owner_;
  SSL_CTX* const tls_context_;
  const OnClose on_close_;
  Alarm deadline_;
  std::unique_ptr<std::uint8_t[]> space_;  ///< its pages come from the system when bytes do
  std::span<std::uint8_t> buffer_;
  std::size_t filled_ = 0;
  std::unique_ptr<TlsSession> tls_;
  bool established_ = false;
  std::chrono::steady_clock::time_point last_heard_ = std::chrono::steady_clock::now();
};

}  // namespace heptap
