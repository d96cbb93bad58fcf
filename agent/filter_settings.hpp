#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agent/capture/kernel_filter.hpp"
#include "agent/pipeline/pipeline_options.hpp"
#include "config/settings.hpp"
#include "config/values.hpp"
#include "transport/collector_options.hpp"
#include "transport/collector_snapshot.hpp"

namespace heptap {

/// The configuration in the words of the kernel's filter: the ports that the decoder looks at, and the
/// connections to collectors that are named by their address. Where others are is known when they are
/// looked up.
/// decoder   what becomes of the same settings
[[nodiscard]] KernelFilterOptions filter_options(const Settings& settings,
                                                 const PipelineOptions& decoder);

/// gives     the connection to this collector, from wherever; nothing when it has a host name
[[nodiscard]] std::optional<FilterExclusion> own_connection(const Endpoint& collector);

/// Excludes the connections to where collectors will be, and to where they are now, those of their spools
/// included. One whose name is not known yet is not excluded; one that cannot be reached stays excluded
/// where it was, one that has left does not.
/// configured  of these, those with an address instead of a name
/// gives     whether that changes the filter
[[nodiscard]] bool update_exclusions(KernelFilterOptions& filter,
                                     std::span<const CollectorOptions> configured,
                                     std::span<const CollectorSnapshot> collectors);

/// Compiles the filter that an interface has of the user's, as it is expected to be: Ethernet, or
/// Linux cooked for "any".
/// gives     an error in the words of libpcap; a warning of what we could read and it hides, or that
///           a host name in it is not known now; none: it is good
[[nodiscard]] std::vector<ValueProblem> filter_problems(const InterfaceSettings& interface);

/// gives     the link type that an interface is expected to have
[[nodiscard]] std::uint32_t expected_link_type(const InterfaceSettings& interface);

}  // namespace heptap
