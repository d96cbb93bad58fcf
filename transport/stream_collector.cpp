#include "transport/stream_collector.hpp"

#include "transport/socket_calls.hpp"
#include "transport/wall_clock.hpp"

#include <boost/asio/post.hpp>

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <utility>

namespace heptap {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::size_t batches_per_turn = 16;  // then the other collectors have theirs
constexpr std::chrono::milliseconds first_ack_delay{1};
constexpr std::chrono::milliseconds last_ack_delay{100};

/// Its spool connects later, when the files may be gone, or may not be read any more.
CollectorOptions with_tls(CollectorOptions options) {
  const bool is_tls = options.endpoint.carrier == Carrier::tls;
  auto& context = options.tls.loaded.context;
  if (is_tls && !context) context = make_client_context(options.tls);
  return options;
}

}  // namespace

StreamCollector::StreamCollector(CollectorHost& host, CollectorPlace place,
                                 CollectorOptions options)
    : NetworkCollector(host, place, with_tls(std::move(options))),
      socket_(host.io()),
      ack_alarm_(host.io()),
      ack_delay_(first_ack_delay) {}

void StreamCollector::open(const asio::ip::address& address) {
  state_alarm_.set(options_.connect_timeout, [this] {
    attempt_failed("no answer");
    host_.settle();
  });
  error_code error;
  socket_.open(address.is_v6() ? tcp::v6() : tcp::v4(), error);
  if (error) return attempt_failed(error.message());
  socket_.async_connect(tcp::endpoint(address, options_.endpoint.port),
                        [this, ticket = epoch_.ticket()](const error_code& failure) {
                          if (!ticket.valid()) return;
                          if (failure) {
                            attempt_failed(failure.message());
                          } else {
                            on_connected();
                          }
                          host_.settle();
                        });
}

void StreamCollector::close_socket() {
  error_code ignored;
  socket_.close(ignored);
  ack_alarm_.stop();
  tls_.reset();
}

void StreamCollector::on_connected() {
  error_code ignored;
  socket_.non_blocking(true, ignored);
  socket_.set_option(tcp::no_delay(true), ignored);
  set_keepalive(socket_.native_handle(), options_.keepalive);
  peer_ended_ = shut_down_ = fin_came_ = false;
  ack_delay_ = first_ack_delay;
  if (!options_.tls.loaded.context) return go_up();
  enter_state(CollectorState::handshaking);
  state_alarm_.set(options_.connect_timeout, [this] {
    attempt_failed("no answer to the TLS handshake");
    host_.settle();
  });
  const std::string& name = options_.tls.server_name;
  try {
    tls_ = std::make_unique<TlsSession>(*options_.tls.loaded.context, TlsSession::Role::client,
                                        name.empty() ? options_.endpoint.host : name);
  } catch (const std::runtime_error& error) {
    return attempt_failed(error.what());
  }
  handshake();
}

void StreamCollector::handshake() {
  const auto status = tls_->handshake();
  const bool sent = send_output();  // the last words may be an alert with the reason
  if (status == TlsSession::Status::failed) return attempt_failed(tls_->error());
  if (!sent && !waits_for_room_) return;
  if (status == TlsSession::Status::done) return go_up();
  wait_readable();
}

void StreamCollector::go_up() {
  connection_up(tls_ ? ", " + tls_->description() : "");
  wait_readable();
  pump();
}

void StreamCollector::wait_readable() {
  socket_.async_wait(tcp::socket::wait_read,
                     [this, ticket = epoch_.ticket()](const error_code& error) {
                       if (!ticket.valid() || error) return;
                       on_readable();
                       host_.settle();
                     });
}

void StreamCollector::wait_for_room() {
  waits_for_room_ = true;
  socket_.async_wait(tcp::socket::wait_write,
                     [this, ticket = epoch_.ticket()](const error_code& error) {
                       if (!ticket.valid() || error || fin_came_) return;
                       waits_for_room_ = false;
                       if (state() == CollectorState::handshaking) {
                         send_output();
                       } else {
                         pump();
                       }
                       host_.settle();
                     });
}

/// A HEP collector has nothing to say: only the end of the connection, and TLS's own messages,
/// matter, and what shows that this is no collector.
void StreamCollector::on_readable() {
  const auto ticket = epoch_.ticket();
  std::array<std::uint8_t, 16 * 1024> buffer;
  const auto size = ::recv(socket_.native_handle(), buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (size < 0 && !would_block(errno)) return connection_ended(End::broken, error_text(errno));
  if (size == 0) return connection_ended(End::fin, "closed by the peer");
  const auto bytes = std::span(buffer).first(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  if (tls_ && !bytes.empty() && !read_tls(bytes)) return;
  if (const auto stranger = stranger_of(bytes); !tls_ && !stranger.empty()) {
    return connection_ended(End::broken, std::string(stranger));
  }
  if (!tls_ && !bytes.empty()) note_error("answers, which no HEP collector does");
  if (ticket.valid()) wait_readable();
}

/// gives     false when the connection has ended, or waits already
bool StreamCollector::read_tls(std::span<const std::uint8_t> bytes) {
  tls_->feed(bytes);
  if (state() == CollectorState::handshaking) {
    handshake();
    return false;
  }
  std::array<std::uint8_t, 4096> ignored;
  std::size_t size = 0;
  auto status = TlsSession::Status::done;
  while (status == TlsSession::Status::done) status = tls_->read(ignored, size);
  if (status == TlsSession::Status::failed) {
    connection_ended(End::broken, tls_->error());
    return false;
  }
  peer_ended_ = peer_ended_ || status == TlsSession::Status::closed;
  return send_output() || waits_for_room_;
}

void StreamCollector::write_due() {
  if (fin_came_ || (tls_ && !send_output())) return;
  for (std::size_t batch = 0; !waits_for_room_ && write_is_due(); ++batch) {
    if (batch == batches_per_turn) {
      check_acknowledged();
      asio::post(host_.io(), [this, ticket = epoch_.ticket()] {
        if (!ticket.valid()) return;
        pump();
        host_.settle();
      });
      return;
    }
    if (!write_batch()) return;
  }
  check_acknowledged();
}

/// gives     false when the connection has ended
bool StreamCollector::write_batch() {
  cursor_.gather(runs_, options_.flush_bytes, frames_allowed());
  return tls_ ? encrypt_runs() : write_runs();
}

void StreamCollector::note_written(std::size_t bytes) {
  const auto queued = cursor_.counters().queued;
  cursor_.written(bytes, wall_time_us());
  rate_limit_.spend(queued - cursor_.counters().queued);
}

bool StreamCollector::write_runs() {
  msghdr header{};
  header.msg_iov = runs_.runs.data();
  header.msg_iovlen = runs_.count;
  const auto sent = ::sendmsg(socket_.native_handle(), &header, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent < 0) return on_send_error(errno);
  note_written(static_cast<std::size_t>(sent));
  if (static_cast<std::size_t>(sent) < runs_.bytes) wait_for_room();
  return true;
}

/// What is encrypted counts as written: some of it may reach the peer from now on. The bytes that
/// wait here are counted as unacknowledged, and TLS only ever adds to their number.
bool StreamCollector::encrypt_runs() {
  if (!send_output()) return waits_for_room_;
  std::span<const std::uint8_t> plain(static_cast<std::uint8_t*>(runs_.runs[0].iov_base),
                                      runs_.runs[0].iov_len);
  if (runs_.count > 1) {  // one large record costs less than many small ones
    tls_staging_.clear();
    for (std::size_t i = 0; i < runs_.count; ++i) {
      const auto* const begin = static_cast<std::uint8_t*>(runs_.runs[i].iov_base);
      tls_staging_.insert(tls_staging_.end(), begin, begin + runs_.runs[i].iov_len);
    }
    plain = tls_staging_;
  }
  if (!tls_->write(plain)) {
    connection_ended(End::broken, tls_->error());
    return false;
  }
  note_written(runs_.bytes);
  return send_output() || waits_for_room_;
}

/// gives     true when no TLS output is left; else it waits for room, or the connection has ended
bool StreamCollector::send_output() {
  if (waits_for_room_) return false;
  for (auto output = tls_->output(); !output.empty(); output = tls_->output()) {
    const auto sent =
        ::send(socket_.native_handle(), output.data(), output.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0) {
      on_send_error(errno);
      return false;
    }
    tls_->output_sent(static_cast<std::size_t>(sent));
  }
  return true;
}

/// gives     false when the connection has ended
bool StreamCollector::on_send_error(int error) {
  if (would_block(error)) {
    wait_for_room();
    return true;
  }
  // The peer may have said why before it closed; the pending read would find it too late.
  std::array<std::uint8_t, 4096> last_words;
  const auto size =
      tls_ ? ::recv(socket_.native_handle(), last_words.data(), last_words.size(), MSG_DONTWAIT)
           : 0;
  std::string why = error_text(error);
  if (size > 0) {
    tls_->feed(std::span(last_words).first(static_cast<std::size_t>(size)));
    std::size_t ignored = 0;
    if (tls_->read(last_words, ignored) == TlsSession::Status::failed) why = tls_->error();
  }
  connection_ended(End::broken, why);
  return false;
}

/// gives     true when a frame was confirmed that never was before
bool StreamCollector::confirm() {
  const auto in_kernel = unacknowledged_bytes(socket_.native_handle());
  const auto waiting_here = tls_ ? tls_->output().size() : 0;
  return in_kernel != socket_gone && cursor_.confirm(in_kernel + waiting_here);
}

void StreamCollector::check_acknowledged() {
  if (shut_down_) return;  // our FIN would count as a byte of the last frame
  if (confirm()) {
    made_progress();
    ack_delay_ = first_ack_delay;
  }
  if (!cursor_.all_written()) return;
  if (cursor_.all_confirmed()) {
    ack_alarm_.stop();
    if (draining() && !waits_for_spool()) close_in_order();
    return;
  }
  if (ack_alarm_.pending()) return;
  ack_alarm_.set(ack_delay_, [this] {
    ack_delay_ = std::min(ack_delay_ * 2, last_ack_delay);
    pump();
    host_.settle();
  });
}

}  // namespace heptap
