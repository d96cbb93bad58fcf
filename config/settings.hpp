#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace heptap {

/// Who we say we are in every HEP frame.
struct NodeSettings {
  std::uint32_t id = 0;  ///< chunk 0x0c
  std::string name;      ///< chunk 0x13; empty: not sent
  std::string auth_key;  ///< chunk 0x0e; empty: not sent
};

/// The whole configuration, checked; const from then on.
struct Settings {
  NodeSettings node;
};

}  // namespace heptap
