#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/plan/captagent_error.hpp"
#include "agent/plan/rule.hpp"

namespace heptap {

/// A function of a plan that does less here than in captagent.
struct CaptagentNote {
  CaptagentPlace at;
  std::string text;
};

struct CaptagentPlan {
  PlanRules rules;  ///< each named for its function and place: "send_hep:12:9"
  std::vector<CaptagentNote> notes;
};

/// Reads a plan in captagent's language. What a block sends adds up; `drop` ends the block; what no block
/// has sent is dropped. A send and a parser that cannot fail here are true.
///
/// captagent gives each socket a file, whatever name is in its brackets. Here, every block is asked about
/// every message of the protocol whose functions it calls; one that calls those of SIP and of RTCP, or none
/// of either, about all. Of one that calls none, a name that begins with sip, rtcp or report says which.
///
/// `while` is `if`: no statement changes what a message is, so a second time would be as the first.
///
/// collectors  names that send_hep() may have
/// throws      CaptagentError
/// source      captagent 6.4; agent/plan/README.md has what differs
[[nodiscard]] CaptagentPlan read_captagent_plan(std::string_view text,
                                                const std::vector<std::string>& collectors);

inline constexpr std::size_t max_captagent_bytes = 65'536;

/// The most of comparisons, and of what joins them, in all rules of a plan.
inline constexpr std::size_t max_captagent_conditions = 16'384;

}  // namespace heptap
