#include "agent/pipeline/rtp_streams.hpp"
#include "proto/rtp/dtmf.hpp"

namespace heptap {

void RtpStreams::take_events(std::uint32_t slot, const RtpStep& step,
                             std::int64_t time_us) noexcept {
  const TrackedStream& one = table_[slot];
  if (one.session == none) return;
  if (step.has(RtpEvent::confirmed)) join_side(slot, time_us);
  if (step.has(RtpEvent::restarted)) tell(slot, MediaEventKind::restarted, time_us, 0);
  if (step.has(RtpEvent::media_gap) && one.is_expected) {
    tell(slot, MediaEventKind::media_gap, time_us, static_cast<std::int64_t>(details_.gap_ms));
  }
  if (step.has(RtpEvent::codec_changed)) {
    tell(slot, MediaEventKind::codec_changed, time_us, details_.codec_now);
  }
  if (step.has(RtpEvent::confirmed) || step.has(RtpEvent::codec_changed)) {
    check_codec(slot, time_us);
  }
  if (step.has(RtpEvent::digit_ended)) tell_digit(slot, details_.digits.ended, time_us);
}

// Once for each payload type in a row.
void RtpStreams::check_codec(std::uint32_t slot, std::int64_t time_us) noexcept {
  TrackedStream& one = table_[slot];
  if (one.session == none || one.formats == FormatLists::none || !one.stream.has_codec()) return;
  const std::uint8_t payload_type = one.stream.payload_type();
  if (one.unknown_type == payload_type || formats_.find(one.formats, payload_type)) return;
  one.unknown_type = payload_type;
  tell(slot, MediaEventKind::codec_not_in_sdp, time_us, payload_type);
}

// Behind a new offer and answer the codec of before may go on for a moment.
void RtpStreams::check_codec_again(std::uint32_t slot, std::int64_t time_us) noexcept {
  constexpr std::uint32_t moment_ms = 1000;
  if (low_millis(time_us) - table_[slot].asked_ms >= moment_ms) check_codec(slot, time_us);
}

// The payload of SRTP is encrypted: what it seems to say is nothing.
void RtpStreams::tell_digit(std::uint32_t slot, const DtmfDigit& digit,
                            std::int64_t time_us) noexcept {
  TrackedStream& one = table_[slot];
  if (one.session == none || one.is_srtp) return;
  const char shown = options_.shows_digits ? dtmf_character(digit.code) : char{0};
  tell(slot, MediaEventKind::dtmf, time_us, one.stream.number_digit(extras_), shown);
}

void RtpStreams::tell(std::uint32_t slot, MediaEventKind kind, std::int64_t time_us,
                      std::int64_t detail, char digit) noexcept {
  const TrackedStream& one = table_[slot];
  news_.tell({.owner = sessions_.owner(one.session, one.sender),
              .kind = kind,
              .time_us = time_us,
              .ssrc = table_.key(slot).ssrc,
              .detail = detail,
              .digit = digit});
}

}  // namespace heptap
