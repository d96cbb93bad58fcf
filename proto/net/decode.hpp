#pragma once

#include <cstdint>

#include "proto/bytes.hpp"
#include "proto/net/defrag.hpp"
#include "proto/net/packet.hpp"

namespace heptap {

/// Takes captured frames apart, down to the payload of the innermost UDP, TCP or SCTP, through any
/// nesting of tunnels and fragments.
class Decoder {
 public:
  /// Headers in one another. A mirror of a mirror of a mobile network needs about twenty.
  static constexpr int max_headers = 48;

  explicit Decoder(const DefragLimits& limits = {}) : defrag_(limits) {}

  /// type      LINKTYPE_ number of the capture (link.hpp)
  /// now_us    packet time, by which fragments grow old; see Defrag::take()
  /// snapped   the capture holds only the start of the frame; told by lengths where there are any
  /// out       overwritten; complete when Decoded::packet is given. Its payload is bounded by the
  ///           length fields of UDP and IP, so it never holds link padding.
  /// gives     Decoded::packet, or the one reason why this frame carries nothing for us
  /// lifetime  the payload points into the frame, or into the decoder until the next call
  [[nodiscard]] Decoded decode(std::uint32_t type, Bytes frame, std::int64_t now_us, Packet& out,
                               bool snapped = false) noexcept;

  [[nodiscard]] const DefragCounts& fragments() const noexcept { return defrag_.counts(); }
  [[nodiscard]] TableUse fragment_table() const noexcept { return defrag_.use(); }

 private:
  [[nodiscard]] Step take(Layer layer, Cursor& at, std::int64_t now_us) noexcept;

  Defrag defrag_;
};

}  // namespace heptap
