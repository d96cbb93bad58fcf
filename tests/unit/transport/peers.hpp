#pragma once

#include "transport/listener.hpp"
#include "transport/transport.hpp"

#include <boost/asio/io_context.hpp>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace heptap::test {

/// Whether one can listen on this address or name here: some machines have no IPv6, and a bare
/// container does not even know localhost. Warns when not, so that what is skipped is seen.
[[nodiscard]] bool has_host(const char* host);

/// How often each frame has arrived, and what else came. May be shared by several sinks, one after
/// the other.
class Arrivals {
 public:
  /// Takes the whole frames at the front of a stream.
  /// gives     their size in bytes
  std::size_t take(std::span<const std::uint8_t> stream);
  void add_bad() { ++bad_; }

  [[nodiscard]] std::uint64_t total() const { return total_; }
  [[nodiscard]] std::uint64_t distinct() const;
  [[nodiscard]] std::uint64_t duplicates() const { return total() - distinct(); }
  [[nodiscard]] std::uint64_t bad() const { return bad_; }
  /// gives     frames that came after a later one of the same producer
  [[nodiscard]] std::uint64_t disordered() const { return disordered_; }

 private:
  void count(std::uint32_t number);

  mutable std::mutex mutex_;
  std::map<std::uint32_t, std::uint32_t> newest_;  ///< of each producer
  std::atomic<std::uint64_t> disordered_{0};
  std::map<std::uint32_t, std::uint32_t> times_;
  std::atomic<std::uint64_t> total_{0};
  std::atomic<std::uint64_t> bad_{0};  ///< bytes where a frame should have begun
};

/// gives     the number of the first frame of producer `index`, when there are several
constexpr std::uint32_t first_of_producer(std::size_t index) {
  return static_cast<std::uint32_t>(index) << 24U;
}

/// Writes frame `number` of `size` bytes (at least 8) to `out`.
void make_frame(std::span<std::uint8_t> out, std::uint32_t number);

/// Puts frames [first, first + count) into the ring, waiting for space, and publishes them.
/// gives     how many went in before the ring was closed
std::uint32_t send_frames(FrameRing& ring, std::uint32_t first, std::uint32_t count,
                          std::size_t size = 500, std::uint64_t collectors = 1);
std::uint32_t send_frames(Transport& transport, std::uint32_t first, std::uint32_t count,
                          std::size_t size = 500, std::uint64_t collectors = 1);

/// A collector that behaves: a Listener in a thread of its own.
class Sink final : public ListenerHandler {
 public:
  explicit Sink(Arrivals& arrivals, Endpoint where = {Carrier::tcp, "127.0.0.1", 0},
                TlsServerOptions tls = {}, ListenerOptions options = {});
  ~Sink() override { kill(); }  // NOLINT(bugprone-exception-escape): fails the test, as it should

  [[nodiscard]] const Endpoint& endpoint() const { return listener_->endpoint(); }
  /// Closes all sockets as the kernel does when a process is killed.
  void kill();

  [[nodiscard]] std::uint64_t deliveries() const { return deliveries_; }
  [[nodiscard]] std::string events() const;

  void on_datagram(const Peer& peer, std::span<const std::uint8_t> bytes) override;
  StreamVerdict on_stream(const Peer& peer, std::span<const std::uint8_t> bytes) override;
  void on_close(const Peer& peer, std::span<const std::uint8_t> unconsumed) override;

 private:
  Arrivals& arrivals_;
  std::atomic<std::uint64_t> deliveries_{0};
  mutable std::mutex mutex_;
  std::string events_;
  boost::asio::io_context io_;
  std::optional<Listener> listener_;
  std::thread thread_;
};

/// A peer that misbehaves as told: a TCP socket on 127.0.0.1 with blocking calls.
class RawPeer {
 public:
  RawPeer();  ///< has a port, but refuses connections until listen()
  ~RawPeer();
  RawPeer(const RawPeer&) = delete;
  RawPeer& operator=(const RawPeer&) = delete;

  [[nodiscard]] Endpoint endpoint() const;
  void listen(int receive_buffer_bytes = 0);
  void accept();
  /// gives     what was read; less than `bytes` only at the end of the connection
  std::vector<std::uint8_t> read(std::size_t bytes);
  /// gives     all up to the end of the connection
  std::vector<std::uint8_t> read_all(std::size_t chunk_bytes = 65536);
  /// Waits until `bytes` are in the receive buffer, and leaves them there.
  void await_unread(std::size_t bytes) const;
  void write(const std::string& text) const;
  void send_fin() const;
  void reset();
  void close();

 private:
  int listener_;
  int connection_ = -1;
};

/// Ends an accept() that nobody else will end.
void connect_and_close(const Endpoint& endpoint);

/// gives     options with times for tests: attempts follow each other at once
CollectorOptions quick(const Endpoint& endpoint);

/// gives     true as soon as `condition` holds; false after a time that is only reached when the
///           code under test is broken
template <class Condition>
bool eventually(Condition condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

/// gives     true when nothing is missing on the ledger
bool adds_up(const CollectorSnapshot& collector);

}  // namespace heptap::test
