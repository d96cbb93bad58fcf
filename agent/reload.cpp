#include "agent/reload.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <utility>

#include "agent/apply_settings.hpp"
#include "agent/check.hpp"
#include "agent/collector_settings.hpp"
#include "agent/filter_settings.hpp"

namespace heptap {

std::vector<std::string_view> needs_restart(const Settings& before, const Settings& now) {
  std::vector<std::string_view> sections;
  const auto note = [&](std::string_view name, const auto& section) {
    if (before.*section != now.*section) sections.push_back(name);
  };
  note("interfaces", &Settings::interfaces);
  note("state", &Settings::state);
  note("hep", &Settings::hep);
  note("sip", &Settings::sip);
  note("reassembly", &Settings::reassembly);
  note("duplicates", &Settings::duplicates);
  note("run", &Settings::run);
  note("calls", &Settings::calls);
  note("link", &Settings::link);
  note("rtcp", &Settings::rtcp);
  note("rtp", &Settings::rtp);
  note("vq", &Settings::vq);
  note("kpi", &Settings::kpi);
  note("security", &Settings::security);
  note("http", &Settings::http);
  return sections;
}

namespace {

// Those of sources that have stayed in their places.
void take_keys(std::vector<HepSettings>& sources, const std::vector<HepSettings>& now) {
  for (std::size_t i = 0; i < std::min(sources.size(), now.size()); ++i) {
    if (sources[i].listen != now[i].listen) continue;
    sources[i].auth_key_file = now[i].auth_key_file;
    sources[i].auth_key = now[i].auth_key;
  }
}

// gives     the option that has something written
std::string_view first_files_of(const Settings& settings) {
  if (has_file_collectors(settings)) return "collectors[].url of files";
  return settings.spool.directory.empty() ? "state.directory" : "spool.directory";
}

}  // namespace

ConfigReader::ConfigReader(std::string file, Settings settings)
    : file_(std::move(file)),
      settings_(std::move(settings)),
      may_write_files_(writes_files(settings_)) {}

// Host names in a filter are looked up, and who reads the file again gives the signs of life: what is
// in use is not looked up once more.
std::vector<ValueProblem> ConfigReader::problems_of(const InterfaceSettings& interface) const {
  const auto& used = settings_.interfaces;
  const bool is_used = std::any_of(used.begin(), used.end(), [&](const InterfaceSettings& one) {
    return one.name == interface.name && one.filter == interface.filter;
  });
  return is_used ? std::vector<ValueProblem>{} : filter_problems(interface);
}

std::optional<RunOptions> ConfigReader::read() {
  std::error_code ignored;  // what cannot be asked about cannot be read either
  if (std::filesystem::is_fifo(file_, ignored)) {  // nobody may ever write into it
    spdlog::error("{}: a pipe cannot be read again", file_);
    return std::nullopt;
  }
  const auto check = [this](const InterfaceSettings& one) { return problems_of(one); };
  const LoadedConfig config = load_config(file_, std::cerr, check);
  if (config.status != ExitCode::ok) return std::nullopt;
  if (config.settings.collectors.empty()) {
    spdlog::error("{}: collectors: nothing to do without one", file_);
    return std::nullopt;
  }
  if (!may_write_files_ && writes_files(config.settings)) {
    spdlog::error("{}: {}: the first needs a restart, what it takes was given up at the start",
                  file_, first_files_of(config.settings));
    return std::nullopt;
  }
  take_keys(settings_.hep, config.settings.hep);
  for (const std::string_view section : needs_restart(settings_, config.settings)) {
    spdlog::warn("{}: {}: what changed there takes effect at the next start", file_, section);
  }
  settings_.spool = config.settings.spool;
  settings_.node = config.settings.node;
  settings_.collectors = config.settings.collectors;
  settings_.dns = config.settings.dns;
  settings_.pools = config.settings.pools;
  settings_.plan = config.settings.plan;
  settings_.log = config.settings.log;
  RunOptions options;
  apply(settings_, options);
  return options;
}

}  // namespace heptap
