// The input is a row of messages of one call, four bytes each: method and kind, status, tags with the
// addresses, branch with CSeq and the time that passes. Whatever comes in whatever order: no time is
// negative, and what is counted adds up.
#include <array>
#include <numeric>
#include <string>

#include "agent/calls/call_summary.hpp"
#include "agent/calls/call_tracker.hpp"
#include "tests/fuzz/require.hpp"

using namespace heptap;
using heptap::test::require;

namespace {

constexpr std::array<const char*, 8> methods{"INVITE", "ACK",    "BYE",  "CANCEL",
                                             "PRACK",  "UPDATE", "INFO", "REGISTER"};
constexpr std::array<int, 16> statuses{100, 180, 183, 199, 200, 202, 302, 401,
                                       407, 408, 481, 486, 487, 488, 503, 603};
constexpr std::array<const char*, 4> tags{"", ";tag=a", ";tag=b", ";tag=c"};
constexpr std::array<std::int64_t, 8> steps_us{0,         1'000,      -3'000,     400'000,
                                               2'500'000, 32'000'000, 60'000'000, 181'000'000};
constexpr std::array<const char*, 4> extras{"", "Session-Expires: 90\r\n",
                                            "Reason: Q.850;cause=16\r\n", "Retry-After: 5\r\n"};

struct Picks {
  std::uint8_t kind;
  std::uint8_t status;
  std::uint8_t parties;
  std::uint8_t branch;
};

std::string text_of(const Picks& picks) {
  const std::string method = methods[picks.kind % 8];
  const std::string start =
      (picks.kind & 8U) != 0 ? "SIP/2.0 " + std::to_string(statuses[picks.status % 16]) + " R\r\n"
                             : method + " sip:b@h SIP/2.0\r\n";
  const std::string cookie = (picks.kind & 16U) != 0 ? "" : "z9hG4bK";
  const std::string via = "Via: SIP/2.0/UDP h;branch=" + cookie + std::to_string(picks.branch % 4);
  const std::string below = (picks.status & 16U) != 0 ? "\r\nVia: SIP/2.0/UDP p" : "";
  return start + via + below + "\r\nFrom: <sip:a@h>" + tags[picks.parties % 4] +
         "\r\nTo: <sip:b@h>" + tags[picks.parties / 4 % 4] +
         "\r\nCall-ID: c\r\nCSeq: " + std::to_string(1 + picks.branch / 4 % 4) + " " + method +
         "\r\n" + extras[picks.status >> 6U] + "\r\n";
}

Packet packet_of(const Picks& picks) {
  Packet out;
  out.source.octets[3] = picks.parties >> 6U;
  out.destination.octets[3] = picks.parties >> 4U & 3U;
  out.ip_protocol = (picks.status & 32U) != 0 ? ip_protocol_tcp : ip_protocol_udp;
  return out;
}

void require_sums(const SessionCounts& counts) {
  require(counts.requests ==
          std::accumulate(counts.ended.begin(), counts.ended.end(), std::uint64_t{0}));
  require(counts.answered() <= counts.requests && counts.effective <= counts.requests);
  require(counts.ended[0] == 0 && counts.ended[1] == 0);
}

void require_times(const CallSummary& s) {
  for (const auto& time : {s.srd_ms, s.sdr_ms, s.snt_ms, s.pdd_ms, s.trying_ms, s.ring_ms, s.ack_ms,
                           s.cancel_ms, s.sdt_sig_ms, s.sdd_ms, s.rrd_ms}) {
    require(!time || *time >= 0);
  }
  require(s.srd_ms.has_value() == (s.srd_kind != SampleKind::none));
  require(s.sdt_sig_ms.has_value() == (s.sdt_kind != SampleKind::none));
  require(!s.sdr_ms || !s.pdd_ms || *s.pdd_ms <= *s.sdr_ms);
}

void require_counts(const Kpi& kpi) {
  require_sums(kpi.collapsed);
  require_sums(kpi.strict);
  require(kpi.collapsed.completed <= kpi.collapsed.answered());
  require(kpi.sdt_success.count() + kpi.sdt_failed.count() == kpi.acd.count());
  require(kpi.acd.count() <= kpi.collapsed.answered());
  for (const auto& registers : {kpi.collapsed_registers, kpi.strict_registers}) {
    require(registers.failed + registers.succeeded <= registers.requests);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {  // NOLINT
  static SipView sip;
  const CarrierMap carriers;
  ChainGuesses guesses;
  CallTracker tracker({}, 1, carriers, guesses);
  CallState state;
  std::int64_t now_us = 1'000'000;
  for (; size >= 4; data += 4, size -= 4) {
    const Picks picks{data[0], data[1], data[2], data[3]};
    now_us += steps_us[picks.kind >> 5U];
    const std::string text = text_of(picks);
    require(parse_sip(as_bytes(text), sip) == Errc::none);
    tracker.update(state, sip, packet_of(picks), now_us);
    require(state.due_us > now_us);
    require_times(summary_of(state));
    require_counts(tracker.total());
  }
  tracker.close(state, data != nullptr && size % 2 == 1 ? CallEnd::aged : CallEnd::capture_stop,
                now_us);
  require_times(summary_of(state));
  require_counts(tracker.total());
  return 0;
}
