#pragma once

#include <chrono>
#include <string>

#include "agent/names/known_addresses.hpp"
#include "agent/names/name_lookup.hpp"
#include "agent/names/name_members.hpp"

namespace heptap {

/// What is known of a name, and until when. A look-up that fails takes nothing away; one that fails in part
/// takes from KnownAddresses what it lacks.
class KnownName {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::seconds least_ttl{5};
  static constexpr std::chrono::seconds most_ttl{3600};
  static constexpr std::chrono::seconds most_between_failures{60};

  /// What is new, in words.
  struct News {
    bool has_changed = false;
    std::string warning =
        {};  ///< it, or a part, cannot be looked up: once, until it can be again; or more than fit
    std::string info = {};
  };

  [[nodiscard]] News note(const std::string& name, const NameAnswer& answer, Time now);

  /// gives     when it is to be looked up; at once as long as it never was
  [[nodiscard]] Time due() const noexcept { return due_; }
  /// gives     the last that were found; none: it was never found
  [[nodiscard]] const NameMembers& members() const noexcept { return members_; }
  /// gives     why the last look-up failed, or a part of it; empty: it did not
  [[nodiscard]] const std::string& fault() const noexcept { return fault_; }

 private:
  [[nodiscard]] News note_failure(const std::string& name, std::string fault, Time now);
  [[nodiscard]] News note_members(const std::string& name, NameMembers members, bool is_back);
  [[nodiscard]] std::chrono::seconds next_retry() noexcept;

  KnownAddresses addresses_;
  NameMembers members_;
  std::string fault_;
  bool has_failed_ = false;  ///< the last look-up, as a whole
  Time due_;
  std::chrono::seconds until_retry_ = least_ttl;
};

}  // namespace heptap
