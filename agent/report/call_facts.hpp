#pragma once

#include <cstdint>
#include <optional>

#include "agent/calls/call.hpp"
#include "agent/calls/call_summary.hpp"
#include "agent/calls/media_record.hpp"

namespace heptap {

/// All that is known of one call when it is reported. Borrows everything.
struct CallFacts {
  const Call& call;
  const CallDetails& details;
  const CallSummary* summary = nullptr;  ///< null: its signalling was not followed
  const CallMedia* media = nullptr;      ///< null: nothing is known of its media
};

/// When RTP flowed. Nothing when none did.
struct MediaTime {
  std::optional<std::int64_t> sdt_us;    ///< since the answer, to the last packet
  std::optional<std::int64_t> early_us;  ///< from the first packet to the answer
};

/// gives     how long the call was up: from the 2xx to the BYE, or to the last message when no BYE
///           was seen; -1 when it was never answered
[[nodiscard]] std::int64_t talk_time_us(const Call& call) noexcept;

/// sender    nothing: either direction
[[nodiscard]] MediaTime media_time(const CallFacts& facts,
                                   std::optional<MediaParty> sender = {}) noexcept;

[[nodiscard]] std::string_view to_string(MediaParty party) noexcept;
[[nodiscard]] std::string_view to_string(CallParty party) noexcept;
[[nodiscard]] std::string_view to_string(CallEnd end) noexcept;
[[nodiscard]] std::string_view to_string(SampleKind kind) noexcept;

}  // namespace heptap
