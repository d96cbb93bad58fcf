#include "transport/transport.hpp"

#include "transport/alarm.hpp"
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
  Worker(std::vector<CollectorOptions> options, std::size_t ring_bytes, EventSink events)
      : events_(std::move(events)), ring_(ring_bytes), wake_(io_), hurry_(io_), hurry_alarm_(io_) {
    if (options.empty()) throw std::runtime_error("no collector is given");
    if (options.size() > max_collectors) throw std::runtime_error("more than 64 collectors");
    for (auto& one : options) collectors_.push_back(make_collector(std::move(one)));
    wake_.assign(ring_.wake_fd());
  }
  ~Worker() override {  // NOLINT(bugprone-exception-escape): a mutex that fails is the end
    stop();
    wake_.release();                         // the ring's own
    if (hurry_.is_open()) hurry_.release();  // the caller's
  }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  FrameRing& producer_ring() noexcept { return ring_; }

  void start() {
    const std::lock_guard lock(life_);
    if (thread_.joinable()) return;
    asio::post(io_, [this] {
      for (const auto& collector : collectors_) collector->start();
      await_frames();
      settle();
    });
    thread_ = std::thread([this] { io_.run(); });
  }

  void hurry_when_readable(int fd, std::chrono::milliseconds patience);

  std::vector<CollectorSnapshot> drain() {
    ring_.flush();
    ring_.close();
    {
      const std::lock_guard lock(life_);
      if (thread_.joinable()) asio::post(io_, [this] { begin_drain(); });
    }
    if (is_running()) finished_.wait();
    stop();
    return snapshot();
  }

  void stop() {
    ring_.close();
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

  std::vector<CollectorSnapshot> snapshot() {
    const std::lock_guard lock(life_);
    if (!thread_.joinable()) return take_snapshot();
    std::promise<std::vector<CollectorSnapshot>> promise;
    auto answer = promise.get_future();
    asio::post(io_, [&] { promise.set_value(take_snapshot()); });
    return answer.get();
  }

 private:
  // CollectorHost
  asio::io_context& io() override { return io_; }
  [[nodiscard]] const FrameRing& ring() const override { return ring_; }
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

  void await_frames();
  void pump_all();
  void begin_drain();
  void stop_all(const std::string& why);
  bool is_running();
  std::vector<CollectorSnapshot> take_snapshot();

  EventSink events_;
  FrameRing ring_;
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
  asio::posix::stream_descriptor wake_;
  asio::posix::stream_descriptor hurry_;
  Alarm hurry_alarm_;
  std::vector<std::unique_ptr<Collector>> collectors_;
  bool draining_ = false;
  bool pump_posted_ = false;
  bool finish_told_ = false;
  std::atomic<bool> pinged_{false};
  std::promise<void> all_finished_;
  std::shared_future<void> finished_ = all_finished_.get_future().share();
  std::mutex life_;  ///< guards thread_: who joins it, and who may post to it
  std::thread thread_;
};

void Transport::Worker::await_frames() {
  wake_.async_wait(
      asio::posix::descriptor_base::wait_read, [this](const boost::system::error_code& error) {
        if (error) return;
        std::uint64_t ignored = 0;
        [[maybe_unused]] const auto size = ::read(ring_.wake_fd(), &ignored, sizeof ignored);
        await_frames();
        pump_all();
      });
}

void Transport::Worker::pump_all() {
  for (const auto& collector : collectors_) collector->pump();
  settle();
}

/// Gives back what no collector needs, and goes to sleep for what each waits for.
void Transport::Worker::settle() {
  auto needed = FrameRing::never;
  auto wake_position = FrameRing::never;
  auto flush_mark = FrameRing::never;
  bool busy = false;
  bool finished = true;
  for (const auto& collector : collectors_) {
    needed = std::min(needed, collector->released());
    wake_position = std::min(wake_position, collector->wake_position());
    flush_mark = std::min(flush_mark, collector->flush_mark());
    busy = busy || collector->busy();
    finished = finished && collector->finished();
  }
  ring_.release_until(needed);
  if (!busy) ring_.nudge_producer();
  if (finished && draining_ && !finish_told_) {
    finish_told_ = true;
    all_finished_.set_value();
  }
  if (finished && draining_) return;
  if (pump_posted_ || ring_.sleep_until(wake_position, flush_mark)) return;
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

void Transport::Worker::begin_drain() {
  draining_ = true;
  for (const auto& collector : collectors_) collector->drain();
  settle();
}

void Transport::Worker::stop_all(const std::string& why) {
  for (const auto& collector : collectors_) collector->stop(why);
  draining_ = true;
  settle();
  hurry_alarm_.stop();
  work_.reset();
  io_.stop();
}

std::vector<CollectorSnapshot> Transport::Worker::take_snapshot() {
  std::vector<CollectorSnapshot> all;
  for (const auto& collector : collectors_) all.push_back(collector->snapshot());
  return all;
}

bool Transport::Worker::is_running() {
  const std::lock_guard lock(life_);
  return thread_.joinable();
}

Transport::Transport(std::vector<CollectorOptions> collectors, std::size_t ring_bytes,
                     EventSink events)
    : worker_(std::make_unique<Worker>(std::move(collectors), ring_bytes, std::move(events))) {}
Transport::~Transport() = default;
FrameRing& Transport::ring() noexcept { return worker_->producer_ring(); }
void Transport::start() { worker_->start(); }
void Transport::hurry_when_readable(int fd, std::chrono::milliseconds patience) {
  worker_->hurry_when_readable(fd, patience);
}
std::vector<CollectorSnapshot> Transport::drain() { return worker_->drain(); }
void Transport::stop() { worker_->stop(); }
bool Transport::ping() { return worker_->ping(); }
std::vector<CollectorSnapshot> Transport::snapshot() { return worker_->snapshot(); }

}  // namespace heptap
