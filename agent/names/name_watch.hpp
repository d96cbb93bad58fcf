#pragma once

#include <poll.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "agent/names/known_name.hpp"
#include "agent/names/name_lookup.hpp"

namespace heptap {

/// Knows the members of names, and looks them up again when their records' time is over. It has no thread,
/// and never waits but in wait(). Used in one thread.
class NameWatch {
 public:
  using Clock = std::chrono::steady_clock;
  /// Told what people should know, a line each.
  using Say = std::function<void(bool is_bad, const std::string& text)>;

  explicit NameWatch(Say say) : say_(std::move(say)) {}

  /// From now on, these are watched. What is known of those that were watched before stays known.
  /// servers   as DnsChannel has it
  void watch(const std::vector<NameQuery>& queries, std::vector<std::string> servers);
  /// Those before the last watch() again, with all that was known of them.
  void go_back();

  /// Looks up what was never looked up, and waits until it is known, or known not to be; at most so long.
  void wait(std::chrono::milliseconds patience);

  /// Starts what is due, and goes on with what was started.
  /// gives     whether members of any have changed
  bool look(Clock::time_point now = Clock::now());

  /// Appends what look() should be called for.
  void add_sockets(std::vector<pollfd>& sockets) const;

  /// gives     none: it is not watched, or was never found
  [[nodiscard]] const NameMembers& members_of(const NameQuery& query) const noexcept;
  /// gives     why there are none, or no newer ones; empty: nothing is wrong
  [[nodiscard]] const std::string& fault_of(const NameQuery& query) const noexcept;

 private:
  struct Watched {
    NameQuery query;
    KnownName known;
    std::unique_ptr<NameLookup> lookup;  ///< null: it is not looked up now
  };

  void change_to(const std::vector<NameQuery>& queries);
  [[nodiscard]] Watched take(const NameQuery& query);
  [[nodiscard]] const Watched* find(const NameQuery& query) const noexcept;
  [[nodiscard]] bool look_at(Watched& one, Clock::time_point now);
  [[nodiscard]] bool is_waiting() const noexcept;

  Say say_;
  std::vector<std::string> servers_;
  std::vector<Watched> names_;
  std::vector<Watched> left_;  ///< of those before, who is not watched any more
  std::vector<NameQuery> queries_before_;
  std::vector<std::string> servers_before_;
};

}  // namespace heptap
