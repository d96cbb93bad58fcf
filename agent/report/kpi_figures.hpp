#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "agent/calls/tracked_calls.hpp"

namespace heptap {

/// KPIs as of one moment.
struct KpiFigures {
  std::vector<std::string> carriers;  ///< the first is all that are of no carrier
  std::vector<Kpi> kpis;              ///< beside carriers
  TrackedCounts calls = {};
  TableUse use = {};

  [[nodiscard]] Kpi total() const noexcept;
};

[[nodiscard]] KpiFigures kpi_figures(const TrackedCalls& calls);

/// How requests are counted: an attempt with its challenges and redirections as one, or each INVITE
/// or REGISTER by itself, as RFC 6076 has it to the letter.
struct KpiMode {
  std::string_view name;
  SessionCounts Kpi::*sessions;
  RegisterCounts Kpi::*registers;
};
inline constexpr std::array<KpiMode, 2> kpi_modes{
    {{"collapsed", &Kpi::collapsed, &Kpi::collapsed_registers},
     {"strict", &Kpi::strict, &Kpi::strict_registers}}};

/// One of the ratios of sessions, in percent.
struct KpiRatio {
  std::string_view name;
  std::string_view help;
  std::optional<double> (SessionCounts::*value)() const noexcept;
};
inline constexpr std::array<KpiRatio, 7> kpi_ratios{{
    {"ser", "Session establishment ratio (RFC 6076 section 4.6)", &SessionCounts::ser},
    {"seer", "Session establishment effectiveness ratio (RFC 6076 section 4.7)",
     &SessionCounts::seer},
    {"isa", "Ineffective session attempts (RFC 6076 section 4.8)", &SessionCounts::isa},
    {"isa_with_timeout", "Ineffective session attempts (RFC 6076 section 4.8), timeouts among them",
     &SessionCounts::isa_with_timeout},
    {"scr", "Session completion ratio (RFC 6076 section 4.9)", &SessionCounts::scr},
    {"asr", "Answer seizure ratio (ITU-T E.411)", &SessionCounts::asr},
    {"ner", "Network effectiveness ratio (ITU-T E.425)", &SessionCounts::ner},
}};

/// One of the counters of sessions, from which ratios are made.
struct KpiCount {
  std::string_view name;
  std::string_view help;
  std::uint64_t (*value)(const SessionCounts&) noexcept;
};
inline constexpr std::array<KpiCount, 11> kpi_counts{{
    {"requests", "Requests for a session that ended or timed out: the whole of SCR, ISA, ASR, NER",
     [](const SessionCounts& c) noexcept { return c.requests; }},
    {"answered", "Ended with 2xx: the part of SER and ASR",
     [](const SessionCounts& c) noexcept { return c.answered(); }},
    {"redirected", "Ended with 3xx: not in the whole of SER and SEER",
     [](const SessionCounts& c) noexcept { return c.of(StatusBucket::redirect); }},
    {"challenged", "Ended with 401, 402 or 407",
     [](const SessionCounts& c) noexcept { return c.of(StatusBucket::challenge); }},
    {"user", "Ended with 480, 486, 600 or 603: with the answered, the part of SEER",
     [](const SessionCounts& c) noexcept { return c.of(StatusBucket::user); }},
    {"ineffective", "Ended with 408, 500, 503 or 504: the part of ISA",
     [](const SessionCounts& c) noexcept { return c.of(StatusBucket::ineffective); }},
    {"cancelled", "Ended with 487",
     [](const SessionCounts& c) noexcept { return c.of(StatusBucket::cancelled); }},
    {"timed_out", "Had no final response",
     [](const SessionCounts& c) noexcept { return c.of(StatusBucket::timeout); }},
    {"completed", "Answered, and the BYE had a final response: the part of SCR",
     [](const SessionCounts& c) noexcept { return c.completed; }},
    {"effective", "Answered, or up to the user: the part of NER",
     [](const SessionCounts& c) noexcept { return c.effective; }},
    {"unfinished", "Left before they ended: in no ratio",
     [](const SessionCounts& c) noexcept { return c.unfinished; }},
}};

/// The same for registrations.
struct KpiRegisterCount {
  std::string_view name;
  std::string_view help;
  std::uint64_t RegisterCounts::*value;
};
inline constexpr std::array<KpiRegisterCount, 5> kpi_register_counts{{
    {"requests", "Registrations that ended or timed out: the whole of IRA",
     &RegisterCounts::requests},
    {"succeeded", "Registrations that ended with 2xx", &RegisterCounts::succeeded},
    {"failed", "Registrations that ended with 4xx but 401, 402, 407, 5xx, 6xx or nothing: IRA",
     &RegisterCounts::failed},
    {"deregistrations", "Registrations that removed: with an Expires of 0",
     &RegisterCounts::deregistrations},
    {"unfinished", "Registrations that left before they ended: in no ratio",
     &RegisterCounts::unfinished},
}};

/// One of the times. Those of what succeeded and what failed are never mixed (RFC 6076 section 4).
struct KpiTime {
  std::string_view name;
  std::string_view help;
  std::variant<DelaySeries Kpi::*, DurationSeries Kpi::*> series;
};
inline constexpr std::array<KpiTime, 12> kpi_times{{
    {"rrd", "Registration request delay (RFC 6076 section 4.1)", &Kpi::rrd},
    {"srd", "Session request delay, answered (RFC 6076 section 4.3.1)", &Kpi::srd_success},
    {"srd_failed", "Session request delay, failed (RFC 6076 section 4.3.2)", &Kpi::srd_failed},
    {"srd_cancelled", "Session request delay, cancelled (RFC 6076 section 4.3.2)",
     &Kpi::srd_cancelled},
    {"sdr", "From INVITE to 180", &Kpi::sdr},
    {"snt", "From INVITE to 2xx", &Kpi::snt},
    {"pdd", "Post-dial delay: from INVITE to what kpi.post_dial_delay says", &Kpi::pdd},
    {"sdd", "Session disconnect delay, BYE to 2xx (RFC 6076 section 4.4)", &Kpi::sdd_success},
    {"sdd_failed", "Session disconnect delay, BYE to another final response (RFC 6076 section 4.4)",
     &Kpi::sdd_failed},
    {"sdt", "Session duration time (RFC 6076 section 4.5.1)", &Kpi::sdt_success},
    {"sdt_failed", "Session duration time, no response to the BYE (RFC 6076 section 4.5.2)",
     &Kpi::sdt_failed},
    {"acd", "Call duration, whichever way it ended: its mean is the ACD", &Kpi::acd},
}};

}  // namespace heptap
