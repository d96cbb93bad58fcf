#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

#include "agent/pipeline/counts.hpp"
#include "config/plan_limits.hpp"
#include "proto/hep/encode.hpp"
#include "proto/sip/mask.hpp"

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

/// Collectors that get the same bytes.
struct PlanDelivery {
  std::uint64_t collectors = 0;  ///< bit i: the i-th name of the plan
  SipMasks masks = {};
};

/// What a plan has decided about one message.
class Verdict {
 public:
  /// The configuration has no plan with more. Were there one, the masks of the last would be joined.
  static constexpr std::size_t max_deliveries = max_mask_sets;
  static constexpr std::uint16_t no_rule = std::numeric_limits<std::uint16_t>::max();
  static constexpr std::uint64_t every_collector = std::numeric_limits<std::uint64_t>::max();

  PlanFate fate = PlanFate::sent;
  std::uint16_t rule = no_rule;  ///< that decided; no_rule: none did
  hep::Marks marks = {};         ///< live until the next verdict

  [[nodiscard]] std::span<const PlanDelivery> deliveries() const noexcept {
    return {deliveries_.data(), count_};
  }
  /// gives     all that get it, with whatever masks
  [[nodiscard]] std::uint64_t collectors() const noexcept;

  /// Those that get it already are not sent to again.
  void send_to(std::uint64_t collectors, const SipMasks& masks) noexcept;
  /// Whoever gets it, gets it with these masks, too.
  void mask_all(const SipMasks& masks) noexcept;

 private:
  std::array<PlanDelivery, max_deliveries> deliveries_{};
  std::uint8_t count_ = 0;
};

}  // namespace heptap
