#pragma once

#include "agent/plan/captagent_functions.hpp"

// What the functions ask that look at a message. All throw CaptagentError: of their arguments.
namespace heptap::captagent {

/// msg_check("size", "100") and its kind
[[nodiscard]] Truth msg_check(const Call& call);
/// source_ip("192.0.2.1"), and so on: msg_check() with its first argument as its name
[[nodiscard]] Truth msg_check_by_name(const Call& call);
/// sip_check("method", "INVITE") and its kind
[[nodiscard]] Truth sip_check(const Call& call);
/// header_check("X-Tenant", "blue"): it begins so
[[nodiscard]] Truth header_check(const Call& call);
/// is_flag_set("1", "1"): in captagent, too, nothing sets one
[[nodiscard]] Truth is_flag_set(const Call& call);

}  // namespace heptap::captagent
