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

bool has_family(const NameMembers& members, IpFamily family) {
  return std::any_of(members.list.begin(), members.list.end(),
                     [&](const NameMember& one) { return one.address.family == family; });
}

bool lacks_a_family(const NameMembers& before, const NameMembers& now) {
  return std::any_of(before.list.begin(), before.list.end(),
                     [&](const NameMember& one) { return !has_family(now, one.address.family); });
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
  if (!answer.fault.empty()) return note_failure(name, answer.fault, now);
  if (is_doubtful(answer)) {
    due_ = now + least_ttl;
    return {};
  }
  due_ = now + std::clamp(answer.ttl, least_ttl, most_ttl);
  until_retry_ = least_ttl;
  const bool is_back = !std::exchange(fault_, {}).empty();
  News news{.has_changed = answer.members != members_};
  const NameMembers before = std::exchange(members_, answer.members);
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

// When one of the questions for A and AAAA has no answer, c-ares gives what the other one has, and says
// nothing.
bool KnownName::is_doubtful(const NameAnswer& answer) noexcept {
  const bool is_doubted = lacks_a_family(members_, answer.members);
  doubts_ = is_doubted ? doubts_ + 1 : 0;
  if (doubts_ < least_answers) return is_doubted;
  doubts_ = 0;
  return false;
}

KnownName::News KnownName::note_failure(const std::string& name, const std::string& fault,
                                        Time now) {
  due_ = now + until_retry_;
  until_retry_ = std::min(until_retry_ * 2, most_between_failures);
  News news;
  if (fault_.empty()) {
    news.warning = name + ": " + fault;
    if (!members_.list.empty()) news.warning += "; what was known last stays";
  }
  fault_ = fault;
  return news;
}

}  // namespace heptap
