// What SpoolStore makes of a folder that it finds.
#include "transport/spool/spool_store.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace heptap {
namespace {

constexpr std::uint64_t segments_at_least = 8;
constexpr std::uint64_t largest_segment_bytes = std::uint64_t{64} << 20U;
constexpr std::uint64_t longest_block_bytes =
    SpoolBlockHeader::bytes + FrameRecords::max_bytes + PageBuffer::page_bytes;

[[noreturn]] void fail(const std::filesystem::path& folder, std::error_code error) {
  throw std::system_error(error, folder.string());
}

std::vector<std::uint64_t> segments_in(const std::filesystem::path& folder) {
  std::vector<std::uint64_t> found;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const auto first = spool_segment::first_of(entry.path().filename().string());
    if (first && entry.is_regular_file()) found.push_back(*first);
  }
  std::sort(found.begin(), found.end());
  return found;
}

/// The whole blocks of a segment.
struct Blocks {
  std::uint64_t end = 0;    ///< number behind their last frame; 0: there are none
  std::uint64_t bytes = 0;  ///< of the segment, up to the end of the last one
  std::int64_t newest_us = 0;

  /// gives     whether there was one from `offset` on, before `size`
  bool take_one(const SpoolFile& file, const SpoolSegmentForm& form, std::uint64_t offset,
                std::uint64_t size) {
    const auto block = spool_segment::find_block(file, form, offset, size);
    if (!block) return false;
    end = std::max(end, block->header.end());
    bytes = std::min(form.aligned(block->end()), size);
    newest_us = std::max(newest_us, block->header.written_us);
    return true;
  }
};

/// Looks at the first block, since a clock may have been set back later, and at the last ones. Only when
/// none of these is whole it looks at all: a large spool has to be of use soon.
Blocks blocks_of(const SpoolFile& file, const SpoolSegmentForm& form, std::uint64_t size) {
  Blocks out{.bytes = spool_segment::first_block(form)};
  if (!out.take_one(file, form, out.bytes, size)) return out;
  const std::uint64_t near_end = size - std::min(size, 2 * longest_block_bytes);
  if (near_end > out.bytes) out.take_one(file, form, near_end, size);
  while (out.take_one(file, form, out.bytes, size)) {
  }
  return out;
}

}  // namespace

SpoolStore::SpoolStore(std::filesystem::path folder, SpoolLimits limits, Now now)
    : path_(std::move(folder)), limits_(limits) {
  limits_.max_bytes = std::max(limits_.max_bytes, SpoolLimits::min_bytes);
  segment_bytes_ = std::min(limits_.max_bytes / segments_at_least, largest_segment_bytes);
  std::error_code error;
  std::filesystem::create_directories(path_, error);
  if (error) fail(path_, error);
  error = folder_.open(AT_FDCWD, path_.string(), O_RDONLY | O_DIRECTORY);
  if (!error) error = lock_.open(folder_.descriptor(), "lock", O_RDWR | O_CREAT);
  if (error) fail(path_, error);
  if (::flock(lock_.descriptor(), LOCK_EX | LOCK_NB) != 0) {
    fail(path_, std::make_error_code(std::errc::device_or_resource_busy));
  }
  error = position_.open(folder_.descriptor());
  if (error) fail(path_, error);
  recover(now);
}

void SpoolStore::recover(Now now) {
  settled_ = position_.needed();
  const auto found = segments_in(path_);
  std::uint64_t cut_end = 0;
  for (const std::uint64_t first : found) cut_end = recover_segment(first, now);
  if (!found.empty()) settled_ = std::max(settled_, found.front());
  next_ = segments_.empty() ? settled_ : std::max(settled_, segments_.back().end);
  read_number_ = settled_;
  std::uint64_t before = settled_;
  for (const Segment& segment : segments_) {
    unread_ += unread_of(segment);
    counters_.found += unread_of(segment);
    miss(before, segment.first);
    before = std::max(before, segment.end);
  }
  miss(before, cut_end);
  remove_settled();
}

/// Frames that were written are not there.
void SpoolStore::miss(std::uint64_t first, std::uint64_t end) noexcept {
  const std::uint64_t missing = end - std::min(first, end);
  counters_.found += missing;
  counters_.lost.damage += missing;
}

/// What is behind the last whole block was being written when it ended: its frames are known when its
/// header is there. Damage before it is found, and counted, when it is read.
/// gives     the number behind them; 0 when there are none
std::uint64_t SpoolStore::recover_segment(std::uint64_t first, Now now) {
  const std::string name = spool_segment::name_of(first);
  SpoolFile file;
  if (file.open(folder_.descriptor(), name, O_RDWR)) return quarantine(name), 0;
  const std::uint64_t size = file.size();
  if (size < spool_segment::header_bytes) return forget(name, true), 0;
  const auto form = spool_segment::read_header(file);
  const bool overlaps = !segments_.empty() && first < segments_.back().end;
  if (!form || overlaps) return quarantine(name), 0;

  const Blocks blocks = blocks_of(file, *form, size);
  const auto cut = spool_segment::read_block_header(file, form->salt, blocks.bytes);
  const std::uint64_t cut_end = cut ? cut->end() : 0;
  if (blocks.end == 0) return forget(name, size != blocks.bytes), cut_end;
  if (blocks.bytes < size) {
    ++counters_.torn;
    file.truncate(blocks.bytes);
  }
  const auto age = std::clamp<std::int64_t>(now.wall_us - blocks.newest_us, 0, INT64_MAX / 2000);
  segments_.push_back({.first = first,
                       .end = std::max(first, blocks.end),
                       .bytes = blocks.bytes,
                       .newest = now.steady - std::chrono::microseconds(age)});
  total_bytes_ += blocks.bytes;
  return cut_end;
}

/// It has no frame, and the next segment will have its name.
void SpoolStore::forget(const std::string& name, bool torn) {
  if (torn) ++counters_.torn;
  ::unlinkat(folder_.descriptor(), name.c_str(), 0);
}

void SpoolStore::quarantine(const std::string& name) {
  ++counters_.quarantined;
  std::error_code ignored;
  std::filesystem::rename(path_ / name, path_ / (name + ".bad"), ignored);
}

}  // namespace heptap
