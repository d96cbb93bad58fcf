#pragma once

#include <bit>
#include <cstdint>

#include "proto/bytes.hpp"
#include "proto/result.hpp"

namespace heptap {

/// What the first bytes of a pcap file say about all that follow.
struct PcapHeader {
  std::endian order = std::endian::little;
  std::uint32_t link_type = 0;           ///< LINKTYPE_ value, without the FCS bits beside it
  std::uint32_t snap_bytes = 0;          ///< as written; not trusted
  std::uint32_t ns_per_fraction = 1000;  ///< unit of a record's second time field
  std::uint32_t record_head_bytes = 16;  ///< 24 in the "modified" format of old Red Hat systems
};

struct PcapRecord {
  std::int64_t time_ns = 0;
  std::uint32_t captured_bytes = 0;  ///< bytes that follow; at most max_frame_bytes
  std::uint32_t wire_bytes = 0;      ///< as written; may be less than what was captured
};

inline constexpr std::uint32_t pcap_header_bytes = 24;

/// gives     whether these first four bytes (or more) of a file are those of a pcap file
[[nodiscard]] bool is_pcap(Bytes in) noexcept;

/// errors    incomplete: fewer than pcap_header_bytes; malformed: not a pcap file; unsupported: not
///           version 2.4, the only one written since 1998
/// source    draft-ietf-opsawg-pcap, section 4
[[nodiscard]] Result<PcapHeader> parse_pcap_header(Bytes in) noexcept;

/// Seconds are unsigned (they end in 2106), and a fraction of more than a second is carried.
/// errors    incomplete: fewer than record_head_bytes; over_limit: longer than max_frame_bytes;
///           malformed: nothing but zeros, as a crash leaves them behind the last record written
/// source    draft-ietf-opsawg-pcap, section 5
[[nodiscard]] Result<PcapRecord> parse_pcap_record(const PcapHeader& header, Bytes in) noexcept;

}  // namespace heptap
