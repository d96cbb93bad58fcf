#pragma once

#include "transport/collector_options.hpp"

namespace heptap {

/// gives     what sends the transport's events to the log
[[nodiscard]] EventSink transport_log();

}  // namespace heptap
