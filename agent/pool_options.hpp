#pragma once

#include <map>
#include <string>
#include <vector>

#include "transport/pool.hpp"

namespace heptap {

/// What a member of a pool that was looked up has of its records.
struct PoolShare {
  std::string identity;  ///< what calls are spread by, the same at every agent
  unsigned tier = 0;     ///< as PoolMember has it
  double weight = 1.0;   ///< as PoolMember has it

  bool operator==(const PoolShare&) const = default;
};

/// Collectors that a plan sends to under one name.
struct PoolOptions {
  std::string name;
  PoolPolicy policy = PoolPolicy::mirror;
  std::vector<std::string> collectors;  ///< their names, in the order of priority; at least one
  std::map<std::string, PoolShare> shares = {};  ///< of some of those, by their names
  bool is_part = false;  ///< its collectors are in another pool: it gets what names it, and no more

  bool operator==(const PoolOptions&) const = default;
};

}  // namespace heptap
