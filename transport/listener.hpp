#pragma once

#include "transport/collector_options.hpp"
#include "transport/endpoint.hpp"
#include "transport/tls.hpp"

#include <sys/socket.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace boost::asio {
class io_context;
}

namespace heptap {

/// Who sent it. Cheap to make, so that a datagram costs no allocation; to_string() is not.
struct Peer {
  Carrier carrier = Carrier::udp;
  std::uint64_t connection = 0;  ///< its number, from 1 on; 0 for a datagram
  sockaddr_storage address{};
};

/// gives     `tcp://[::1]:40000`
[[nodiscard]] std::string to_string(const Peer& peer);

/// What the handler made of a stream's bytes.
struct StreamVerdict {
  std::size_t consumed = 0;  ///< from the front; the rest is shown again with what follows
  bool close = false;        ///< this peer is not worth listening to
};

/// Gets what arrives. Bytes are valid during the call only.
class ListenerHandler {
 public:
  ListenerHandler() = default;
  ListenerHandler(const ListenerHandler&) = delete;
  ListenerHandler& operator=(const ListenerHandler&) = delete;
  virtual ~ListenerHandler() = default;

  virtual void on_datagram(const Peer& peer, std::span<const std::uint8_t> bytes) = 0;
  virtual StreamVerdict on_stream(const Peer& peer, std::span<const std::uint8_t> bytes) = 0;
  /// `unconsumed` is what the peer sent of something it did not finish.
  virtual void on_close(const Peer& peer, std::span<const std::uint8_t> unconsumed) = 0;
  /// So many more datagrams came that the socket's buffer had no room for: called when one closes,
  /// and by Listener::report_overflow().
  virtual void on_overflow(std::uint64_t datagrams) { (void)datagrams; }
};

struct ListenerOptions {
  Endpoint endpoint;     ///< port 0: any free one, see Listener::endpoint()
  TlsServerOptions tls;  ///< for Carrier::tls
  std::size_t max_connections = 1024;
  std::chrono::milliseconds safe_silence{10'000};  ///< at the cap, who was silent for longer may
                                                   ///< have to go for a new one; else
                                                   ///< one of the host with the most, for another
  std::size_t stream_buffer_bytes = 128 * 1024;  ///< a handler that consumes nothing of a full one
                                                 ///< loses the connection
  int receive_buffer_bytes = 4 * 1024 * 1024;    ///< SO_RCVBUF for UDP, as far as the kernel allows
  std::chrono::milliseconds handshake_timeout{10'000};
};

class ListenerSocket;

/// Receives frames over UDP, TCP or TLS on the caller's io_context, in its thread.
class Listener {
 public:
  /// `handler` and `io` must outlive the listener.
  /// errors    std::runtime_error: the address cannot be bound, TLS files cannot be used
  Listener(boost::asio::io_context& io, ListenerOptions options, ListenerHandler& handler,
           EventSink events);
  /// stop()
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  /// Closes all sockets. Datagrams that have come are handed over before, and on_close() is called
  /// for each connection. Call it on the io_context's
  /// thread, or when that is not running.
  void stop();

  /// Tells the handler of datagrams that were lost since the last time, if any were. Where stop() may
  /// be called.
  void report_overflow();

  /// gives     where it listens, with the port it really has
  [[nodiscard]] const Endpoint& endpoint() const noexcept;
  [[nodiscard]] std::size_t connections() const noexcept;

 private:
  std::shared_ptr<ListenerSocket> socket_;
};

}  // namespace heptap
