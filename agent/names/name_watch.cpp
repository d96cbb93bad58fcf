#include "agent/names/name_watch.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace heptap {
namespace {

constexpr int look_every_ms = 100;  // time-outs have no socket

}  // namespace

void NameWatch::watch(const std::vector<NameQuery>& queries, std::vector<std::string> servers) {
  servers_before_ = std::exchange(servers_, std::move(servers));
  queries_before_.clear();
  for (const Watched& one : names_) queries_before_.push_back(one.query);
  left_.clear();
  change_to(queries);
}

void NameWatch::go_back() {
  servers_ = servers_before_;
  change_to(queries_before_);
}

void NameWatch::change_to(const std::vector<NameQuery>& queries) {
  std::vector<Watched> next;
  next.reserve(queries.size());
  for (const NameQuery& query : queries) next.push_back(take(query));
  left_ = std::exchange(names_, std::move(next));
  for (Watched& one : left_) one.lookup.reset();
}

NameWatch::Watched NameWatch::take(const NameQuery& query) {
  for (std::vector<Watched>* const all : {&names_, &left_}) {
    const auto same = std::find_if(all->begin(), all->end(),
                                   [&](const Watched& one) { return one.query == query; });
    if (same == all->end()) continue;
    Watched taken = std::move(*same);
    all->erase(same);
    return taken;
  }
  return {query, {}, nullptr};
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
