#pragma once

#include "transport/spool/spool_block.hpp"
#include "transport/spool/spool_counters.hpp"
#include "transport/spool/spool_file.hpp"
#include "transport/spool/spool_options.hpp"
#include "transport/spool/spool_position.hpp"
#include "transport/spool/spool_segment.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <optional>
#include <system_error>
#include <vector>

namespace heptap {

/// Frames on disk, in order, in a folder of their own:
///
///     0000000000000000.spool  0000000000001f40.spool  ...  position  lock
///      settled | given, not settled |     held     |  next
///              ^ goes with settle()  ^ next()        ^ append()
///
/// A frame is given once by next(), and needed until settle(). After a crash all that was not settled is
/// given again. Files that are not needed are removed. One thread uses it.
class SpoolStore {
 public:
  using Clock = std::chrono::steady_clock;

  /// What time it is: ages are counted by a clock that nobody sets, only those of an earlier run by the
  /// time of day.
  struct Now {
    Clock::time_point steady;
    std::int64_t wall_us = 0;  ///< since 1970, UTC
  };

  /// Reads what is there. The folder is made when it is not.
  /// errors    std::system_error that names the folder: it cannot be written, or another process has it
  SpoolStore(std::filesystem::path folder, SpoolLimits limits, Now now);

  /// records   not empty; when there is an error they are lost, and counted
  std::error_code append(FrameRecords& records, SpoolHaste haste, Now now);

  /// gives     the oldest frame that was not given yet; nothing when there is none
  /// lifetime  of its bytes: until next() is called
  [[nodiscard]] std::optional<TimedFrame> next();

  /// The `sent + refused` oldest frames of those that were given are needed no more.
  void settle(std::uint64_t sent, std::uint64_t refused);

  /// All that was given and is not settled will be given again. What has made room meanwhile is lost.
  void take_back();

  /// Removes what has waited too long.
  void expire(Now now);

  /// Makes the disk have what was appended, and save what was settled.
  std::error_code sync();
  /// Saves what was settled, for the case that this process dies.
  std::error_code save_position() { return position_.save(settled_); }

  /// gives     frames that next() will give, but for those that turn out to be damaged
  [[nodiscard]] std::uint64_t unread() const noexcept { return unread_; }
  /// gives     false when it will soon be as large as it may, and when blocks as they are would be more
  ///           than its segments
  [[nodiscard]] bool is_roomy() const noexcept {
    return segment_bytes_ >= FrameRecords::max_bytes && total_bytes_ < limits_.max_bytes / 2;
  }
  /// gives     frames given and not settled
  [[nodiscard]] std::uint64_t given() const noexcept { return given_; }
  [[nodiscard]] SpoolCounters counters() const noexcept;
  [[nodiscard]] const std::filesystem::path& folder() const noexcept { return path_; }

 private:
  struct Segment {
    std::uint64_t first = 0;
    std::uint64_t end = 0;  ///< number behind its last frame
    std::uint64_t bytes = 0;
    Clock::time_point newest;  ///< when its last block was written
  };
  /// Consecutive numbers of frames that were given.
  struct Range {
    std::uint64_t first = 0;
    std::uint64_t count = 0;
  };

  void recover(Now now);
  [[nodiscard]] std::uint64_t recover_segment(std::uint64_t first, Now now);
  void miss(std::uint64_t first, std::uint64_t end) noexcept;
  void forget(const std::string& name, bool torn);
  void quarantine(const std::string& name);
  [[nodiscard]] std::error_code make_room(std::size_t bytes, SpoolHaste haste);
  [[nodiscard]] std::error_code begin_segment(SpoolHaste haste);
  void end_segment() noexcept;
  void drop_oldest(std::uint64_t SpoolLosses::*reason);
  void remove_settled();
  void remove(const Segment& segment);
  [[nodiscard]] std::uint64_t unread_of(const Segment& segment) const noexcept;
  [[nodiscard]] std::uint64_t given_from(std::uint64_t number) const noexcept;
  [[nodiscard]] bool read_block();
  [[nodiscard]] bool open_for_reading();
  void lose_until(std::uint64_t number);
  void note_given(std::uint64_t number);

  std::filesystem::path path_;
  SpoolLimits limits_;
  std::uint64_t segment_bytes_;
  SpoolFile folder_;
  SpoolFile lock_;
  SpoolPosition position_;

  std::deque<Segment>
      segments_;  ///< oldest first; the last one is written to when writing_ is open
  std::uint64_t total_bytes_ = 0;
  std::uint64_t settled_ = 0;
  std::uint64_t next_ = 0;  ///< number of the next frame that is appended
  std::deque<Range> ranges_;
  std::uint64_t given_ = 0;
  std::uint64_t unread_ = 0;
  SpoolCounters counters_;

  SpoolFile writing_;
  SpoolSegmentForm writing_form_;
  bool dirty_ = false;  ///< the disk may not have all of it
  SpoolBlockWriter writer_;

  SpoolFile reading_;
  std::uint64_t reading_first_ = 0;  ///< the segment that reading_ is
  SpoolSegmentForm reading_form_;
  std::uint64_t read_offset_ = 0;
  std::uint64_t read_number_ = 0;  ///< of the frame that next() gives
  std::uint64_t block_end_ = 0;    ///< number behind the last frame of block_
  FrameRecordReader block_;
  SpoolBlockReader reader_;
  std::vector<std::uint8_t> stored_;
};

}  // namespace heptap
