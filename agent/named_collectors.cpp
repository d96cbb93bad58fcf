#include "agent/named_collectors.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "config/spool_folder.hpp"

namespace heptap {
namespace {

struct Member {
  CollectorOptions options;
  PoolShare share;
};

Member make_member(const CollectorOptions& collector, const NameMember& place) {
  Member member{.options = collector, .share = {}};
  member.share = {to_string(place.address, place.port), place.tier, place.weight};
  CollectorOptions& options = member.options;
  options.name += "/" + member.share.identity;
  options.endpoint.host = to_string(place.address);
  options.endpoint.port = place.port;
  if (options.spool)
    options.spool->folder = spool_folder_beside(options.spool->folder, options.name);
  return member;
}

bool is_among(const std::vector<CollectorOptions>& all, const std::string& name) {
  return std::any_of(all.begin(), all.end(),
                     [&](const CollectorOptions& one) { return one.name == name; });
}

// Gives members their places as long as there are any. Each collector has one, a name too: it stands there
// itself as long as it has no member.
class Seating {
 public:
  Seating(std::size_t written, const std::vector<CollectorOptions>& present)
      : present_(present),
        room_(max_collectors_with_members - std::min(written, max_collectors_with_members)),
        room_for_new_(max_places - std::min(present.size(), max_places)) {}

  /// The place of a name is given to one of its members.
  void leave_one() noexcept { ++room_; }
  /// It has none.
  void take_one() noexcept { --room_; }

  [[nodiscard]] bool take(const Member& member) {
    const bool is_new = !is_among(present_, member.options.name);
    if (room_ == 0) return false;
    if (is_new && room_for_new_ == 0) {
      waits_ = true;
      return false;
    }
    --room_;
    if (is_new) --room_for_new_;
    return true;
  }

  [[nodiscard]] bool waits() const noexcept { return waits_; }

 private:
  static constexpr std::size_t max_places = 64;

  const std::vector<CollectorOptions>& present_;
  std::size_t room_;
  std::size_t room_for_new_;
  bool waits_ = false;
};

std::vector<Member> seat(const CollectorOptions& collector, const NameMembers& found,
                         Seating& seating) {
  std::vector<Member> seated;
  seating.leave_one();
  for (const NameMember& place : found.list) {
    Member member = make_member(collector, place);
    if (seating.take(member)) seated.push_back(std::move(member));
  }
  if (seated.empty()) seating.take_one();
  return seated;
}

using Members = std::map<std::string, std::vector<Member>>;

void put_into(PoolOptions& pool, const Members& members) {
  std::vector<std::string> all;
  for (const std::string& name : std::exchange(pool.collectors, {})) {
    const auto found = members.find(name);
    if (found == members.end()) {
      all.push_back(name);
      continue;
    }
    for (const Member& one : found->second) {
      all.push_back(one.options.name);
      pool.shares.emplace(one.options.name, one.share);
    }
  }
  pool.collectors = std::move(all);
}

}  // namespace

MembersOf known_to(const NameWatch& names) {
  return [&names](const NameQuery& query) -> const NameMembers& { return names.members_of(query); };
}

MemberLayout lay_out(const CollectorLayout& written, const std::vector<NamedCollector>& named,
                     const MembersOf& members_of, const std::vector<CollectorOptions>& present) {
  MemberLayout out;
  Seating seating(written.collectors.size(), present);
  Members members;
  for (const CollectorOptions& collector : written.collectors) {
    const auto name = std::find_if(named.begin(), named.end(), [&](const NamedCollector& one) {
      return one.name == collector.name;
    });
    if (name != named.end()) {
      const NameMembers& found = members_of(name->query);
      out.left_out += found.left_out;
      auto seated = seat(collector, found, seating);
      out.left_out += found.list.size() - seated.size();
      for (const Member& one : seated) out.layout.collectors.push_back(one.options);
      if (!seated.empty()) members.emplace(collector.name, std::move(seated));
    }
    if (!members.contains(collector.name)) out.layout.collectors.push_back(collector);
  }
  out.waits = seating.waits();
  out.layout.pools = written.pools;
  for (PoolOptions& pool : out.layout.pools) put_into(pool, members);
  return out;
}

std::vector<std::string> shared_services(const NameOptions& names,
                                         const std::vector<PoolOptions>& pools) {
  const auto mirrors = [](const PoolOptions& pool, const std::string& name) {
    const auto& all = pool.collectors;
    return pool.policy == PoolPolicy::mirror &&
           std::find(all.begin(), all.end(), name) != all.end();
  };
  std::vector<std::string> services;
  for (const NamedCollector& one : names.collectors) {
    const bool is_mirrored = std::any_of(pools.begin(), pools.end(), [&](const PoolOptions& pool) {
      return mirrors(pool, one.name);
    });
    if (!is_mirrored) services.push_back(one.name);
  }
  return services;
}

CollectorLayout look_up_once(CollectorLayout written, const NameOptions& options,
                             std::chrono::milliseconds patience, const NameWatch::Say& say) {
  if (options.collectors.empty()) return written;
  NameWatch names(say);
  std::vector<NameQuery> queries;
  for (const NamedCollector& one : options.collectors) queries.push_back(one.query);
  names.watch(queries, options.servers);
  names.wait(patience);
  MemberLayout found = lay_out(written, options.collectors, known_to(names), {});
  if (found.left_out != 0) {
    say(true, std::to_string(found.left_out) +
                  " addresses of collectors are left out: there is room for 63");
  }
  return std::move(found.layout);
}

}  // namespace heptap
