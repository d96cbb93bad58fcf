#pragma once

#include <cstdint>

#include "proto/bytes.hpp"
#include "proto/net/packet.hpp"

namespace heptap {

/// Takes a captured frame apart, down to the payload of UDP, TCP or SCTP.
/// type      LINKTYPE_ number of the capture (link.hpp)
/// snapped   the capture holds only the start of the frame; told by lengths where there are any
/// out       overwritten; complete when Decoded::packet is given. Its payload is bounded by the
///           length fields of UDP and IP, so it never holds link padding.
/// gives     Decoded::packet, or the one reason why this frame carries nothing for us
[[nodiscard]] Decoded decode(std::uint32_t type, Bytes frame, Packet& out,
                             bool snapped = false) noexcept;

}  // namespace heptap
