#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/capture/byte_source.hpp"

namespace heptap {

enum class ReadState : std::uint8_t {
  frame,    ///< there is a frame
  end,      ///< the file ended where a record ended
  damaged,  ///< nothing behind this place can be trusted; all before it has been given
};

/// Records that contradict themselves although what follows them is intact.
struct BadRecords {
  std::uint64_t count = 0;
  std::uint64_t first_offset = 0;  ///< of the first, in the file as decompressed; 0: there is none

  void note(std::uint64_t offset) noexcept {
    if (count++ == 0) first_offset = offset;
  }
};

/// Where and why reading a capture file had to stop.
struct Damage {
  std::uint64_t offset = 0;  ///< of the damaged record, in the file as decompressed
  /// How far into the gzip file inflating had come: the place itself for damage to the compression,
  /// a little behind it for any other. 0 when the file is not compressed.
  std::uint64_t compressed_offset = 0;
  std::string_view reason;  ///< static storage
  int error_number = 0;     ///< errno when reading failed, else 0
};

/// gives     one phrase for people: "record cut short at byte 1834 (near byte 620 of the gzip file)"
[[nodiscard]] std::string to_string(const Damage& damage);

/// What to say when a record that begins at `offset` has fewer bytes than it needs: the end, if
/// none of it is there, else damage.
[[nodiscard]] ReadState stop_short(const ByteSource& in, std::uint64_t offset,
                                   Damage& damage) noexcept;

/// Notes that the record at `offset` cannot be read.
[[nodiscard]] inline ReadState stop_damaged(std::uint64_t offset, std::string_view reason,
                                            Damage& damage) noexcept {
  damage = Damage{offset, 0, reason, 0};
  return ReadState::damaged;
}

}  // namespace heptap
