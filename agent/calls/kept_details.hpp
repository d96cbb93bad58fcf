#pragma once

#include <cstdint>
#include <string>

#include "agent/calls/call.hpp"

namespace heptap {

/// The details of a call as a table keeps them: its texts are one, and its hash is the table's.
class KeptDetails {
 public:
  /// Into the room that there is from the call before.
  void keep(const CallDetails& details);

  /// out       takes all but the hash
  void give(CallDetails& out) const;

 private:
  std::string texts_;
  std::uint16_t call_id_bytes_ = 0;
  std::uint16_t from_bytes_ = 0;
  FlowKey flow_;
  std::uint8_t ip_protocol_ = 0;
};

static_assert(sizeof(KeptDetails) <= 80);

}  // namespace heptap
