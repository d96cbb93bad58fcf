#include "transport/collector_snapshot.hpp"

namespace heptap {

std::string_view to_string(CollectorState state) noexcept {
  switch (state) {
    case CollectorState::idle: return "idle";
    case CollectorState::resolving: return "resolving";
    case CollectorState::connecting: return "connecting";
    case CollectorState::handshaking: return "handshaking";
    case CollectorState::up: return "up";
    case CollectorState::closing: return "closing";
    case CollectorState::backoff: return "backoff";
    case CollectorState::spooling: return "spooling";
    case CollectorState::given_up: return "given_up";
    case CollectorState::closed: return "closed";
  }
  return "?";
}

DeliveryLosses& DeliveryLosses::operator+=(const DeliveryLosses& other) noexcept {
  given_up += other.given_up;
  unconfirmed += other.unconfirmed;
  refused += other.refused;
  too_large += other.too_large;
  disk += other.disk;
  too_slow += other.too_slow;
  return *this;
}

DeliveryCounters& DeliveryCounters::operator+=(const DeliveryCounters& other) noexcept {
  entered += other.entered;
  sent += other.sent;
  lost += other.lost;
  spooled += other.spooled;
  queued += other.queued;
  in_doubt += other.in_doubt;
  resent += other.resent;
  fragmented += other.fragmented;
  bytes += other.bytes;
  elsewhere += other.elsewhere;
  return *this;
}

}  // namespace heptap
