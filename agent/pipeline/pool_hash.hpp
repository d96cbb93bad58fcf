#pragma once

#include <cstdint>
#include <string_view>

#include "agent/calls/media_match.hpp"
#include "proto/hash.hpp"

namespace heptap {

/// Not a secret: every agent of a site sends a call to the same member of a pool.
[[nodiscard]] inline std::uint64_t pool_hash(std::string_view text) noexcept {
  constexpr TextHash hash{0};
  return hash(text);
}

/// The same of a Call-ID, of whose beginning alone reports may know.
/// gives     0: there is none
[[nodiscard]] inline std::uint64_t pool_call_hash(std::string_view call_id) noexcept {
  return call_id.empty() ? 0 : pool_hash(call_id.substr(0, MediaText::max_call_id_bytes));
}

}  // namespace heptap
