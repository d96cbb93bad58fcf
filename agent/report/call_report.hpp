#pragma once

#include <cstdint>
#include <iosfwd>

#include "agent/calls/call_table.hpp"
#include "agent/report/kpi_figures.hpp"

namespace heptap {

/// Prints calls as they leave the table: a text table, or one JSON document.
class CallReport {
 public:
  enum class Form : std::uint8_t { text, json };

  CallReport(std::ostream& out, Form form) : out_(out), form_(form) {}

  void add(const Call& call, const CallDetails& details);

  /// Closes the document. Call it once, after the last add().
  /// kpis      null: there are none
  void finish(const CallCounts& counts, const KpiFigures* kpis = nullptr);

 private:
  void add_text(const Call& call, const CallDetails& details);
  void add_json(const Call& call, const CallDetails& details);

  std::ostream& out_;
  Form form_;
  std::uint64_t count_ = 0;
};

/// gives     how long the call was up: from the 2xx to the BYE, or to the last message when no BYE
///           was seen; -1 when it was never answered
[[nodiscard]] std::int64_t talk_time_us(const Call& call) noexcept;

}  // namespace heptap
