#include "agent/calls/kpi.hpp"

namespace heptap {
namespace {

std::optional<double> percent(std::uint64_t part, std::uint64_t whole) noexcept {
  if (whole == 0) return std::nullopt;
  return 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

template <class Values>
void add_each(Values& to, const Values& from) noexcept {
  for (std::size_t i = 0; i < to.size(); ++i) to[i] += from[i];
}

}  // namespace

std::optional<double> SessionCounts::ser() const noexcept {
  return percent(answered(), requests - of(StatusBucket::redirect));
}

std::optional<double> SessionCounts::seer() const noexcept {
  return percent(answered() + of(StatusBucket::user), requests - of(StatusBucket::redirect));
}

std::optional<double> SessionCounts::isa() const noexcept {
  return percent(of(StatusBucket::ineffective), requests);
}

std::optional<double> SessionCounts::isa_with_timeout() const noexcept {
  return percent(of(StatusBucket::ineffective) + of(StatusBucket::timeout), requests);
}

std::optional<double> SessionCounts::scr() const noexcept { return percent(completed, requests); }
std::optional<double> SessionCounts::asr() const noexcept { return percent(answered(), requests); }
std::optional<double> SessionCounts::ner() const noexcept { return percent(effective, requests); }

SessionCounts& SessionCounts::operator+=(const SessionCounts& other) noexcept {
  requests += other.requests;
  add_each(ended, other.ended);
  completed += other.completed;
  effective += other.effective;
  unfinished += other.unfinished;
  return *this;
}

void RegisterCounts::add(StatusBucket bucket, bool removes) noexcept {
  ++requests;
  if (removes) ++deregistrations;
  switch (bucket) {
    case StatusBucket::success: ++succeeded; break;
    case StatusBucket::redirect:
    case StatusBucket::challenge: break;
    default: ++failed; break;
  }
}

std::optional<double> RegisterCounts::ira() const noexcept { return percent(failed, requests); }

RegisterCounts& RegisterCounts::operator+=(const RegisterCounts& other) noexcept {
  requests += other.requests;
  succeeded += other.succeeded;
  failed += other.failed;
  deregistrations += other.deregistrations;
  unfinished += other.unfinished;
  return *this;
}

MethodKpi& MethodKpi::operator+=(const MethodKpi& other) noexcept {
  requests += other.requests;
  retransmissions += other.retransmissions;
  timeouts += other.timeouts;
  rtt_first += other.rtt_first;
  rtt_final += other.rtt_final;
  return *this;
}

Kpi& Kpi::operator+=(const Kpi& other) noexcept {
  collapsed += other.collapsed;
  strict += other.strict;
  collapsed_registers += other.collapsed_registers;
  strict_registers += other.strict_registers;
  srd_success += other.srd_success;
  srd_failed += other.srd_failed;
  srd_cancelled += other.srd_cancelled;
  sdr += other.sdr;
  snt += other.snt;
  pdd += other.pdd;
  sdd_success += other.sdd_success;
  sdd_failed += other.sdd_failed;
  sdt_success += other.sdt_success;
  sdt_failed += other.sdt_failed;
  acd += other.acd;
  rrd += other.rrd;
  bye_timeouts += other.bye_timeouts;
  add_each(methods, other.methods);
  add_each(events, other.events);
  return *this;
}

}  // namespace heptap
