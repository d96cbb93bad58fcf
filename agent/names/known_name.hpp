#pragma once

#include <chrono>
#include <string>

#include "agent/names/name_lookup.hpp"

namespace heptap {

/// What is known of a name, and until when. A look-up that fails takes nothing away, and neither does one
/// half of which may have failed.
class KnownName {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::seconds least_ttl{5};
  static constexpr std::chrono::seconds most_ttl{3600};
  static constexpr std::chrono::seconds most_between_failures{60};
  /// That must say, one after the other, that no IPv4 or IPv6 address is left where there were some.
  static constexpr int least_answers = 3;

  /// What is new, in words. At most one of the lines is there.
  struct News {
    bool has_changed = false;
    std::string warning =
        {};  ///< it cannot be looked up: once, until it can be again; or more than fit
    std::string info = {};
  };

  [[nodiscard]] News note(const std::string& name, const NameAnswer& answer, Time now);

  /// gives     when it is to be looked up; at once as long as it never was
  [[nodiscard]] Time due() const noexcept { return due_; }
  /// gives     the last that were found; none: it was never found
  [[nodiscard]] const NameMembers& members() const noexcept { return members_; }
  /// gives     why the last look-up failed; empty: it did not
  [[nodiscard]] const std::string& fault() const noexcept { return fault_; }

 private:
  [[nodiscard]] bool is_doubtful(const NameAnswer& answer) noexcept;
  [[nodiscard]] News note_failure(const std::string& name, const std::string& fault, Time now);

  NameMembers members_;
  std::string fault_;
  Time due_;
  std::chrono::seconds until_retry_ = least_ttl;
  int doubts_ = 0;  ///< answers in a row
};

}  // namespace heptap
