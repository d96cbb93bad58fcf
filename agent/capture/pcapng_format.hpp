#pragma once

#include <bit>
#include <cstdint>

#include "proto/bytes.hpp"
#include "proto/result.hpp"

namespace heptap {

// The block types that are read; all others are stepped over.
// source    draft-ietf-opsawg-pcapng, sections 4 and 10.1
inline constexpr std::uint32_t pcapng_section_header = 0x0a0d0d0a;  // the same in both byte orders
inline constexpr std::uint32_t pcapng_interface = 1;
inline constexpr std::uint32_t pcapng_obsolete_packet = 2;
inline constexpr std::uint32_t pcapng_simple_packet = 3;
inline constexpr std::uint32_t pcapng_enhanced_packet = 6;

inline constexpr std::uint32_t pcapng_head_bytes = 8;  ///< type and length, before the body
inline constexpr std::uint32_t pcapng_min_bytes = 12;  ///< of a block: these and its second length
inline constexpr std::uint32_t max_pcapng_block_bytes = std::uint32_t{256} * 1024 * 1024;

struct PcapngBlock {
  std::endian order = std::endian::little;  ///< of this block and, after a section header, the next
  std::uint32_t type = 0;
  std::uint32_t total_bytes = 0;  ///< all of it; a multiple of 4
};

/// Turns the 64 bits of a packet's time into nanoseconds.
class PcapngClock {
 public:
  constexpr PcapngClock() noexcept = default;  ///< microseconds since 1970

  /// resolution  value of if_tsresol: a negative power of 10 or, with the highest bit set, of 2
  /// errors      unsupported: a second of more than 2^64 ticks
  [[nodiscard]] static Result<PcapngClock> of(std::uint8_t resolution) noexcept;

  /// value of if_tsoffset: seconds to add
  void set_offset(std::int64_t seconds) noexcept;

  /// gives     nanoseconds since 1970, rounded down; beyond the range its nearest end
  [[nodiscard]] std::int64_t time_ns(std::uint64_t ticks) const noexcept;

 private:
  // Decimal: ticks * multiply_ / divide_, one of them 1. Binary: 2^shift_ ticks a second.
  std::uint64_t multiply_ = 1000;
  std::uint64_t divide_ = 1;
  std::uint8_t shift_ = 0;
  bool binary_ = false;
  std::int64_t offset_ns_ = 0;
};

struct PcapngInterface {
  std::uint32_t link_type = 0;   ///< LINKTYPE_ value
  std::uint32_t snap_bytes = 0;  ///< 0: no limit
  PcapngClock clock;
  bool usable = false;       ///< false: its packets cannot be understood, but it keeps its number
  bool well_formed = false;  ///< false: its options end in the middle of one
};

struct PcapngPacketView {
  std::uint32_t interface = 0;  ///< number within the section
  std::uint64_t ticks = 0;      ///< in the clock of its interface; a simple packet has none: 0
  std::uint32_t wire_bytes = 0;
  Bytes bytes;
};

/// in        the first pcapng_min_bytes of a block, or more
/// order     of the section; a section header says its own
/// errors    incomplete; malformed: no section header though it says so, or a length that no block
///           has; over_limit: longer than max_pcapng_block_bytes
[[nodiscard]] Result<PcapngBlock> parse_pcapng_block(std::endian order, Bytes in) noexcept;

/// gives     whether the last four bytes of a block repeat its length, as they must
[[nodiscard]] bool ends_pcapng_block(const PcapngBlock& block, Bytes end) noexcept;

/// errors    none if the version is one that we read; incomplete or unsupported
[[nodiscard]] Errc check_pcapng_section(std::endian order, Bytes body) noexcept;

/// Never fails: a description that cannot be read must keep the numbers of those behind it.
[[nodiscard]] PcapngInterface parse_pcapng_interface(std::endian order, Bytes body) noexcept;

/// errors    malformed: the packet is longer than the block around it
[[nodiscard]] Result<PcapngPacketView> parse_enhanced_packet(std::endian order,
                                                             Bytes body) noexcept;
[[nodiscard]] Result<PcapngPacketView> parse_obsolete_packet(std::endian order,
                                                             Bytes body) noexcept;

/// snap_bytes  of the first interface: the block itself does not say how much was captured
[[nodiscard]] Result<PcapngPacketView> parse_simple_packet(std::endian order,
                                                           std::uint32_t snap_bytes,
                                                           Bytes body) noexcept;

}  // namespace heptap
