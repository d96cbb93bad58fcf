#pragma once

#include <optional>
#include <string>

#include "agent/capture/kernel_filter.hpp"
#include "agent/pipeline/pipeline_options.hpp"
#include "config/settings.hpp"

namespace heptap {

/// The configuration in the words of the kernel's filter: the ports that the decoder looks at, and the
/// connections to collectors that are named by their address. Where others are is known when they are
/// looked up.
/// decoder   what becomes of the same settings
[[nodiscard]] KernelFilterOptions filter_options(const Settings& settings,
                                                 const PipelineOptions& decoder);

/// gives     the connection to this collector, from wherever; nothing when it has a host name
[[nodiscard]] std::optional<FilterExclusion> own_connection(const CollectorUrl& url);

}  // namespace heptap
