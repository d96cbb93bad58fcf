#include "proto/rtp/dtmf.hpp"

#include <algorithm>
#include <string_view>

namespace heptap {
namespace {

constexpr std::uint16_t longest_duration = 0xffff;

constexpr std::int64_t ns_per_us = 1000;

std::uint32_t low_us(std::int64_t time_ns) noexcept {
  return static_cast<std::uint32_t>(time_ns / ns_per_us);
}

}  // namespace

Result<TelephoneEvent> parse_telephone_event(Bytes payload) noexcept {
  constexpr unsigned end_bit = 0x80;
  constexpr unsigned volume_bits = 0x3f;
  ByteReader r{payload};
  TelephoneEvent out;
  out.code = r.u8();
  const unsigned flags = r.u8();
  out.is_end = (flags & end_bit) != 0;
  out.volume = static_cast<std::uint8_t>(flags & volume_bits);
  out.duration = r.be16();
  if (!r.ok()) return Errc::incomplete;
  return out;
}

char dtmf_character(std::uint8_t code) noexcept {
  constexpr std::string_view characters = "0123456789*#ABCD!";
  return code < characters.size() ? characters[code] : '\0';
}

DtmfStep DtmfTracker::add(const TelephoneEvent& event, std::uint32_t timestamp,
                          std::int64_t time_ns, std::uint32_t clock_hz, DtmfDigits& out) noexcept {
  DtmfStep step;
  if (is_same(event, timestamp) || is_continued_by(event, timestamp)) {
    if (!is_active()) return step;
    go_on(event, timestamp, time_ns);
  } else {
    if (is_behind(timestamp)) return step;
    step.ended = is_active();
    if (step.ended) out.ended = end(time_ns, clock_hz);
    begin(event, timestamp, time_ns);
    out.started = digit(time_ns);
    step.started = true;
  }
  // There is place for one end: that of the next copy of this packet will do.
  if (event.is_end && !step.ended) {
    out.ended = end(time_ns, clock_hz);
    out.ended.has_end = step.ended = true;
  }
  return step;
}

bool DtmfTracker::is_timed_out(std::int64_t time_ns) const noexcept {
  return is_active() && low_us(time_ns) - last_us_ > timeout_us;
}

DtmfDigit DtmfTracker::end(std::int64_t time_ns, std::uint32_t clock_hz) noexcept {
  DtmfDigit out = digit(time_ns);
  const bool is_counted = clock_hz != 0 && state_ == State::active;
  out.duration_ms = is_counted ? duration_ * 1000.0 / clock_hz : (last_us_ - start_us_) / 1000.0;
  state_ = State::over;
  return out;
}

bool DtmfTracker::is_same(const TelephoneEvent& event, std::uint32_t timestamp) const noexcept {
  return state_ != State::none && event.code == code_ && timestamp == timestamp_;
}

bool DtmfTracker::is_continued_by(const TelephoneEvent& event,
                                  std::uint32_t timestamp) const noexcept {
  return state_ != State::none && event.code == code_ && timestamp == timestamp_ + longest_duration;
}

// A copy that comes late, of an event that is over; a sender that began again is farther away.
bool DtmfTracker::is_behind(std::uint32_t timestamp) const noexcept {
  return state_ != State::none && timestamp_ - timestamp - 1 < 2 * longest_duration;
}

DtmfDigit DtmfTracker::digit(std::int64_t time_ns) const noexcept {
  const std::int64_t ago_us = low_us(time_ns) - start_us_;
  const std::int64_t whole_us_ns = time_ns - time_ns % ns_per_us;
  DtmfDigit out{.code = code_, .volume = volume_};
  if (__builtin_sub_overflow(whole_us_ns, ago_us * ns_per_us, &out.start_ns)) {
    out.start_ns = whole_us_ns;
  }
  return out;
}

void DtmfTracker::begin(const TelephoneEvent& event, std::uint32_t timestamp,
                        std::int64_t time_ns) noexcept {
  start_us_ = low_us(time_ns);
  code_ = event.code;
  duration_ = 0;
  go_on(event, timestamp, time_ns);
  state_ = State::active;
}

void DtmfTracker::go_on(const TelephoneEvent& event, std::uint32_t timestamp,
                        std::int64_t time_ns) noexcept {
  if (timestamp != timestamp_) {
    state_ = State::continued;
    duration_ = 0;
  }
  timestamp_ = timestamp;
  last_us_ = low_us(time_ns);
  duration_ = std::max(duration_, event.duration);
  volume_ = event.volume & 0x3fU;
}

}  // namespace heptap
