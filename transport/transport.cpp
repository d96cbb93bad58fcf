#include "transport/transport.hpp"

#include "transport/alarm.hpp"
#include "transport/intake.hpp"
#include "transport/stream_collector.hpp"
#include "transport/udp_collector.hpp"

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
#include <thread>
#include <utility>

namespace heptap {

namespace asio = boost::asio;

class Transport::Worker final : public CollectorHost {
 public:
  Worker(std::vector<CollectorOptions> options, std::size_t ring_bytes, EventSink events,
         std::size_t rings)
      : events_(std::move(events)), intake_(ring_bytes, rings), hurry_(io_), hurry_alarm_(io_) {
    if (options.empty()) throw std::runtime_error("no collector is given");
    if (options.size() > max_collectors) throw std::runtime_error("more than 64 collectors");
    for (auto& one : options) collectors_.push_back(make_collector(std::move(one)));
    for (std::size_t i = 0; i < rings; ++i) wakes_.emplace_back(io_, intake_.input(i).wake_fd());
  }
  ~Worker() override {  // NOLINT(bugprone-exception-escape): a mutex that fails is the end
    stop();
    for (auto& wake : wakes_) wake.release();  // the rings' own
    if (hurry_.is_open()) hurry_.release();    // the caller's
  }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  FrameRing& producer_ring(std::size_t index) { return intake_.input(index); }

  void start() {
    const std::lock_guard lock(life_);
    if (thread_.joinable()) return;
    asio::post(io_, [this] {
      for (const auto& collector : collectors_) collector->start();
      for (auto& wake : wakes_) await_frames(wake);
      settle();
    });
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
    return account().collectors;
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

  TransportSnapshot account() {
    const std::lock_guard lock(life_);
    if (!thread_.joinable()) return take_snapshot();
    std::promise<TransportSnapshot> promise;
    auto answer = promise.get_future();
    asio::post(io_, [&] { promise.set_value(take_snapshot()); });
    return answer.get();
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

  std::unique_ptr<Collector> make_collector(CollectorOptions options) {
    const auto index = static_cast<unsigned>(collectors_.size());
    if (options.endpoint.carrier == Carrier::udp) {
      return std::make_unique<UdpCollector>(*this, index, std::move(options));
    }
    return std::make_unique<StreamCollector>(*this, index, std::move(options));
  }

  using WakeUps = asio::posix::stream_descriptor;
  struct Needs;

  void await_frames(WakeUps& wake);
  void pump_all();
  [[nodiscard]] Needs needs() const;
  void drain_collectors();
  void sweep();
  void stop_all(const std::string& why);
  bool is_running();
  TransportSnapshot take_snapshot();

  EventSink events_;
  Intake intake_;
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
  std::vector<WakeUps> wakes_;  ///< one for each producer's ring
  asio::posix::stream_descriptor hurry_;
  Alarm hurry_alarm_;
  std::vector<std::unique_ptr<Collector>> collectors_;
  bool draining_ = false;          ///< producers are done
  bool collectors_drain_ = false;  ///< so are the rings
  bool ended_ = false;
  bool pump_posted_ = false;
  bool finish_told_ = false;
  std::atomic<bool> pinged_{false};
  std::promise<void> all_finished_;
  std::shared_future<void> finished_ = all_finished_.get_future().share();
  std::mutex life_;  ///< guards thread_: who joins it, and who may post to it
  std::thread thread_;
};

struct Transport::Worker::Needs {
  std::uint64_t released = FrameRing::never;  ///< frames before it are needed no more
  std::uint64_t wake_position = FrameRing::never;
  std::uint64_t flush_mark = FrameRing::never;
  bool busy = false;
  bool finished = true;
};

Transport::Worker::Needs Transport::Worker::needs() const {
  Needs all;
  for (const auto& collector : collectors_) {
    all.released = std::min(all.released, collector->released());
    all.wake_position = std::min(all.wake_position, collector->wake_position());
    all.flush_mark = std::min(all.flush_mark, collector->flush_mark());
    all.busy = all.busy || collector->busy();
    all.finished = all.finished && collector->finished();
  }
  return all;
}

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
  } else if (const auto wanted = needs();
             intake_.reached(wanted.wake_position, wanted.flush_mark)) {
    for (const auto& collector : collectors_) collector->pump();
  }
  settle();
}

/// Gives back what no collector needs, and goes to sleep for what each waits for.
void Transport::Worker::settle() {
  const auto now = needs();
  intake_.release_until(now.released, now.busy);
  if (now.finished && collectors_drain_) {
    if (!std::exchange(finish_told_, true)) all_finished_.set_value();
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
                        for (const auto& one : collectors_) one->stop("no time is left");
                        settle();
                      });
                    });
}

void Transport::Worker::drain_collectors() {
  collectors_drain_ = true;
  for (const auto& collector : collectors_) collector->drain();
}

void Transport::Worker::stop_all(const std::string& why) {
  for (const auto& collector : collectors_) collector->stop(why);
  draining_ = collectors_drain_ = ended_ = true;
  sweep();
  settle();
  hurry_alarm_.stop();
  work_.reset();
  io_.stop();
}

/// Nobody sends any more: what is in the rings is lost, and so is what a producer had in hand.
void Transport::Worker::sweep() {
  do {
    intake_.fetch();
    for (const auto& collector : collectors_) collector->pump();
    intake_.release_until(needs().released, false);
  } while (!intake_.empty());
}

TransportSnapshot Transport::Worker::take_snapshot() {
  if (ended_) sweep();
  TransportSnapshot all;
  all.offered = ring().head();
  all.rings = intake_.snapshot(all.offered);
  for (const auto& collector : collectors_) {
    all.collectors.push_back(collector->snapshot(all.offered));
  }
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
void Transport::start() { worker_->start(); }
void Transport::hurry_when_readable(int fd, std::chrono::milliseconds patience) {
  worker_->hurry_when_readable(fd, patience);
}
std::vector<CollectorSnapshot> Transport::drain() { return worker_->drain(); }
void Transport::stop() { worker_->stop(); }
bool Transport::ping() { return worker_->ping(); }
std::vector<CollectorSnapshot> Transport::snapshot() { return worker_->account().collectors; }
TransportSnapshot Transport::account() { return worker_->account(); }

}  // namespace heptap
