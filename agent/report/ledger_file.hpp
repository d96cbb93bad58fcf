#pragma once

#include <string>
#include <utility>

#include "agent/report/ledger.hpp"

namespace heptap {

/// The file that a ledger is written to as JSON, if there is to be one. What goes wrong is in the log.
class LedgerFile {
 public:
  /// path      empty: there is no file, and nothing goes wrong
  explicit LedgerFile(std::string path) : path_(std::move(path)) {}

  /// gives     false when it cannot be written: said before the work, not after it. What is in it stays
  [[nodiscard]] bool is_writable() const;

  /// gives     false when it could not be written
  [[nodiscard]] bool write(const Ledger& ledger) const;

 private:
  [[nodiscard]] bool refuse() const;

  const std::string path_;
};

}  // namespace heptap
