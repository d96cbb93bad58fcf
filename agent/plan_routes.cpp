#include "agent/plan_routes.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <numeric>
#include <string>
#include <utility>

#include "agent/pipeline/pool_hash.hpp"
#include "agent/report/text.hpp"

namespace heptap {
namespace {

constexpr std::chrono::seconds log_every{1};

spdlog::level::level_enum level_of(PlanLogLevel level) noexcept {
  switch (level) {
    case PlanLogLevel::debug: return spdlog::level::debug;
    case PlanLogLevel::info: return spdlog::level::info;
    case PlanLogLevel::error: return spdlog::level::err;
  }
  return spdlog::level::info;
}

Pool make_pool(const PoolOptions& pool, const std::vector<CollectorOptions>& collectors,
               const std::vector<unsigned>& bits) {
  std::vector<PoolMember> members;
  for (const std::string& name : pool.collectors) {
    const auto at = std::find_if(collectors.begin(), collectors.end(),
                                 [&](const CollectorOptions& one) { return one.name == name; });
    if (at == collectors.end()) continue;
    const auto share = pool.shares.find(name);
    PoolMember member;
    member.bit = bits[static_cast<std::size_t>(at - collectors.begin())];
    member.name_hash = pool_hash(share == pool.shares.end() ? name : share->second.identity);
    if (share != pool.shares.end()) {
      member.tier = share->second.tier;
      member.weight = share->second.weight;
    }
    members.push_back(member);
  }
  return {pool.policy, std::move(members)};
}

}  // namespace

std::string describe(const PlanSubject& message, bool shows_users) {
  const Packet& packet = *message.packet;
  std::string what{to_string(message.kind)};
  if (message.sip != nullptr) what = one_line(message.sip->start_line());
  if (message.kind == SubjectKind::sip_request && !shows_users) {
    what = one_line(message.sip->method());
  }
  std::string text = what + " from " + to_string(packet.source, packet.source_port) + " to " +
                     to_string(packet.destination, packet.destination_port);
  if (!message.call_id.empty()) text += ", Call-ID " + one_line(message.call_id);
  return text;
}

PlanRoutes first_routes(std::shared_ptr<const Plan> plan,
                        const std::vector<CollectorOptions>& collectors,
                        const std::vector<PoolOptions>& pools, const CallLimits& calls) {
  std::vector<unsigned> bits(collectors.size());
  std::iota(bits.begin(), bits.end(), 0U);
  PlanRoutes routes = make_routes(std::move(plan), collectors, pools, std::move(bits));
  if (routes.plan) routes.scopes = scopes_for(*routes.plan, calls);
  return routes;
}

PlanRoutes make_routes(std::shared_ptr<const Plan> plan,
                       const std::vector<CollectorOptions>& collectors,
                       const std::vector<PoolOptions>& pools, std::vector<unsigned> bits) {
  PlanRoutes routes;
  for (std::size_t i = 0; i < pools.size(); ++i) {
    routes.pools.push_back(make_pool(pools[i], collectors, bits));
    if (pools[i].is_part) routes.pool_parts |= std::uint64_t{1} << i;
  }
  if (plan) bits.resize(plan->collectors().size() - pools.size());
  routes.plan = std::move(plan);
  routes.bits = std::move(bits);
  return routes;
}

std::shared_ptr<PlanScopes> scopes_for(const Plan& plan, const CallLimits& calls) {
  if (!plan.has_scopes()) return nullptr;
  const std::chrono::microseconds max_idle = calls.max_age;
  return std::make_shared<PlanScopes>(calls.max_entries, max_idle.count());
}

PlanRunner::Log plan_log() {
  struct State {
    std::chrono::steady_clock::time_point next;
    std::uint64_t held_back = 0;
  };
  return [states = std::map<std::string, State>{}](const PlanRule& rule, const PlanSubject& message,
                                                   std::string_view error) mutable {
    const bool shows_users = rule.masks.users == UserMask::none;
    if (!error.empty()) {
      return spdlog::warn("{}: {} ({})", rule.name, error, describe(message, shows_users));
    }
    if (!spdlog::should_log(level_of(rule.log_level))) return;
    State& state = states[rule.name];
    const auto now = std::chrono::steady_clock::now();
    if (now < state.next) return void(++state.held_back);
    state.next = now + log_every;
    const auto more = std::exchange(state.held_back, 0);
    const std::string_view text = rule.log_text.empty() ? rule.name : rule.log_text;
    spdlog::log(level_of(rule.log_level), "{}: {}{}", text, describe(message, shows_users),
                more == 0 ? "" : " (" + grouped(more) + " more were not written)");
  };
}

}  // namespace heptap
