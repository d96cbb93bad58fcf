#include "transport/udp_collector.hpp"

#include "transport/datagram_batch.hpp"
#include "transport/socket_calls.hpp"
#include "transport/wall_clock.hpp"

#include <boost/asio/post.hpp>

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace heptap {

namespace asio = boost::asio;
using asio::ip::udp;
using boost::system::error_code;

namespace {

constexpr std::size_t batches_per_turn = 16;  // then the other collectors have theirs
constexpr std::chrono::milliseconds no_buffers_delay{1};
constexpr int send_buffer_bytes = 1 << 20;

}  // namespace

UdpCollector::UdpCollector(CollectorHost& host, CollectorPlace place, CollectorOptions options)
    : NetworkCollector(host, place, std::move(options)),
      socket_(host.io()),
      doubt_alarm_(host.io()) {}

void UdpCollector::open(const asio::ip::address& address) {
  error_code error;
  socket_.open(address.is_v6() ? udp::v6() : udp::v4(), error);
  if (!error) socket_.connect(udp::endpoint(address, options_.endpoint.port), error);
  if (error) return attempt_failed(error.message());
  error_code ignored;
  socket_.set_option(asio::socket_base::send_buffer_size(send_buffer_bytes), ignored);
  longest_segment_ = FrameRing::max_frame_bytes;
  read_path_mtu();
  connection_up("");
  wait_for_icmp();
  pump();
}

/// The kernel learns of it by ICMP, and forgets it: it is read again as long as something is sent.
void UdpCollector::read_path_mtu() {
  longest_whole_ = longest_whole_datagram(socket_.native_handle());
  if (longest_whole_ == 0) longest_whole_ = FrameRing::max_frame_bytes;  // who knows
  if (longest_segment_ != 0) longest_segment_ = longest_segment(socket_.native_handle());
}

void UdpCollector::close_socket() {
  error_code ignored;
  socket_.close(ignored);
}

void UdpCollector::drop_doubts() {
  doubt_alarm_.stop();
  cursor_.doubts_lost(std::exchange(young_doubts_, 0) + std::exchange(old_doubts_, 0),
                      &DeliveryLosses::unconfirmed);
}

void UdpCollector::write_due() {
  for (std::size_t batch = 0; !waits_for_room_ && write_is_due(); ++batch) {
    if (probing_ && young_doubts_ + old_doubts_ > 0) return;  // age_doubts() goes on
    if (batch == batches_per_turn) {
      asio::post(host_.io(), [this, ticket = epoch_.ticket()] {
        if (!ticket.valid()) return;
        pump();
        host_.settle();
      });
      return;
    }
    if (!send_batch()) return;
  }
  if (draining() && is_done()) finish();
}

/// gives     false when the socket was closed
bool UdpCollector::send_batch() {
  DatagramBatch batch;
  const auto most = std::min<std::uint64_t>(frames_allowed(), batch.max_frames);
  const bool single = probing_ || one_by_one_;
  const auto frames = cursor_.gather_frames(batch.frames().first(single ? 1 : most));
  batch.arrange(frames, longest_segment_);
  const auto messages = batch.messages();
  const int sent = ::sendmmsg(socket_.native_handle(), messages.data(),
                              static_cast<unsigned>(messages.size()), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent >= 0) return on_sent(frames, batch.frames_in(static_cast<std::size_t>(sent)));
  return batch.frames_in(1) > 1 ? on_segments_error(errno) : on_send_error(errno);
}

/// sendmmsg() stops at an error and does not tell which: an ICMP error is taken from the socket and
/// gone. So after a short batch datagrams leave one by one, each followed by a look at the socket,
/// until the error shows up again.
bool UdpCollector::on_sent(std::size_t asked, std::size_t sent) {
  cursor_.handed_over(sent, wall_time_us(), longest_whole_);
  rate_limit_.spend(sent);
  warn_of_fragments();
  young_doubts_ += sent;
  if (!doubt_alarm_.pending()) {
    doubt_alarm_.set(options_.udp_doubt, [this] {
      age_doubts();
      host_.settle();
    });
  }
  one_by_one_ = sent < asked;
  if (const int error = pending_error(socket_.native_handle())) {
    on_refused(error);
    return false;
  }
  return true;
}

void UdpCollector::warn_of_fragments() {
  if (warned_ || cursor_.counters().fragmented == 0) return;
  warned_ = true;
  host_.report(
      EventLevel::warning,
      name() + ": " +
          with_place("a frame is longer than the " + std::to_string(longest_whole_) +
                     " bytes that the path's MTU leaves for a datagram: such frames go in IP "
                     "fragments, and are lost when one of these is; TCP has no such limit"));
}

/// The path's MTU may have shrunk, IPsec may be in the way, a device may know nothing of segments: until the
/// next connection each frame is a message of its own.
bool UdpCollector::on_segments_error(int error) {
  const bool is_of_segments =
      error == EMSGSIZE || error == EINVAL || error == EIO || error == EOPNOTSUPP;
  if (!is_of_segments) return on_send_error(error);
  longest_segment_ = 0;
  return true;
}

bool UdpCollector::on_send_error(int error) {
  switch (error) {
    case EAGAIN:
    case EINTR: wait_for_room(); return true;
    case EMSGSIZE:
      one_by_one_ = false;
      read_path_mtu();
      cursor_.lose_next(&DeliveryLosses::too_large);
      note_error(with_place("a frame does not fit into a datagram"));
      return true;
    case ENOBUFS:
    case ENOMEM:
      waits_for_room_ = true;
      flush_alarm_.set(no_buffers_delay, [this] {
        waits_for_room_ = false;
        pump();
        host_.settle();
      });
      return true;
    default: on_refused(error); return false;
  }
}

/// Which datagrams an error belongs to cannot be told: all in doubt are taken for lost.
void UdpCollector::on_refused(int error) {
  doubt_alarm_.stop();
  cursor_.doubts_lost(std::exchange(young_doubts_, 0) + std::exchange(old_doubts_, 0),
                      &DeliveryLosses::refused);
  probing_ = true;
  one_by_one_ = false;
  connection_lost(error_text(error));
}

void UdpCollector::wait_for_room() {
  waits_for_room_ = true;
  socket_.async_wait(udp::socket::wait_write,
                     [this, ticket = epoch_.ticket()](const error_code& error) {
                       if (!ticket.valid() || error) return;
                       waits_for_room_ = false;
                       pump();
                       host_.settle();
                     });
}

/// Nobody answers a HEP datagram: what makes the socket readable is an error, or is thrown away.
void UdpCollector::wait_for_icmp() {
  socket_.async_wait(
      udp::socket::wait_read, [this, ticket = epoch_.ticket()](const error_code& error) {
        if (!ticket.valid() || error) return;
        std::uint8_t ignored = 0;
        const auto size = ::recv(socket_.native_handle(), &ignored, sizeof ignored, MSG_DONTWAIT);
        if (size >= 0 || errno == EAGAIN || errno == EINTR) {
          wait_for_icmp();
        } else {
          on_refused(errno);
        }
        host_.settle();
      });
}

void UdpCollector::age_doubts() {
  read_path_mtu();
  if (old_doubts_ > 0 || (probing_ && young_doubts_ > 0)) {
    made_progress();
    probing_ = false;
  }
  cursor_.doubts_sent(old_doubts_);
  old_doubts_ = std::exchange(young_doubts_, 0);
  if (old_doubts_ > 0) {
    doubt_alarm_.set(options_.udp_doubt, [this] {
      age_doubts();
      host_.settle();
    });
  }
  pump();
}

}  // namespace heptap
