#include "transport/listener_socket.hpp"

#include <boost/asio/ip/udp.hpp>

#include <linux/sock_diag.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <vector>

namespace heptap {

namespace asio = boost::asio;
using asio::ip::udp;
using boost::system::error_code;

namespace {

class DatagramListener final : public ListenerSocket,
                               public std::enable_shared_from_this<DatagramListener> {
 public:
  DatagramListener(asio::io_context& io, ListenerOptions listen, ListenerHandler& handler,
                   EventSink events)
      : ListenerSocket(std::move(listen), handler, std::move(events)),
        socket_(io),
        space_(batch * datagram_bytes) {
    const auto address = resolve<udp>(io);
    error_code error;
    socket_.open(address.protocol(), error);
    if (!error) socket_.bind(address, error);
    if (error) refuse(error.message());
    set_port(socket_.local_endpoint().port());
    error_code ignored;
    socket_.set_option(asio::socket_base::receive_buffer_size(options().receive_buffer_bytes),
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
    if (!socket_.is_open()) return;
    for (std::size_t turn = 0; turn < last_turns && receive_batch() == batch; ++turn) {
    }
    report_overflow();
    error_code ignored;
    socket_.close(ignored);
  }

  void report_overflow() override {
    if (!socket_.is_open()) return;
    const std::uint32_t lost = dropped() - reported_;  // the kernel's counter may wrap
    reported_ += lost;
    if (lost != 0) handler().on_overflow(lost);
  }

 private:
  static constexpr std::size_t batch = 32;
  static constexpr std::size_t datagram_bytes = 65536;
  static constexpr std::size_t last_turns = 4096;  ///< what is in the buffer when it is closed

  void receive() {
    for (std::size_t turn = 0; turn < reads_per_turn; ++turn) {
      const std::size_t count = receive_batch();
      if (!socket_.is_open()) return;  // the handler stopped us
      if (count < batch) break;
    }
    start();
  }

  /// gives     how many datagrams there were, at most `batch`
  std::size_t receive_batch() {
    for (auto& message : messages_) message.msg_hdr.msg_namelen = sizeof(sockaddr_storage);
    const int count =
        ::recvmmsg(socket_.native_handle(), messages_.data(), batch, MSG_DONTWAIT, nullptr);
    for (int i = 0; i < count; ++i) {
      const auto at = static_cast<std::size_t>(i);
      handler().on_datagram(peers_[at],
                            std::span(&space_[at * datagram_bytes], messages_[at].msg_len));
    }
    return static_cast<std::size_t>(std::max(count, 0));
  }

  [[nodiscard]] std::uint32_t dropped() {
    std::array<std::uint32_t, SK_MEMINFO_VARS> memory{};
    socklen_t size = sizeof memory;
    const int socket = socket_.native_handle();
    if (::getsockopt(socket, SOL_SOCKET, SO_MEMINFO, memory.data(), &size) != 0) {
      return reported_;
    }
    return memory[SK_MEMINFO_DROPS];
  }

  udp::socket socket_;
  std::uint32_t reported_ = 0;
  std::vector<std::uint8_t> space_;
  std::array<Peer, batch> peers_{};
  std::array<iovec, batch> runs_{};
  std::array<mmsghdr, batch> messages_{};
};

}  // namespace

std::shared_ptr<ListenerSocket> make_datagram_listener(asio::io_context& io,
                                                       ListenerOptions options,
                                                       ListenerHandler& handler, EventSink events) {
  return std::make_shared<DatagramListener>(io, std::move(options), handler, std::move(events));
}

}  // namespace heptap
