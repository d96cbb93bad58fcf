#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "proto/net/address.hpp"
#include "proto/net/tunnel.hpp"

namespace heptap {

// Packets to try a filter with. What no filter looks at in them is 0.

using Sample = std::vector<std::uint8_t>;

/// Who sends to whom; both addresses are of one family.
struct SampleEnds {
  IpAddress from;
  IpAddress to;
  std::uint16_t from_port = 0;
  std::uint16_t to_port = 0;
  std::uint8_t protocol = 0;  ///< UDP, TCP or SCTP, as IP numbers them
};

/// What a link carries.
struct LinkSample {
  std::uint16_t ethertype = 0;
  Sample bytes;
};

/// gives     a packet that holds all of its message
[[nodiscard]] LinkSample whole_sample(const SampleEnds& ends);
/// gives     a later fragment of one
[[nodiscard]] LinkSample fragment_sample(const SampleEnds& ends);
/// gives     one of these ends in the tunnel, whose own ends have the same addresses
[[nodiscard]] LinkSample tunnel_sample(const TunnelRow& row, const SampleEnds& ends);

/// link_type a LINKTYPE_ number
/// gives     the frame; nothing when the link cannot carry it or is none that filters are made for
[[nodiscard]] std::optional<Sample> frame_sample(std::uint32_t link_type, const LinkSample& in);

}  // namespace heptap
