#include "tests/support/udp_path.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "tests/support/relay_clock.hpp"

namespace heptap::test {

namespace asio = boost::asio;

constexpr std::size_t largest_datagram = 65'535;

UdpDirection::UdpDirection(asio::ip::udp::socket& out, const Endpoint& destination,
                           const ImpairmentOptions& options)
    : out_(out), destination_(destination), timer_(out.get_executor()), impairment_(options) {}

void UdpDirection::take(const std::vector<std::uint8_t>& datagram) {
  const Fate fate = impairment_.decide(relay_now_us(), datagram.size());
  for (std::size_t copy = 0; copy < fate.copies; ++copy) {
    waiting_.emplace(fate.leave_us, datagram);
  }
  send_due();
}

// The timer waits for the first that is not due; waiting anew ends a wait.
void UdpDirection::wait() {
  if (waiting_.empty()) return;
  timer_.expires_at(relay_time(waiting_.begin()->first));
  timer_.async_wait([this](boost::system::error_code error) {
    if (!error) send_due();
  });
}

void UdpDirection::send_due() {
  while (!waiting_.empty() && waiting_.begin()->first <= relay_now_us()) {
    send(waiting_.begin()->second);
    waiting_.erase(waiting_.begin());
  }
  wait();
}

void UdpDirection::send(const std::vector<std::uint8_t>& datagram) {
  boost::system::error_code error = asio::error::not_connected;
  if (destination_.port() != 0) {
    error.clear();
    out_.send_to(asio::buffer(datagram), destination_, 0, error);
  }
  ++(error ? sends_.failed : sends_.sent);
}

SendCounts UdpDirection::sends() const {
  SendCounts counts = sends_;
  counts.waiting = waiting_.size();
  return counts;
}

UdpPath::UdpPath(asio::io_context& context, const Endpoint& front, const Endpoint& back,
                 const Endpoint& to, const ImpairmentOptions& forward,
                 const ImpairmentOptions& backward)
    : front_(context, front),
      back_(context, back),
      to_(to),
      forward_(back_, to_, forward),
      backward_(front_, client_, backward) {
  asio::co_spawn(context, receive(front_, client_, forward_), asio::detached);
  asio::co_spawn(context, receive(back_, server_, backward_), asio::detached);
}

void UdpPath::stop_receiving() {
  front_.cancel();
  back_.cancel();
}

asio::awaitable<void> UdpPath::receive(asio::ip::udp::socket& in, Endpoint& sender,
                                       UdpDirection& direction) {
  std::vector<std::uint8_t> space(largest_datagram);
  for (;;) {
    boost::system::error_code error;
    Endpoint from;
    const std::size_t size = co_await in.async_receive_from(
        asio::buffer(space), from, asio::redirect_error(asio::use_awaitable, error));
    if (error == asio::error::operation_aborted) co_return;
    if (error) continue;  // what an earlier datagram met: its port was closed
    sender = from;
    const auto end = space.begin() + static_cast<std::ptrdiff_t>(size);
    direction.take({space.begin(), end});
  }
}

}  // namespace heptap::test
