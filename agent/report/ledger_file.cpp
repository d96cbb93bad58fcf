#include "agent/report/ledger_file.hpp"

#include <spdlog/spdlog.h>

#include <fstream>

namespace heptap {

bool LedgerFile::is_writable() const {
  if (path_.empty()) return true;
  return std::ofstream(path_, std::ios::app) ? true : refuse();
}

bool LedgerFile::write(const Ledger& ledger) const {
  if (path_.empty()) return true;
  std::ofstream file(path_);
  file << to_json(ledger) << '\n';
  return file.flush() ? true : refuse();
}

bool LedgerFile::refuse() const {
  spdlog::error("{}: cannot be written", path_);
  return false;
}

}  // namespace heptap
