#include "transport/stream_connection.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace heptap {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

StreamConnection::StreamConnection(asio::io_context& io, tcp::socket socket, const Peer& peer,
                                   asio::ip::address host, std::shared_ptr<ListenerSocket> owner,
                                   SSL_CTX* tls, OnClose on_close)
    : socket_(std::move(socket)),
      peer_(peer),
      host_(std::move(host)),
      owner_(std::move(owner)),
      tls_context_(tls),
      on_close_(std::move(on_close)),
      deadline_(io),
      space_(std::make_unique_for_overwrite<std::uint8_t[]>(owner_->options().stream_buffer_bytes)),
      buffer_(space_.get(), owner_->options().stream_buffer_bytes) {}

void StreamConnection::start() {
  error_code ignored;
  socket_.non_blocking(true, ignored);
  if (tls_context_ != nullptr) {
    tls_ = std::make_unique<TlsSession>(*tls_context_, TlsSession::Role::server);
    deadline_.set(owner_->options().handshake_timeout,
                  [this] { fail("no answer to the TLS handshake"); });
  }
  wait();
}

void StreamConnection::fail(const std::string& why) {
  if (!socket_.is_open()) return;
  owner_->report(EventLevel::warning, to_string(peer_) + ": " + why);
  close();
}

void StreamConnection::close() {
  if (!socket_.is_open()) return;
  const auto self = shared_from_this();  // whoever is told may let go of it
  deadline_.stop();
  error_code ignored;
  socket_.close(ignored);
  owner_->handler().on_close(peer_, buffer_.first(filled_));
  on_close_(peer_.connection);
}

void StreamConnection::wait() {
  socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](const error_code& error) {
    if (error || !self->socket_.is_open()) return;
    self->receive();
  });
}

void StreamConnection::receive() {
  last_heard_ = std::chrono::steady_clock::now();
  for (std::size_t turn = 0; turn < reads_per_turn; ++turn) {
    if (!(tls_ ? receive_tls() : receive_plain())) return;
  }
  wait();
}

/// gives     the bytes read; none when the socket is empty or the connection is over
std::span<const std::uint8_t> StreamConnection::read_socket(std::span<std::uint8_t> space) {
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

bool StreamConnection::receive_plain() {
  const auto bytes = read_socket(buffer_.subspan(filled_));
  filled_ += bytes.size();
  return !bytes.empty() && deliver();
}

bool StreamConnection::receive_tls() {
  std::array<std::uint8_t, 32 * 1024> wire;
  const auto bytes = read_socket(wire);
  if (bytes.empty()) return false;
  tls_->feed(bytes);
  if (!established_) return shake_hands();
  return decrypt();
}

bool StreamConnection::shake_hands() {
  const auto status = tls_->handshake();
  send_output();
  if (status == TlsSession::Status::failed) fail(tls_->error());
  if (!socket_.is_open()) return false;
  if (status != TlsSession::Status::done) return true;
  established_ = true;
  deadline_.stop();
  return decrypt();
}

bool StreamConnection::decrypt() {
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
void StreamConnection::send_output() {
  const auto output = tls_->output();
  if (output.empty()) return;
  const auto sent =
      ::send(socket_.native_handle(), output.data(), output.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent > 0) tls_->output_sent(static_cast<std::size_t>(sent));
  const bool no_room = sent < 0 ? errno == EAGAIN : static_cast<std::size_t>(sent) < output.size();
  if (no_room) fail("does not read what TLS has to tell it");
}

/// gives     false when the connection was closed
bool StreamConnection::deliver() {
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

}  // namespace heptap
