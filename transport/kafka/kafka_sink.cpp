// Records are given to librdkafka with memory that it frees. Where a record is not the frame, the frame
// stands behind it, as it may be wanted back:
//
//     record | u32 size of the frame | frame
//     ^ payload, of the record's size
#include "transport/kafka/kafka_sink.hpp"

#include <array>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace heptap {
namespace {

constexpr std::chrono::milliseconds look_for_room_every{100};

class KafkaCategory final : public std::error_category {
 public:
  [[nodiscard]] const char* name() const noexcept override { return "kafka"; }
  [[nodiscard]] std::string message(int code) const override {
    return rd_kafka_err2str(static_cast<rd_kafka_resp_err_t>(code));
  }
};

std::error_code kafka_error(rd_kafka_resp_err_t code) noexcept { return {code, kafka_category()}; }

}  // namespace

const std::error_category& kafka_category() noexcept {
  static const KafkaCategory category;
  return category;
}

std::span<const std::uint8_t> frame_of(const rd_kafka_message_t& message, bool is_record) noexcept {
  const auto* const payload = static_cast<const std::uint8_t*>(message.payload);
  if (!is_record) return {payload, message.len};
  std::uint32_t size = 0;
  std::memcpy(&size, payload + message.len, sizeof size);
  return {payload + message.len + sizeof size, size};
}

KafkaSink::KafkaSink(std::shared_ptr<KafkaClient> client, const KafkaOptions& options,
                     std::uint64_t first)
    : client_(std::move(client)),
      topic_(options.topic),
      write_record_(options.write_record),
      write_key_(options.write_key),
      next_(first) {}

std::error_code KafkaSink::write(const FrameRecords& frames, Now /*now*/) {
  for (; at_ < frames.bytes().size(); pass(frames)) {
    if (has_kept_) {
      if (const auto error = make_kept()) return error;
    }
    if (const auto error = make(frame_at(frames))) return error;
  }
  at_ = 0;
  return {};
}

KafkaFrame KafkaSink::frame_at(const FrameRecords& frames) const noexcept {
  const TimedFrame frame = frames.at(at_);
  return {.number = next_, .time_us = frame.time_us, .bytes = frame.bytes};
}

void KafkaSink::pass(const FrameRecords& frames) noexcept {
  at_ = frames.behind(at_);
  ++next_;
}

std::error_code KafkaSink::make_kept() {
  std::unique_lock lock(mutex_);
  while (!kept_.empty()) {
    auto one = kept_.extract(kept_.begin());
    lock.unlock();
    const auto error = make({one.key(), one.mapped().time_us, one.mapped().bytes});
    lock.lock();
    if (!error) continue;
    kept_.insert(std::move(one));
    return error;
  }
  has_kept_ = false;
  return {};
}

std::error_code KafkaSink::make(const KafkaFrame& frame) {
  key_.clear();
  if (write_key_ != nullptr) write_key_(frame.bytes, key_);
  if (write_record_ != nullptr) {
    record_.clear();
    write_record_(frame.bytes, record_);
    if (record_.empty()) {
      refuse(frame.number, false);
      return {};
    }
  }
  return hand_over(frame);
}

std::error_code KafkaSink::hand_over(const KafkaFrame& frame) {
  while (true) {
    const std::uint64_t rooms = rooms_;
    if (is_held_) return std::make_error_code(std::errc::operation_canceled);
    switch (const auto code = produce(frame)) {
      case RD_KAFKA_RESP_ERR_NO_ERROR: return {};
      case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE: refuse(frame.number, true); return {};
      case RD_KAFKA_RESP_ERR__QUEUE_FULL: wait_for_room(rooms); break;
      default: return kafka_error(code);
    }
  }
}

rd_kafka_resp_err_t KafkaSink::produce(const KafkaFrame& frame) {
  if (write_record_ == nullptr) {
    auto* const bytes = const_cast<std::uint8_t*>(frame.bytes.data());  // is copied
    return send(bytes, frame.bytes.size(), RD_KAFKA_MSG_F_COPY, frame);
  }
  const auto size = static_cast<std::uint32_t>(frame.bytes.size());
  // librdkafka frees it: NOLINTNEXTLINE(cppcoreguidelines-no-malloc)
  auto* const both = static_cast<char*>(std::malloc(record_.size() + sizeof size + size));
  if (both == nullptr) return RD_KAFKA_RESP_ERR__QUEUE_FULL;
  std::memcpy(both, record_.data(), record_.size());
  std::memcpy(both + record_.size(), &size, sizeof size);
  std::memcpy(both + record_.size() + sizeof size, frame.bytes.data(), size);
  const auto error = send(both, record_.size(), RD_KAFKA_MSG_F_FREE, frame);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) std::free(both);  // NOLINT(cppcoreguidelines-no-malloc)
  return error;
}

/// The report may come before this returns.
rd_kafka_resp_err_t KafkaSink::send(void* payload, std::size_t size, int flags,
                                    const KafkaFrame& frame) {
  std::array<rd_kafka_vu_t, 6> record{};
  record[0].vtype = RD_KAFKA_VTYPE_RKT;
  record[0].u.rkt = client_->topic.get();
  record[1].vtype = RD_KAFKA_VTYPE_VALUE;
  record[1].u.mem = {payload, size};
  record[2].vtype = RD_KAFKA_VTYPE_KEY;
  record[2].u.mem = {key_.empty() ? nullptr : key_.data(), key_.size()};
  record[3].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
  record[3].u.i = flags;
  record[4].vtype = RD_KAFKA_VTYPE_TIMESTAMP;
  record[4].u.i64 = frame.time_us / 1000;
  record[5].vtype = RD_KAFKA_VTYPE_OPAQUE;
  // No address: NOLINTNEXTLINE(performance-no-int-to-ptr,cppcoreguidelines-pro-type-reinterpret-cast)
  record[5].u.ptr = reinterpret_cast<void*>(static_cast<std::uintptr_t>(frame.number));
  ++client_->unreported;
  rd_kafka_error_t* const error =
      rd_kafka_produceva(client_->handle.get(), record.data(), record.size());
  if (error == nullptr) return RD_KAFKA_RESP_ERR_NO_ERROR;
  --client_->unreported;
  const auto code = rd_kafka_error_code(error);
  rd_kafka_error_destroy(error);
  return code;
}

void KafkaSink::refuse(std::uint64_t number, bool is_too_large) {
  const std::lock_guard lock(mutex_);
  refusals_.push_back({number, is_too_large});
}

void KafkaSink::wait_for_room(std::uint64_t rooms) {
  std::unique_lock lock(mutex_);
  moved_.wait_for(lock, look_for_room_every, [&] { return is_held_ || rooms_ != rooms; });
}

void KafkaSink::hold() noexcept {
  {
    const std::lock_guard lock(mutex_);
    is_held_ = true;
  }
  moved_.notify_one();
}

void KafkaSink::resume(KafkaKeptFrames kept) {
  const std::lock_guard lock(mutex_);
  kept_.merge(kept);
  has_kept_ = !kept_.empty();
  is_held_ = false;
}

void KafkaSink::note_room() noexcept {
  {
    const std::lock_guard lock(mutex_);
    ++rooms_;
  }
  moved_.notify_one();
}

std::vector<KafkaSink::Refusal> KafkaSink::take_refusals() {
  const std::lock_guard lock(mutex_);
  return std::exchange(refusals_, {});
}

}  // namespace heptap
