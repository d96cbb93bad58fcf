#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proto/bytes.hpp"
#include "proto/hep/chunk.hpp"
#include "proto/net/address.hpp"
#include "proto/result.hpp"

namespace heptap::hep {

/// What is the same in every frame of one output. Texts are sanitised by the Encoder.
struct Identity {
  std::uint32_t node_id = 0;
  std::string node_name = {};  ///< empty: chunk not sent
  std::string auth_key = {};   ///< empty: chunk not sent
};

/// What a frame says beside what was captured. Clean text; borrowed.
struct Marks {
  std::string_view node_suffix = {};  ///< behind the node name
  std::string_view group_id = {};     ///< empty: none is put there
};

/// What differs from frame to frame. Borrows everything; lives as long as the packet.
struct Message {
  const IpAddress& source;
  const IpAddress& destination;
  std::uint16_t source_port;
  std::uint16_t destination_port;
  std::uint8_t ip_protocol;
  std::int64_t time_us;  ///< since 1970, UTC; outside 32 bit seconds it is clamped
  PayloadType type;
  Bytes payload;
  /// Payload bytes that must not be cut: the head of a SIP message, all of a JSON text.
  std::size_t keep_bytes;
  std::string_view correlation_id = {};   ///< required and not empty for every type but SIP
  std::uint16_t vlan_id = 0;              ///< 0: not sent
  std::uint8_t tcp_flags = 0;             ///< 0: not sent
  std::uint8_t ip_tos = 0;                ///< 0: not sent
  std::optional<std::uint16_t> mos = {};  ///< MOS times 100
  Marks marks = {};
};

struct Encoded {
  std::size_t size_bytes = 0;
  std::size_t payload_bytes = 0;  ///< the last ones
  bool cut = false;               ///< the end of the payload did not fit into max_frame_bytes
};

/// Writes HEP3 frames. Chunk order, size limit and what must never be sent follow what real
/// collectors were seen to need: type before payload, payload last, vendor 0 only.
class Encoder {
 public:
  explicit Encoder(const Identity& identity);

  /// gives     bytes that encode() writes at most; reserve these
  [[nodiscard]] std::size_t bound_bytes(const Message& m) const noexcept;

  /// out       at least bound_bytes(m)
  /// errors    malformed: a type other than SIP without correlation id or payload, which collectors
  ///           drop; over_limit: keep_bytes do not fit into a frame, or `out` is too small
  [[nodiscard]] Result<Encoded> encode(const Message& m,
                                       std::span<std::uint8_t> out) const noexcept;

 private:
  // The chunks up to the auth key, ready but for their values, and where those values go.
  struct Template {
    std::vector<std::uint8_t> bytes;
    std::size_t ip_protocol = 0;
    std::size_t source = 0;
    std::size_t destination = 0;
    std::size_t source_port = 0;
    std::size_t destination_port = 0;
    std::size_t time_seconds = 0;
    std::size_t time_micros = 0;
    std::size_t payload_type = 0;
  };

  static Template make_template(const Identity& identity, IpFamily family);
  [[nodiscard]] const Template& template_of(const Message& m) const noexcept;
  [[nodiscard]] std::size_t overhead_bytes(const Message& m,
                                           std::string_view correlation_id) const noexcept;
  void write_optional_chunks(const Message& m, std::string_view correlation_id,
                             ByteWriter& w) const noexcept;

  Template v4_;
  Template v6_;
  std::string node_name_;
};

}  // namespace heptap::hep
