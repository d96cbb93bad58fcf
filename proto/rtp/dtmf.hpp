#pragma once

#include <cstdint>

#include "proto/bytes.hpp"
#include "proto/result.hpp"

namespace heptap {

/// The payload of one telephone-event packet.
struct TelephoneEvent {
  std::uint8_t code = 0;
  bool is_end = false;
  std::uint8_t volume = 0;     ///< 0 to 63: below 0 dBm0
  std::uint16_t duration = 0;  ///< so far, in units of the clock
};

/// errors    incomplete: fewer than four bytes
/// source    RFC 4733 section 2.3
[[nodiscard]] Result<TelephoneEvent> parse_telephone_event(Bytes payload) noexcept;

/// gives     0 to 9, *, #, A to D; ! for flash; NUL for an event that is no digit
/// source    RFC 4733 section 3.2 table 3, RFC 2833 section 3.10
[[nodiscard]] char dtmf_character(std::uint8_t code) noexcept;

/// One key, or one other event, pressed once.
struct DtmfDigit {
  std::uint8_t code = 0;
  std::uint8_t volume = 0;
  bool has_end = false;       ///< a packet said so; else nothing came for it any more
  double duration_ms = 0;     ///< 0 when it has only started
  std::int64_t start_ns = 0;  ///< time of its first packet, in whole microseconds
};

/// What a packet did. When it did both, `has_end` tells whether the digit that has ended is the one
/// that has started, whose last packet was the first that came, or the one before.
struct DtmfStep {
  bool started = false;
  bool ended = false;
};

struct DtmfDigits {
  DtmfDigit started;
  DtmfDigit ended;
};

/// Makes one digit of the packets of an event, which are sent again and again, the last one three
/// times. One timestamp is one event; an event that is longer than its duration can say goes on
/// under a timestamp that is 65535 later.
/// source    RFC 4733 sections 2.5.1.2 to 2.5.1.5
class DtmfTracker {
 public:
  static constexpr std::uint32_t timeout_us = 200'000;

  /// clock_hz  of the timestamps; 0, unknown: durations are those of the packets' times
  /// out       written where the step says so
  DtmfStep add(const TelephoneEvent& event, std::uint32_t timestamp, std::int64_t time_ns,
               std::uint32_t clock_hz, DtmfDigits& out) noexcept;

  [[nodiscard]] bool is_active() const noexcept {
    return state_ == State::active || state_ == State::continued;
  }

  /// Whether nothing has come for the active event so long that it must be over.
  [[nodiscard]] bool is_timed_out(std::int64_t time_ns) const noexcept;

  /// Ends the active event as it stands.
  /// time_ns   less than 71 minutes after it began, or its start is wrong
  DtmfDigit end(std::int64_t time_ns, std::uint32_t clock_hz) noexcept;

 private:
  enum class State : std::uint8_t { none, active, continued, over };

  [[nodiscard]] bool is_same(const TelephoneEvent& event, std::uint32_t timestamp) const noexcept;
  [[nodiscard]] bool is_continued_by(const TelephoneEvent& event,
                                     std::uint32_t timestamp) const noexcept;
  [[nodiscard]] bool is_behind(std::uint32_t timestamp) const noexcept;
  [[nodiscard]] DtmfDigit digit(std::int64_t time_ns) const noexcept;
  void begin(const TelephoneEvent& event, std::uint32_t timestamp, std::int64_t time_ns) noexcept;
  void go_on(const TelephoneEvent& event, std::uint32_t timestamp, std::int64_t time_ns) noexcept;

  std::uint32_t timestamp_ = 0;
  std::uint32_t start_us_ = 0;  // the low bits of a time
  std::uint32_t last_us_ = 0;
  std::uint16_t duration_ = 0;
  std::uint8_t code_ = 0;
  std::uint8_t volume_ : 6 = 0;
  State state_ : 2 = State::none;
};

}  // namespace heptap
