#include "transport/spool/spool_store.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <random>

namespace heptap {

std::error_code SpoolStore::append(FrameRecords& records, SpoolHaste haste, Now now) {
  counters_.taken += records.frames();
  const std::size_t at_most =
      SpoolBlockHeader::bytes + records.bytes().size() + PageBuffer::page_bytes;
  std::error_code error = make_room(at_most, haste);
  if (!error) {
    const auto block = writer_.write(records, next_, now.wall_us, writing_form_, haste);
    Segment& segment = segments_.back();
    error = writing_.write(block, segment.bytes);
    if (!error) {
      next_ += records.frames();
      unread_ += records.frames();
      segment.end = next_;
      segment.bytes += block.size();
      segment.newest = now.steady;
      total_bytes_ += block.size();
      dirty_ = true;
      return {};
    }
    writing_.truncate(segment.bytes);
  }
  counters_.lost.disk += records.frames();
  return error;
}

/// For a block: in the segment at hand, or a new one, and within the limit of all.
std::error_code SpoolStore::make_room(std::size_t bytes, SpoolHaste haste) {
  const std::size_t with_header = bytes + PageBuffer::page_bytes;
  while (!segments_.empty() && total_bytes_ + with_header > limits_.max_bytes) {
    drop_oldest(&SpoolLosses::size);
  }
  const bool fits = writing_.is_open() && segments_.back().bytes + bytes <= segment_bytes_;
  const bool is_as_wanted = haste == SpoolHaste::none || writing_form_.alignment != 1;
  if (fits && is_as_wanted) return {};
  return begin_segment(haste);
}

/// One that was begun in haste has room for pages, also when there is time again.
std::error_code SpoolStore::begin_segment(SpoolHaste haste) {
  end_segment();
  SpoolFile file;
  const std::string name = spool_segment::name_of(next_);
  std::error_code error = file.open(folder_.descriptor(), name, O_RDWR | O_CREAT | O_TRUNC);
  if (error) return error;
  const bool quick = haste == SpoolHaste::quick;
  writing_form_ = {.salt = std::random_device{}(),
                   .alignment = quick ? std::uint32_t{PageBuffer::page_bytes} : 1};
  if (quick) file.write_directly();
  error = spool_segment::write_header(file, writing_form_);
  if (error) {
    ::unlinkat(folder_.descriptor(), name.c_str(), 0);
    return error;
  }
  folder_.sync();
  writing_ = std::move(file);
  const std::uint64_t begin = spool_segment::first_block(writing_form_);
  segments_.push_back({.first = next_, .end = next_, .bytes = begin, .newest = Clock::now()});
  total_bytes_ += begin;
  return {};
}

void SpoolStore::end_segment() noexcept {
  if (dirty_) writing_.sync();
  dirty_ = false;
  writing_ = {};
}

std::optional<TimedFrame> SpoolStore::next() {
  for (;;) {
    if (const auto frame = block_.next(); frame && read_number_ < block_end_) {
      note_given(read_number_++);
      --unread_;
      return frame;
    }
    if (read_number_ < block_end_) lose_until(block_end_);
    if (!read_block()) return {};
  }
}

void SpoolStore::note_given(std::uint64_t number) {
  ++given_;
  if (!ranges_.empty() && ranges_.back().first + ranges_.back().count == number) {
    ++ranges_.back().count;
  } else {
    ranges_.push_back({number, 1});
  }
}

bool SpoolStore::read_block() {
  while (open_for_reading()) {
    const Segment& segment =
        *std::find_if(segments_.begin(), segments_.end(),
                      [&](const auto& one) { return one.first == reading_first_; });
    const auto block =
        spool_segment::find_block(reading_, reading_form_, read_offset_, segment.bytes);
    if (!block || block->header.end() > segment.end) {
      lose_until(segment.end);
      continue;
    }
    read_offset_ = reading_form_.aligned(block->end());
    const SpoolBlockHeader& header = block->header;
    if (header.end() <= read_number_) continue;
    if (header.first > read_number_) lose_until(header.first);
    stored_.resize(header.stored_bytes);
    const auto size = reading_.read(stored_, block->stored_at());
    block_ = {reader_.read(header, std::span(stored_).first(size)), reading_form_.salt,
              header.first};
    block_end_ = header.end();
    for (auto i = header.first; i < read_number_; ++i) {
      if (!block_.next()) break;
    }
    return true;
  }
  return false;
}

/// gives     false when there is no frame behind those that were given
bool SpoolStore::open_for_reading() {
  for (const Segment& segment : segments_) {
    if (segment.end <= read_number_) continue;
    read_number_ = std::max(read_number_, segment.first);
    if (reading_.is_open() && reading_first_ == segment.first) return true;
    reading_first_ = segment.first;
    reading_ = {};
    const auto error =
        reading_.open(folder_.descriptor(), spool_segment::name_of(segment.first), O_RDONLY);
    const auto form = error ? std::nullopt : spool_segment::read_header(reading_);
    if (form) {
      reading_form_ = *form;
      read_offset_ = spool_segment::first_block(*form);
      return true;
    }
    reading_ = {};
    lose_until(segment.end);
  }
  return false;
}

void SpoolStore::lose_until(std::uint64_t number) {
  const std::uint64_t lost = number - read_number_;
  counters_.lost.damage += lost;
  unread_ -= lost;
  read_number_ = number;
}

void SpoolStore::settle(std::uint64_t sent, std::uint64_t refused) {
  std::uint64_t count = std::min(sent + refused, given_);
  given_ -= count;
  counters_.sent += sent;
  counters_.lost.refused += refused;
  while (count > 0) {
    Range& oldest = ranges_.front();
    const std::uint64_t part = std::min(count, oldest.count);
    oldest.first += part;
    oldest.count -= part;
    count -= part;
    if (oldest.count == 0) ranges_.pop_front();
  }
  settled_ = ranges_.empty() ? read_number_ : ranges_.front().first;
  remove_settled();
}

/// What is damaged between them is counted again when it is read again.
void SpoolStore::take_back() {
  if (ranges_.empty()) return;
  const std::uint64_t on_disk = segments_.empty() ? read_number_ : segments_.front().first;
  const std::uint64_t first = std::max(ranges_.front().first, on_disk);
  const std::uint64_t still_there = given_from(first);
  std::uint64_t again = 0;
  for (const Segment& segment : segments_) {
    again += std::clamp(read_number_, segment.first, segment.end) -
             std::clamp(first, segment.first, segment.end);
  }
  counters_.lost.size += given_ - still_there;
  counters_.lost.damage -= again - still_there;
  unread_ += again;
  given_ = 0;
  ranges_.clear();
  settled_ = read_number_ = block_end_ = first;
  block_ = {};
  reading_ = {};
}

/// gives     how many of those given and not settled have this number, or a later one
std::uint64_t SpoolStore::given_from(std::uint64_t number) const noexcept {
  std::uint64_t count = 0;
  for (const Range& range : ranges_) {
    const std::uint64_t end = range.first + range.count;
    count += end - std::clamp(number, range.first, end);
  }
  return count;
}

void SpoolStore::expire(Now now) {
  while (!segments_.empty() && now.steady - segments_.front().newest > limits_.max_age) {
    drop_oldest(&SpoolLosses::age);
  }
}

void SpoolStore::drop_oldest(std::uint64_t SpoolLosses::*reason) {
  const Segment segment = segments_.front();
  const std::uint64_t lost = unread_of(segment);
  counters_.lost.*reason += lost;
  unread_ -= lost;
  if (read_number_ < segment.end) {
    read_number_ = block_end_ = segment.end;
    block_ = {};
  }
  if (given_ == 0) settled_ = std::max(settled_, segment.end);
  if (segments_.size() == 1) end_segment();
  remove(segment);
  segments_.pop_front();
}

void SpoolStore::remove_settled() {
  while (!segments_.empty() && segments_.front().end <= settled_) {
    if (segments_.size() == 1) end_segment();
    remove(segments_.front());
    segments_.pop_front();
  }
}

void SpoolStore::remove(const Segment& segment) {
  if (reading_first_ == segment.first) reading_ = {};
  ::unlinkat(folder_.descriptor(), spool_segment::name_of(segment.first).c_str(), 0);
  total_bytes_ -= segment.bytes;
}

std::uint64_t SpoolStore::unread_of(const Segment& segment) const noexcept {
  return segment.end - std::clamp(read_number_, segment.first, segment.end);
}

std::error_code SpoolStore::sync() {
  std::error_code error;
  if (dirty_) error = writing_.sync();
  dirty_ = dirty_ && error;
  if (const auto failed = save_position()) return failed;
  return error ? error : position_.sync();
}

SpoolCounters SpoolStore::counters() const noexcept {
  SpoolCounters now = counters_;
  now.held = unread_ + given_;
  now.given = given_;
  now.bytes = total_bytes_;
  return now;
}

}  // namespace heptap
