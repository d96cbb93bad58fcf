#include "transport/transport.hpp"

#include "transport/alarm.hpp"
#include "transport/collector_set.hpp"
#include "transport/intake.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

namespace heptap {

namespace asio = boost::asio;

class Transport::Worker final : public CollectorHost {
 public:
  Worker(std::vector<CollectorOptions> options, std::size_t ring_bytes, EventSink events,
         std::size_t rings)
      : events_(std::move(events)), intake_(ring_bytes, rings), hurry_(io_), hurry_alarm_(io_) {
    collectors_.change_to(std::move(options), {});
    for (std::size_t i = 0; i < rings; ++i) wakes_.emplace_back(io_, intake_.input(i).wake_fd());
  }
  ~Worker() override {  // NOLINT(bugprone-exception-escape): a mutex that fails is the end
    stop();
    for (auto& wake : wakes_) wake.release();  // the rings' own
    if (hurry_.is_open()) hurry_.release();    // the caller's
  }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void fault_in() noexcept { intake_.fault_in(); }
  FrameRing& producer_ring(std::size_t index) { return intake_.input(index); }

  void start() {
    const std::lock_guard lock(life_);
    if (thread_.joinable()) return;
    asio::post(io_, [this] {
      collectors_.start();
      for (auto& wake : wakes_) await_frames(wake);
      settle();
    });
    collectors_.make_threads();
    thread_ = std::thread([this] { io_.run(); });
  }

  void hurry_when_readable(int fd, std::chrono::milliseconds patience);

  std::vector<CollectorSnapshot> drain() {
    intake_.flush_only();
    intake_.close();
    {
      const std::lock_guard lock(life_);
      if (thread_.joinable()) {
        asio::post(io_, [this] {
          draining_ = true;
          pump_all();
        });
      }
    }
    if (is_running()) finished_.wait();
    stop();
    TransportSnapshot all = account();
    for (auto& one : all.departed) all.collectors.push_back(std::move(one));
    return std::move(all.collectors);
  }

  void stop() {
    intake_.close();
    const std::lock_guard lock(life_);
    if (thread_.joinable()) {
      asio::post(io_, [this] { stop_all("stopped"); });
      thread_.join();
    } else {
      stop_all("stopped");
    }
  }

  bool ping() {
    const std::unique_lock lock(life_, std::try_to_lock);
    if (!lock || !thread_.joinable() || pinged_.exchange(true)) return false;
    asio::post(io_, [this] { pinged_ = false; });
    return true;
  }

  [[nodiscard]] const std::atomic<std::uint64_t>& healthy() const noexcept {
    return collectors_.healthy();
  }

  TransportSnapshot account() {
    return on_thread([this] { return take_snapshot(); });
  }

  std::vector<unsigned> reconfigure(std::vector<CollectorOptions> collectors,
                                    std::chrono::milliseconds patience) {
    std::vector<unsigned> bits;
    const auto fault = on_thread([&] { return try_change(std::move(collectors), patience, bits); });
    if (!fault.empty()) throw std::runtime_error(fault);
    return bits;
  }

 private:
  // CollectorHost
  asio::io_context& io() override { return io_; }
  [[nodiscard]] const FrameRing& ring() const override { return intake_.output(); }
  void fetch() override { intake_.fetch(); }
  void report(EventLevel level, const std::string& text) override {
    if (events_) events_(level, text);
  }
  void settle() override;

  using WakeUps = asio::posix::stream_descriptor;

  /// Calls `work` on the transport's thread, or here when there is none.
  /// gives     what it gives
  template <class Work>
  auto on_thread(Work work) -> decltype(work()) {
    const std::lock_guard lock(life_);
    if (!thread_.joinable()) return work();
    const auto task = std::make_shared<std::packaged_task<decltype(work())()>>(std::move(work));
    auto answer = task->get_future();
    asio::post(io_, [task] { (*task)(); });
    return answer.get();
  }

  void await_frames(WakeUps& wake);
  void pump_all();
  std::string try_change(std::vector<CollectorOptions> wanted, std::chrono::milliseconds patience,
                         std::vector<unsigned>& bits);
  void reap_soon();
  void drain_collectors();
  void sweep();
  void stop_all(const std::string& why);
  void end();
  bool is_running();
  TransportSnapshot take_snapshot();

  EventSink events_;
  Intake intake_;
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
  std::vector<WakeUps> wakes_;  ///< one for each producer's ring
  asio::posix::stream_descriptor hurry_;
  Alarm hurry_alarm_;
  CollectorSet collectors_{*this};
  bool draining_ = false;          ///< producers are done
  bool collectors_drain_ = false;  ///< so are the rings
  bool stopping_ = false;
  bool ended_ = false;
  bool pump_posted_ = false;
  bool reap_posted_ = false;
  bool finish_told_ = false;
  std::atomic<bool> pinged_{false};
  std::promise<void> all_finished_;
  std::shared_future<void> finished_ = all_finished_.get_future().share();
  std::mutex life_;  ///< guards thread_: who joins it, and who may post to it
  std::thread thread_;
};

void Transport::Worker::await_frames(WakeUps& wake) {
  wake.async_wait(asio::posix::descriptor_base::wait_read,
                  [this, &wake](const boost::system::error_code& error) {
                    if (error) return;
                    std::uint64_t ignored = 0;
                    [[maybe_unused]] const auto size =
                        ::read(wake.native_handle(), &ignored, sizeof ignored);
                    await_frames(wake);
                    pump_all();
                  });
}

void Transport::Worker::pump_all() {
  intake_.fetch();
  if (draining_ && !collectors_drain_ && intake_.empty()) {
    drain_collectors();
  } else if (const auto needs = collectors_.needs();
             intake_.reached(needs.wake_position, needs.flush_mark)) {
    collectors_.pump();
  }
  settle();
}

/// Gives back what no collector needs, and goes to sleep for what each waits for.
void Transport::Worker::settle() {
  collectors_.relieve();
  const auto now = collectors_.needs();
  intake_.release_until(now.released, now.busy);
  if (now.some_departed) reap_soon();
  if (now.finished && collectors_drain_) {
    if (!std::exchange(finish_told_, true)) all_finished_.set_value();
    if (stopping_) end();
    return;
  }
  const auto any_frame = ring().published_bytes() + 1;
  const auto position = draining_ ? std::min(now.wake_position, any_frame) : now.wake_position;
  if (pump_posted_ || intake_.sleep_until(position, now.flush_mark)) return;
  pump_posted_ = true;
  asio::post(io_, [this] {
    pump_posted_ = false;
    pump_all();
  });
}

void Transport::Worker::hurry_when_readable(int fd, std::chrono::milliseconds patience) {
  hurry_.assign(fd);
  hurry_.async_wait(asio::posix::descriptor_base::wait_read,
                    [this, patience](const boost::system::error_code& error) {
                      if (error) return;
                      hurry_alarm_.set(patience, [this] {
                        collectors_.stop("no time is left");
                        settle();
                      });
                    });
}

/// gives     why it cannot be done: an exception would be shared by two threads
std::string Transport::Worker::try_change(std::vector<CollectorOptions> wanted,
                                          std::chrono::milliseconds patience,
                                          std::vector<unsigned>& bits) try {
  if (draining_) return "the transport is ending";
  bits = collectors_.change_to(std::move(wanted), patience);
  settle();
  return {};
} catch (const std::runtime_error& error) {
  return error.what();
}

/// What settles may be a handler of the one that is to go.
void Transport::Worker::reap_soon() {
  if (std::exchange(reap_posted_, true)) return;
  asio::post(io_, [this] {
    reap_posted_ = false;
    collectors_.reap();
  });
}

void Transport::Worker::drain_collectors() {
  collectors_drain_ = true;
  collectors_.drain();
}

/// The thread ends with the last collector, which may wait for its spool for a while.
void Transport::Worker::stop_all(const std::string& why) {
  draining_ = collectors_drain_ = stopping_ = true;
  collectors_.stop(why);
  settle();
}

void Transport::Worker::end() {
  if (std::exchange(ended_, true)) return;
  sweep();
  hurry_alarm_.stop();
  work_.reset();
  io_.stop();
}

/// Nobody sends any more: what is in the rings is lost, and so is what a producer had in hand.
void Transport::Worker::sweep() {
  do {
    intake_.fetch();
    collectors_.pump();
    intake_.release_until(collectors_.needs().released, false);
  } while (!intake_.empty());
}

TransportSnapshot Transport::Worker::take_snapshot() {
  if (ended_) sweep();
  TransportSnapshot all;
  all.offered = ring().head();
  all.rings = intake_.snapshot(all.offered);
  all.collectors = collectors_.present(all.offered);
  all.departed = collectors_.departed(all.offered);
  return all;
}

bool Transport::Worker::is_running() {
  const std::lock_guard lock(life_);
  return thread_.joinable();
}

Transport::Transport(std::vector<CollectorOptions> collectors, std::size_t ring_bytes,
                     EventSink events, std::size_t rings)
    : worker_(
          std::make_unique<Worker>(std::move(collectors), ring_bytes, std::move(events), rings)) {}
Transport::~Transport() = default;
FrameRing& Transport::ring(std::size_t index) { return worker_->producer_ring(index); }
void Transport::fault_in() noexcept { worker_->fault_in(); }
void Transport::start() { worker_->start(); }
void Transport::hurry_when_readable(int fd, std::chrono::milliseconds patience) {
  worker_->hurry_when_readable(fd, patience);
}
std::vector<unsigned> Transport::reconfigure(std::vector<CollectorOptions> collectors,
                                             std::chrono::milliseconds patience) {
  return worker_->reconfigure(std::move(collectors), patience);
}
const std::atomic<std::uint64_t>& Transport::healthy() const noexcept { return worker_->healthy(); }
std::vector<CollectorSnapshot> Transport::drain() { return worker_->drain(); }
void Transport::stop() { worker_->stop(); }
bool Transport::ping() { return worker_->ping(); }
std::vector<CollectorSnapshot> Transport::snapshot() { return worker_->account().collectors; }
TransportSnapshot Transport::account() { return worker_->account(); }

}  // namespace heptap
