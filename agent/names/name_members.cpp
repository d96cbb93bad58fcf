#include "agent/names/name_members.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace heptap {
namespace {

constexpr double share_of_weight_0 = 0.01;

auto place_of(const NameMember& one) {
  return std::tuple(one.address.family, one.address.octets, one.port);
}

// Of a place that is there twice the first stays.
NameMembers arranged(std::vector<NameMember> all) {
  const auto comes_first = [](const NameMember& a, const NameMember& b) {
    return std::tuple(a.tier, -a.weight, place_of(a)) < std::tuple(b.tier, -b.weight, place_of(b));
  };
  std::sort(all.begin(), all.end(), comes_first);
  NameMembers members;
  for (const NameMember& one : all) {
    const bool is_there =
        std::any_of(members.list.begin(), members.list.end(),
                    [&](const NameMember& other) { return place_of(other) == place_of(one); });
    if (is_there) continue;
    if (members.list.size() < max_name_members) {
      members.list.push_back(one);
    } else {
      ++members.left_out;
    }
  }
  return members;
}

// Of targets with one priority.
struct Tier {
  unsigned number = 0;
  unsigned least_weight = 0;  // that is not 0; 0: all are
  double sum = 0;
  std::size_t members = 0;

  [[nodiscard]] double share_of(const SrvRecord& record) const noexcept {
    if (least_weight == 0) return 1;
    return record.weight != 0 ? record.weight : least_weight * share_of_weight_0;
  }
};

std::map<std::uint16_t, Tier> tiers_of(std::span<const ServiceTarget> targets) {
  std::map<std::uint16_t, Tier> tiers;
  for (const auto& [record, addresses] : targets) {
    if (addresses.empty()) continue;
    Tier& tier = tiers[record.priority];
    tier.members += addresses.size();
    if (record.weight == 0) continue;
    tier.least_weight = tier.least_weight == 0
                            ? record.weight
                            : std::min<unsigned>(tier.least_weight, record.weight);
  }
  unsigned number = 0;
  for (auto& [priority, tier] : tiers) tier.number = number++;
  for (const auto& [record, addresses] : targets) {
    if (addresses.empty()) continue;
    Tier& tier = tiers[record.priority];
    tier.sum += tier.share_of(record);
  }
  return tiers;
}

}  // namespace

NameMembers members_of(std::span<const IpAddress> addresses, std::uint16_t port) {
  std::vector<NameMember> all;
  all.reserve(addresses.size());
  for (const IpAddress& address : addresses) all.push_back({.address = address, .port = port});
  return arranged(std::move(all));
}

NameMembers members_of(std::span<const ServiceTarget> targets) {
  std::map<std::uint16_t, Tier> tiers = tiers_of(targets);
  std::vector<NameMember> all;
  for (const auto& [record, addresses] : targets) {
    if (addresses.empty()) continue;
    const Tier& tier = tiers[record.priority];
    const double whole = tier.share_of(record) * static_cast<double>(tier.members) / tier.sum;
    const double each = whole / static_cast<double>(addresses.size());
    for (const IpAddress& address : addresses) {
      all.push_back({address, record.port, tier.number, each});
    }
  }
  return arranged(std::move(all));
}

}  // namespace heptap
