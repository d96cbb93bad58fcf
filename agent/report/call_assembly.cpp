#include "agent/report/call_assembly.hpp"

namespace heptap {

void CallAssembly::on_over(std::uint64_t call_hash, const CallState& state) {
  if (!calls_.contains(call_hash)) return;
  if (over_.size() < max_calls_) over_.try_emplace(call_hash, summary_of(state));
}

void CallAssembly::on_leave(const Call& call, const CallDetails& details) {
  const auto summary = over_.find(details.hash);
  const bool has_media = media_ != nullptr && media_->take(details.hash, taken_);
  report_.add({.call = call,
               .details = details,
               .summary = summary != over_.end() ? &summary->second : nullptr,
               .media = has_media ? &taken_ : nullptr});
  if (summary != over_.end()) over_.erase(summary);
}

}  // namespace heptap
