#include "transport/spool/spool_counters.hpp"

namespace heptap {

SpoolLosses& SpoolLosses::operator+=(const SpoolLosses& other) noexcept {
  size += other.size;
  age += other.age;
  disk += other.disk;
  damage += other.damage;
  refused += other.refused;
  return *this;
}

SpoolCounters& SpoolCounters::operator+=(const SpoolCounters& other) noexcept {
  found += other.found;
  taken += other.taken;
  sent += other.sent;
  lost += other.lost;
  held += other.held;
  given += other.given;
  bytes += other.bytes;
  resent += other.resent;
  not_closed += other.not_closed;
  torn += other.torn;
  quarantined += other.quarantined;
  return *this;
}

}  // namespace heptap
