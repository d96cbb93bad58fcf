#pragma once

#include <string>

#include "agent/report/call_facts.hpp"
#include "tests/support/media_reports.hpp"
#include "tests/support/tracked_call.hpp"

namespace heptap::test {

/// A call of which everything is known: 4.2 s to the answer, 65 s of talk, media both ways.
class ReportedCall {
 public:
  static constexpr std::int64_t start_us = 1'700'000'000'000'000;

  ReportedCall() {
    call.first_us = start_us;
    call.answered_us = start_us + 4'200'000;
    call.ended_us = call.answered_us + 65'000'000;
    call.last_us = call.ended_us + 20'000;
    call.message_count = 7;
    call.final_status = 200;
    call.opened_by = SipMethod::invite;
    call.methods = {SipMethod::invite, SipMethod::ack, SipMethod::bye};
    call.method_count = 3;
    follow();
    summary = summary_of(tracked.state);
    add_stream(MediaParty::caller);
    add_stream(MediaParty::callee);
    for (const double rtt_us : {24184, 8218, 8846, 12473}) {
      ReceptionReport report = reception(0, rtt_us / 1000);
      report.time_us = start_us + 10'000'000;
      if (media.receptions.empty()) media.receptions.push_back({});
      add_report(media.receptions[0], report);
    }
  }

  void add_stream(MediaParty sender) {
    StreamReport report = stream_period(0, {.expected = 3250, .unique = 3240, .late = 2}, 4.2);
    report.time_us = start_us + 60'000'000;
    report.owner.sender = sender;
    report.ssrc = sender == MediaParty::caller ? 0xcafe : 0xbee;
    report.flow = sender == MediaParty::caller
                      ? flow({"192.0.2.10", 40000}, {"2001:db8::2", 42000})
                      : flow({"2001:db8::2", 42000}, {"192.0.2.10", 40000});
    report.figures.first_ns = (start_us + 4'000'000) * 1000;
    report.figures.last_ns = (start_us + 69'000'000) * 1000;
    report.quality = voice(88.2, 4.28);
    report.mos_legacy = 4.31;
    report.is_final = true;
    append_report(media.streams, report);
    span(sender).add(report.figures.first_ns, report.figures.last_ns);
  }

  [[nodiscard]] MediaSpan& span(MediaParty sender) {
    return media.spans[static_cast<std::size_t>(sender)];
  }
  [[nodiscard]] CallFacts facts() const { return {call, details, &summary, &media}; }

  Call call;
  CallDetails details{.call_id = "a84b@pc33",
                      .from = "alice@example.com",
                      .to = "bob@example.com",
                      .flow = flow({"192.0.2.10", 5060}, {"192.0.2.20", 5060}),
                      .ip_protocol = ip_protocol_udp};
  TrackedCall tracked;
  CallSummary summary;
  CallMedia media;

 private:
  void follow() {
    constexpr std::int64_t start_ms = start_us / 1000;
    const std::string invite = "z9hG4bKi";
    const auto say = [&](std::int64_t ms, CallMessage message) {
      message.time_ms = start_ms + ms;
      tracked.feed(message);
    };
    say(0, {.method = "INVITE", .branch = invite});
    say(2, {.from_caller = false, .status = 100, .method = "INVITE", .branch = invite});
    say(350,
        {.from_caller = false, .status = 180, .method = "INVITE", .branch = invite, .to_tag = "b"});
    say(4200,
        {.from_caller = false, .status = 200, .method = "INVITE", .branch = invite, .to_tag = "b"});
    say(4220, {.method = "ACK", .branch = "z9hG4bKa", .to_tag = "b"});
    say(69'200, {.method = "BYE", .cseq = 2, .branch = "z9hG4bKb", .to_tag = "b"});
    say(69'220, {.from_caller = false,
                 .status = 200,
                 .method = "BYE",
                 .cseq = 2,
                 .branch = "z9hG4bKb",
                 .to_tag = "b"});
    tracked.close(start_ms + 70'000);
  }
};

}  // namespace heptap::test
