#pragma once

#include "transport/endpoint.hpp"

#include <cstdint>
#include <vector>

namespace heptap {

/// Frames of a spool that were not sent.
struct SpoolLosses {
  std::uint64_t size = 0;     ///< the oldest made room: the spool was as large as it may be
  std::uint64_t age = 0;      ///< waited longer than they may
  std::uint64_t disk = 0;     ///< could not be written: disk full, or an error of it
  std::uint64_t damage = 0;   ///< what was read was not what was written
  std::uint64_t refused = 0;  ///< sent, and not taken: see DeliveryLosses

  [[nodiscard]] std::uint64_t total() const noexcept {
    return size + age + disk + damage + refused;
  }
  SpoolLosses& operator+=(const SpoolLosses& other) noexcept;
  bool operator==(const SpoolLosses&) const = default;
};

/// A spool's ledger, in frames: found + taken = sent + lost.total() + held.
struct SpoolCounters {
  std::uint64_t found = 0;  ///< of an earlier run, at the start
  std::uint64_t taken = 0;
  std::uint64_t sent = 0;
  SpoolLosses lost;
  std::uint64_t held = 0;
  std::uint64_t given = 0;  ///< of those held: on a connection, and not known to be there

  std::uint64_t bytes = 0;   ///< on disk
  std::uint64_t resent = 0;  ///< sent again after a connection broke: duplicates at most
  /// Of the sent: acknowledged on a connection that the peer did not close while more frames waited, or in
  /// time (SpoolOptions::waits_for_close). It may not have read them.
  std::uint64_t not_closed = 0;
  std::uint64_t torn =
      0;  ///< at the start: ends of segments that were never written whole, cut off
  std::uint64_t quarantined = 0;  ///< files that are no segments of this version, renamed to *.bad

  std::vector<Endpoint> peers =
      {};  ///< as CollectorSnapshot::peers, of its own connection; empty: it has none

  /// Adds what was counted.
  SpoolCounters& operator+=(const SpoolCounters& other) noexcept;
  bool operator==(const SpoolCounters&) const = default;
};

}  // namespace heptap
