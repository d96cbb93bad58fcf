#include "agent/plan/verdict.hpp"

namespace heptap {

std::string_view to_string(PlanFate fate) noexcept {
  switch (fate) {
    case PlanFate::sent: return "sent";
    case PlanFate::dropped: return "dropped";
    case PlanFate::sampled: return "sampled";
    case PlanFate::limited: return "limited";
    case PlanFate::unmatched: return "unmatched";
    case PlanFate::count_: break;
  }
  return "?";
}

std::uint64_t Verdict::collectors() const noexcept {
  std::uint64_t all = 0;
  for (const PlanDelivery& one : deliveries()) all |= one.collectors;
  return all;
}

void Verdict::send_to(std::uint64_t collectors, const SipMasks& masks) noexcept {
  collectors &= ~this->collectors();
  if (collectors == 0) return;
  std::size_t at = 0;
  while (at < count_ && deliveries_[at].masks != masks) ++at;
  if (at == max_deliveries) {
    --at;
  } else if (at == count_) {
    ++count_;
  }
  deliveries_[at].collectors |= collectors;
  deliveries_[at].masks |= masks;
}

void Verdict::mask_all(const SipMasks& masks) noexcept {
  for (std::size_t i = 0; i < count_; ++i) deliveries_[i].masks |= masks;
}

}  // namespace heptap
