#pragma once

#include <cstdint>

#include "agent/calls/method.hpp"
#include "proto/net/packet.hpp"
#include "proto/sip/message.hpp"

namespace heptap {

/// What a message says of its transaction and dialog: texts as keyed hashes, 0 when they are not there.
/// lifetime  that of the view and the packet it was read from
struct CallMessageView {
  const SipView* sip = nullptr;
  const Packet* packet = nullptr;
  std::int64_t time_us = 0;             ///< packet time, 0 to 2^54
  SipMethod method = SipMethod::other;  ///< of the transaction: a response's from its CSeq
  bool is_request = true;
  bool has_cookie = false;   ///< the branch begins with z9hG4bK: it alone names the transaction
  std::uint16_t status = 0;  ///< of a response
  std::uint32_t cseq = 0;
  std::uint32_t from_tag = 0;
  std::uint32_t to_tag = 0;
  std::uint32_t pair = 0;  ///< both addresses, ports and the protocol; the same in both directions
  std::uint32_t request_uri = 0;  ///< of a request without cookie; else 0
  std::uint64_t via = 0;          ///< what names the transaction, but for the method

  /// gives     names the transaction of `of` that this message is in, or whose branch it shares
  [[nodiscard]] std::uint32_t key(SipMethod of) const noexcept;
  /// gives     the key of this message's transaction: that of an ACK is the INVITE's
  [[nodiscard]] std::uint32_t key() const noexcept {
    return key(method == SipMethod::ack ? SipMethod::invite : method);
  }
  /// A request that asks for a new session: an INVITE without To tag.
  [[nodiscard]] bool opens_dialog() const noexcept {
    return method == SipMethod::invite && to_tag == 0;
  }
  /// Of the two addresses of the packet, the sender's is the lower one.
  [[nodiscard]] bool from_lower() const noexcept;
};

/// The same as opens_dialog(), of a message of which nothing more is known.
[[nodiscard]] bool asks_for_session(const SipView& sip) noexcept;

/// Reads the grammar of what the matching of transactions needs.
/// seed      a secret; the same for all messages of a call
/// source    RFC 3261 sections 17.1.3 and 17.2.3, both ways
[[nodiscard]] CallMessageView read_call_message(const SipView& sip, const Packet& packet,
                                                std::int64_t time_us, std::uint64_t seed) noexcept;

/// The key of the same message if all letters of the branch and the host were small: an element may have
/// changed them, since tokens compare so (RFC 3261 section 7.3.1).
[[nodiscard]] std::uint32_t folded_key(const CallMessageView& message, std::uint64_t seed) noexcept;

/// gives     Via values of the message, at most 255
[[nodiscard]] std::uint8_t via_count(const SipView& sip) noexcept;

/// gives     From URI, user of the Request-URI, and source: who asks whom for what. 0: unreadable
[[nodiscard]] std::uint64_t caller_key(const CallMessageView& message, std::uint64_t seed) noexcept;

}  // namespace heptap
