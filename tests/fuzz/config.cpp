// Any bytes are settings or an error; neither crashes, hangs, or takes more than a little memory.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "config/load.hpp"

// libFuzzer's name for the entry point.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {  // NOLINT
  const std::string text(data, data + size);
  std::vector<heptap::ConfigProblem> warnings;
  try {
    const heptap::Settings settings = heptap::parse_settings(text, "fuzz.yaml", warnings);
    int last_port = -1;
    for (const auto& range : settings.sip.ports) {
      if (range.first <= last_port + 1 || range.last < range.first) std::abort();
      last_port = range.last;
    }
    for (const auto& collector : settings.collectors) {
      if (collector.name.empty() || collector.url.port == 0) std::abort();
    }
  } catch (const heptap::ConfigError& error) {
    if (error.problems().empty() || error.problems().size() > 101) std::abort();
    for (const auto& problem : error.problems()) {
      if (problem.line < 1 || to_string(problem).find('\n') != std::string::npos) std::abort();
    }
  }
  return 0;
}
