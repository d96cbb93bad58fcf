#pragma once

#include "transport/frame_sink.hpp"
#include "transport/kafka/kafka_client.hpp"
#include "transport/kafka/kafka_options.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace heptap {

/// gives     librdkafka's errors, rd_kafka_resp_err_t
[[nodiscard]] const std::error_category& kafka_category() noexcept;

/// A frame with the number that its report has.
struct KafkaFrame {
  std::uint64_t number = 0;
  std::int64_t time_us = 0;  ///< of its packet, in milliseconds when it was given back
  std::span<const std::uint8_t> bytes;
};

/// A frame that was given back, or was not produced.
struct KafkaKept {
  std::int64_t time_us = 0;
  bool may_be_there = false;
  std::vector<std::uint8_t> bytes;
};
using KafkaKeptFrames = std::map<std::uint64_t, KafkaKept>;  ///< by number

/// The bytes of a frame that was given to librdkafka with this payload; see kafka_sink.cpp.
[[nodiscard]] std::span<const std::uint8_t> frame_of(const rd_kafka_message_t& message,
                                                     bool is_record) noexcept;

/// Makes records of frames and hands them to librdkafka, on the thread of a FrameWriter. Their reports come
/// to the KafkaProducer. What is of the same key is delivered in its order.
class KafkaSink final : public FrameSink {
 public:
  /// A frame that librdkafka does not take, and never will.
  struct Refusal {
    std::uint64_t number = 0;
    bool is_too_large = false;  ///< for message.max.bytes; else it has no record
  };

  /// first     number of the first frame that write() gets
  KafkaSink(std::shared_ptr<KafkaClient> client, const KafkaOptions& options, std::uint64_t first);

  // FrameSink. Errors are those of kafka_category(): there is no such topic, or the producer is of no use
  // any more; or operation_canceled, when it is held.
  [[nodiscard]] std::error_code check() override { return make_kept(); }
  [[nodiscard]] std::error_code write(const FrameRecords& frames, Now now) override;
  void look(Now) override {}
  void close() override {}
  void cancel() noexcept override { hold(); }
  [[nodiscard]] const std::string& place() const noexcept override { return topic_; }

  // For the transport's thread.

  /// Nothing is produced until resume().
  void hold() noexcept;
  /// These are produced before all that is new, the oldest first.
  void resume(KafkaKeptFrames kept);
  /// Reports have come.
  void note_room() noexcept;
  [[nodiscard]] std::vector<Refusal> take_refusals();
  /// gives     the number of the first frame that write() has not done with
  [[nodiscard]] std::uint64_t next() const noexcept { return next_; }

  // When the thread has ended.

  [[nodiscard]] KafkaKeptFrames take_kept() noexcept { return std::exchange(kept_, {}); }
  /// Shows the frames that were not produced; with one block after the other, the one that was written in
  /// part first.
  template <class Visit>
  void take_rest(const FrameRecords& frames, Visit visit) {
    for (; at_ < frames.bytes().size(); pass(frames)) visit(frame_at(frames));
    at_ = 0;
  }

 private:
  [[nodiscard]] KafkaFrame frame_at(const FrameRecords& frames) const noexcept;
  void pass(const FrameRecords& frames) noexcept;
  [[nodiscard]] std::error_code make_kept();
  [[nodiscard]] std::error_code make(const KafkaFrame& frame);
  [[nodiscard]] std::error_code hand_over(const KafkaFrame& frame);
  [[nodiscard]] rd_kafka_resp_err_t produce(const KafkaFrame& frame);
  [[nodiscard]] rd_kafka_resp_err_t send(void* payload, std::size_t size, int flags,
                                         const KafkaFrame& frame);
  void refuse(std::uint64_t number, bool is_too_large);
  void wait_for_room(std::uint64_t rooms);

  const std::shared_ptr<KafkaClient> client_;
  const std::string topic_;
  const RecordWriter write_record_;
  const RecordWriter write_key_;

  // Of the thread that writes.
  std::string record_;
  std::string key_;
  std::size_t at_ = 0;  ///< in the block, the next frame

  std::atomic<std::uint64_t> next_;
  std::atomic<bool> is_held_{false};
  std::atomic<std::uint64_t> rooms_{0};  ///< how often there may have been room
  std::atomic<bool> has_kept_{false};
  std::mutex mutex_;
  std::condition_variable moved_;  ///< held or not, or room
  KafkaKeptFrames kept_;
  std::vector<Refusal> refusals_;
};

}  // namespace heptap
