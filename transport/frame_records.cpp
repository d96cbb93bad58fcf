#include "transport/frame_records.hpp"

#include "transport/checksum.hpp"
#include "transport/prefetch.hpp"

#include <algorithm>
#include <cassert>

namespace heptap {
namespace {

constexpr std::size_t checksum_offset = 4;
constexpr std::size_t checked_offset = 8;

std::uint64_t seed_of(std::uint32_t salt, std::uint64_t number) noexcept {
  return (std::uint64_t{salt} << 32U) ^ number;
}

}  // namespace

void FrameRecords::add(const TimedFrame& frame) {
  assert(frame.bytes.size() <= max_frame_bytes && !full());
  std::uint8_t* const header = memory_.data() + headroom + size_;
  put_little_endian(header, static_cast<std::uint32_t>(frame.bytes.size()));
  put_little_endian(header + checked_offset, static_cast<std::uint64_t>(frame.time_us));
  std::copy(frame.bytes.begin(), frame.bytes.end(), header + header_bytes);
  const std::size_t size = header_bytes + frame.bytes.size();
  size_ += size;
  ++frames_;
  prefetch_to_fill(memory(), headroom + size_, size);
}

void FrameRecords::seal(std::uint32_t salt, std::uint64_t first) noexcept {
  for (std::size_t at = 0; at < size_;) {
    std::uint8_t* const header = memory_.data() + headroom + at;
    const std::size_t end = at + header_bytes + get_little_endian<std::uint32_t>(header);
    const auto checked = bytes().subspan(at + checked_offset, end - at - checked_offset);
    put_little_endian(header + checksum_offset, checksum(checked, seed_of(salt, first++)));
    at = end;
  }
}

void FrameRecords::clear() noexcept {
  size_ = 0;
  frames_ = 0;
}

std::optional<TimedFrame> FrameRecordReader::next() noexcept {
  constexpr std::size_t header_bytes = FrameRecords::header_bytes;
  if (rest_.size() < header_bytes) return {};
  const auto size = get_little_endian<std::uint32_t>(rest_.data());
  if (size > rest_.size() - header_bytes || size > FrameRecords::max_frame_bytes) return {};
  const auto record = rest_.first(header_bytes + size);
  const auto said = get_little_endian<std::uint32_t>(record.data() + checksum_offset);
  if (said != checksum(record.subspan(checked_offset), seed_of(salt_, number_))) return {};
  ++number_;
  rest_ = rest_.subspan(record.size());
  const auto time = get_little_endian<std::uint64_t>(record.data() + checked_offset);
  return TimedFrame{static_cast<std::int64_t>(time), record.subspan(header_bytes)};
}

}  // namespace heptap
