#include "proto/rtp/media_events.hpp"

#include <algorithm>

namespace heptap {
namespace {

// Whether `now_ns` is more than a limit behind a time; the difference may not fit.
bool is_past(std::int64_t since_ns, std::int64_t limit_ns, std::int64_t now_ns) noexcept {
  std::int64_t elapsed_ns = 0;
  if (__builtin_sub_overflow(now_ns, since_ns, &elapsed_ns)) return now_ns > since_ns;
  return elapsed_ns > limit_ns;
}

MediaPresence presence(bool one, bool other) noexcept {
  if (one && other) return MediaPresence::both;
  return one || other ? MediaPresence::one_way : MediaPresence::none;
}

bool are_expected(const MediaDirection& one, const MediaDirection& other) noexcept {
  return one.is_expected && other.is_expected;
}

}  // namespace

bool is_media_timeout(const MediaDirection& direction, std::int64_t answered_ns,
                      std::int64_t now_ns, const MediaEventLimits& limits) noexcept {
  if (!direction.is_expected || direction.has_comfort_noise) return false;
  const std::int64_t since =
      direction.packets == 0 ? answered_ns : std::max(answered_ns, direction.last_ns);
  return is_past(since, limits.timeout_ns, now_ns);
}

MediaPresence media_presence(const MediaDirection& one, const MediaDirection& other,
                             std::int64_t confirmed_ns, std::int64_t now_ns,
                             const MediaEventLimits& limits) noexcept {
  if (!are_expected(one, other)) return MediaPresence::unknown;
  const MediaPresence found = presence(one.packets > 0, other.packets > 0);
  const bool is_early = !is_past(confirmed_ns, limits.one_way_ns - 1, now_ns);
  return is_early && found != MediaPresence::both ? MediaPresence::unknown : found;
}

MediaPresence final_media_presence(const MediaDirection& one, const MediaDirection& other,
                                   const MediaEventLimits& limits) noexcept {
  if (!are_expected(one, other)) return MediaPresence::unknown;
  return presence(one.packets >= limits.few_packets, other.packets >= limits.few_packets);
}

bool is_late_media(const MediaDirection& direction, std::int64_t answered_ns,
                   const MediaEventLimits& limits) noexcept {
  return direction.packets > 0 && is_past(answered_ns, limits.late_ns, direction.first_ns);
}

bool is_media_after_bye(const MediaDirection& direction, std::int64_t ended_ns,
                        const MediaEventLimits& limits) noexcept {
  return direction.packets > 0 && is_past(ended_ns, limits.after_bye_ns, direction.last_ns);
}

bool is_rtp_idle(std::int64_t last_ns, std::int64_t now_ns,
                 const MediaEventLimits& limits) noexcept {
  return is_past(last_ns, limits.idle_ns - 1, now_ns);
}

}  // namespace heptap
