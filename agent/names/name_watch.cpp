#include "agent/names/name_watch.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace heptap {
namespace {

constexpr int look_every_ms = 100;  // time-outs have no socket

}  // namespace

void NameWatch::watch(const std::vector<NameQuery>& queries, std::vector<std::string> servers) {
  servers_ = std::move(servers);
  std::vector<Watched> next;
  for (const NameQuery& query : queries) {
    const auto same = std::find_if(names_.begin(), names_.end(),
                                   [&](const Watched& one) { return one.query == query; });
    if (same == names_.end()) {
      next.push_back({query, {}, nullptr});
    } else {
      next.push_back(std::move(*same));
      names_.erase(same);
    }
  }
  names_ = std::move(next);
}

void NameWatch::wait(std::chrono::milliseconds patience) {
  const auto until = Clock::now() + patience;
  for (look(); is_waiting() && Clock::now() < until; look()) {
    std::vector<pollfd> sockets;
    add_sockets(sockets);
    ::poll(sockets.data(), sockets.size(), look_every_ms);
  }
}

bool NameWatch::is_waiting() const noexcept {
  return std::any_of(names_.begin(), names_.end(), [](const Watched& one) {
    return one.lookup && one.known.members().list.empty() && one.known.fault().empty();
  });
}

bool NameWatch::look(Clock::time_point now) {
  bool has_changed = false;
  for (Watched& one : names_) has_changed = look_at(one, now) || has_changed;
  return has_changed;
}

bool NameWatch::look_at(Watched& one, Clock::time_point now) {
  NameAnswer answer;
  try {
    if (!one.lookup && now < one.known.due()) return false;
    if (!one.lookup) one.lookup = std::make_unique<NameLookup>(one.query, servers_, now);
    if (!one.lookup->work(now)) return false;
    answer = one.lookup->answer();
  } catch (const std::runtime_error& error) {
    answer.fault = error.what();
  }
  one.lookup.reset();
  const KnownName::News news = one.known.note(one.query.name(), answer, now);
  if (!news.warning.empty()) say_(true, news.warning);
  if (!news.info.empty()) say_(false, news.info);
  return news.has_changed;
}

void NameWatch::add_sockets(std::vector<pollfd>& sockets) const {
  for (const Watched& one : names_) {
    if (one.lookup) one.lookup->add_sockets(sockets);
  }
}

const NameWatch::Watched* NameWatch::find(const NameQuery& query) const noexcept {
  const auto same = std::find_if(names_.begin(), names_.end(),
                                 [&](const Watched& one) { return one.query == query; });
  return same == names_.end() ? nullptr : &*same;
}

const NameMembers& NameWatch::members_of(const NameQuery& query) const noexcept {
  static const NameMembers none;
  const Watched* const one = find(query);
  return one == nullptr ? none : one->known.members();
}

const std::string& NameWatch::fault_of(const NameQuery& query) const noexcept {
  static const std::string none;
  const Watched* const one = find(query);
  return one == nullptr ? none : one->known.fault();
}

}  // namespace heptap
