#include "agent/pipeline/rtp_streams.hpp"

#include <span>
#include <utility>

#include "agent/random_seed.hpp"
#include "proto/rtp/media_events.hpp"

namespace heptap {
namespace {

constexpr std::int64_t nanos_per_micro = 1000;
constexpr std::uint32_t renew_after_ms = 1000;
constexpr int most_at_a_time = 64;  // that end because of one packet

constexpr std::int64_t idle_us = MediaEventLimits{}.idle_ns / nanos_per_micro;

// Silent, or of a time that has not come: somebody has set the clock back.
bool is_over(const TrackedStream& one, std::int64_t now_us) noexcept {
  const std::int64_t silent_us = now_us - one.last_us();
  return silent_us >= idle_us || silent_us <= -idle_us;
}

// Where the packet is cut nobody knows its padding: all that is missing is taken for payload.
RtpPacket packet_of(const Packet& datagram, const RtpView& rtp) noexcept {
  RtpPacket out = rtp;
  if (datagram.cut_bytes == 0) return out;
  const auto header_bytes = rtp.payload.data() - datagram.payload.data();
  const Bytes there = datagram.payload.subspan(static_cast<std::size_t>(header_bytes));
  out.payload = RtpPayload(there, datagram.cut_bytes);
  return out;
}

// A few packets and no period before: the report of the last period would say the same as that of all.
bool is_tiny(const TrackedStream& one, const RtpExtras& extras) noexcept {
  return !one.stream.has_periods() &&
         one.stream.counts(extras).packets() < MediaEventLimits{}.few_packets;
}

}  // namespace

RtpStreams::RtpStreams(const RtpOptions& options, MediaCalls& calls, Outlet* outlet,
                       const MediaSigns& signs)
    : options_(options),
      calls_(calls),
      signs_(signs),
      news_(calls, signs.observer),
      sessions_(options.max_streams, random_seed(), news_, options.all_sessions),
      extras_(options.max_streams),
      reports_(calls, outlet, signs.observer, extras_, options.is_degraded),
      formats_(random_seed()),
      keys_(options.max_streams),
      table_(options.max_streams, random_seed()) {}

void RtpStreams::take(const Packet& datagram, const RtpView& rtp, std::int64_t time_us) noexcept {
  ++counts_.packets;
  Waiting& one = packets_[waiting_++];
  one.key = {flow_of(datagram), rtp.ssrc};
  one.hash = table_.hash(one.key);
  table_.prefetch(one.hash);
  one.time_us = time_us;
  one.packet = packet_of(datagram, rtp);
  if (waiting_ == most_waiting) follow_waiting();
}

void RtpStreams::follow_waiting() noexcept {
  const auto all = std::span(packets_).first(std::exchange(waiting_, 0));
  for (const Waiting& one : all) table_.prefetch_entry(one.hash);
  for (const Waiting& one : all) follow(one);
}

void RtpStreams::follow(const Waiting& one) noexcept {
  std::uint32_t slot = slot_of(one);
  if (may_have_other_call(table_[slot], one.time_us)) {
    slot = with_call(slot, one.packet.payload_type, one.time_us);
  }
  follow(slot, one.packet, one.time_us);
}

std::uint32_t RtpStreams::slot_of(const Waiting& one) noexcept {
  const std::uint32_t slot = table_.find_if(one.hash, [&](std::uint32_t at) {
    return keys_.are_same(table_.key(at), table_[at].is_v6, one.key);
  });
  if (slot != none && !is_over(table_[slot], one.time_us)) return slot;
  if (slot != none) end(slot, one.time_us);
  return open(one.key, one.time_us);
}

std::uint32_t RtpStreams::open(const RtpStreamKey& key, std::int64_t time_us) noexcept {
  if (table_.is_full()) evict(time_us);
  const std::uint32_t slot = table_.add(keys_.hold(key), table_.hash(key));
  ++counts_.opened;
  TrackedStream& one = table_[slot];
  one = TrackedStream{};
  one.is_v6 = key.is_v6();
  one.listed_ms = static_cast<std::uint16_t>(low_millis(time_us));
  table_.append(strays_, slot);
  return slot;
}

void RtpStreams::follow(std::uint32_t slot, const RtpPacket& packet,
                        std::int64_t time_us) noexcept {
  TrackedStream& one = table_[slot];
  if (is_due(one, time_us)) report_period(slot, time_us);
  const auto format_of = [&](std::uint8_t payload_type) {
    return rtp_format_of(payload_of(one, payload_type));
  };
  const RtpStep step =
      one.stream.add(packet, time_us * nanos_per_micro, format_of, extras_, details_);
  if (step.events != 0) take_events(slot, step, time_us);
  keep_order(slot, time_us);
}

// Once a second is enough, and keeps its neighbours out of the way of each packet. Sixteen bits of
// milliseconds are twice as long as a stream may be silent.
void RtpStreams::keep_order(std::uint32_t slot, std::int64_t time_us) noexcept {
  TrackedStream& one = table_[slot];
  const auto now_ms = static_cast<std::uint16_t>(low_millis(time_us));
  const auto since_ms = static_cast<std::uint16_t>(now_ms - one.listed_ms);
  if (one.is_listed == one.stream.is_confirmed() && since_ms < renew_after_ms) return;
  one.listed_ms = now_ms;
  move(slot, one.stream.is_confirmed());
}

void RtpStreams::move(std::uint32_t slot, bool is_confirmed) noexcept {
  TrackedStream& one = table_[slot];
  table_.unlink(one.is_listed ? confirmed_ : strays_, slot);
  one.is_listed = is_confirmed;
  table_.append(is_confirmed ? confirmed_ : strays_, slot);
}

bool RtpStreams::is_due(const TrackedStream& one, std::int64_t time_us) const noexcept {
  if (options_.interval_us == 0 || one.session == none) return false;
  return time_us - one.start_us() >= options_.interval_us;
}

// Periods follow one another without a gap; one that has had a long silence ends with it.
void RtpStreams::report_period(std::uint32_t slot, std::int64_t time_us) noexcept {
  TrackedStream& one = table_[slot];
  if (!one.stream.is_confirmed()) return;
  const std::int64_t end_us = one.start_us() + options_.interval_us;
  const bool is_next = time_us - end_us < options_.interval_us;
  if (sessions_[one.session].stream(one.sender) != slot) keep_progress(slot);
  check_codec_again(slot, time_us);
  reports_.period(hep::RtpReportType::periodic, key_of(slot), one,
                  payload_of(one, one.stream.payload_type()), sessions_,
                  is_next ? end_us : time_us);
}

StreamPayload RtpStreams::payload_of(const TrackedStream& one,
                                     std::uint8_t payload_type) const noexcept {
  return {.payload_type = payload_type,
          .sdp = formats_.find(one.formats, payload_type),
          .is_video = one.is_video,
          .is_srtp = one.is_srtp};
}

void RtpStreams::end(std::uint32_t slot, std::int64_t now_us) noexcept {
  TrackedStream& one = table_[slot];
  ++(one.stream.is_confirmed() ? counts_.ended : counts_.strays);
  if (one.stream.is_confirmed()) {
    DtmfDigit digit;
    if (one.stream.end_digit(now_us * nanos_per_micro, true, extras_, digit)) {
      tell_digit(slot, digit, now_us);
    }
    if (one.session == none) look_for_call(slot, now_us);
    report_end(slot);
  }
  leave(slot, now_us);
}

// Whoever asks for its call now is told of another one.
void RtpStreams::end_unreported(std::uint32_t slot, std::int64_t now_us) noexcept {
  const bool is_confirmed = table_[slot].stream.is_confirmed();
  ++(is_confirmed ? counts_.ended : counts_.strays);
  if (is_confirmed) reports_.without_call(MediaMiss::call_over);
  leave(slot, now_us);
}

void RtpStreams::report_end(std::uint32_t slot) noexcept {
  TrackedStream& one = table_[slot];
  if (one.session == none) return reports_.without_call(one.miss);
  keep_progress(slot);
  check_codec_again(slot, one.last_us());
  const RtpStreamKey key = key_of(slot);
  const StreamPayload payload = payload_of(one, one.stream.payload_type());
  const std::int64_t last_us = one.last_us();
  if (options_.interval_us != 0 && last_us >= one.start_us() && !is_tiny(one, extras_)) {
    reports_.period(hep::RtpReportType::hangup, key, one, payload, sessions_, last_us);
  }
  reports_.final(key, one, payload, sessions_);
}

void RtpStreams::leave(std::uint32_t slot, std::int64_t now_us) noexcept {
  TrackedStream& one = table_[slot];
  if (one.session != none) leave_session(slot, now_us);
  formats_.release(one.formats);
  one.stream.leave(extras_);
  const std::uint64_t hash = table_.hash(key_of(slot));
  keys_.release(table_.key(slot), one.is_v6);
  table_.unlink(one.is_listed ? confirmed_ : strays_, slot);
  table_.remove(slot, hash);
}

// Strays first: nobody shall drive streams out with single packets.
void RtpStreams::evict(std::int64_t now_us) noexcept {
  ++counts_.evicted;
  end(strays_.first != none ? strays_.first : confirmed_.first, now_us);
}

bool RtpStreams::end_silent(const SlotList& list, std::int64_t now_us) noexcept {
  for (int i = 0; i < most_at_a_time; ++i) {
    if (list.first == none || !is_over(table_[list.first], now_us)) return true;
    end(list.first, now_us);
  }
  return false;
}

void RtpStreams::look_around(std::int64_t now_us) noexcept {
  catch_up();
  bool is_done = end_silent(strays_, now_us);
  is_done = end_silent(confirmed_, now_us) && is_done;
  for (int i = 0; i < most_at_a_time; ++i) {
    const std::uint32_t session = sessions_.next_due(now_us);
    if (session == none) break;
    look_at_session(session, now_us);
    is_done = is_done && i + 1 < most_at_a_time;
  }
  next_look_us_ = is_done ? now_us + look_every_us : now_us;
}

void RtpStreams::finish() noexcept {
  catch_up();
  std::uint32_t session = none;
  while ((session = sessions_.next_due(last_us_ + MediaSessions::look_every_us)) != none) {
    look_at_session(session, last_us_);
  }
  while (strays_.first != none) end(strays_.first, last_us_);
  while (confirmed_.first != none) end(confirmed_.first, last_us_);
  sessions_.finish([this](std::uint64_t call_hash, std::int64_t time_us) {
    return calls_.state(call_hash, time_us, text_);
  });
}

}  // namespace heptap
