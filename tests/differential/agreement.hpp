#pragma once

#include <string>
#include <vector>

#include "proto/sip/message.hpp"
#include "proto/sip/osip.hpp"

namespace heptap::test {

struct Difference {
  std::string field;
  std::string index;  ///< as index, grammar and scanner have it
  std::string osip;
};

/// What index, grammar and SDP scanner read differently from libosip2 in a message that both have
/// accepted.
std::vector<Difference> differences(const SipView& view, const OsipMessage& osip);

/// Whether both must agree on the message whatever else it holds: written within the grammar as far
/// as the bytes of its head go, nothing flagged, Call-ID, CSeq, From and To there once and
/// readable, the topmost Via readable.
bool is_plain(const SipView& view);

}  // namespace heptap::test
