#include "agent/report/call_text.hpp"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <span>

#include "agent/report/text.hpp"
#include "proto/rtp/quality_band.hpp"

namespace heptap {
namespace {

constexpr std::size_t max_columns = 100;
constexpr std::size_t label_columns = 12;
constexpr std::size_t max_events_shown = 8;

[[gnu::format(printf, 1, 2)]] std::string printed(const char* format, ...) {
  char room[256];
  std::va_list values;
  va_start(values, format);
  std::vsnprintf(room, sizeof room, format, values);
  va_end(values);
  return room;
}

/// Lines that begin with a label; what does not fit goes on in the next one.
class Lines {
 public:
  void begin(std::string_view label) {
    end();
    line_ = "    " + std::string(label);
    line_.resize(4 + label_columns, ' ');
    is_empty_ = true;
  }
  void add(const std::string& item) {
    if (!is_empty_ && line_.size() + 2 + item.size() + 1 > max_columns) {
      all_ += line_ + ",\n";
      line_.assign(4 + label_columns, ' ');
      is_empty_ = true;
    }
    line_ += (is_empty_ ? "" : ", ") + item;
    is_empty_ = false;
  }
  std::string take() {
    end();
    return std::move(all_);
  }

 private:
  // A label alone says nothing.
  void end() {
    if (!is_empty_) all_ += line_ + '\n';
    is_empty_ = true;
  }

  std::string all_;
  std::string line_;
  bool is_empty_ = true;
};

void add_ms(Lines& lines, const char* name, const std::optional<double>& ms) {
  if (ms) lines.add(printed("%s %.0f ms", name, *ms));
}

std::optional<double> ms_of(const std::optional<std::int64_t>& us) {
  if (!us) return std::nullopt;
  return static_cast<double>(*us) / 1000;
}

void add_timing(Lines& lines, const CallFacts& facts) {
  lines.begin("timing");
  const CallSummary& summary = *facts.summary;
  add_ms(lines, "SRD", summary.srd_ms);
  add_ms(lines, "SDR", summary.sdr_ms);
  add_ms(lines, "PDD", summary.pdd_ms);
  add_ms(lines, "SNT", summary.snt_ms);
  add_ms(lines, "RRD", summary.rrd_ms);
  add_ms(lines, "SDD", summary.sdd_ms);
  const MediaTime media = media_time(facts);
  add_ms(lines, "SDT", ms_of(media.sdt_us));
  add_ms(lines, "early media", ms_of(media.early_us));
}

// Whether the final status of the line above says it already.
bool is_told_by_status(const CallFacts& facts) {
  const bool is_registered =
      facts.call.opened_by == SipMethod::register_ && facts.summary->phase == CallPhase::answered;
  return is_registered || facts.summary->phase == CallPhase::failed;
}

void add_state(Lines& lines, const CallFacts& facts) {
  const CallSummary& summary = *facts.summary;
  lines.begin("state");
  if (!is_told_by_status(facts)) lines.add(std::string(to_string(summary.phase)));
  if (summary.bye_by != CallParty::unknown) {
    lines.add("BYE by " + std::string(to_string(summary.bye_by)));
  }
  if (summary.partial) lines.add("beginning not seen");
  if (summary.transfer) lines.add("transfer");
  if (summary.abandoned) lines.add("abandoned");
  if (summary.end_inferred) lines.add("end inferred");
  if (summary.extra_dialogs != 0) lines.add(printed("%u more dialogs", summary.extra_dialogs));
  if (summary.retransmissions != 0) {
    lines.add(printed("%u retransmissions", summary.retransmissions));
  }
  for (const CallEvent& event : std::span(summary.events).first(summary.event_count)) {
    std::string text(to_string(event.kind));
    if (event.status != 0) text += printed(" %u", event.status);
    if (event.count > 1) text += printed(" x%u", event.count);
    lines.add(text);
  }
}

std::string ends_text(const FlowKey& flow) {
  return to_string(flow.source, flow.source_port) + " -> " +
         to_string(flow.destination, flow.destination_port);
}

std::string codec_text(const StreamRecord& stream) {
  if (stream.codec.empty()) return printed("payload type %u", stream.figures.payload_type);
  return one_line(stream.codec.view()) + (stream.is_srtp ? " (SRTP)" : "");
}

void add_rating(Lines& lines, const StreamRecord& stream) {
  if (stream.quality) {
    const VoiceQuality& quality = *stream.quality;
    std::string text = printed("MOS-LQ %.2f", quality.mos_lq);
    if (quality.mos_cq) text += printed(" MOS-CQ %.2f", *quality.mos_cq);
    const bool has_class = quality.scale == Scale::narrowband;
    text += has_class ? " (" + std::string(to_string(mos_class(quality.mos()))) + ")"
                      : " on the " + std::string(to_string(quality.scale)) + " scale";
    lines.add(text);
  }
  if (stream.mos_legacy) lines.add(printed("legacy MOS %.2f", *stream.mos_legacy));
}

void add_stream(Lines& lines, const StreamRecord& stream) {
  const RtpFigures& figures = stream.figures;
  lines.begin(std::string(stream.sender == MediaParty::caller ? "A " : "B ") +
              std::string(to_string(stream.type)));
  lines.add(ends_text(stream.flow));
  lines.add(printed("SSRC 0x%08x", stream.ssrc));
  lines.add(codec_text(stream));
  lines.add(grouped(figures.counts.packets()) + " packets");
  if (figures.counts.expected != 0) {
    const double lost = figures.counts.lost_percent();
    lines.add(printed("%u lost (%.2f %%, %s)", figures.counts.lost(), lost,
                      to_string(loss_band(lost)).data()));
  }
  if (figures.clock_hz != 0) {
    lines.add(printed("jitter mean %.1f max %.1f ms (%s)", figures.mean_jitter_ms,
                      figures.max_jitter_ms,
                      to_string(jitter_band(figures.mean_jitter_ms)).data()));
  }
  lines.add(printed("max delta %.0f ms", figures.delta.max_ms));
  add_rating(lines, stream);
  if (stream.is_capture_degraded) lines.add("the capture itself lost packets");
}

void add_leg(Lines& lines, const char* label, const QualitySeries& leg) {
  lines.begin(label);
  const auto mos = leg.summary(QualityFigure::mos);
  const auto loss = leg.summary(QualityFigure::loss_percent);
  const auto jitter = leg.summary(QualityFigure::jitter_ms);
  const auto rtt = leg.summary(QualityFigure::rtt_ms);
  if (mos) lines.add(printed("MOS min %.1f max %.1f mean %.2f", mos->min, mos->max, mos->mean));
  if (loss) lines.add(printed("lost mean %.2f max %.2f %%", loss->mean, loss->max));
  if (jitter) lines.add(printed("jitter mean %.1f max %.1f ms", jitter->mean, jitter->max));
  if (rtt) {
    lines.add(printed("RTT mean %.1f max %.1f ms (%s)", rtt->mean, rtt->max,
                      to_string(rtt_band(rtt->mean)).data()));
  }
}

void add_srtcp(Lines& lines, const SrtcpRecord& srtcp) {
  lines.begin(srtcp.sender == MediaParty::caller ? "A SRTCP" : "B SRTCP");
  lines.add(ends_text(srtcp.flow));
  lines.add(printed("SSRC 0x%08x", srtcp.ssrc));
  lines.add(grouped(srtcp.packets) + " packets");
  if (srtcp.index) lines.add(printed("%u lost", srtcp.lost));
  if (!srtcp.is_encrypted) lines.add("not encrypted");
}

void add_phone_figures(Lines& lines, const char* direction, const PhoneFigures& figures) {
  if (!figures.is_reported) return;
  lines.add(direction + (figures.codec.empty() ? "" : " " + one_line(figures.codec.view())));
  const auto add = [&](const char* name, const std::optional<double>& value, int places,
                       const char* unit) {
    if (value) lines.add(printed("%s %.*f%s", name, places, *value, unit));
  };
  add("lost", figures.loss_percent, 2, " %");
  add("jitter", figures.jitter_ms, 1, " ms");
  add("RTT", figures.rtt_ms, 0, " ms");
  add("MOS-LQ", figures.mos_lq, 2, "");
  add("MOS-CQ", figures.mos_cq, 2, "");
  add("MOS", figures.mos, 2, "");
}

void add_phone(Lines& lines, const PhoneRecord& phone) {
  const char* const who = phone.reporter == MediaParty::caller ? "A phone" : "B phone";
  lines.begin(phone.is_reporter_known ? who : "phone");
  add_phone_figures(lines, "received", phone.received);
  add_phone_figures(lines, "sent", phone.sent);
}

std::string event_text(const MediaEventRecord& event, std::int64_t start_us) {
  const double seconds = static_cast<double>(event.time_us - start_us) / 1e6;
  std::string text = printed("+%.1fs ", seconds) + std::string(to_string(event.kind));
  if (has_detail(event.kind)) text += printed(" %lld", static_cast<long long>(event.detail));
  if (event.digit != 0) text += printed(" digit %c", event.digit);
  return text + (event.sender == MediaParty::caller ? " (A)" : " (B)");
}

// Those of single streams take what room the others leave: anyone can send streams.
void add_events(Lines& lines, const CallFacts& facts) {
  const auto& events = facts.media->events;
  const auto is_whole = [](const MediaEventRecord& event) { return !is_of_stream(event.kind); };
  const auto whole =
      static_cast<std::size_t>(std::count_if(events.begin(), events.end(), is_whole));
  std::size_t room_of_whole = std::min(whole, max_events_shown);
  std::size_t room_of_streams = max_events_shown - room_of_whole;
  lines.begin("events");
  for (const MediaEventRecord& event : events) {
    std::size_t& room = is_whole(event) ? room_of_whole : room_of_streams;
    if (room == 0) continue;
    --room;
    lines.add(event_text(event, facts.call.first_us));
  }
  if (events.size() > max_events_shown) {
    lines.add(printed("%zu more", events.size() - max_events_shown));
  }
}

void add_media(Lines& lines, const CallFacts& facts) {
  for (const StreamRecord& stream : facts.media->streams) add_stream(lines, stream);
  const CallQuality reported = facts.media->reported();
  add_leg(lines, "A by RTCP", reported.a);
  add_leg(lines, "B by RTCP", reported.b);
  for (const SrtcpRecord& srtcp : facts.media->srtcp) add_srtcp(lines, srtcp);
  for (const PhoneRecord& phone : facts.media->phone_reports) add_phone(lines, phone);
  add_events(lines, facts);
}

}  // namespace

std::string call_details_text(const CallFacts& facts) {
  Lines lines;
  const bool is_session =
      facts.call.opened_by == SipMethod::invite || facts.call.opened_by == SipMethod::register_;
  if (facts.summary != nullptr && is_session) {
    add_timing(lines, facts);
    add_state(lines, facts);
  }
  if (facts.media != nullptr) add_media(lines, facts);
  return lines.take();
}

}  // namespace heptap
