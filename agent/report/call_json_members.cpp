#include "agent/report/call_json_members.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "agent/calls/media_match.hpp"
#include "agent/calls/media_observer.hpp"
#include "agent/calls/method.hpp"
#include "agent/report/call_facts.hpp"
#include "proto/rtp/emodel.hpp"
#include "proto/rtp/quality_band.hpp"

namespace heptap {
namespace {

bool has_only(std::string_view text, std::string_view chars) noexcept {
  return text.find_first_not_of(chars) == std::string_view::npos;
}

template <class Enum, Enum last>
bool is_word(std::string_view text) noexcept {
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    if (to_string(static_cast<Enum>(i)) == text) return true;
  }
  return false;
}

constexpr auto is_band = is_word<QualityBand, QualityBand::bad>;
constexpr auto is_kind = is_word<SampleKind, SampleKind::cancelled>;
constexpr auto is_method = is_word<SipMethod, SipMethod::update>;
constexpr auto is_party = is_word<MediaParty, MediaParty::callee>;

bool is_event(std::string_view text) noexcept {
  return is_word<CallEventKind, CallEventKind::session_expired>(text) ||
         is_word<MediaEventKind, MediaEventKind::ssrc_changed>(text);
}

/// 192.0.2.1:5060, [2001:db8::1]:5060
bool is_address(std::string_view text) noexcept {
  constexpr std::size_t max_bytes = 48;
  return text.size() <= max_bytes && has_only(text, "0123456789abcdef.:[]");
}

bool is_ssrc(std::string_view text) noexcept {
  return text.size() == 10 && text.starts_with("0x") &&
         has_only(text.substr(2), "0123456789abcdef");
}

bool is_reporter(std::string_view text) noexcept { return is_party(text) || is_ssrc(text); }

bool is_key(std::string_view text) noexcept {
  return text.size() == 1 && has_only(text, "0123456789*#ABCD!");
}

/// SDP may call one anything, and a record has room for this much of it.
bool is_codec(std::string_view text) noexcept {
  constexpr std::size_t max_characters = sizeof(CodecName) - 1;
  std::size_t characters = 0;
  for (std::size_t at = 0; at < text.size(); at += text[at] == '\\' ? 2U : 1U) ++characters;
  return characters <= max_characters;
}

/// 1:05 of minutes and seconds
bool is_duration(std::string_view text) noexcept {
  return text.size() >= 4 && text[text.size() - 3] == ':' && has_only(text, "0123456789:");
}

struct TextMember {
  std::string_view name;
  bool (*may_be)(std::string_view text) noexcept;
};

/// What has a text behind the parties of the call.
constexpr std::array text_members{TextMember{"bye_by", is_word<CallParty, CallParty::callee>},
                                  TextMember{"codec", is_codec},
                                  TextMember{"destination", is_address},
                                  TextMember{"digit", is_key},
                                  TextMember{"end", is_word<CallEnd, CallEnd::capture_stop>},
                                  TextMember{"event", is_event},
                                  TextMember{"from", is_party},
                                  TextMember{"jitter", is_band},
                                  TextMember{"loss", is_band},
                                  TextMember{"media", is_word<MediaType, MediaType::message>},
                                  TextMember{"method", is_method},
                                  TextMember{"methods", is_method},
                                  TextMember{"mos", is_word<MosClass, MosClass::very_bad>},
                                  TextMember{"opened_by", is_method},
                                  TextMember{"reporter", is_reporter},
                                  TextMember{"rtt_band", is_band},
                                  TextMember{"scale", is_word<Scale, Scale::fullband>},
                                  TextMember{"sdt_kind", is_kind},
                                  TextMember{"source", is_address},
                                  TextMember{"srd_kind", is_kind},
                                  TextMember{"ssrc", is_ssrc},
                                  TextMember{"state", is_word<CallPhase, CallPhase::ack_timeout>}};

/// What never has one.
// clang-format off
constexpr std::array<std::string_view, 103> other_members{
    "a", "ack_ms", "answered_us", "at", "avg", "b", "bands", "burst_ratio", "bye_status", "bye_us",
    "cancel_ms", "clock_hz", "count", "cseq", "detail", "discard_percent", "duplicates", "early_media_ms",
    "end_system_delay_ms", "end_us", "expected", "extra_dialogs", "final_status", "first_us", "index",
    "is_abandoned", "is_cancel_race", "is_capture_degraded", "is_chain_guess", "is_encrypted",
    "is_end_inferred", "is_final", "is_open", "is_partial", "is_provisional", "is_srtp", "is_timed_out",
    "is_transfer", "jitter_ms", "last_us", "line", "loss_percent", "lost", "max", "max_delta_ms",
    "max_jitter_ms", "max_rtt_ms", "mean_delta_ms", "mean_jitter_ms", "mean_rtt_ms", "media_events",
    "media_not_kept", "messages", "min", "mos_cq", "mos_legacy", "mos_lq", "out_of_order", "outcome",
    "packets", "payload_type", "pdd_ms", "phone_reports", "ptime_ms", "quality", "r_cq", "r_factor", "r_lq",
    "received", "reports", "restarts", "retransmissions", "ring_ms", "rrd_ms", "rtcp", "rtpengine", "rtt",
    "rtt_final_ms", "rtt_first_ms", "rtt_ms", "samples", "sdd_ms", "sdr_ms", "sdt_media_a_ms",
    "sdt_media_b_ms", "sdt_media_ms", "sdt_sig_ms", "sent", "sip_events", "skew_ms", "snt_ms", "srd_ms",
    "srtcp", "start_us", "status", "streams", "talk_us", "time_us", "timing", "transactions", "trying_ms",
    "voip", "warning"};
// clang-format on
static_assert(std::is_sorted(other_members.begin(), other_members.end()));

/// mos_min, mos_average_jitter_A: what rtpengine has as variables.
bool is_mos_variable(std::string_view name) noexcept {
  constexpr std::array<std::string_view, 3> points{"mos_min", "mos_max", "mos_average"};
  constexpr std::array<std::string_view, 6> figures{"",           "_packetloss", "_jitter",
                                                    "_roundtrip", "_at",         "_samples"};
  if (name.ends_with("_A") || name.ends_with("_B")) name.remove_suffix(2);
  return std::any_of(points.begin(), points.end(), [&](std::string_view point) {
    return name.starts_with(point) &&
           std::find(figures.begin(), figures.end(), name.substr(point.size())) != figures.end();
  });
}

const TextMember* find_text_member(std::string_view name) noexcept {
  const auto* const found =
      std::find_if(text_members.begin(), text_members.end(),
                   [&](const TextMember& member) { return member.name == name; });
  return found == text_members.end() ? nullptr : found;
}

}  // namespace

bool is_call_member(std::string_view name) noexcept {
  return std::binary_search(other_members.begin(), other_members.end(), name) ||
         find_text_member(name) != nullptr || is_mos_variable(name);
}

bool may_have_text(std::string_view name, std::string_view text) noexcept {
  if (const TextMember* const member = find_text_member(name)) return member->may_be(text);
  return is_mos_variable(name) && is_duration(text);
}

}  // namespace heptap
