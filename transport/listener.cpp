// The handlers of pending operations keep their object alive by a shared_ptr, because a completion
// may be queued already when the listener goes. After stop() none of them calls the ListenerHandler
// again.
#include "transport/listener.hpp"

#include "transport/alarm.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <unordered_map>
#include <utility>
#include <vector>

namespace heptap {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::ip::udp;
using boost::system::error_code;

namespace {

constexpr std::size_t reads_per_turn = 16;  // then the other sockets have theirs
constexpr std::chrono::milliseconds accept_retry_delay{100};

[[noreturn]] void refuse(const Endpoint& endpoint, const std::string& why) {
  throw std::runtime_error("cannot listen on " + to_string(endpoint) + ": " + why);
}

template <class Protocol>
typename Protocol::endpoint resolve(asio::io_context& io, const Endpoint& endpoint) {
  typename Protocol::resolver resolver(io);
  error_code error;
  const auto results = resolver.resolve(endpoint.host, std::to_string(endpoint.port),
                                        Protocol::resolver::passive, error);
  if (error) refuse(endpoint, error.message());
  return results.begin()->endpoint();
}

template <class Address>
Peer make_peer(Carrier carrier, std::uint64_t connection, const Address& from) {
  Peer peer{carrier, connection, {}};
  std::memcpy(&peer.address, from.data(), std::min(from.size(), sizeof peer.address));
  return peer;
}

}  // namespace

std::string to_string(const Peer& peer) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  std::uint16_t port = 0;
  if (peer.address.ss_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &peer.address, sizeof v6);
    ::inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
    port = ntohs(v6.sin6_port);
  } else {
    sockaddr_in v4{};
    std::memcpy(&v4, &peer.address, sizeof v4);
    ::inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
    port = ntohs(v4.sin_port);
  }
  return to_string(Endpoint{peer.carrier, text.data(), port});
}

class Listener::Socket {
 public:
  Socket(ListenerOptions options, ListenerHandler& handler, EventSink events)
      : options_(std::move(options)), handler_(handler), events_(std::move(events)) {}
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  virtual ~Socket() = default;

  virtual void start() = 0;
  virtual void stop() = 0;
  [[nodiscard]] virtual std::size_t connections() const noexcept { return 0; }
  [[nodiscard]] const Endpoint& endpoint() const noexcept { return options_.endpoint; }

  void report(EventLevel level, const std::string& text) const {
    if (events_) events_(level, text);
  }

  ListenerOptions options_;
  ListenerHandler& handler_;

 private:
  EventSink events_;
};

class Listener::DatagramSocket final : public Socket,
                                       public std::enable_shared_from_this<DatagramSocket> {
 public:
  DatagramSocket(asio::io_context& io, ListenerOptions options, ListenerHandler& handler,
                 EventSink events)
      : Socket(std::move(options), handler, std::move(events)),
        socket_(io),
        space_(batch * datagram_bytes) {
    const auto address = resolve<udp>(io, options_.endpoint);
    error_code error;
    socket_.open(address.protocol(), error);
    if (!error) socket_.bind(address, error);
    if (error) refuse(options_.endpoint, error.message());
    options_.endpoint.port = socket_.local_endpoint().port();
    error_code ignored;
    socket_.set_option(asio::socket_base::receive_buffer_size(options_.receive_buffer_bytes),
                       ignored);
    for (std::size_t i = 0; i < batch; ++i) {
      runs_[i] = {&space_[i * datagram_bytes], datagram_bytes};
      messages_[i].msg_hdr.msg_iov = &runs_[i];
      messages_[i].msg_hdr.msg_iovlen = 1;
      messages_[i].msg_hdr.msg_name = &peers_[i].address;
    }
  }

  void start() override {
    socket_.async_wait(udp::socket::wait_read,
                       [self = shared_from_this()](const error_code& error) {
                         if (error || !self->socket_.is_open()) return;
                         self->receive();
                       });
  }

  void stop() override {
    error_code ignored;
    socket_.close(ignored);
  }

 private:
  static constexpr std::size_t batch = 32;
  static constexpr std::size_t datagram_bytes = 65536;

  void receive() {
    for (std::size_t turn = 0; turn < reads_per_turn; ++turn) {
      for (auto& message : messages_) message.msg_hdr.msg_namelen = sizeof(sockaddr_storage);
      const int count =
          ::recvmmsg(socket_.native_handle(), messages_.data(), batch, MSG_DONTWAIT, nullptr);
      for (int i = 0; i < count; ++i) {
        const auto at = static_cast<std::size_t>(i);
        handler_.on_datagram(peers_[at],
                             std::span(&space_[at * datagram_bytes], messages_[at].msg_len));
        if (!socket_.is_open()) return;  // the handler stopped us
      }
      if (count < static_cast<int>(batch)) break;
    }
    start();
  }

  udp::socket socket_;
  std::vector<std::uint8_t> space_;
  std::array<Peer, batch> peers_{};
  std::array<iovec, batch> runs_{};
  std::array<mmsghdr, batch> messages_{};
};

class Listener::StreamAcceptor final : public Socket,
                                       public std::enable_shared_from_this<StreamAcceptor> {
 public:
  StreamAcceptor(asio::io_context& io, ListenerOptions options, ListenerHandler& handler,
                 EventSink events)
      : Socket(std::move(options), handler, std::move(events)), io_(io), acceptor_(io), retry_(io) {
    if (options_.endpoint.carrier == Carrier::tls) tls_ = make_server_context(options_.tls);
    const auto address = resolve<tcp>(io, options_.endpoint);
    error_code error;
    acceptor_.open(address.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(address, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) refuse(options_.endpoint, error.message());
    options_.endpoint.port = acceptor_.local_endpoint().port();
  }

  void start() override;
  void stop() override;
  [[nodiscard]] std::size_t connections() const noexcept override { return connections_.size(); }
  void forget(std::uint64_t connection) { connections_.erase(connection); }
  [[nodiscard]] SSL_CTX* tls() const noexcept { return tls_.get(); }

 private:
  void on_accepted(tcp::socket socket);

  asio::io_context& io_;
  tcp::acceptor acceptor_;
  Alarm retry_;
  SslContext tls_;
  std::uint64_t last_connection_ = 0;
  std::unordered_map<std::uint64_t, std::shared_ptr<Connection>> connections_;
};

class Listener::Connection final : public std::enable_shared_from_this<Connection> {
 public:
  Connection(asio::io_context& io, tcp::socket socket, const Peer& peer,
             std::shared_ptr<StreamAcceptor> owner)
      : socket_(std::move(socket)),
        peer_(peer),
        owner_(std::move(owner)),
        deadline_(io),
        buffer_(owner_->options_.stream_buffer_bytes) {}

  void start() {
    error_code ignored;
    socket_.non_blocking(true, ignored);
    if (owner_->tls() != nullptr) {
      tls_ = std::make_unique<TlsSession>(*owner_->tls(), TlsSession::Role::server);
      deadline_.set(owner_->options_.handshake_timeout,
                    [this] { fail("no answer to the TLS handshake"); });
    }
    wait();
  }

  /// Tells the handler and lets go; harmless when it was closed before.
  void close() {
    if (!socket_.is_open()) return;
    deadline_.stop();
    error_code ignored;
    socket_.close(ignored);
    owner_->handler_.on_close(peer_, std::span(buffer_).first(filled_));
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
    const auto bytes = read_socket(std::span(buffer_).subspan(filled_));
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
    if (status == TlsSession::Status::failed) {
      fail(tls_->error());
      return false;
    }
    if (status != TlsSession::Status::done) return true;
    established_ = true;
    deadline_.stop();
    return decrypt();
  }

  bool decrypt() {
    for (;;) {
      std::size_t size = 0;
      const auto status = tls_->read(std::span(buffer_).subspan(filled_), size);
      filled_ += size;
      switch (status) {
        case TlsSession::Status::done:
          if (!deliver()) return false;
          break;
        case TlsSession::Status::wants_bytes: send_output(); return true;
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
  }

  /// gives     false when the connection was closed
  bool deliver() {
    const StreamVerdict verdict =
        owner_->handler_.on_stream(peer_, std::span(buffer_).first(filled_));
    if (!socket_.is_open()) return false;  // the handler stopped us
    const std::size_t consumed = std::min(verdict.consumed, filled_);
    if (consumed > 0) std::memmove(buffer_.data(), &buffer_[consumed], filled_ - consumed);
    filled_ -= consumed;
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

  void fail(const std::string& why) {
    owner_->report(EventLevel::warning, to_string(peer_) + ": " + why);
    close();
  }

  tcp::socket socket_;
  Peer peer_;
  std::shared_ptr<StreamAcceptor> owner_;
  Alarm deadline_;
  std::vector<std::uint8_t> buffer_;
  std::size_t filled_ = 0;
  std::unique_ptr<TlsSession> tls_;
  bool established_ = false;
};

void Listener::StreamAcceptor::start() {
  acceptor_.async_accept([self = shared_from_this()](const error_code& error, tcp::socket socket) {
    if (!self->acceptor_.is_open()) return;
    if (!error) {
      self->on_accepted(std::move(socket));
      return self->start();
    }
    if (error == asio::error::no_descriptors) {  // would fail again at once
      self->report(EventLevel::error, to_string(self->endpoint()) + ": " + error.message());
      return self->retry_.set(accept_retry_delay, [self] { self->start(); });
    }
    self->start();
  });
}

void Listener::StreamAcceptor::on_accepted(tcp::socket socket) {
  error_code error;
  const auto address = socket.remote_endpoint(error);
  if (error) return;  // gone already
  const Peer peer = make_peer(options_.endpoint.carrier, ++last_connection_, address);
  if (connections_.size() >= options_.max_connections) {
    report(EventLevel::warning, to_string(peer) + ": refused, there are " +
                                    std::to_string(connections_.size()) + " connections already");
    return;
  }
  const auto connection =
      std::make_shared<Connection>(io_, std::move(socket), peer, shared_from_this());
  connections_.emplace(peer.connection, connection);
  connection->start();
}

void Listener::StreamAcceptor::stop() {
  error_code ignored;
  acceptor_.close(ignored);
  retry_.stop();
  while (!connections_.empty()) {
    const auto connection = connections_.begin()->second;
    connection->close();
  }
}

Listener::Listener(asio::io_context& io, ListenerOptions options, ListenerHandler& handler,
                   EventSink events) {
  if (options.endpoint.carrier == Carrier::udp) {
    socket_ = std::make_shared<DatagramSocket>(io, std::move(options), handler, std::move(events));
  } else {
    socket_ = std::make_shared<StreamAcceptor>(io, std::move(options), handler, std::move(events));
  }
  socket_->start();
}

Listener::~Listener() { stop(); }
void Listener::stop() { socket_->stop(); }
const Endpoint& Listener::endpoint() const noexcept { return socket_->endpoint(); }
std::size_t Listener::connections() const noexcept { return socket_->connections(); }

}  // namespace heptap
