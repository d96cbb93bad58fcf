#include "agent/check.hpp"

#include <ostream>
#include <string_view>
#include <vector>

#include "config/load.hpp"
#include "config/options.hpp"

namespace heptap {
namespace {

void print_collector(const CollectorSettings& collector, std::ostream& out) {
  const std::string url = to_string(collector.url);
  out << "  collector " << url;
  if (collector.name != url) out << " \"" << collector.name << '"';
  if (collector.url.carrier == CollectorCarrier::tls) {
    out << (collector.verify ? "" : ", certificate not checked");
    out << (collector.key.empty() ? "" : ", with a client certificate");
  }
  out << '\n';
}

void print_summary(const Settings& settings, std::ostream& out) {
  out << "  node " << settings.node.id;
  if (!settings.node.name.empty()) out << " \"" << settings.node.name << '"';
  out << (settings.node.auth_key.empty() ? ", no auth key\n" : ", with an auth key\n");
  if (settings.collectors.empty()) out << "  no collector\n";
  for (const CollectorSettings& collector : settings.collectors) print_collector(collector, out);
}

}  // namespace

ExitCode run_check(const std::string& file, std::ostream& out, std::ostream& err) {
  std::vector<ConfigProblem> warnings;
  const auto print_warnings = [&] {
    for (const ConfigProblem& warning : warnings) err << to_string(warning) << '\n';
  };
  try {
    const Settings settings = load_settings(file, warnings);
    print_warnings();
    out << file << ": ok\n";
    print_summary(settings, out);
    return ExitCode::ok;
  } catch (const ConfigError& error) {
    print_warnings();
    err << error.what() << '\n';
    return error.reason() == ConfigError::Reason::unavailable ? ExitCode::unavailable
                                                              : ExitCode::bad_config;
  }
}

ExitCode run_reference(std::ostream& out) {
  out << reference_markdown();
  return ExitCode::ok;
}

}  // namespace heptap
