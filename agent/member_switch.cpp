#include "agent/member_switch.hpp"

#include <utility>

namespace heptap {

void MemberSwitch::want(CollectorLayout written, NameOptions options,
                        std::chrono::milliseconds patience) {
  written_before_ = std::exchange(written_, std::move(written));
  options_before_ = std::exchange(options_, std::move(options));
  std::vector<NameQuery> queries;
  for (const NamedCollector& one : options_.collectors) queries.push_back(one.query);
  names_.watch(queries, options_.servers);
  if (!queries.empty()) names_.wait(patience);
}

// What has changed meanwhile was in the layout that could not be.
void MemberSwitch::go_back() {
  written_ = written_before_;
  options_ = options_before_;
  names_.go_back();
  has_changed_ = true;
}

void MemberSwitch::look() {
  if (names_.look()) has_changed_ = true;
}

bool MemberSwitch::is_due() { return has_changed_ && looks_.is_due(); }

const CollectorLayout& MemberSwitch::take(const std::vector<CollectorOptions>& present) {
  now_ = lay_out(written_, options_.collectors, known_to(names_), present);
  has_changed_ = now_.waits;
  if (!now_.waits) note_left_out(now_.left_out);
  return now_.layout;
}

void MemberSwitch::note_left_out(std::size_t left_out) {
  if (std::exchange(told_left_out_, left_out) == left_out || left_out == 0) return;
  say_(true, std::to_string(left_out) +
                 " addresses of collectors are left out: with all others, there is room for " +
                 std::to_string(max_collectors_with_members));
}

std::vector<NameFigures> MemberSwitch::figures() const {
  std::vector<NameFigures> all;
  for (const NamedCollector& one : options_.collectors) {
    const NameMembers& found = names_.members_of(one.query);
    all.push_back({.collector = one.name,
                   .members = found.list.size() + found.left_out,
                   .is_known = names_.fault_of(one.query).empty()});
  }
  return all;
}

}  // namespace heptap
