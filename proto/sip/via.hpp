#pragma once

#include <cstdint>
#include <string_view>

#include "proto/result.hpp"

namespace heptap {

/// One Via value.
struct ViaView {
  std::string_view transport;  ///< "UDP", as written
  std::string_view host;       ///< an IPv6 address without its brackets
  std::uint16_t port = 0;      ///< 0: none was written
  std::string_view params;     ///< see find_param()

  [[nodiscard]] std::string_view branch() const noexcept;
  [[nodiscard]] std::string_view received() const noexcept;  ///< IPv6 without brackets
  [[nodiscard]] std::uint16_t rport() const noexcept;        ///< 0: none, or not filled in yet
};

/// value     one value of a Via header; a header may hold several (next_list_item)
/// errors    malformed: not protocol/version/transport, white space, host
/// source    RFC 3261 section 20.42, RFC 3581 (rport); white space around the slashes is allowed
[[nodiscard]] Result<ViaView> parse_via(std::string_view value) noexcept;

}  // namespace heptap
