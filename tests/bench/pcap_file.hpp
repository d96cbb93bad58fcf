#pragma once

#include <bit>
#include <cstdint>
#include <ostream>
#include <vector>

#include "agent/capture/raw_frame.hpp"
#include "proto/bytes.hpp"

namespace heptap::bench {

/// A classic pcap file with microseconds and Ethernet, in the byte order of this machine.
/// source    pcap-savefile(5)
class PcapFile {
 public:
  PcapFile() { put({0xa1b2c3d4, 2U | 4U << 16U, 0, 0, 65535, 1}); }

  void append(const RawFrame& frame) {
    const auto time_us = frame.time_ns / 1000;
    put({static_cast<std::uint32_t>(time_us / 1'000'000),
         static_cast<std::uint32_t>(time_us % 1'000'000),
         static_cast<std::uint32_t>(frame.bytes.size()), frame.wire_bytes});
    bytes_.insert(bytes_.end(), frame.bytes.begin(), frame.bytes.end());
  }

  /// What was appended since the last clear().
  [[nodiscard]] const std::vector<std::uint8_t>& bytes() const noexcept { return bytes_; }
  void clear() noexcept { bytes_.clear(); }

 private:
  static_assert(std::endian::native == std::endian::little, "the version's halves are swapped");

  void put(std::initializer_list<std::uint32_t> words) {
    for (const auto word : words) {
      for (unsigned shift = 0; shift < 32; shift += 8) {
        bytes_.push_back(static_cast<std::uint8_t>(word >> shift));
      }
    }
  }

  std::vector<std::uint8_t> bytes_;
};

/// Writes all frames of a traffic, which has `bool next(RawFrame&)`.
/// gives     false when they cannot be written
template <class Traffic>
[[nodiscard]] bool write_capture(std::ostream& out, Traffic& traffic) {
  constexpr std::size_t write_bytes = std::size_t{1} << 20U;
  PcapFile file;
  RawFrame frame;
  while (out && traffic.next(frame)) {
    file.append(frame);
    if (file.bytes().size() < write_bytes) continue;
    out << as_text(file.bytes());
    file.clear();
  }
  out << as_text(file.bytes());
  return static_cast<bool>(out.flush());
}

}  // namespace heptap::bench
