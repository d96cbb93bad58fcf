#include "config/pool_check.hpp"

#include <algorithm>
#include <map>

#include "config/name_hint.hpp"
#include "config/text.hpp"

namespace heptap {
namespace {

constexpr std::size_t max_names = 64;  // of a plan

std::string path_of(const std::string& list, std::size_t index) {
  return list + "[" + std::to_string(index) + "]";
}

class PoolCheck {
 public:
  PoolCheck(const Settings& settings, const ReportRule& report)
      : settings_(settings), report_(report) {
    for (std::size_t i = 0; i < settings.collectors.size(); ++i) {
      collectors_.emplace_back(settings.collectors[i].name);
      owners_.emplace(settings.collectors[i].name, path_of("collectors", i));
    }
  }

  void run() {
    for (std::size_t i = 0; i < settings_.pools.size(); ++i) {
      path_ = path_of("pools", i);
      const PoolSettings& pool = settings_.pools[i];
      check_name(pool);
      check_members(pool);
    }
    const std::size_t names = collectors_.size() + settings_.pools.size();
    if (settings_.pools.empty() || names <= max_names) return;
    report("", "makes " + std::to_string(names) + " collectors and pools",
           "together they are at most " + std::to_string(max_names));
  }

 private:
  struct FirstPool {
    std::string path;
    const PoolSettings* pool;
  };

  void report(const std::string& option, std::string message, std::string hint,
              std::size_t size = 0) {
    report_(path_,
            {.option = option, .problem = {std::move(message), std::move(hint)}, .size = size});
  }

  void check_name(const PoolSettings& pool) {
    if (pool.name.empty()) return;  // said already
    const auto [first, is_new] = owners_.emplace(pool.name, path_);
    if (is_new) return;
    report("name", "\"" + printable(pool.name) + "\" is also the name of " + first->second,
           "a plan sends to both by their names: give each its own", pool.name.size());
  }

  void check_members(const PoolSettings& pool) {
    for (std::size_t i = 0; pool.collectors && i < pool.collectors->size(); ++i) {
      const std::string& name = (*pool.collectors)[i];
      const std::string option = path_of("collectors", i);
      if (std::find(collectors_.begin(), collectors_.end(), name) != collectors_.end()) {
        check_times(pool, name, option);
      } else if (is_pool(name)) {
        report(option, "\"" + printable(name) + "\" is a pool", "a pool has only collectors",
               name.size());
      } else {
        report(option, "\"" + printable(name) + "\" is no collector",
               name_hint(name, collectors_, "collectors"), name.size());
      }
    }
  }

  [[nodiscard]] bool is_pool(const std::string& name) const {
    return std::any_of(settings_.pools.begin(), settings_.pools.end(),
                       [&](const PoolSettings& one) { return one.name == name; });
  }

  // A collector has failed, or has not, for all of its pools.
  void check_times(const PoolSettings& pool, const std::string& name, const std::string& option) {
    const auto first = first_pools_.emplace(name, FirstPool{path_, &pool}).first;
    const PoolSettings& other = *first->second.pool;
    if (pool.fail_after == other.fail_after && pool.return_after == other.return_after) return;
    report(option,
           "\"" + printable(name) + "\" is also in " + first->second.path +
               ", which has another fail_after or return_after",
           "a collector has the same in all its pools", name.size());
  }

  const Settings& settings_;
  const ReportRule& report_;
  std::string path_;
  std::vector<std::string_view> collectors_;
  std::map<std::string_view, std::string> owners_;     // of names
  std::map<std::string_view, FirstPool> first_pools_;  // of collectors
};

}  // namespace

void check_pools(const Settings& settings, const ReportRule& report) {
  PoolCheck(settings, report).run();
}

}  // namespace heptap
