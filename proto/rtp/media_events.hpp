#pragma once

#include <cstdint>

namespace heptap {

/// What one direction of a call's media has had, and whether SDP lets it have any: not when it is
/// inactive, held, refused, or only the other one sends.
struct MediaDirection {
  std::uint64_t packets = 0;
  std::int64_t first_ns = 0;  ///< of any stream; meaningless without packets
  std::int64_t last_ns = 0;
  bool is_expected = true;
  bool has_comfort_noise = false;  ///< silence is announced there: it says nothing
};

/// When something about media is an event.
struct MediaEventLimits {
  std::int64_t timeout_ns = 60'000'000'000;
  std::int64_t one_way_ns = 10'000'000'000;
  std::int64_t late_ns = 1'000'000'000;
  std::int64_t after_bye_ns = 2'000'000'000;
  std::int64_t idle_ns = 30'000'000'000;
  std::uint64_t few_packets = 5;  ///< fewer than these are no media when the call is over
};

/// What the two directions of a call have between them.
enum class MediaPresence : std::uint8_t {
  unknown,  ///< too early to say, or not both are expected
  both,
  one_way,
  none,  ///< or it does not pass here: ask whether that endpoint's media ever does
};

// All of them are asked again and again, with any times; a time that is before another one is no
// time at all behind it.

/// Whether a direction has been silent for longer than the limit, since its last packet or the
/// answer, whichever is later.
[[nodiscard]] bool is_media_timeout(const MediaDirection& direction, std::int64_t answered_ns,
                                    std::int64_t now_ns,
                                    const MediaEventLimits& limits = {}) noexcept;

/// confirmed_ns  time of the ACK
[[nodiscard]] MediaPresence media_presence(const MediaDirection& one, const MediaDirection& other,
                                           std::int64_t confirmed_ns, std::int64_t now_ns,
                                           const MediaEventLimits& limits = {}) noexcept;

/// The same when the call is over: a few packets are none.
[[nodiscard]] MediaPresence final_media_presence(const MediaDirection& one,
                                                 const MediaDirection& other,
                                                 const MediaEventLimits& limits = {}) noexcept;

/// Whether the first packet came too late behind the answer.
[[nodiscard]] bool is_late_media(const MediaDirection& direction, std::int64_t answered_ns,
                                 const MediaEventLimits& limits = {}) noexcept;

/// Whether packets came too long behind the answer to BYE.
[[nodiscard]] bool is_media_after_bye(const MediaDirection& direction, std::int64_t ended_ns,
                                      const MediaEventLimits& limits = {}) noexcept;

/// Whether a stream is over for its reports; it goes on with its next packet.
[[nodiscard]] bool is_rtp_idle(std::int64_t last_ns, std::int64_t now_ns,
                               const MediaEventLimits& limits = {}) noexcept;

}  // namespace heptap
