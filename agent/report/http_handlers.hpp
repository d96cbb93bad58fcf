#pragma once

#include <functional>
#include <string>
#include <vector>

namespace heptap {

/// What the status pages are made of. Called on the server's thread, once for each request; whoever
/// can connect may ask as often as they like, so take what is at hand and keep nobody waiting.
struct HttpHandlers {
  std::function<std::string()> metrics;             ///< text for Prometheus
  std::function<std::vector<std::string>()> ready;  ///< why not, a line each; empty: ready
};

}  // namespace heptap
