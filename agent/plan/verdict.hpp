#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

#include "agent/pipeline/counts.hpp"

namespace heptap {

/// What became of a message in the plan.
enum class PlanFate : std::uint8_t {
  sent,
  dropped,    ///< a rule said so
  sampled,    ///< not of the Call-IDs that a rule keeps
  limited,    ///< more than a rule lets pass in a second
  unmatched,  ///< no rule was for it, and what is unmatched is dropped
  count_
};

/// gives     the enumerator's own spelling; static storage
[[nodiscard]] std::string_view to_string(PlanFate fate) noexcept;

/// What a plan has decided about one message.
struct Verdict {
  static constexpr std::uint16_t no_rule = std::numeric_limits<std::uint16_t>::max();
  static constexpr std::uint64_t every_collector = std::numeric_limits<std::uint64_t>::max();

  PlanFate fate = PlanFate::sent;
  std::uint16_t rule = no_rule;       ///< that decided; no_rule: none did
  std::uint64_t collectors = 0;       ///< bit i: the i-th name of the plan
  std::string_view node_suffix = {};  ///< lives as long as the plan
};

}  // namespace heptap
