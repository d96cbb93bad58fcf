#pragma once

#include <string>
#include <vector>

#include "transport/pool.hpp"

namespace heptap {

/// Collectors that a plan sends to under one name.
struct PoolOptions {
  std::string name;
  PoolPolicy policy = PoolPolicy::mirror;
  std::vector<std::string> collectors;  ///< their names, in the order of priority; at least one
};

}  // namespace heptap
