#pragma once

#include <vector>

#include "agent/named_collectors.hpp"
#include "config/settings.hpp"
#include "transport/collector_options.hpp"
#include "transport/endpoint.hpp"

namespace heptap {

// The collectors and pools of the configuration in the words of the parts that use them.

/// gives     whether it stands for all places of a name
[[nodiscard]] constexpr bool has_members(const CollectorSettings& collector) noexcept {
  return collector.members != CollectorMembers::one;
}

/// gives     collectors in the order of their bits: those with members are pools for a plan, and come last
/// lifetime  of `settings`
[[nodiscard]] std::vector<const CollectorSettings*> in_plan_order(const Settings& settings);

/// gives     what it has in the configuration, but for its spool and its pools
[[nodiscard]] CollectorOptions collector_options(const CollectorSettings& settings);

/// gives     collectors in_plan_order(), those with members as they are written; before the pools of the
///           configuration come those of collectors with members
[[nodiscard]] CollectorLayout collector_layout(const Settings& settings);

/// gives     whether a collector makes files and removes them
[[nodiscard]] bool has_file_collectors(const Settings& settings);

/// url       of a network
/// gives     the host without a service before it: "example.org" of "_hep._tcp.example.org"
[[nodiscard]] Endpoint endpoint_of(const CollectorUrl& url);

/// gives     how the members of a collector are found
[[nodiscard]] NameQuery query_of(const CollectorSettings& collector);

/// gives     collectors with members, and who is asked for these
[[nodiscard]] NameOptions name_options(const Settings& settings);

}  // namespace heptap
