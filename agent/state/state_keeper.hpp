#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>

#include "agent/state/saved_tables.hpp"
#include "transport/spool/spool_file.hpp"

namespace heptap {

/// Keeps what is known of calls from the end of one run to the beginning of the next, in a folder that
/// nobody else uses meanwhile. A file is used once: what has happened since would be unknown to whoever
/// used it again. Nothing here is fatal; the log says what went wrong.
///
///     calls.state       of the last run, readable by its user alone
///     calls.state.new   while it is written
///     calls.state.bad   the last one that was damaged, or of another version
class StateKeeper {
 public:
  /// folder    empty: nothing is kept
  explicit StateKeeper(std::filesystem::path folder) : path_(std::move(folder)) {}

  /// Makes the folder when it is not there, and takes it for this process.
  void open();

  /// Puts what the last run knew into the tables, which are empty and which nobody uses yet: all of it,
  /// or nothing when any of it is damaged.
  void restore(const SavedTables& tables, std::int64_t now_us);

  /// Writes what this run knows, in one step: a crash leaves the whole file or none.
  /// gives     whether it is there
  [[nodiscard]] bool save(const SavedTables& tables, std::int64_t now_us);

 private:
  void use(SpoolFile& file, const SavedTables& tables, std::int64_t now_us);
  void put_aside(const std::string& why);
  [[nodiscard]] std::error_code write(const SavedTables& tables, std::int64_t now_us,
                                      SavedCounts& counts);
  void complain(const std::string& what, const std::error_code& error) const;

  std::filesystem::path path_;
  SpoolFile folder_;
  SpoolFile lock_;
};

}  // namespace heptap
