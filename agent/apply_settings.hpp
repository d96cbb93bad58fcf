#pragma once

#include <string>

#include "agent/replay.hpp"
#include "agent/run.hpp"
#include "config/settings.hpp"

namespace heptap {

// The configuration in the words of the parts that use it.

/// Fills in what of `settings` matters to a replay; what only flags say is left alone.
void apply(const Settings& settings, ReplayOptions& options);

/// The same for a run.
void apply(const Settings& settings, RunOptions& options);

/// gives     what is wrong with the TLS files of a collector as OpenSSL sees them: no certificate in
///           them, a key that belongs to another one; with the properties of Kafka, as librdkafka does;
///           empty: nothing
[[nodiscard]] std::string library_fault(const CollectorSettings& collector);
/// The same for a HEP source.
[[nodiscard]] std::string library_fault(const HepSettings& source);

/// gives     whether a collector makes files, or a spool does, or the state of calls
[[nodiscard]] bool writes_files(const Settings& settings);

/// Sets the least important level that the log writes.
void apply_log_level(const LogSettings& settings);

}  // namespace heptap
