#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "agent/calls/call_event.hpp"
#include "agent/calls/method.hpp"
#include "agent/calls/status_bucket.hpp"
#include "agent/calls/time_series.hpp"

namespace heptap {

/// Requests for a session, by how they ended. Ratios are percentages, or nothing when nothing was
/// asked for.
/// source    RFC 6076 sections 4.6 to 4.9 (SER, SEER, ISA, SCR); ITU-T E.411 (ASR), E.425 (NER)
struct SessionCounts {
  std::uint64_t requests = 0;  ///< that ended, or timed out: the sum of `ended`
  std::array<std::uint64_t, status_bucket_count> ended{};
  std::uint64_t completed = 0;   ///< answered, and the BYE had a final response
  std::uint64_t effective = 0;   ///< of NER: answered, or up to the user
  std::uint64_t unfinished = 0;  ///< left before they ended: in no ratio

  void add(StatusBucket bucket) noexcept {
    ++requests;
    ++ended[static_cast<std::size_t>(bucket)];
  }
  [[nodiscard]] std::uint64_t of(StatusBucket bucket) const noexcept {
    return ended[static_cast<std::size_t>(bucket)];
  }
  [[nodiscard]] std::uint64_t answered() const noexcept { return of(StatusBucket::success); }

  [[nodiscard]] std::optional<double> ser() const noexcept;
  [[nodiscard]] std::optional<double> seer() const noexcept;
  [[nodiscard]] std::optional<double> isa() const noexcept;
  [[nodiscard]] std::optional<double> isa_with_timeout() const noexcept;
  [[nodiscard]] std::optional<double> scr() const noexcept;
  [[nodiscard]] std::optional<double> asr() const noexcept;
  [[nodiscard]] std::optional<double> ner() const noexcept;

  SessionCounts& operator+=(const SessionCounts& other) noexcept;
};

/// source    RFC 6076 section 4.2 (IRA)
struct RegisterCounts {
  std::uint64_t requests = 0;  ///< that ended, or timed out
  std::uint64_t succeeded = 0;
  std::uint64_t failed = 0;           ///< 4xx but 401, 402, 407; 5xx; 6xx; no final response
  std::uint64_t deregistrations = 0;  ///< among the requests: with an Expires of 0
  std::uint64_t unfinished = 0;

  void add(StatusBucket bucket, bool removes) noexcept;
  [[nodiscard]] std::optional<double> ira() const noexcept;

  RegisterCounts& operator+=(const RegisterCounts& other) noexcept;
};

/// All transactions of one method.
struct MethodKpi {
  std::uint64_t requests = 0;
  std::uint64_t retransmissions = 0;
  std::uint64_t timeouts = 0;
  DelaySeries rtt_first;  ///< to the first response of any kind
  DelaySeries rtt_final;  ///< to the first final one

  MethodKpi& operator+=(const MethodKpi& other) noexcept;
};

/// What a number of calls add up to. Successful and failed samples are never mixed.
struct Kpi {
  SessionCounts collapsed;  ///< of attempts: a chain of challenges and redirections is one
  SessionCounts strict;     ///< of INVITE transactions that open a dialog
  RegisterCounts collapsed_registers;
  RegisterCounts strict_registers;

  DelaySeries srd_success;     ///< RFC 6076 section 4.3.1
  DelaySeries srd_failed;      ///< section 4.3.2
  DelaySeries srd_cancelled;   ///< as failed, for 487
  DelaySeries sdr;             ///< INVITE to 180
  DelaySeries snt;             ///< INVITE to 200
  DelaySeries pdd;             ///< INVITE to what the caller hears
  DelaySeries sdd_success;     ///< section 4.4: BYE to 2xx
  DelaySeries sdd_failed;      ///< BYE to another final response
  DurationSeries sdt_success;  ///< section 4.5: first 200 to BYE
  DurationSeries sdt_failed;   ///< and 64*T1 when the BYE had no response
  DurationSeries acd;          ///< of calls that ended, whichever way
  DelaySeries rrd;             ///< section 4.1: REGISTER to 200
  std::uint64_t bye_timeouts = 0;

  std::array<MethodKpi, static_cast<std::size_t>(SipMethod::count_)> methods{};
  std::array<std::uint64_t, call_event_kind_count> events{};

  [[nodiscard]] MethodKpi& of(SipMethod method) noexcept {
    return methods[static_cast<std::size_t>(method)];
  }

  Kpi& operator+=(const Kpi& other) noexcept;
};

}  // namespace heptap
