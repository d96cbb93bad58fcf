#pragma once

#include "transport/epoch.hpp"

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <utility>

namespace heptap {

/// A timer that forgets: a callback that was set before the last set() or stop() never runs, nor
/// one whose Alarm is gone, even when its expiry was already queued. Used on the io_context's
/// thread only.
class Alarm {
 public:
  explicit Alarm(boost::asio::io_context& io) : timer_(io) {}

  template <class Callback>
  void set(std::chrono::steady_clock::duration delay, Callback&& callback) {
    epoch_.end();
    pending_ = true;
    timer_.expires_after(delay);
    timer_.async_wait([this, ticket = epoch_.ticket(), callback = std::forward<Callback>(callback)](
                          const boost::system::error_code& error) {
      if (error || !ticket.valid()) return;
      pending_ = false;
      callback();
    });
  }

  void stop() {
    epoch_.end();
    if (!pending_) return;
    pending_ = false;
    timer_.cancel();
  }

  [[nodiscard]] bool pending() const noexcept { return pending_; }

 private:
  boost::asio::steady_timer timer_;
  Epoch epoch_;
  bool pending_ = false;
};

}  // namespace heptap
