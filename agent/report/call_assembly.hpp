#pragma once

#include <cstdint>
#include <unordered_map>

#include "agent/calls/call_table.hpp"
#include "agent/calls/media_book.hpp"
#include "agent/report/call_report.hpp"

namespace heptap {

/// Brings together what each table knows of a call, and reports it when it leaves the call table. Until
/// then the summary of a call that is over is kept here. One thread uses it.
class CallAssembly {
 public:
  /// report, calls, media   must outlive it
  /// calls           that on_leave() is told by; it may be made later
  /// media           null: nothing is known of media
  /// max_calls       whose summaries are kept; of more, nothing is told of their signalling
  CallAssembly(CallReport& report, const CallTable& calls, MediaBook* media, std::size_t max_calls)
      : report_(report), calls_(calls), media_(media), max_calls_(max_calls) {}

  /// The first time that a call is over counts: what comes later of its Call-ID is a late message. Of
  /// one that has left the call table nothing is kept: the next of its Call-ID is another.
  void on_over(std::uint64_t call_hash, const CallState& state);

  void on_leave(const Call& call, const CallDetails& details);

 private:
  CallReport& report_;
  const CallTable& calls_;
  MediaBook* media_;
  std::size_t max_calls_;
  std::unordered_map<std::uint64_t, CallSummary> over_;
  CallMedia taken_;
};

}  // namespace heptap
