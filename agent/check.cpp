#include "agent/check.hpp"

#include <ostream>
#include <string_view>
#include <vector>

#include "agent/apply_settings.hpp"
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

LoadedConfig load_config(const std::string& file, std::ostream& err) {
  LoadedConfig config;
  std::vector<ConfigProblem> warnings;
  std::string errors;
  try {
    config.settings = load_settings(file, warnings);
  } catch (const ConfigError& error) {
    errors = std::string{error.what()} + '\n';
    config.status = error.reason() == ConfigError::Reason::unavailable ? ExitCode::unavailable
                                                                       : ExitCode::bad_config;
  }
  const auto& collectors = config.settings.collectors;
  for (std::size_t i = 0; i < collectors.size(); ++i) {
    const std::string fault = tls_fault(collectors[i]);
    if (fault.empty()) continue;
    errors.append(file).append(": collectors[").append(std::to_string(i)).append("]: ");
    errors.append(fault).append("\n");
    config.status = ExitCode::bad_config;
  }
  for (const ConfigProblem& warning : warnings) err << to_string(warning) << '\n';
  err << errors;
  return config;
}

ExitCode run_check(const std::string& file, std::ostream& out, std::ostream& err) {
  const LoadedConfig config = load_config(file, err);
  if (config.status == ExitCode::ok) {
    out << file << ": ok\n";
    print_summary(config.settings, out);
  }
  return config.status;
}

ExitCode run_reference(std::ostream& out) {
  out << reference_markdown();
  return ExitCode::ok;
}

}  // namespace heptap
