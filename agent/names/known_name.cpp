#include "agent/names/known_name.hpp"

#include <algorithm>
#include <utility>

namespace heptap {
namespace {

std::string count_of(std::size_t addresses) {
  return std::to_string(addresses) + (addresses == 1 ? " address" : " addresses");
}

// Whose share is another one is there as before.
bool has(const NameMembers& members, const NameMember& wanted) {
  return std::any_of(members.list.begin(), members.list.end(), [&](const NameMember& one) {
    return one.address == wanted.address && one.port == wanted.port;
  });
}

// gives     why nothing was found, not even one address; empty: something was
std::string fault_of(const NameAnswer& answer) {
  std::string fault = answer.fault;
  bool has_failed = false;
  for (const FoundTarget& target : answer.targets) {
    for (const FoundAddresses& one : target.families) {
      if (!one.list.empty()) return {};
      if (fault.empty() || (one.has_failed && !has_failed)) fault = one.fault;
      has_failed |= one.has_failed;
    }
  }
  return fault.empty() ? "it has no such records" : fault;
}

std::string changes(const NameMembers& before, const NameMembers& now) {
  std::string text;
  for (const NameMember& one : now.list) {
    if (!has(before, one)) text += ", new " + to_string(one.address, one.port);
  }
  for (const NameMember& one : before.list) {
    if (!has(now, one)) text += ", gone " + to_string(one.address, one.port);
  }
  return text.empty() ? ", with other shares" : text;
}

}  // namespace

KnownName::News KnownName::note(const std::string& name, const NameAnswer& answer, Time now) {
  if (std::string fault = fault_of(answer); !fault.empty()) {
    return note_failure(name, std::move(fault), now);
  }
  const KnownAddresses::Filled filled = addresses_.fill_in(answer.targets, now);
  NameMembers members = members_of(filled.targets);
  members.left_out += answer.targets_left_out;
  due_ = now + std::clamp(answer.ttl, least_ttl, most_ttl);
  if (filled.fault.empty()) {
    until_retry_ = least_ttl;
  } else {
    due_ = std::min(due_, now + next_retry());
  }
  has_failed_ = false;
  const bool had_fault = !std::exchange(fault_, filled.fault).empty();
  News news = note_members(name, std::move(members), had_fault && fault_.empty());
  if (filled.has_new_fault) {
    news.warning.append(news.warning.empty() ? name + ": " : "; ").append(fault_);
  }
  return news;
}

KnownName::News KnownName::note_members(const std::string& name, NameMembers members,
                                        bool is_back) {
  News news{.has_changed = members != members_};
  const NameMembers before = std::exchange(members_, std::move(members));
  const std::string found = name + ": " + count_of(members_.list.size());
  if (members_.left_out != 0 && members_.left_out != before.left_out) {
    news.warning = found + ", and " + std::to_string(members_.left_out) +
                   " more, which are left out: there is room for " +
                   std::to_string(max_name_members);
  } else if (news.has_changed) {
    news.info = found + changes(before, members_);
  } else if (is_back) {
    news.info = found + ", as before";
  }
  return news;
}

KnownName::News KnownName::note_failure(const std::string& name, std::string fault, Time now) {
  due_ = now + next_retry();
  News news;
  if (!std::exchange(has_failed_, true)) {
    news.warning = name + ": " + fault;
    if (!members_.list.empty()) news.warning += "; what was known last stays";
  }
  fault_ = std::move(fault);
  return news;
}

std::chrono::seconds KnownName::next_retry() noexcept {
  return std::exchange(until_retry_, std::min(until_retry_ * 2, most_between_failures));
}

}  // namespace heptap
