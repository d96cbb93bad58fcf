#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "agent/calls/method.hpp"
#include "proto/net/flow_key.hpp"

namespace heptap {

/// What the messages of one Call-ID add up to. Times are packet times in microseconds; 0: never.
struct Call {
  std::int64_t first_us = 0;
  std::int64_t last_us = 0;  ///< of a message; until a BYE, of media where they are followed, too
  std::uint32_t message_count = 0;
  std::uint16_t final_status = 0;  ///< last final response to the method that opened the call
  SipMethod opened_by = SipMethod::other;
  std::uint8_t recent_next = 0;
  /// Of the last few messages that differ: one of them that comes again is a retransmission. 0: none.
  std::array<std::uint32_t, 6> recent{};
  // Up to here every message needs it: one line of the cache, or two.
  std::int64_t answered_us = 0;  ///< first 2xx to an INVITE
  std::int64_t ended_us = 0;     ///< first BYE
  std::uint8_t method_count = 0;
  std::array<SipMethod, 14> methods{};  ///< distinct request methods in order of appearance
  bool has_provisional = false;         ///< a 1xx came to the method that opened the call
};

/// What only reports need. Kept only when the table is told so: it allocates.
struct CallDetails {
  static constexpr std::size_t max_text_bytes =
      512;  ///< longer texts of the wire end in an ellipsis there

  std::string call_id;
  std::string from;  ///< user@host of the From URI
  std::string to;
  FlowKey flow = {};  ///< of the first message
  std::uint8_t ip_protocol = 0;
  std::uint64_t hash = 0;  ///< of the Call-ID, as CallTable::expect() gives it
};

struct CallLimits {
  std::size_t max_entries = 262'144;
  std::chrono::microseconds max_age = std::chrono::hours{1};  ///< since the last message, or media
  bool keep_details = false;
  bool shared = false;  ///< several threads use the table
};

struct CallCounts {
  std::uint64_t opened = 0;
  std::uint64_t expired = 0;  ///< left the table because nothing came for max_age
  std::uint64_t evicted = 0;  ///< left because the table was full
  std::uint64_t no_call_id = 0;
  std::uint64_t retransmissions = 0;  ///< messages that were, to the byte, one of the last few
  std::uint64_t restored = 0;         ///< of an earlier run
  std::uint64_t outdated = 0;         ///< of an earlier run, and too old, or kept otherwise

  CallCounts& operator+=(const CallCounts& other) noexcept {
    opened += other.opened;
    expired += other.expired;
    evicted += other.evicted;
    no_call_id += other.no_call_id;
    retransmissions += other.retransmissions;
    restored += other.restored;
    outdated += other.outdated;
    return *this;
  }
};

/// What a call is reported from outlives those that say it is over, by packet time.
inline constexpr std::chrono::minutes report_slack{1};

/// Told of each call that leaves the table.
using OnCallLeaves = std::function<void(const Call&, const CallDetails&)>;

}  // namespace heptap
