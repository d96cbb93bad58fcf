#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "agent/plan/captagent_parser.hpp"
#include "agent/plan/captagent_truth.hpp"

namespace heptap::captagent {

/// What a function is for, which says what messages a block of a plan is for.
enum class Protocol : std::uint8_t { any, sip, rtcp };

/// One row of the table of functions: all there is to know of one.
struct Function {
  enum class Effect : std::uint8_t { none, sends, logs };

  std::string_view name;
  std::size_t fewest = 0;  ///< arguments
  std::size_t most = 0;
  /// What it answers.
  /// throws    CaptagentError: of its arguments
  Truth (*ask)(const Call& call) = nullptr;
  Protocol protocol = Protocol::any;
  Effect effect = Effect::none;
  std::string_view note = {};  ///< where it does less than in captagent; else empty
};

/// gives     the row of a call, whose arguments are as many as it takes; static storage
/// throws    CaptagentError: there is no such function, or it takes more or fewer
[[nodiscard]] const Function& find_function(const Call& call);

}  // namespace heptap::captagent
