#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace heptap {

class SeenSessions;

/// Whether the capture itself lost packets in between; both ends included, packet time. Any thread may
/// call it.
using IsCaptureDegraded = std::function<bool(std::int64_t from_us, std::int64_t to_us)>;

/// What is to be known of streams of RTP.
struct RtpOptions {
  std::int64_t interval_us = 10'000'000;  ///< between reports of a stream; 0: only when it is over
  std::size_t max_streams = 65'536;       ///< at a time, of each worker
  bool shows_digits = false;              ///< false: that there was one is told, and not which one
  IsCaptureDegraded is_degraded = {};     ///< empty: it never did
  SeenSessions* all_sessions = nullptr;   ///< of all workers; null: no other one follows RTP
};

}  // namespace heptap
