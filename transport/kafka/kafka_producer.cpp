// Records are given to librdkafka with memory that it frees. Where a record is not the frame, the frame
// stands behind it, as it may be wanted back:
//
//     record | u32 size of the frame | frame
//     ^ payload, of the record's size
#include "transport/kafka/kafka_producer.hpp"

#include "transport/kafka/kafka_conf.hpp"

#include <boost/asio/post.hpp>

#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
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

std::span<const std::uint8_t> frame_behind(const rd_kafka_message_t& message) {
  const auto* const behind = static_cast<const std::uint8_t*>(message.payload) + message.len;
  std::uint32_t size = 0;
  std::memcpy(&size, behind, sizeof size);
  return {behind + sizeof size, size};
}

}  // namespace

KafkaProducer::KafkaProducer(asio::io_context& io, const KafkaOptions& options,
                             KafkaHandler& handler)
    : handler_(handler),
      write_record_(options.write_record),
      write_key_(options.write_key),
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
  topic_.reset();
  end(std::move(client_));
}

/// Where there is no thread for it, it is waited for.
void KafkaProducer::end(std::shared_ptr<Client> client) {
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
  topic_.reset(rd_kafka_topic_new(client_->handle.get(), options.topic.c_str(), nullptr));
  if (!topic_) {
    throw std::runtime_error("topic " + options.topic + ": " +
                             rd_kafka_err2str(rd_kafka_last_error()));
  }
}

KafkaHandover KafkaProducer::produce(std::span<const std::uint8_t> frame, std::int64_t time_us,
                                     std::uint64_t number) {
  key_.clear();
  if (write_key_ != nullptr) write_key_(frame, key_);
  // No address: NOLINTNEXTLINE(performance-no-int-to-ptr,cppcoreguidelines-pro-type-reinterpret-cast)
  void* const opaque = reinterpret_cast<void*>(static_cast<std::uintptr_t>(number));
  const std::int64_t time_ms = time_us / 1000;
  if (write_record_ != nullptr) {
    record_.clear();
    write_record_(frame, record_);
    if (record_.empty()) return KafkaHandover::no_record;
  }
  refusal_ = write_record_ == nullptr ? send_frame(frame, time_ms, opaque)
                                      : send_record(frame, time_ms, opaque);
  switch (refusal_) {
    case RD_KAFKA_RESP_ERR_NO_ERROR: ++unreported_; return KafkaHandover::taken;
    case RD_KAFKA_RESP_ERR__QUEUE_FULL: return KafkaHandover::no_room;
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE: return KafkaHandover::too_large;
    default: return KafkaHandover::refused;
  }
}

rd_kafka_resp_err_t KafkaProducer::send_frame(std::span<const std::uint8_t> frame,
                                              std::int64_t time_ms, void* number) {
  auto* const bytes = const_cast<std::uint8_t*>(frame.data());  // is copied
  return send(bytes, frame.size(), RD_KAFKA_MSG_F_COPY, time_ms, number);
}

rd_kafka_resp_err_t KafkaProducer::send_record(std::span<const std::uint8_t> frame,
                                               std::int64_t time_ms, void* number) {
  const auto size = static_cast<std::uint32_t>(frame.size());
  // librdkafka frees it: NOLINTNEXTLINE(cppcoreguidelines-no-malloc)
  auto* const both = static_cast<char*>(std::malloc(record_.size() + sizeof size + size));
  if (both == nullptr) return RD_KAFKA_RESP_ERR__QUEUE_FULL;
  std::memcpy(both, record_.data(), record_.size());
  std::memcpy(both + record_.size(), &size, sizeof size);
  std::memcpy(both + record_.size() + sizeof size, frame.data(), size);
  const auto error = send(both, record_.size(), RD_KAFKA_MSG_F_FREE, time_ms, number);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) std::free(both);  // NOLINT(cppcoreguidelines-no-malloc)
  return error;
}

rd_kafka_resp_err_t KafkaProducer::send(void* payload, std::size_t size, int flags,
                                        std::int64_t time_ms, void* number) {
  std::array<rd_kafka_vu_t, 6> record{};
  record[0].vtype = RD_KAFKA_VTYPE_RKT;
  record[0].u.rkt = topic_.get();
  record[1].vtype = RD_KAFKA_VTYPE_VALUE;
  record[1].u.mem = {payload, size};
  record[2].vtype = RD_KAFKA_VTYPE_KEY;
  record[2].u.mem = {key_.empty() ? nullptr : key_.data(), key_.size()};
  record[3].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
  record[3].u.i = flags;
  record[4].vtype = RD_KAFKA_VTYPE_TIMESTAMP;
  record[4].u.i64 = time_ms;
  record[5].vtype = RD_KAFKA_VTYPE_OPAQUE;
  record[5].u.ptr = number;
  rd_kafka_error_t* const error =
      rd_kafka_produceva(client_->handle.get(), record.data(), record.size());
  if (error == nullptr) return RD_KAFKA_RESP_ERR_NO_ERROR;
  const auto code = rd_kafka_error_code(error);
  rd_kafka_error_destroy(error);
  return code;
}

bool KafkaProducer::purge(std::chrono::steady_clock::time_point until) {
  constexpr int wait_ms = 100;
  rd_kafka_purge(client_->handle.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  while (unreported_ > 0 && std::chrono::steady_clock::now() < until) {
    const Event event(rd_kafka_queue_poll(queue_.get(), wait_ms));
    if (event && rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_DR) handle(*event);
  }
  return unreported_ == 0;
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
  Event event;
  for (int i = 0; i < events_per_turn; ++i) {
    event.reset(rd_kafka_queue_poll(queue_.get(), 0));
    if (!event) break;
    handle(*event);
  }
  if (event) {
    asio::post(wake_.get_executor(), [this, ticket = epoch_.ticket()] {
      if (ticket.valid()) handle_events();
    });
  } else {
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
  --unreported_;
  KafkaReport out;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the number that produce() got
  out.number = reinterpret_cast<std::uintptr_t>(message._private);
  out.error = message.err;
  out.may_be_there = rd_kafka_message_status(&message) != RD_KAFKA_MSG_STATUS_NOT_PERSISTED;
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    if (is_fatal()) out.error = RD_KAFKA_RESP_ERR__FATAL;  // and not what led to it
    out.time_us = rd_kafka_message_timestamp(&message, nullptr) * 1000;
    const std::span payload(static_cast<const std::uint8_t*>(message.payload), message.len);
    out.frame = write_record_ == nullptr ? payload : frame_behind(message);
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
  looks_without_broker_ = unreported_ > 0 ? looks_without_broker_ + 1 : 0;
  if (looks_without_broker_ >= looks_until_down) handler_.on_brokers(false);
}

}  // namespace heptap
