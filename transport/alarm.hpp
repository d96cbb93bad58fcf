#pragma once

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <utility>

namespace heptap {

/// A timer that forgets: a callback that was set before the last set() or stop() never runs, even
/// when its expiry was already queued. Used on the io_context's thread only.
class Alarm {
 public:
  explicit Alarm(boost::asio::io_context& io) : timer_(io) {}

  template <class Callback>
  void set(std::chrono::steady_clock::duration delay, Callback&& callback) {
    const auto ticket = ++ticket_;
    pending_ = true;
    timer_.expires_after(delay);
    timer_.async_wait([this, ticket, callback = std::forward<Callback>(callback)](
                          const boost::system::error_code& error) {
      if (error || ticket != ticket_) return;
      pending_ = false;
      callback();
    });
  }

  void stop() {
    ++ticket_;
    if (!pending_) return;
    pending_ = false;
    timer_.cancel();
  }

  [[nodiscard]] bool pending() const noexcept { return pending_; }

 private:
  boost::asio::steady_timer timer_;
  std::uint64_t ticket_ = 0;
  bool pending_ = false;
};

}  // namespace heptap
