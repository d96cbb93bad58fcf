#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/calls/method.hpp"
#include "proto/hash.hpp"
#include "proto/net/packet.hpp"
#include "proto/sip/message.hpp"
#include "proto/slot_index.hpp"

namespace heptap {

/// What the messages of one Call-ID add up to. Times are packet times in microseconds; 0: never.
struct Call {
  std::int64_t first_us = 0;
  std::int64_t last_us = 0;
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
};

/// What only reports need. Kept only when the table is told so: it allocates.
struct CallDetails {
  static constexpr std::size_t max_text_bytes =
      512;  ///< longer texts of the wire end in an ellipsis there

  std::string call_id;
  std::string from;  ///< user@host of the From URI
  std::string to;
  std::string source;  ///< address and port of the first message
  std::string destination;
};

struct CallLimits {
  std::size_t max_entries = 262'144;
  std::chrono::microseconds max_age = std::chrono::hours{1};  ///< since the last message
  bool keep_details = false;
};

struct CallCounts {
  std::uint64_t opened = 0;
  std::uint64_t expired = 0;  ///< left the table because nothing came for max_age
  std::uint64_t evicted = 0;  ///< left because the table was full
  std::uint64_t no_call_id = 0;
  std::uint64_t retransmissions = 0;  ///< messages that were, to the byte, one of the last few
};

/// Calls by Call-ID: entries capped, aged by packet time; no allocation per message when details
/// are not kept.
///
/// Two Call-IDs are the same when their keyed 64 bit hashes are: to compare the texts, too, would be
/// one more cache miss in every message, for one pair in 2^64.
class CallTable {
 public:
  /// Called for each call that leaves the table, and by finish() for the rest by order of start.
  using OnLeave = std::function<void(const Call&, const CallDetails&)>;

  explicit CallTable(CallLimits limits, OnLeave on_leave = {});

  /// Says that update() for this message comes soon. Its first access to the table is a cache miss
  /// in nearly every message; asked for now, the line is there when other work is done.
  /// gives     the hash of its Call-ID, for update()
  [[nodiscard]] std::uint64_t expect(const SipView& sip) const noexcept {
    const std::uint64_t hash = hash_(sip.call_id());
    index_.prefetch(hash);
    return hash;
  }

  /// Takes one message into account. Messages without Call-ID are only counted.
  /// hash      what expect() gave for this message
  /// digest    a hash of all its bytes
  void update(std::uint64_t hash, const SipView& sip, const Packet& packet, std::int64_t time_us,
              std::uint32_t digest);

  /// Hands every call that is left to OnLeave, in order of start, and empties the table.
  void finish();

  [[nodiscard]] const CallCounts& counts() const noexcept { return counts_; }
  [[nodiscard]] std::size_t size() const noexcept { return index_.size(); }

 private:
  Call& entry_of(std::uint64_t hash, const SipView& sip, const Packet& packet,
                 std::int64_t time_us);
  std::uint32_t free_slot(std::int64_t now_us);
  void sweep(std::int64_t now_us);
  void evict_one();
  void leave(std::uint32_t slot);
  void note_digest(Call& call, std::uint32_t digest) noexcept;
  void note_details(std::uint32_t slot, const SipView& sip, const Packet& packet);

  CallLimits limits_;
  OnLeave on_leave_;
  TextHash hash_;
  SlotIndex index_;
  std::vector<Call> slots_;           // message_count 0: free
  std::vector<CallDetails> details_;  // beside slots_, when kept
  std::vector<std::uint32_t> free_;
  std::size_t hand_ = 0;  // where the sweep for aged entries goes on
  CallCounts counts_;
};

}  // namespace heptap
