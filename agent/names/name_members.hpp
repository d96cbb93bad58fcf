#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "agent/names/srv_record.hpp"
#include "proto/net/address.hpp"

namespace heptap {

/// One of the places that a name stands for.
struct NameMember {
  IpAddress address;
  std::uint16_t port = 0;
  unsigned tier = 0;    ///< used only while none of a lower one is healthy
  double weight = 1.0;  ///< its share in its tier, where the mean is 1

  bool operator==(const NameMember&) const = default;
};

/// All of them, each once, in the same order whoever asks: by tier, the heaviest first, then by address.
struct NameMembers {
  std::vector<NameMember> list;
  std::size_t left_out = 0;  ///< more than there is ever room for

  bool operator==(const NameMembers&) const = default;
};

inline constexpr std::size_t max_name_members = 64;

/// A target of a service, with the addresses that were found of it.
struct ServiceTarget {
  SrvRecord record;
  std::vector<IpAddress> addresses;
};

/// gives     each address at this port
[[nodiscard]] NameMembers members_of(std::span<const IpAddress> addresses, std::uint16_t port);

/// Priorities become tiers. A target's weight is shared by its addresses; one of weight 0, beside others
/// that have one, has a hundredth of the least.
/// source    RFC 2782
[[nodiscard]] NameMembers members_of(std::span<const ServiceTarget> targets);

}  // namespace heptap
