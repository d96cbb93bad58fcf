#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "agent/calls/chain_pool.hpp"
#include "agent/calls/media_record.hpp"
#include "agent/calls/shards.hpp"
#include "proto/slot_index.hpp"
#include "proto/table_use.hpp"

namespace heptap {

struct MediaBookLimits {
  std::size_t max_calls = 65'536;
  std::int64_t max_age_us = 3'600'000'000;  ///< since the last report, or media
  bool shared = false;                      ///< several threads use it
};

struct MediaBookCounts {
  std::uint64_t opened = 0;
  std::uint64_t taken = 0;
  std::uint64_t expired = 0;
  std::uint64_t evicted = 0;   ///< made room
  std::uint64_t not_kept = 0;  ///< above a bound of their call, or of all

  MediaBookCounts& operator+=(const MediaBookCounts& other) noexcept;
};

/// Part of a MediaBook: the calls whose hashes fall to it. No allocation after the start; memory is
/// touched when it is used for the first time.
class MediaBookShard {
 public:
  MediaBookShard(std::size_t max_calls, std::int64_t max_age_us);

  void add(const StreamReport& report) noexcept;
  void add(const ReceptionReport& report) noexcept;
  void add(const SrtcpReport& report) noexcept;
  void add(const PhoneReport& report) noexcept;
  void add(const MediaEventReport& event) noexcept;
  /// What is there of a call is kept as if it was of this time.
  void note_media(std::uint64_t call_hash, std::int64_t time_us) noexcept;
  [[nodiscard]] bool take(std::uint64_t call_hash, CallMedia& out) noexcept;

  [[nodiscard]] const MediaBookCounts& counts() const noexcept { return counts_; }
  [[nodiscard]] TableUse use() const noexcept;

 private:
  struct Entry {
    std::uint64_t hash = 0;
    std::int64_t last_us = 0;
    std::uint32_t streams = no_node;
    std::uint32_t receptions = no_node;
    std::uint32_t srtcp = no_node;
    std::uint32_t phone_reports = no_node;
    std::uint32_t events = no_node;
    std::uint32_t not_kept = 0;
    MediaSpans spans = {};
    bool is_used = false;
  };

  Entry& entry_of(std::uint64_t hash, std::int64_t time_us) noexcept;
  std::uint32_t free_slot(std::int64_t now_us) noexcept;
  void sweep(std::int64_t now_us) noexcept;
  void evict_one() noexcept;
  void leave(std::uint32_t slot) noexcept;
  void step_hand() noexcept { hand_ = hand_ + 1 < entries_.size() ? hand_ + 1 : 0; }
  template <class Node, class SpareOf>
  Node* append(Entry& entry, ChainPool<Node>& pool, std::uint32_t& chain, std::size_t most,
               SpareOf&& spare_of) noexcept;

  std::size_t max_calls_;
  std::int64_t max_age_us_;
  SlotIndex index_;
  std::vector<Entry> entries_;
  std::vector<std::uint32_t> free_;
  ChainPool<StreamRecord> streams_;
  ChainPool<ReceptionRecord> receptions_;
  ChainPool<SrtcpRecord> srtcp_;
  ChainPool<PhoneRecord> phone_reports_;
  ChainPool<MediaEventRecord> events_;
  std::size_t hand_ = 0;  // where the sweep for aged entries goes on
  MediaBookCounts counts_;
};

/// Keeps what is found out about the media of each call until the call is reported: entries capped,
/// aged by packet time, and bounded in what they hold. What threads share is in shards with a lock
/// each.
class MediaBook : public MediaObserver {
 public:
  explicit MediaBook(const MediaBookLimits& limits);

  void on_stream(const StreamReport& report) noexcept override;
  void on_event(const MediaEventReport& event) noexcept override;
  void on_reception(const ReceptionReport& report) noexcept override;
  void on_srtcp(const SrtcpReport& report) noexcept override;
  void on_phone_report(const PhoneReport& report) noexcept override;
  void on_media(std::uint64_t call_hash, std::int64_t time_us) noexcept override;

  /// The call is reported now, and forgotten here.
  /// out       written as new
  /// gives     false: nothing was found out about its media
  bool take(std::uint64_t call_hash, CallMedia& out) noexcept;

  [[nodiscard]] MediaBookCounts counts() const;
  [[nodiscard]] TableUse use() const;

 private:
  Shards<MediaBookShard> shards_;
};

}  // namespace heptap
