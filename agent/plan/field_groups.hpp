#pragma once

#include <span>

#include "agent/plan/field.hpp"

// The rows of the table, a file a protocol; static storage.
namespace heptap::plan_fields {

/// frame., eth., vlan., ip., ipv6., udp., tcp., sctp.
[[nodiscard]] std::span<const Field> network() noexcept;
/// sip.
[[nodiscard]] std::span<const Field> sip() noexcept;

/// A header that has no row of its own, by its name.
[[nodiscard]] const Field& any_header() noexcept;

}  // namespace heptap::plan_fields
