#include "agent/plan/captagent_truth.hpp"

#include <utility>

namespace heptap::captagent {

std::size_t size_of(const Condition& condition) {
  std::size_t size = 1;
  for (const Condition& part : condition.parts) size += size_of(part);
  return size;
}

Condition negation_of(Condition condition) {
  if (condition.kind == Condition::Kind::negation) {
    Condition part = std::move(condition.parts.front());
    return part;
  }
  Condition out;
  out.kind = Condition::Kind::negation;
  out.parts.push_back(std::move(condition));
  return out;
}

Truth negation_of(Truth truth) {
  if (truth.known) return {!*truth.known, {}};
  return {{}, negation_of(std::move(truth.condition))};
}

std::optional<Condition> joined(Condition::Kind kind, std::vector<Condition> parts) {
  if (parts.empty()) return std::nullopt;
  if (parts.size() == 1) return std::move(parts.front());
  Condition out;
  out.kind = kind;
  out.parts = std::move(parts);
  return out;
}

Truth truth_of(Condition::Kind kind, std::vector<Truth> parts) {
  const bool deciding = kind == Condition::Kind::any_of;  // what one part is for all to be so
  std::vector<Condition> open;
  for (Truth& part : parts) {
    if (part.known == deciding) return {deciding, {}};
    if (!part.known) open.push_back(std::move(part.condition));
  }
  auto all = joined(kind, std::move(open));
  if (!all) return {!deciding, {}};
  return {{}, std::move(*all)};
}

}  // namespace heptap::captagent
