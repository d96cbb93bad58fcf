#include "proto/rtp/stream.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace heptap {
namespace {

constexpr std::uint32_t hz_per_khz = 1000;

constexpr std::uint8_t codec_change_packets = 3;
constexpr std::uint8_t clock_estimate_packets = 50;

RtpCounts since(const RtpCounts& earlier, const RtpCounts& now) noexcept {
  return {now.expected - earlier.expected, now.unique - earlier.unique,
          now.duplicates - earlier.duplicates, now.late - earlier.late,
          now.suspects - earlier.suspects};
}

bool is_counted(SequenceStep step) noexcept {
  return step != SequenceStep::duplicate && step != SequenceStep::suspect;
}

}  // namespace

RtpStep RtpStream::add_as(const RtpPacket& packet, std::int64_t time_ns, const RtpFormat& format,
                          RtpExtras& extras, RtpEventDetails& out) noexcept {
  RtpStep step;
  take_time(packet, time_ns, format, step, out);
  step.sequence = take_number(packet.sequence, extras);
  count_payload(static_cast<std::uint32_t>(packet.payload.size()));
  if (!is_counted(step.sequence)) return step;
  if (step.sequence == SequenceStep::confirmed) {
    is_confirmed_ = true;
    step.set(RtpEvent::confirmed);
  }
  if (step.sequence == SequenceStep::restarted) step.set(RtpEvent::restarted);
  if (step.sequence == SequenceStep::first || step.sequence == SequenceStep::restarted) {
    jitter_.restart();
    unclocked_ = 0;
  }
  switch (format.kind) {
    case RtpKind::telephone_event:
      take_event(packet, time_ns, format.clock_hz, step, extras, out);
      break;
    case RtpKind::comfort_noise: has_comfort_noise_ = is_after_noise_ = true; break;
    case RtpKind::audio:
    case RtpKind::video:
    case RtpKind::redundancy: take_media(packet, time_ns, format, step, extras, out); break;
  }
  return step;
}

void RtpStream::take_time(const RtpPacket& packet, std::int64_t time_ns, const RtpFormat& format,
                          RtpStep& step, RtpEventDetails& out) noexcept {
  if (is_empty()) return arrivals_.begin(time_ns);
  const double ms = elapsed_ms(arrivals_.last_ns(), time_ns);
  const bool is_pause = is_after_noise_ || format.kind == RtpKind::comfort_noise || packet.marker;
  if (ms > media_gap_ms && !is_after_noise_ && is_confirmed()) {
    step.set(RtpEvent::media_gap);
    out.gap_start_ns = arrivals_.last_ns();
    out.gap_ms = ms;
  }
  arrivals_.add(time_ns, !is_pause);
  is_after_noise_ = false;
}

SequenceStep RtpStream::take_number(std::uint16_t sequence, RtpExtras& extras) noexcept {
  if (!has_extra_ && run_.is_next(sequence)) return run_.add(sequence);
  RtpExtra& extra = extra_of(extras);
  return extra.sequence.add(sequence, extra.losses);
}

RtpExtra& RtpStream::extra_of(RtpExtras& extras) noexcept {
  if (!has_extra_) {
    extra_or_earlier_ = extras.add({.sequence = RtpSequence(run_),
                                    .losses = run_.losses(),
                                    .earlier = RtpRun{.count = extra_or_earlier_}.counts(),
                                    .digits = {}});
    has_extra_ = true;
  }
  return extras[extra_or_earlier_];
}

void RtpStream::leave(RtpExtras& extras) noexcept {
  if (has_extra_) extras.remove(extra_or_earlier_);
  has_extra_ = false;
}

void RtpStream::count_payload(std::uint32_t bytes) noexcept {
  const bool carries = __builtin_add_overflow(payload_bytes_, bytes, &payload_bytes_);
  if (carries) ++payload_bytes_high_;
}

void RtpStream::take_event(const RtpPacket& packet, std::int64_t time_ns, std::uint32_t clock_hz,
                           RtpStep& step, RtpExtras& extras, RtpEventDetails& out) noexcept {
  const auto event = parse_telephone_event(packet.payload.start());
  if (!event) return;
  RtpExtra& extra = extra_of(extras);
  extra.digits_clock_khz = static_cast<std::uint8_t>(std::min(clock_hz / hz_per_khz, 255U));
  const DtmfStep done = extra.digits.add(*event, packet.timestamp, time_ns, clock_hz, out.digits);
  if (done.started) step.set(RtpEvent::digit_started);
  if (done.ended) step.set(RtpEvent::digit_ended);
}

void RtpStream::take_media(const RtpPacket& packet, std::int64_t time_ns, const RtpFormat& format,
                           RtpStep& step, RtpExtras& extras, RtpEventDetails& out) noexcept {
  if (end_digit(time_ns, false, extras, out.digits.ended)) step.set(RtpEvent::digit_ended);
  if (!has_format_ || packet.payload_type != last_payload_type_) {
    remember(packet.payload_type, format);
  }
  if (format.kind != RtpKind::redundancy) follow_codec(packet.payload_type, step, out);
  if (is_silence_frame(silence_, packet.payload)) has_comfort_noise_ = is_after_noise_ = true;
  if (jitter_.clock_hz() == 0) take_clock(packet, time_ns, step);
  const bool is_more = kind_ == RtpKind::video && jitter_.is_same_frame(packet.timestamp);
  if (!is_more) jitter_.add(packet.timestamp, time_ns);
}

void RtpStream::take_clock(const RtpPacket& packet, std::int64_t time_ns, RtpStep& step) noexcept {
  const auto clock_hz = jitter_.estimate_clock(packet.timestamp, time_ns);
  if (unclocked_ < clock_estimate_packets) ++unclocked_;
  if (unclocked_ < clock_estimate_packets || !clock_hz) return;
  const auto khz = static_cast<std::uint8_t>(*clock_hz / hz_per_khz);
  const bool is_sure = khz != 0 && khz == estimated_khz_;
  jitter_.restart();
  unclocked_ = 0;
  estimated_khz_ = khz;
  if (!is_sure) return;
  jitter_.set_clock(*clock_hz);
  step.set(RtpEvent::clock_estimated);
}

void RtpStream::remember(std::uint8_t payload_type, const RtpFormat& format) noexcept {
  jitter_.set_clock(format.clock_hz);
  unclocked_ = 0;
  has_format_ = true;
  last_payload_type_ = payload_type;
  kind_ = format.kind;
  silence_ = format.silence;
}

void RtpStream::follow_codec(std::uint8_t payload_type, RtpStep& step,
                             RtpEventDetails& out) noexcept {
  const bool is_same = has_codec_ && payload_type == payload_type_;
  if (!has_codec_) payload_type_ = payload_type;
  has_codec_ = true;
  other_in_a_row_ = is_same ? 0 : other_in_a_row_ + 1U;
  if (other_in_a_row_ < codec_change_packets) return;
  step.set(RtpEvent::codec_changed);
  out.codec_before = payload_type_;
  out.codec_now = payload_type_ = payload_type;
  other_in_a_row_ = 0;
}

bool RtpStream::end_digit(std::int64_t now_ns, bool is_over, RtpExtras& extras,
                          DtmfDigit& out) noexcept {
  if (!has_extra_) return false;
  RtpExtra& extra = extras[extra_or_earlier_];
  if (is_over ? !extra.digits.is_active() : !extra.digits.is_timed_out(now_ns)) return false;
  out = extra.digits.end(now_ns, extra.digits_clock_khz * hz_per_khz);
  return true;
}

std::uint16_t RtpStream::number_digit(RtpExtras& extras) noexcept {
  std::uint16_t& numbered = extra_of(extras).digits_numbered;
  if (numbered != std::numeric_limits<std::uint16_t>::max()) ++numbered;
  return numbered;
}

RtpCounts RtpStream::counts(const RtpExtras& extras) const noexcept {
  return has_extra_ ? extras[extra_or_earlier_].sequence.counts() : run_.counts();
}

BurstGap RtpStream::all_losses(const RtpExtras& extras) const noexcept {
  if (!has_extra_) return RtpSequence(run_).all_losses(run_.losses());
  const RtpExtra& extra = extras[extra_or_earlier_];
  return extra.sequence.all_losses(extra.losses);
}

RtpCounts RtpStream::renew_earlier(RtpExtras& extras) noexcept {
  if (has_extra_) return std::exchange(extras[extra_or_earlier_].earlier, counts(extras));
  return RtpRun{.count = std::exchange(extra_or_earlier_, run_.count)}.counts();
}

RtpFigures RtpStream::figures(const RtpExtras& extras) const noexcept {
  RtpFigures out;
  out.jitter_ms = jitter_.last_ms();
  out.skew_ms = jitter_.skew_ms();
  out.max_skew_ms = jitter_.max_skew_ms();
  out.first_ns = arrivals_.first_ns();
  out.last_ns = arrivals_.last_ns();
  out.clock_hz = jitter_.clock_hz();
  if (has_extra_) out.restarts = extras[extra_or_earlier_].sequence.restarts();
  out.payload_type = payload_type_;
  if (out.clock_hz != 0) out.ptime_ms = jitter_.usual_step() * 1000.0 / out.clock_hz;
  return out;
}

RtpFigures RtpStream::total(const RtpExtras& extras) const noexcept {
  RtpFigures out = figures(extras);
  out.counts = counts(extras);
  out.payload_bytes = payload_bytes();
  const MeanAndMax jitter = jitter_.total();
  out.mean_jitter_ms = jitter.mean();
  out.max_jitter_ms = double{jitter.max};
  const std::uint32_t packets = out.counts.packets();
  out.delta = arrivals_.total(packets > 0 ? packets - 1 : 0);
  const LossRuns losses = all_losses(extras).losses();
  out.loss_runs = losses.runs;
  out.burst_ratio = losses.burst_ratio(out.counts.expected);
  return out;
}

BurstGapFigures RtpStream::bursts(const RtpExtras& extras) const noexcept {
  return all_losses(extras).figures(counts(extras).expected);
}

RtpFigures RtpStream::take_period(RtpExtras& extras) noexcept {
  RtpFigures out = figures(extras);
  const RtpCounts earlier = renew_earlier(extras);
  out.counts = since(earlier, counts(extras));
  out.payload_bytes = payload_bytes_ - earlier_bytes_;
  const MeanAndMax jitter = jitter_.take_period();
  out.mean_jitter_ms = jitter.mean();
  out.max_jitter_ms = double{jitter.max};
  const bool has_first = earlier.packets() == 0 && out.counts.packets() > 0;
  out.delta = arrivals_.take_period(out.counts.packets() - (has_first ? 1 : 0), !has_periods_);
  const LossRuns losses = has_extra_ ? extras[extra_or_earlier_].losses.take_losses() : LossRuns{};
  out.loss_runs = losses.runs;
  out.burst_ratio = losses.burst_ratio(out.counts.expected);
  earlier_bytes_ = payload_bytes_;
  has_periods_ = true;
  return out;
}

}  // namespace heptap
