#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "agent/names/name_watch.hpp"
#include "agent/pool_options.hpp"
#include "transport/collector_options.hpp"

namespace heptap {

/// A collector that stands for all places of a name.
struct NamedCollector {
  std::string name;  ///< of one of the collectors
  NameQuery query;
};

/// Collectors with members, and who is asked for these.
struct NameOptions {
  std::vector<NamedCollector> collectors;
  std::vector<std::string> servers;  ///< as DnsChannel has it
};

/// Who gets frames.
struct CollectorLayout {
  std::vector<CollectorOptions> collectors;
  std::vector<PoolOptions> pools;

  bool operator==(const CollectorLayout&) const = default;
};

/// A layout in which members are in their places.
struct MemberLayout {
  CollectorLayout layout;
  std::size_t left_out = 0;  ///< members for which there is no room
  bool waits = false;        ///< of those, some will have it when others have left
};

/// One place is never taken, so that when all members change, there is a way from the old ones to the new.
inline constexpr std::size_t max_collectors_with_members = 63;

/// gives     what is known of a name; it must stay while it is used
using MembersOf = std::function<const NameMembers&(const NameQuery&)>;

/// Puts the members of each collector in its place, in the list and in pools. One of which none is known
/// stays as it is. A member's name is that of its collector, '/', and its address and port: so it has a
/// folder of the spool of its own, and stays untouched by what becomes of others.
/// written   with one collector for each name
/// present   collectors that are there: they stay, and others come as far as there is room beside them
[[nodiscard]] MemberLayout lay_out(const CollectorLayout& written,
                                   const std::vector<NamedCollector>& named,
                                   const MembersOf& members_of,
                                   const std::vector<CollectorOptions>& present);

/// gives     names whose members may have what was for another one: those in no pool where every member
///           gets everything
[[nodiscard]] std::vector<std::string> shared_services(const NameOptions& names,
                                                       const std::vector<PoolOptions>& pools);

/// names     must stay
[[nodiscard]] MembersOf known_to(const NameWatch& names);

/// Looks the names up, once, and waits until they are known.
/// gives     the layout, in which members are; said: what could not be found
[[nodiscard]] CollectorLayout look_up_once(CollectorLayout written, const NameOptions& options,
                                           std::chrono::milliseconds patience,
                                           const NameWatch::Say& say);

}  // namespace heptap
