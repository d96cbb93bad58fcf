#include "agent/names/known_addresses.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace heptap {
namespace {

constexpr std::array<std::string_view, 2> record_types{"A", "AAAA"};

std::vector<IpAddress> first_of(std::vector<IpAddress> addresses) {
  std::sort(addresses.begin(), addresses.end(),
            [](const IpAddress& a, const IpAddress& b) { return a.octets < b.octets; });
  addresses.resize(std::min(addresses.size(), max_name_members));
  return addresses;
}

}  // namespace

KnownAddresses::Filled KnownAddresses::fill_in(std::span<const FoundTarget> found, Time now) {
  Filled out;
  std::vector<Host> hosts;
  std::size_t faults = 0;
  for (const FoundTarget& one : found) {
    Host host = take(one.record.target);
    ServiceTarget& target = out.targets.emplace_back(ServiceTarget{one.record, {}});
    const std::string fault = fill_in(target, one, host, now);
    if (!fault.empty() && faults++ == 0) out.fault = fault;
    const bool had_fault = std::exchange(host.has_fault, !fault.empty());
    out.has_new_fault |= host.has_fault && !had_fault;
    hosts.push_back(std::move(host));
  }
  if (faults > 1) out.fault += "; and of " + std::to_string(faults - 1) + " more";
  hosts_ = std::move(hosts);
  return out;
}

KnownAddresses::Host KnownAddresses::take(const std::string& name) {
  const auto known =
      std::find_if(hosts_.begin(), hosts_.end(), [&](const Host& one) { return one.name == name; });
  if (known == hosts_.end()) return {.name = name, .families = {}};
  Host host = std::move(*known);
  hosts_.erase(known);
  return host;
}

// gives     what is wrong with a target; that it has other addresses alone than those nobody knew of is not
std::string KnownAddresses::fill_in(ServiceTarget& target, const FoundTarget& found, Host& host,
                                    Time now) {
  std::string unknown;
  std::string old;
  std::string fault;
  for (std::size_t i = 0; i < record_types.size(); ++i) {
    const FoundAddresses& family = found.families[i];
    Family& known = host.families[i];
    if (!family.has_failed) {
      known = {first_of(family.list), now};
      target.addresses.insert(target.addresses.end(), family.list.begin(), family.list.end());
      continue;
    }
    if (now - known.answered > longest_without_answer) known = {};
    std::string& types = known.addresses.empty() ? unknown : old;
    types.append(types.empty() ? "" : " and ").append(record_types[i]);
    fault = family.fault;
    target.addresses.insert(target.addresses.end(), known.addresses.begin(), known.addresses.end());
  }
  const std::string where = " of " + host.name + ": " + fault;
  if (!old.empty()) return old + where + "; what was known last stays";
  if (!unknown.empty() && target.addresses.empty()) return unknown + where + "; it is left out";
  return {};
}

}  // namespace heptap
