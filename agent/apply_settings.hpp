#pragma once

#include "agent/replay.hpp"
#include "agent/run.hpp"
#include "config/settings.hpp"
#include "transport/endpoint.hpp"

#include <string>

namespace heptap {

// The configuration in the words of the parts that use it.

/// Fills in what of `settings` matters to a replay; what only flags say is left alone.
void apply(const Settings& settings, ReplayOptions& options);

/// The same for a run.
void apply(const Settings& settings, RunOptions& options);

/// gives     what is wrong with the TLS files of a collector as OpenSSL sees them: no certificate in
///           them, a key that belongs to another one; empty: nothing
[[nodiscard]] std::string tls_fault(const CollectorSettings& collector);
/// The same for a HEP source.
[[nodiscard]] std::string tls_fault(const HepSettings& source);

/// gives     whether a collector makes files and removes them
[[nodiscard]] bool has_file_collectors(const Settings& settings);
/// gives     whether one does, or a spool
[[nodiscard]] bool writes_files(const Settings& settings);

/// url       of a network
[[nodiscard]] Endpoint endpoint_of(const CollectorUrl& url);

/// Sets the least important level that the log writes.
void apply_log_level(const LogSettings& settings);

}  // namespace heptap
