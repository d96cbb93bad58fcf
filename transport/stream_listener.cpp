#include "transport/listener_socket.hpp"

#include "transport/alarm.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <map>
#include <unordered_map>

namespace heptap {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::chrono::milliseconds accept_retry_delay{100};

Peer make_peer(Carrier carrier, std::uint64_t connection, const tcp::endpoint& from) {
  Peer peer{carrier, connection, {}};
  std::memcpy(&peer.address, from.data(), std::min(from.size(), sizeof peer.address));
  return peer;
}

class Connection;

class StreamListener final : public ListenerSocket,
                             public std::enable_shared_from_this<StreamListener> {
 public:
  StreamListener(asio::io_context& io, ListenerOptions listen, ListenerHandler& handler,
                 EventSink events)
      : ListenerSocket(std::move(listen), handler, std::move(events)),
        io_(io),
        acceptor_(io),
        retry_(io) {
    if (options().endpoint.carrier == Carrier::tls) tls_ = make_server_context(options().tls);
    const auto address = resolve<tcp>(io);
    error_code error;
    acceptor_.open(address.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(address, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) refuse(error.message());
    set_port(acceptor_.local_endpoint().port());
  }

  void start() override;
  void stop() override;
  [[nodiscard]] std::size_t connections() const noexcept override { return connections_.size(); }
  void forget(std::uint64_t connection);
  [[nodiscard]] SSL_CTX* tls() const noexcept { return tls_.get(); }

 private:
  void on_accepted(tcp::socket socket);
  [[nodiscard]] bool make_room();
  [[nodiscard]] bool make_room_for(const asio::ip::address& newcomer);

  asio::io_context& io_;
  tcp::acceptor acceptor_;
  Alarm retry_;
  SslContext tls_;
  std::uint64_t last_connection_ = 0;
  std::unordered_map<std::uint64_t, std::shared_ptr<Connection>> connections_;
  std::map<asio::ip::address, std::size_t> hosts_;  ///< how many connections each has
};

class Connection final : public std::enable_shared_from_this<Connection> {
 public:
  Connection(asio::io_context& io, tcp::socket socket, const Peer& peer, asio::ip::address host,
             std::shared_ptr<StreamListener> owner)
      : socket_(std::move(socket)),
        peer_(peer),
        host_(std::move(host)),
        owner_(std::move(owner)),
        deadline_(io),
        space_(
            std::make_unique_for_overwrite<std::uint8_t[]>(owner_->options().stream_buffer_bytes)),
        buffer_(space_.get(), owner_->options().stream_buffer_bytes) {}

  void start() {
    error_code ignored;
    socket_.non_blocking(true, ignored);
    if (owner_->tls() != nullptr) {
      tls_ = std::make_unique<TlsSession>(*owner_->tls(), TlsSession::Role::server);
      deadline_.set(owner_->options().handshake_timeout,
                    [this] { fail("no answer to the TLS handshake"); });
    }
    wait();
  }

  [[nodiscard]] std::chrono::steady_clock::time_point last_heard() const noexcept {
    return last_heard_;
  }

  [[nodiscard]] const asio::ip::address& host() const noexcept { return host_; }

  void fail(const std::string& why) {
    if (!socket_.is_open()) return;
    owner_->report(EventLevel::warning, to_string(peer_) + ": " + why);
    close();
  }

  /// Tells the handler and lets go; harmless when it was closed before.
  void close() {
    if (!socket_.is_open()) return;
    deadline_.stop();
    error_code ignored;
    socket_.close(ignored);
    owner_->handler().on_close(peer_, buffer_.first(filled_));
    owner_->forget(peer_.connection);
  }

 private:
  void wait() {
    socket_.async_wait(tcp::socket::wait_read,
                       [self = shared_from_this()](const error_code& error) {
                         if (error || !self->socket_.is_open()) return;
                         self->receive();
                       });
  }

  void receive() {
    last_heard_ = std::chrono::steady_clock::now();
    for (std::size_t turn = 0; turn < reads_per_turn; ++turn) {
      if (!(tls_ ? receive_tls() : receive_plain())) return;
    }
    wait();
  }

  /// gives     the bytes read; none when the socket is empty or the connection is over
  std::span<const std::uint8_t> read_socket(std::span<std::uint8_t> space) {
    const auto size = ::recv(socket_.native_handle(), space.data(), space.size(), MSG_DONTWAIT);
    if (size > 0) return space.first(static_cast<std::size_t>(size));
    const bool empty = size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
    if (empty) {
      wait();
    } else if (tls_ && !established_) {
      fail("closed by the peer during the TLS handshake");
    } else {
      close();
    }
    return {};
  }

  // The two below give true when there may be more to read at once.

  bool receive_plain() {
    const auto bytes = read_socket(buffer_.subspan(filled_));
    filled_ += bytes.size();
    return !bytes.empty() && deliver();
  }

  bool receive_tls() {
    std::array<std::uint8_t, 32 * 1024> wire;
    const auto bytes = read_socket(wire);
    if (bytes.empty()) return false;
    tls_->feed(bytes);
    if (!established_) return shake_hands();
    return decrypt();
  }

  bool shake_hands() {
    const auto status = tls_->handshake();
    send_output();
    if (status == TlsSession::Status::failed) fail(tls_->error());
    if (!socket_.is_open()) return false;
    if (status != TlsSession::Status::done) return true;
    established_ = true;
    deadline_.stop();
    return decrypt();
  }

  bool decrypt() {
    for (;;) {
      std::size_t size = 0;
      const auto status = tls_->read(buffer_.subspan(filled_), size);
      filled_ += size;
      switch (status) {
        case TlsSession::Status::done:
          if (!deliver()) return false;
          break;
        case TlsSession::Status::wants_bytes: send_output(); return socket_.is_open();
        case TlsSession::Status::closed:
          tls_->shut_down();
          send_output();
          close();
          return false;
        case TlsSession::Status::failed:
          send_output();
          fail(tls_->error());
          return false;
      }
    }
  }

  /// A server's TLS messages are small: when the socket has no room for them, the peer does not
  /// read, and is let go.
  void send_output() {
    const auto output = tls_->output();
    if (output.empty()) return;
    const auto sent =
        ::send(socket_.native_handle(), output.data(), output.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0) tls_->output_sent(static_cast<std::size_t>(sent));
    const bool no_room =
        sent < 0 ? errno == EAGAIN : static_cast<std::size_t>(sent) < output.size();
    if (no_room) fail("does not read what TLS has to tell it");
  }

  /// gives     false when the connection was closed
  bool deliver() {
    const StreamVerdict verdict = owner_->handler().on_stream(peer_, buffer_.first(filled_));
    if (!socket_.is_open()) return false;  // the handler stopped us
    const std::size_t consumed = std::min(verdict.consumed, filled_);
    const auto rest = buffer_.first(filled_).subspan(consumed);
    if (consumed > 0 && !rest.empty()) std::memmove(buffer_.data(), rest.data(), rest.size());
    filled_ = rest.size();
    if (verdict.close) {
      close();
      return false;
    }
    if (filled_ == buffer_.size()) {
      fail("nothing in " + std::to_string(filled_) + " bytes could be used");
      return false;
    }
    return true;
  }

  tcp::socket socket_;
  Peer peer_;
  asio::ip::address host_;
  std::shared_ptr<StreamListener> owner_;
  Alarm deadline_;
  std::unique_ptr<std::uint8_t[]> space_;  ///< its pages come from the system when bytes do
  std::span<std::uint8_t> buffer_;
  std::size_t filled_ = 0;
  std::unique_ptr<TlsSession> tls_;
  bool established_ = false;
  std::chrono::steady_clock::time_point last_heard_ = std::chrono::steady_clock::now();
};

void StreamListener::start() {
  acceptor_.async_accept([self = shared_from_this()](const error_code& error, tcp::socket socket) {
    if (!self->acceptor_.is_open()) return;
    if (!error) {
      self->on_accepted(std::move(socket));
      return self->start();
    }
    if (error == asio::error::no_descriptors && !self->make_room()) {  // would fail again at once
      self->report(EventLevel::warning,
                   to_string(self->options().endpoint) + ": " + error.message());
      return self->retry_.set(accept_retry_delay, [self] { self->start(); });
    }
    self->start();
  });
}

void StreamListener::on_accepted(tcp::socket socket) {
  error_code error;
  const auto address = socket.remote_endpoint(error);
  if (error) return;  // gone already
  const Peer peer = make_peer(options().endpoint.carrier, ++last_connection_, address);
  const bool is_full = connections_.size() >= options().max_connections;
  if (is_full && !make_room() && !make_room_for(address.address())) {
    report(EventLevel::warning, to_string(peer) + ": refused, there are " +
                                    std::to_string(connections_.size()) + " connections already");
    return;
  }
  const auto connection = std::make_shared<Connection>(io_, std::move(socket), peer,
                                                       address.address(), shared_from_this());
  connections_.emplace(peer.connection, connection);
  ++hosts_[connection->host()];
  connection->start();
}

/// Lets the peer go that was silent for longest, so that idle strangers cannot lock others out.
/// gives     false when none was silent for long
bool StreamListener::make_room() {
  if (connections_.empty()) return false;
  const auto quietest = std::ranges::min_element(
      connections_, {}, [](const auto& entry) { return entry.second->last_heard(); });
  const std::shared_ptr<Connection> connection = quietest->second;
  const auto silence = std::chrono::steady_clock::now() - connection->last_heard();
  if (silence < options().safe_silence) return false;
  connection->fail("let go to make room, it was silent for longest");
  return true;
}

/// Lets a connection go of the host that has the most, if the newcomer's has fewer all the same: one
/// host that keeps all of them busy cannot lock others out.
/// gives     false when there is no such host
bool StreamListener::make_room_for(const asio::ip::address& newcomer) {
  if (hosts_.empty()) return false;
  const auto most =
      std::ranges::max_element(hosts_, {}, [](const auto& host) { return host.second; });
  const auto own = hosts_.find(newcomer);
  if (most->second <= (own == hosts_.end() ? 0 : own->second) + 1) return false;
  const auto found = std::ranges::find_if(
      connections_, [&](const auto& entry) { return entry.second->host() == most->first; });
  const std::shared_ptr<Connection> connection = found->second;
  connection->fail("let go to make room, its host has the most connections");
  return true;
}

void StreamListener::forget(std::uint64_t connection) {
  const auto found = connections_.find(connection);
  const auto host = hosts_.find(found->second->host());
  if (--host->second == 0) hosts_.erase(host);
  connections_.erase(found);
}

void StreamListener::stop() {
  error_code ignored;
  acceptor_.close(ignored);
  retry_.stop();
  while (!connections_.empty()) {
    const auto connection = connections_.begin()->second;
    connection->close();
  }
}

}  // namespace

std::shared_ptr<ListenerSocket> make_stream_listener(asio::io_context& io, ListenerOptions options,
                                                     ListenerHandler& handler, EventSink events) {
  return std::make_shared<StreamListener>(io, std::move(options), handler, std::move(events));
}

}  // namespace heptap
