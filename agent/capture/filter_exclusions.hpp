#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "agent/capture/filter_layout.hpp"
#include "proto/net/address.hpp"

namespace heptap {

/// A connection of our own, whose packets are not to be captured in either direction.
struct FilterExclusion {
  std::uint8_t protocol = 0;  ///< as IP numbers it
  IpAddress remote;
  std::uint16_t remote_port = 0;
  std::optional<IpAddress> local;  ///< of the same family; nothing: any
  std::uint16_t local_port = 0;    ///< 0: any

  bool operator==(const FilterExclusion&) const = default;
};

/// Adds what rejects the packets of these connections, those of one family being looked at; the
/// others go on behind it, with X as it was.
/// before    X is at the transport header; network and protocol are in scratch memory
void reject_own(BpfAssembler& out, const FilterLayout& layout, IpFamily family,
                std::span<const FilterExclusion> exclusions);

}  // namespace heptap
