#include "agent/plan/value.hpp"

namespace heptap {

std::string_view to_string(ValueType type) noexcept {
  switch (type) {
    case ValueType::protocol: return "protocol";
    case ValueType::flag: return "flag";
    case ValueType::number:
    case ValueType::real: return "number";
    case ValueType::text: return "text";
    case ValueType::ipv4: return "IPv4 address";
    case ValueType::ipv6: return "IPv6 address";
    case ValueType::ether: return "MAC address";
  }
  return "?";
}

}  // namespace heptap
