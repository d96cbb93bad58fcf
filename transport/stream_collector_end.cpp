// How a connection over TCP or TLS ends, and what that says of the frames that were sent on it.
#include "transport/stream_collector.hpp"

#include <poll.h>

#include <algorithm>

namespace heptap {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::chrono::milliseconds longest_wait_for_reset{500};

}  // namespace

/// The peer's kernel has everything. Only its own FIN, after ours, says that the peer has read it;
/// until then a reset still takes us back.
void StreamCollector::close_in_order() {
  shut_down_ = true;
  enter_state(CollectorState::closing);
  if (tls_) {
    const auto ticket = epoch_.ticket();
    tls_->shut_down();
    send_output();
    if (!ticket.valid()) return;
  }
  error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
  if (!options_.close_timeout) return;
  state_alarm_.set(*options_.close_timeout, [this] {
    stays_open();
    host_.settle();
  });
}

/// Whoever acknowledged what is kept may be a relay that still has it: it goes to the spool, or is
/// lost as far as anybody can tell.
void StreamCollector::stays_open() {
  const auto kept = cursor_.counters().in_doubt;
  if (kept == 0) return settle_closed();
  note_error(
      "acknowledged all frames, but did not close the connection: perhaps it has not read the "
      "last " +
      std::to_string(kept));
  give_up("no end of the connection came");
}

void StreamCollector::settle_closed() {
  cursor_.settle_all();
  finish();
}

void StreamCollector::connection_ended(End end, const std::string& why) {
  if (state() == CollectorState::handshaking) {
    return attempt_failed(why + " during the TLS handshake");
  }
  if (end == End::fin && shut_down_) return settle_closed();
  if (end == End::fin && (!tls_ || peer_ended_)) return await_reset();
  cursor_.rewind();
  connection_lost(why);
}

/// A peer that closes with everything read sends a FIN, and its kernel a reset for what is still
/// on the way. One that closes with bytes unread sends a reset, perhaps after a FIN. So a FIN alone
/// means that the peer has read all it acknowledged; when a reset follows, nobody knows.
void StreamCollector::await_reset() {
  fin_came_ = true;
  waits_for_room_ = false;
  ack_alarm_.stop();
  flush_alarm_.stop();
  enter_state(CollectorState::closing);
  state_alarm_.set(std::min(options_.backoff_min, longest_wait_for_reset), [this] {
    judge_fin();
    host_.settle();
  });
  socket_.async_wait(tcp::socket::wait_error,
                     [this, ticket = epoch_.ticket()](const error_code& error) {
                       if (!ticket.valid() || error) return;
                       judge_fin();
                       host_.settle();
                     });
}

void StreamCollector::judge_fin() {
  pollfd look{socket_.native_handle(), 0, 0};
  const bool reset = ::poll(&look, 1, 0) != 0;  // POLLERR and POLLHUP are always reported
  if (reset) {
    cursor_.rewind();
  } else {
    confirm();
    cursor_.settle_confirmed();
  }
  connection_lost("closed by the peer");
}

}  // namespace heptap
