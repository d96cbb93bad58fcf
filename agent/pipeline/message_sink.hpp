#pragma once

#include <cstdint>

#include "proto/net/packet.hpp"
#include "proto/sip/message.hpp"

namespace heptap {

/// Told of each message of SIP that a pipeline takes: copies of a mirror are left out.
class MessageSink {
 public:
  MessageSink() = default;
  virtual ~MessageSink() = default;
  MessageSink(const MessageSink&) = delete;
  MessageSink& operator=(const MessageSink&) = delete;

  /// sip, packet   die with the call
  virtual void on_message(const SipView& sip, const Packet& packet, std::int64_t time_us) = 0;
};

}  // namespace heptap
