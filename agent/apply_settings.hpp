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
///           them, a key that belongs to another one; with the properties of Kafka, as librdkafka does;
///           empty: nothing
[[nodiscard]] std::string library_fault(const CollectorSettings& collector);
/// The same for a HEP source.
[[nodiscard]] std::string library_fault(const HepSettings& source);

/// gives     whether a collector makes files and removes them
[[nodiscard]] bool has_file_collectors(const Settings& settings);
/// gives     whether one does, or a spool, or the state of calls
[[nodiscard]] bool writes_files(const Settings& settings);

/// url       of a network
/// gives     the host without a service before it: "example.org" of "_hep._tcp.example.org"
[[nodiscard]] Endpoint endpoint_of(const CollectorUrl& url);

/// gives     how the members of a collector are found
[[nodiscard]] NameQuery query_of(const CollectorSettings& collector);

/// gives     collectors with members, and who is asked for these
[[nodiscard]] NameOptions name_options(const Settings& settings);

/// Sets the least important level that the log writes.
void apply_log_level(const LogSettings& settings);

}  // namespace heptap
