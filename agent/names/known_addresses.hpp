#pragma once

#include <array>
#include <chrono>
#include <span>
#include <string>
#include <vector>

#include "agent/names/name_lookup.hpp"
#include "agent/names/name_members.hpp"

namespace heptap {

/// The last addresses of a name's targets. They take the place of those that nobody could tell, for a day:
/// old ones are better than none, and what others have said stays as it is.
/// source    RFC 8767 sections 4 and 5
class KnownAddresses {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::hours longest_without_answer{24};

  struct Filled {
    std::vector<ServiceTarget> targets = {};
    std::string fault =
        {};  ///< of the first that is old or left out, and how many more; empty: none
    bool has_new_fault = false;  ///< one of them was neither the last time
  };

  /// Targets that are not in `found` are forgotten.
  [[nodiscard]] Filled fill_in(std::span<const FoundTarget> found, Time now);

 private:
  struct Family {
    std::vector<IpAddress> addresses;  ///< no more than there are members of a name
    Time answered;
  };
  struct Host {
    std::string name;
    std::array<Family, 2> families;  ///< by IpFamily
    bool has_fault = false;
  };

  [[nodiscard]] Host take(const std::string& name);
  [[nodiscard]] static std::string fill_in(ServiceTarget& target, const FoundTarget& found,
                                           Host& host, Time now);

  std::vector<Host> hosts_;  ///< one for each target, as many as those of a look-up
};

}  // namespace heptap
