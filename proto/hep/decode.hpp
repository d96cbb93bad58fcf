#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "proto/bytes.hpp"
#include "proto/net/address.hpp"
#include "proto/result.hpp"

namespace heptap::hep {

/// A decoded frame. Borrows from the bytes it was made from. A chunk that was not sent is empty.
struct HepView {
  IpAddress source;
  IpAddress destination;
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  std::uint8_t ip_protocol = 0;
  std::uint8_t payload_type = 0;
  std::uint32_t time_seconds = 0;
  std::uint32_t time_micros = 0;
  std::uint32_t node_id = 0;
  Bytes payload;
  Bytes compressed_payload;
  std::string_view auth_key;
  std::string_view correlation_id;
  std::string_view node_name;
  std::string_view geo_location;
  std::string_view transaction_type;
  std::string_view payload_json_keys;
  std::string_view tag_values;
  std::string_view group_id;
  std::optional<std::uint16_t> keep_alive;
  std::optional<std::uint16_t> vlan_id;
  std::optional<std::uint64_t> source_mac;
  std::optional<std::uint64_t> destination_mac;
  std::optional<std::uint16_t> ethertype;
  std::optional<std::uint8_t> tcp_flags;
  std::optional<std::uint8_t> ip_tos;
  std::optional<std::uint16_t> mos;  ///< MOS times 100
  std::optional<std::uint16_t> r_factor;
  std::optional<std::uint32_t> jitter;
  std::optional<std::uint16_t> tag_type;
  std::optional<std::uint16_t> event_type;

  [[nodiscard]] std::int64_t time_us() const noexcept {
    return std::int64_t{time_seconds} * 1'000'000 + time_micros;
  }
};

/// Why a frame was refused.
enum class Fault : std::uint8_t {
  none,
  magic,            ///< does not start with "HEP3"
  version,          ///< starts as HEP 1 or 2 does: they are not read
  total_length,     ///< the length field is not the size of the frame
  chunk_length,     ///< a chunk shorter than its header, or reaching beyond the frame
  chunk_size,       ///< a fixed-size chunk of another size
  ip_family,        ///< missing, neither 2 nor 10, or not that of the addresses
  no_address,       ///< source or destination address missing
  no_time,          ///< seconds or microseconds missing
  time_micros,      ///< microseconds that make a second or more
  no_payload_type,  ///< missing or 0; kamailio 5.6 dies of such a frame
  no_payload,       ///< missing or empty, plain and compressed
  count_
};

/// gives     one phrase for a person; static storage
[[nodiscard]] std::string_view describe(Fault fault) noexcept;

/// Finds the first frame in a byte stream.
/// gives     its size in bytes, header included
/// errors    incomplete: call again with more; malformed: no frame starts here, and nothing tells
///           where the next one does: HEP has no resynchronisation
[[nodiscard]] Result<std::size_t> frame_hep(Bytes in) noexcept;

/// Decodes exactly one frame, strictly. Vendor chunks and unknown generic chunks are skipped; of a
/// repeated chunk the last one counts, as in heplify-server and hep-js.
/// out       overwritten; meaningful only with Fault::none
[[nodiscard]] Fault decode(Bytes in, HepView& out) noexcept;

}  // namespace heptap::hep
