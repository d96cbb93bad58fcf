#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "proto/bytes.hpp"
#include "proto/result.hpp"

namespace heptap {

/// Where a service is offered.
struct SrvRecord {
  std::uint16_t priority = 0;  ///< the lowest is used first
  std::uint16_t weight = 0;    ///< its share among those of its priority
  std::uint16_t port = 0;
  std::string target = {};  ///< a host name without the last dot; empty: the service is not offered
  std::uint32_t ttl_s = 0;

  bool operator==(const SrvRecord&) const = default;
};

inline constexpr std::size_t max_srv_records = 1024;  ///< that are looked at in one answer

/// Finds the SRV records in a whole DNS message; those of other types are left out.
/// gives     records in their order, none if there are none
/// errors    incomplete: it ends within a record; malformed: a name in it cannot be read; over_limit
/// source    RFC 1035 section 4, RFC 2782
[[nodiscard]] Result<std::vector<SrvRecord>> parse_srv_records(Bytes message);

}  // namespace heptap
