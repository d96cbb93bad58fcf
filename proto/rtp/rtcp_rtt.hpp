#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "proto/bytes.hpp"

namespace heptap {

/// A round trip as the tap sees it.
struct RoundTrip {
  std::uint32_t ssrc = 0;                ///< who answered: the way is tap, this one, tap
  std::uint32_t half_us = 0;             ///< 1 to 10'000'000
  std::optional<std::uint32_t> call_us;  ///< both halves, if the other one is at most 30 s away
};

/// Round trips of two parties that report on each other, without a look at their clocks: what passes
/// the tap is a report of X, and later a report of Y that says how long Y has waited since it got it.
/// What is left of the time in between is the way from the tap to Y and back. One for each pair of
/// sources; of more than two, the two that spoke last are kept.
/// source    RFC 3550 section 6.4.1, RFC 3611 section 4.5, both seen from the middle
class RtcpRoundTrip {
 public:
  /// Takes what a datagram says: sender reports and reference times, report blocks and DLRR.
  /// compound  one that count_rtcp() accepts
  /// time_us   when it passed the tap
  /// gives     the last sample that comes of it. There is none within a second of the one before it
  std::optional<RoundTrip> add(Bytes compound, std::int64_t time_us) noexcept;

  /// `ssrc` has sent a report.
  /// middle_bits   of the time that is in it
  void add_time(std::uint32_t ssrc, std::uint32_t middle_bits, std::int64_t time_us) noexcept;

  /// `reporter` answers a report of `ssrc`.
  struct Answer {
    std::uint32_t reporter = 0;
    std::uint32_t ssrc = 0;
    std::uint32_t last = 0;   ///< middle_bits() of that report; 0: got none
    std::uint32_t delay = 0;  ///< since it came, in 1/65536 s
  };
  std::optional<RoundTrip> add_answer(const Answer& answer, std::int64_t time_us) noexcept;

  /// gives     what VoIP metrics said last, in milliseconds: for when there is nothing better
  [[nodiscard]] std::optional<std::uint16_t> reported_ms() const noexcept { return reported_ms_; }

 private:
  static constexpr std::size_t kept_reports = 10;

  // Times are modulo 2^32 us: so is the difference, which matters only when it is small.
  struct Party {
    std::uint32_t ssrc = 0;
    std::uint32_t half_us = 0;  // 0: none so far
    std::int64_t half_time_us = 0;
    std::int64_t seen_us = 0;
    std::array<std::uint32_t, kept_reports> middle_bits{};
    std::array<std::uint32_t, kept_reports> sent_us{};
    std::uint8_t next = 0;
    bool is_known = false;

    void become(std::uint32_t new_ssrc) noexcept;
    [[nodiscard]] std::optional<std::uint32_t> sent_at(std::uint32_t middle) const noexcept;
  };

  [[nodiscard]] Party* find(std::uint32_t ssrc) noexcept;
  Party& party_of(std::uint32_t ssrc, std::int64_t time_us) noexcept;
  [[nodiscard]] Party& other_than(const Party& party) noexcept;

  std::array<Party, 2> parties_;
  std::optional<std::uint16_t> reported_ms_;
};

static_assert(sizeof(RtcpRoundTrip) <= 256);

}  // namespace heptap
