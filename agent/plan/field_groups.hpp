#pragma once

#include <span>

#include "agent/plan/field.hpp"

// The rows of the table, a file a protocol; static storage.
namespace heptap::plan_fields {

/// rtcp as such, heptap.
[[nodiscard]] std::span<const Field> messages() noexcept;
/// frame., eth., vlan., ip., ipv6., udp., tcp., sctp.
[[nodiscard]] std::span<const Field> network() noexcept;
/// rtcp.
[[nodiscard]] std::span<const Field> rtcp() noexcept;
/// sip, its start line, parts and transaction
[[nodiscard]] std::span<const Field> sip() noexcept;
/// sip.r-uri., sip.from. and their kind
[[nodiscard]] std::span<const Field> sip_addresses() noexcept;
/// sip.Call-ID and all that is simply the value of a header
[[nodiscard]] std::span<const Field> sip_headers() noexcept;
/// sip.Via.
[[nodiscard]] std::span<const Field> sip_via() noexcept;
/// sip.auth.
[[nodiscard]] std::span<const Field> sip_auth() noexcept;
/// sdp.
[[nodiscard]] std::span<const Field> sdp() noexcept;

/// A header that has no row of its own, by its name.
[[nodiscard]] const Field& any_header() noexcept;

}  // namespace heptap::plan_fields
