#include "agent/pipeline/media_session.hpp"

namespace heptap {

void MediaSession::take_match(const MediaMatch& match, std::int64_t time_us) noexcept {
  told_[at(match.sender)].is_expected = match.is_expected;
  told_[at(opposite(match.sender))].is_expected = match.is_reverse_expected;
  expected_us = time_us;
}

void MediaSession::take_state(const MediaCallState& state) noexcept {
  answered_us = state.answered_us;
  ended_us = state.ended_us;
  opened_us = state.opened_us;
}

SeenSession MediaSession::seen(const SeenSides& sides, const MediaPasts& pasts,
                               std::optional<std::int64_t> state_us) const noexcept {
  SeenSession out;
  out.opened_us = opened_us;
  out.expected_us = expected_us;
  if (const std::optional<std::int64_t> us = answered_us) out.answered_us = *us;
  if (const std::optional<std::int64_t> us = ended_us) out.ended_us = *us;
  out.state_us = state_us.value_or(0);
  out.has_state = state_us.has_value();
  out.type = type;
  out.is_one_way = is_one_way;
  out.is_empty = is_empty;
  out.is_judged = is_judged;
  for (std::size_t i = 0; i < sides.size(); ++i) {
    SeenSide& side = out.sides[i];
    if (past != MediaPasts::none) side.add(pasts[past].sides[i]);
    side.add(sides[i]);
    side.is_expected = told_[i].is_expected;
    side.is_silent = told_[i].is_silent;
    side.is_late = told_[i].is_late;
    side.is_after_bye = told_[i].is_after_bye;
  }
  return out;
}

void MediaSession::take_look(const SeenSession& seen) noexcept {
  is_one_way = seen.is_one_way;
  is_empty = seen.is_empty;
  is_judged = seen.is_judged;
  for (std::size_t i = 0; i < told_.size(); ++i) {
    told_[i].is_silent = seen.sides[i].is_silent;
    told_[i].is_late = seen.sides[i].is_late;
    told_[i].is_after_bye = seen.sides[i].is_after_bye;
  }
}

}  // namespace heptap
