#pragma once

#include <array>
#include <cstdint>
#include <limits>

#include "agent/calls/call_event.hpp"
#include "agent/calls/method.hpp"
#include "proto/packed_time.hpp"

namespace heptap {

/// Of a packet time: it has not happened.
inline constexpr std::int64_t no_time = PackedTime::least;
/// Of a time since the first request of a transaction, likewise.
inline constexpr std::uint32_t no_offset = ~std::uint32_t{0};
inline constexpr std::uint8_t no_slot = 0xff;

/// The timers of RFC 3261 (table 4) and RFC 4028 that a tap keeps, in microseconds.
namespace sip_timers {
inline constexpr std::int64_t t1_us = 500'000;
inline constexpr std::int64_t timeout_us = 64 * t1_us;  ///< B, F, H, J, L, M
inline constexpr std::int64_t timer_c_us = 180'000'000;
}  // namespace sip_timers

/// One transaction, by RFC 3261 section 17. Offsets are microseconds since first_us.
struct Transaction {
  std::uint32_t key = 0;
  std::uint32_t folded_key = 0;
  std::uint32_t pair = 0;
  std::uint32_t request_uri = 0;
  std::uint32_t cseq = 0;
  std::uint32_t last_request = 0;
  std::uint32_t first_response = no_offset;
  std::uint32_t last_provisional = no_offset;
  std::uint32_t final_response = no_offset;
  std::uint16_t status = 0;  ///< of the first final response
  std::uint16_t retransmissions = 0;
  std::uint16_t ip_identification = 0;  ///< of the last copy: a mirror shows some packets twice
  PackedTime first_us = no_time;        ///< first copy of the request; no_time: a free slot
  SipMethod method = SipMethod::other;
  std::uint8_t attempt = no_slot;
  bool opens_dialog : 1 = false;  ///< or registers: what an attempt is made of
  bool no_request : 1 = false;    ///< only responses were seen; first_us is that of the first
  bool timed_out : 1 = false;
  bool closed : 1 = false;  ///< counted
  bool is_udp : 1 = false;
  bool removes : 1 = false;  ///< a REGISTER with an Expires of 0
};

/// A chain of INVITE or REGISTER transactions of one caller at one place of the network: challenges and
/// redirections are part of it.
struct Attempt {
  std::uint64_t caller = 0;  ///< caller_key()
  std::uint32_t from_tag = 0;
  std::uint32_t pair = 0;
  std::uint32_t first_cseq = 0;
  std::uint32_t cseq = 0;    ///< of the last request
  std::uint16_t status = 0;  ///< of the last final response; 0: none, or it was tried again
  std::uint16_t requests = 0;
  PackedTime first_us = no_time;  ///< first request; no_time: a free slot
  PackedTime trying_us = no_time;
  PackedTime progress_us = no_time;  ///< first of 101 to 199
  PackedTime ringing_us = no_time;   ///< first 180
  PackedTime alert_us = no_time;     ///< first that ends the post-dial delay
  PackedTime answer_us = no_time;    ///< first 2xx
  PackedTime cancel_us = no_time;
  PackedTime final_us = no_time;  ///< the last final response that is no 2xx
  SipMethod method = SipMethod::invite;
  std::uint8_t via_count = 0;
  std::uint8_t challenges : 7 = 0;  ///< stays at 127
  bool removes : 1 = false;
  bool partial : 1 = false;  ///< its beginning was not seen: in no ratio
  bool timed_out : 1 = false;
  bool counted : 1 = false;           ///< it is known how it ended
  bool in_kpi : 1 = false;            ///< and it went into the counters
  bool counted_answered : 1 = false;  ///< as answered
  bool end_counted : 1 = false;       ///< one of its dialogs has ended, and was counted
  bool user_cause : 1 = false;        ///< the Reason header of its final response says so
  bool chain_guess : 1 = false;       ///< goes on with an attempt of another Call-ID
};

/// RFC 3261 section 12, early or confirmed: the Call-ID and two tags.
struct Dialog {
  std::uint32_t tag_a = 0;  ///< of the caller, where known
  std::uint32_t tag_b = 0;
  std::uint32_t cseq = 0;  ///< of the INVITE that it answers
  std::uint32_t bye_pair = 0;
  std::uint16_t bye_status = 0;
  PackedTime answer_us = no_time;
  PackedTime ack_us = no_time;
  PackedTime bye_us = no_time;
  PackedTime bye_final_us = no_time;
  PackedTime repeat_us = no_time;  ///< last repetition of the 2xx
  std::uint8_t repeats = 0;        ///< of the 2xx
  bool used : 1 = false;           ///< not a free slot
  bool confirmed : 1 = false;
  bool caller_known : 1 = false;
  bool bye_from_a : 1 = false;      ///< who sent the first BYE, by tag
  bool bye_from_lower : 1 = false;  ///< and by address
  bool bye_timed_out : 1 = false;
  bool expired : 1 = false;
  bool no_ack : 1 = false;
  bool counted : 1 = false;  ///< it has ended
};

/// Why a call is not open any more.
enum class CallEnd : std::uint8_t { open, signalled, aged, evicted, capture_stop };

/// What the signalling of one Call-ID comes to: a fixed size, whatever comes. Only CallTracker writes it.
struct CallState {
  static constexpr std::size_t max_transactions = 6;
  static constexpr std::size_t max_attempts = 3;
  static constexpr std::size_t max_dialogs = 3;
  static constexpr std::size_t max_events = 4;

  std::int64_t due_us =
      std::numeric_limits<std::int64_t>::max();  ///< expire() has nothing to do before
  std::int64_t last_us = no_time;
  std::int64_t refresh_us = no_time;  ///< when the session timer began to run
  std::int64_t media_us = no_time;    ///< the last packet of media; whoever sees media says so
  std::uint32_t session_expires_s = 0;
  std::uint32_t retransmissions = 0;
  std::uint16_t carrier = 0;
  CallEnd end = CallEnd::open;
  bool has_carrier : 1 = false;
  bool is_transfer : 1 = false;  ///< Replaces in an INVITE, or a REFER
  bool had_dialog : 1 = false;
  std::array<Transaction, max_transactions> transactions{};
  std::array<Attempt, max_attempts> attempts{};
  std::array<Dialog, max_dialogs> dialogs{};
  std::array<CallEvent, max_events> events{};
};

static_assert(sizeof(CallState) <= 848, "with what is known of its media, below 1.5 KB");

}  // namespace heptap
