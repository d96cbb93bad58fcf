#include "transport/kafka/kafka_producer.hpp"

#include "transport/kafka/kafka_conf.hpp"
#include "transport/kafka/kafka_sink.hpp"

#include <boost/asio/post.hpp>

#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <future>
#include <mutex>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace heptap {
namespace {

namespace asio = boost::asio;

constexpr int events_per_turn = 64;  // then the other collectors have theirs
constexpr const char* look_every_ms = "250";
constexpr std::uint32_t looks_until_down = 8;
constexpr std::uint64_t one = 1;
constexpr int warning_level = 4;  // of syslog(3)

/// On a thread of librdkafka, with a socket that does not block.
int connect_to(int socket, const sockaddr* address, int size, const char* /*id*/, void* peers) {
  static_cast<KafkaPeers*>(peers)->add(*address, static_cast<std::size_t>(size));
  const int result = ::connect(socket, address, static_cast<socklen_t>(size));
  return result == 0 || errno == EINPROGRESS ? 0 : errno;
}

int make_event_descriptor() {
  const int fd = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (fd < 0) throw std::runtime_error("eventfd: " + std::generic_category().message(errno));
  return fd;
}

/// What changes from one time to the next is left out: "(after 2ms in state CONNECT, …)".
std::string without_times(std::string text) {
  text.erase(std::min(text.find(" (after "), text.size()));
  return text;
}

}  // namespace

KafkaProducer::KafkaProducer(asio::io_context& io, const KafkaOptions& options,
                             KafkaHandler& handler)
    : handler_(handler),
      has_records_(options.write_record != nullptr),
      wake_(io, make_event_descriptor()) {
  open(options);
  rd_kafka_queue_io_event_enable(queue_.get(), wake_.native_handle(), &one, sizeof one);
  asio::post(io, [this, ticket = epoch_.ticket()] {
    if (ticket.valid()) handle_events();  // what came before
  });
}

KafkaProducer::~KafkaProducer() {
  rd_kafka_queue_io_event_enable(queue_.get(), -1, nullptr, 0);
  queue_.reset();
  end(std::move(client_));
}

/// Where there is no thread for it, it is waited for.
void KafkaProducer::end(std::shared_ptr<KafkaClient> client) {
  static std::mutex mutex;
  static std::vector<std::future<void>> ending;
  const std::lock_guard lock(mutex);
  std::erase_if(ending, [](const std::future<void>& each) {
    return each.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
  });
  try {
    auto reset = [client = std::move(client)]() mutable { client.reset(); };
    ending.push_back(std::async(std::launch::async, std::move(reset)));
  } catch (const std::system_error&) {
  }
}

void KafkaProducer::open(const KafkaOptions& options) {
  KafkaConf conf = make_kafka_conf(options);
  std::array<char, 512> why{};
  rd_kafka_conf_set(conf.get(), "statistics.interval.ms", look_every_ms, nullptr, 0);
  rd_kafka_conf_set_events(conf.get(), RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR |
                                           RD_KAFKA_EVENT_LOG | RD_KAFKA_EVENT_STATS);
  rd_kafka_conf_set_opaque(conf.get(), &client_->peers);
  rd_kafka_conf_set_connect_cb(conf.get(), connect_to);
  client_->handle.reset(rd_kafka_new(RD_KAFKA_PRODUCER, conf.get(), why.data(), why.size()));
  if (!client_->handle) throw std::runtime_error(why.data());
  (void)conf.release();  // NOLINT(bugprone-unused-return-value): is the producer's now
  queue_.reset(rd_kafka_queue_get_main(client_->handle.get()));
  rd_kafka_set_log_queue(client_->handle.get(), nullptr);  // to that one
  client_->topic.reset(rd_kafka_topic_new(client_->handle.get(), options.topic.c_str(), nullptr));
  if (!client_->topic) {
    throw std::runtime_error("topic " + options.topic + ": " +
                             rd_kafka_err2str(rd_kafka_last_error()));
  }
}

/// Threads of librdkafka do it: one may wait for a name server.
void KafkaProducer::purge() {
  if (std::exchange(is_purged_, true)) return;
  rd_kafka_purge(client_->handle.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT |
                                            RD_KAFKA_PURGE_F_NON_BLOCKING);
}

void KafkaProducer::await_events() {
  wake_.async_wait(asio::posix::descriptor_base::wait_read,
                   [this, ticket = epoch_.ticket()](const boost::system::error_code& error) {
                     if (error || !ticket.valid()) return;
                     std::uint64_t ignored = 0;
                     [[maybe_unused]] const auto size =
                         ::read(wake_.native_handle(), &ignored, sizeof ignored);
                     handle_events();
                   });
}

void KafkaProducer::handle_events() {
  const auto turn = epoch_.ticket();
  Event event;
  for (int i = 0; i < events_per_turn; ++i) {
    event.reset(rd_kafka_queue_poll(queue_.get(), 0));
    if (!event) break;
    handle(*event);
  }
  if (event) {
    asio::post(wake_.get_executor(), [this, turn] {
      if (turn.valid()) handle_events();
    });
  } else if (turn.valid()) {
    await_events();
  }
  event.reset();  // makes room for records
  handler_.on_turn_end();
}

void KafkaProducer::handle(rd_kafka_event_t& event) {
  switch (rd_kafka_event_type(&event)) {
    case RD_KAFKA_EVENT_DR:
      while (const rd_kafka_message_t* message = rd_kafka_event_message_next(&event)) {
        report(*message);
      }
      return;
    case RD_KAFKA_EVENT_ERROR: return handle_error(event);
    case RD_KAFKA_EVENT_LOG: return handle_log(event);
    case RD_KAFKA_EVENT_STATS: return handle_statistics(event);
    default: return;
  }
}

bool KafkaProducer::is_fatal() const {
  return rd_kafka_fatal_error(client_->handle.get(), nullptr, 0) != RD_KAFKA_RESP_ERR_NO_ERROR;
}

void KafkaProducer::report(const rd_kafka_message_t& message) {
  --client_->unreported;
  KafkaReport out;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the number that produce() got
  out.number = reinterpret_cast<std::uintptr_t>(message._private);
  out.error = message.err;
  out.may_be_there = rd_kafka_message_status(&message) != RD_KAFKA_MSG_STATUS_NOT_PERSISTED;
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    if (is_fatal()) out.error = RD_KAFKA_RESP_ERR__FATAL;  // and not what led to it
    out.time_us = rd_kafka_message_timestamp(&message, nullptr) * 1000;
    out.frame = frame_of(message, has_records_);
  }
  handler_.on_report(out);
}

void KafkaProducer::handle_error(rd_kafka_event_t& event) {
  if (is_fatal()) {
    std::array<char, 512> why{};
    rd_kafka_fatal_error(client_->handle.get(), why.data(), why.size());
    return handler_.on_fatal(why.data());
  }
  if (rd_kafka_event_error(&event) == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) {
    knows_all_down_ = true;
    return handler_.on_brokers(false);
  }
  handler_.on_fault(without_times(rd_kafka_event_error_string(&event)));
}

/// What is said of a connection, or is fatal, comes as an error, too.
void KafkaProducer::handle_log(rd_kafka_event_t& event) {
  const char* facility = nullptr;
  const char* text = nullptr;
  int level = 0;
  if (rd_kafka_event_log(&event, &facility, &text, &level) != 0 || level > warning_level) return;
  const std::string_view of = facility;
  if (of == "FAIL" || of == "FATAL") return;
  handler_.on_fault(without_times(text));
}

/// The one way in which librdkafka tells that a broker is there. Nothing but brokers has such a state.
/// One that has not been asked for anything yet is neither up nor down: so it takes some looks, and
/// records that wait, until they count as down without having been called so.
void KafkaProducer::handle_statistics(rd_kafka_event_t& event) {
  if (std::exchange(knows_all_down_, false)) return;
  const std::string_view json = rd_kafka_event_stats(&event);
  if (json.find(R"("state":"UP")") != std::string_view::npos) {
    looks_without_broker_ = 0;
    return handler_.on_brokers(true);
  }
  looks_without_broker_ = client_->unreported > 0 ? looks_without_broker_ + 1 : 0;
  if (looks_without_broker_ >= looks_until_down) handler_.on_brokers(false);
}

}  // namespace heptap
