#include "transport/frame_records.hpp"

#include "transport/little_endian.hpp"

#include <zlib.h>

#include <array>
#include <cassert>

namespace heptap {
namespace {

constexpr std::size_t crc_offset = 4;
constexpr std::size_t checked_offset = 8;

std::uint32_t crc_of(std::span<const std::uint8_t> bytes, std::uint32_t salt,
                     std::uint64_t number) noexcept {
  std::array<std::uint8_t, 8> place;
  put_little_endian(place.data(), number);
  const auto begun = ::crc32_z(salt, place.data(), place.size());
  return static_cast<std::uint32_t>(::crc32_z(begun, bytes.data(), bytes.size()));
}

}  // namespace

void FrameRecords::add(const TimedFrame& frame) {
  assert(frame.bytes.size() <= max_frame_bytes && !full());
  const std::size_t at = bytes_.size();
  bytes_.resize(at + header_bytes);
  bytes_.insert(bytes_.end(), frame.bytes.begin(), frame.bytes.end());
  std::uint8_t* const header = bytes_.data() + at;
  put_little_endian(header, static_cast<std::uint32_t>(frame.bytes.size()));
  put_little_endian(header + checked_offset, static_cast<std::uint64_t>(frame.time_us));
  ++frames_;
}

void FrameRecords::seal(std::uint32_t salt, std::uint64_t first) noexcept {
  for (std::size_t at = 0; at < bytes_.size();) {
    std::uint8_t* const header = bytes_.data() + at;
    const std::size_t end = at + header_bytes + get_little_endian<std::uint32_t>(header);
    const auto checked = bytes().subspan(at + checked_offset, end - at - checked_offset);
    put_little_endian(header + crc_offset, crc_of(checked, salt, first++));
    at = end;
  }
}

void FrameRecords::clear() noexcept {
  bytes_.clear();
  frames_ = 0;
}

std::optional<TimedFrame> FrameRecordReader::next() noexcept {
  constexpr std::size_t header_bytes = FrameRecords::header_bytes;
  if (rest_.size() < header_bytes) return {};
  const auto size = get_little_endian<std::uint32_t>(rest_.data());
  if (size > rest_.size() - header_bytes || size > FrameRecords::max_frame_bytes) return {};
  const auto record = rest_.first(header_bytes + size);
  const auto crc = get_little_endian<std::uint32_t>(record.data() + crc_offset);
  if (crc != crc_of(record.subspan(checked_offset), salt_, number_)) return {};
  ++number_;
  rest_ = rest_.subspan(record.size());
  const auto time = get_little_endian<std::uint64_t>(record.data() + checked_offset);
  return TimedFrame{static_cast<std::int64_t>(time), record.subspan(header_bytes)};
}

}  // namespace heptap
