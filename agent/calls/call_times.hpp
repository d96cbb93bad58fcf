#pragma once

#include <cstdint>
#include <optional>

#include "agent/calls/call_state.hpp"
#include "agent/calls/status_bucket.hpp"

// What the times of a call come to: read only.
namespace heptap {

enum class SampleKind : std::uint8_t { none, success, failed, cancelled };

/// A time of RFC 6076, and the series it belongs to; `none`: there is no such time.
struct Sample {
  std::int64_t us = 0;
  SampleKind kind = SampleKind::none;
};

/// gives     `to` minus `from`, at least 0; nothing when one of them has not happened
[[nodiscard]] std::optional<std::int64_t> elapsed_us(std::int64_t from, std::int64_t to) noexcept;

/// The earlier of two times, of which each may not have happened.
[[nodiscard]] constexpr std::int64_t earlier(std::int64_t a, std::int64_t b) noexcept {
  if (a == no_time) return b;
  return b == no_time || a < b ? a : b;
}

/// How an attempt has ended, or would if nothing more came: `trying` when nothing final came.
[[nodiscard]] StatusBucket bucket_of(const Attempt& attempt,
                                     const IneffectiveCodes& ineffective) noexcept;

/// source    RFC 6076 section 4.3
[[nodiscard]] Sample srd_of(const Attempt& attempt, const IneffectiveCodes& ineffective) noexcept;

/// From the answer to the end of the dialog; `failed` with the timer when the BYE had no response.
/// answer_us   where the call is measured
/// source      RFC 6076 section 4.5
[[nodiscard]] Sample sdt_of(const CallState& state, const Dialog& dialog,
                            std::int64_t answer_us) noexcept;

/// Of several attempts of one From tag that crossed several hops, the one nearest to the caller: it has
/// the fewest Via values, then came first. The others are the same attempt, seen again.
[[nodiscard]] bool is_primary(const CallState& state, const Attempt& attempt,
                              std::uint32_t cseq) noexcept;

/// gives     the dialog that answered the attempt first; nothing: none has
[[nodiscard]] const Dialog* primary_dialog(const CallState& state, const Attempt& attempt) noexcept;

/// gives     the primary attempt whose answer made this dialog; nothing: it was not seen
[[nodiscard]] const Attempt* attempt_of(const CallState& state, const Dialog& dialog) noexcept;

/// Whether the call is a session: an INVITE asked for it or was answered, or a BYE or its session timer
/// ended it. Registrations, subscriptions and the like are none.
[[nodiscard]] bool is_session(const CallState& state) noexcept;

/// Whether it is over, or was never more than early. Where nobody knows who called, its INVITE was not
/// seen, nor what became of it: it may be up.
[[nodiscard]] bool has_ended(const Dialog& dialog) noexcept;

/// gives     packet time from which nothing more is expected of the call: all is decided, and it has
///           lingered for 64*T1. no_time: it is open
[[nodiscard]] std::int64_t over_us(const CallState& state) noexcept;

}  // namespace heptap
