#pragma once

#include <cstdint>
#include <iosfwd>
#include <vector>

#include "agent/calls/call.hpp"
#include "agent/report/call_facts.hpp"
#include "agent/report/kpi_figures.hpp"

namespace heptap {

/// Prints calls as they leave the table: a text table in which what else is known of a call follows its
/// line, or one JSON document.
class CallReport {
 public:
  enum class Form : std::uint8_t { text, json };

  CallReport(std::ostream& out, Form form) : out_(out), form_(form) {}

  void add(const CallFacts& facts);

  /// Closes the document. Call it once, after the last add().
  /// kpis      null: there are none
  void finish(const CallCounts& counts, const KpiFigures* kpis = nullptr);

 private:
  void add_text(const CallFacts& facts);
  void add_json(const CallFacts& facts);

  std::ostream& out_;
  Form form_;
  std::uint64_t count_ = 0;
  std::vector<std::uint8_t> room_;  // of the JSON of a call
};

}  // namespace heptap
