#include "agent/check.hpp"

#include <algorithm>
#include <ostream>
#include <utility>
#include <vector>

#include "agent/apply_settings.hpp"
#include "agent/capture/user_filter.hpp"
#include "agent/closed_folders.hpp"
#include "agent/collector_settings.hpp"
#include "agent/filter_settings.hpp"
#include "agent/plan_settings.hpp"
#include "agent/rule_doubts.hpp"
#include "config/load.hpp"
#include "config/options.hpp"
#include "config/reference.hpp"
#include "config/units.hpp"
#include "proto/net/link.hpp"
#include "transport/kafka/kafka_conf.hpp"

namespace heptap {
namespace {

void print_file(const FileSettings& file, std::ostream& out) {
  const bool rotates = file.size_bytes != 0 || file.age.count() != 0;
  out << (rotates ? ", files" : ", one file");
  if (file.size_bytes != 0) out << " of " << size_text(file.size_bytes);
  if (file.age.count() != 0) {
    const auto age = std::chrono::milliseconds(file.age).count();
    out << (file.size_bytes != 0 ? " or " : " of ")
        << duration_text(static_cast<std::uint64_t>(age));
  }
  if (file.keep != 0) out << ", " << file.keep << " are kept";
  if (file.total_bytes != 0) out << ", " << size_text(file.total_bytes) << " in all";
  if (file.compress == FileCompress::zstd) out << ", compressed";
}

void print_collector(const CollectorSettings& collector, std::ostream& out) {
  const std::string url = to_string(collector.url);
  out << "  collector " << url;
  if (collector.name != url) out << " \"" << collector.name << '"';
  if (collector.members == CollectorMembers::addresses) out << ", all its addresses";
  if (collector.members == CollectorMembers::srv)
    out << ", targets of " << query_of(collector).service;
  if (collector.url.carrier == CollectorCarrier::tls) {
    out << (collector.verify ? "" : ", certificate not checked");
    out << (collector.key.empty() ? "" : ", with a client certificate");
  }
  if (collector.url.carrier == CollectorCarrier::kafka) {
    out << (collector.kafka.format == KafkaFormat::json ? ", as JSON" : ", as HEP");
    out << (collector.kafka.key == KafkaKey::call_id ? ", by Call-ID" : ", to any partition");
  }
  if (is_file(collector.url.carrier) && collector.url.path != "-") print_file(collector.file, out);
  out << '\n';
}

void print_spool(const Settings& settings, std::ostream& out) {
  const SpoolSettings& spool = settings.spool;
  const auto has_spool = [](const CollectorSettings& one) {
    return one.spool && !is_file(one.url.carrier);
  };
  const auto count =
      std::count_if(settings.collectors.begin(), settings.collectors.end(), has_spool);
  if (spool.directory.empty() || count == 0) return;
  out << "  spool " << spool.directory.string() << ", " << size_text(spool.size_bytes)
      << " for each of " << count << (count == 1 ? " collector\n" : " collectors\n");
}

void print_interface(const InterfaceSettings& interface, std::ostream& out) {
  out << "  interface " << interface.name;
  if (!interface.threads) out << ", threads by the cores";
  if (interface.threads.value_or(1) > 1) out << ", " << *interface.threads << " threads";
  out << (interface.filter.empty() ? "\n" : ", with a filter of its own\n");
}

void print_hep(const HepSettings& source, std::ostream& out) {
  out << "  hep " << to_string(source.listen);
  out << (source.auth_key.empty() ? "" : ", only with the auth key");
  out << (source.ca.empty() ? "" : ", only with a client certificate");
  out << (source.node == HepNode::rewrite ? ", node rewritten\n" : "\n");
}

// What is sent beside SIP, and what ties it together.
void print_reports(const Settings& settings, std::ostream& out) {
  if (settings.rtcp.send) {
    const bool is_all = settings.rtcp.unmatched == RtcpUnmatched::send;
    out << "  RTCP of calls" << (is_all ? ", and of none\n" : "\n");
  }
  if (settings.rtp.statistics) out << "  statistics of RTP\n";
  if (settings.vq.send) out << "  reports of phones\n";
  if (settings.calls.report) out << "  reports of calls\n";
  if (settings.kpi.enabled) out << "  KPIs on /metrics\n";
  for (const std::string& header : settings.link) out << "  linked by " << header << '\n';
}

void print_plan(const PlanSettings& plan, std::ostream& out) {
  const std::size_t count = plan.rules.size();
  const bool is_sent = plan.unmatched == PlanUnmatched::send;
  if (!plan.captagent.empty()) {
    out << "  plan of captagent, what it does not send is dropped\n";
    return;
  }
  if (count == 0 && is_sent) return;
  out << "  plan of " << count << (count == 1 ? " rule" : " rules") << ", what is unmatched is "
      << (is_sent ? "sent" : "dropped") << '\n';
}

template <class Settings>
std::string library_faults(const std::string& file, const std::string& list,
                           const std::vector<Settings>& all) {
  std::string errors;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string fault = library_fault(all[i]);
    if (fault.empty()) continue;
    errors.append(file).append(": ").append(list).append("[").append(std::to_string(i));
    errors.append("]: ").append(fault).append("\n");
  }
  return errors;
}

void print_summary(const Settings& settings, std::ostream& out) {
  out << "  node " << settings.node.id;
  if (!settings.node.name.empty()) out << " \"" << settings.node.name << '"';
  out << (settings.node.auth_key.empty() ? ", no auth key\n" : ", with an auth key\n");
  if (settings.collectors.empty()) out << "  no collector\n";
  for (const CollectorSettings& collector : settings.collectors) print_collector(collector, out);
  print_spool(settings, out);
  if (!settings.state.directory.empty()) {
    out << "  calls kept over a restart in " << settings.state.directory.string() << '\n';
  }
  for (const PoolSettings& pool : settings.pools) out << "  " << describe(pool) << '\n';
  for (const InterfaceSettings& interface : settings.interfaces) print_interface(interface, out);
  for (const HepSettings& source : settings.hep) print_hep(source, out);
  print_reports(settings, out);
  print_plan(settings.plan, out);
}

void print_program(const std::string& where, const std::vector<bpf_insn>& program,
                   std::ostream& out) {
  out << "  kernel filter of " << where << ", " << program.size() << " instructions\n";
  out << describe(program);
}

void print_user_filter(const InterfaceSettings& interface, const KernelFilterOptions& options,
                       std::ostream& out) {
  const std::uint32_t link = expected_link_type(interface);
  const UserFilter filter = compile_filter(link, interface.filter);
  if (!filter.error.empty()) return;  // a name that is not known: the warning has said so
  print_program(interface.name + " by its expression", without_own(link, options, filter.program),
                out);
}

void print_filters(const Settings& settings, std::ostream& out) {
  RunOptions run;
  apply(settings, run);
  const KernelFilterOptions options = filter_options(settings, run.pipeline);
  for (const CollectorSettings& collector : settings.collectors) {
    if (is_file(collector.url.carrier)) continue;
    if (own_connection(endpoint_of(collector.url))) continue;
    out << "  not in it yet: the connection to " << to_string(collector.url)
        << ", which is excluded once its address is known\n";
  }
  const auto is_generated = [](const InterfaceSettings& one) { return one.filter.empty(); };
  if (std::any_of(settings.interfaces.begin(), settings.interfaces.end(), is_generated) ||
      settings.interfaces.empty()) {
    print_program("an Ethernet interface", kernel_filter(link_type::ethernet, options), out);
  }
  for (const InterfaceSettings& interface : settings.interfaces) {
    if (!is_generated(interface)) print_user_filter(interface, options, out);
  }
}

void print_members(const NamedCollector& collector, const NameMembers& members, std::ostream& out) {
  out << "  members of " << collector.name << ", by " << collector.query.name() << '\n';
  for (const NameMember& one : members.list) {
    out << "    " << to_string(one.address, one.port);
    if (one.tier != 0) out << ", tier " << one.tier + 1;
    if (one.weight != 1) out << ", weight " << one.weight;
    out << '\n';
  }
  if (members.left_out != 0)
    out << "    and " << members.left_out << " more than there is room for\n";
}

// gives     whether each has some
bool print_members(const Settings& settings, std::ostream& out) {
  const NameOptions options = name_options(settings);
  NameWatch names([](bool, const std::string&) {});
  std::vector<NameQuery> queries;
  for (const NamedCollector& one : options.collectors) queries.push_back(one.query);
  names.watch(queries, options.servers);
  names.wait(NameLookup::longest);
  bool all_found = true;
  for (const NamedCollector& one : options.collectors) {
    const NameMembers& members = names.members_of(one.query);
    print_members(one, members, out);
    if (!members.list.empty()) continue;
    out << "    none: " << names.fault_of(one.query) << '\n';
    all_found = false;
  }
  return all_found;
}

}  // namespace

LoadedConfig load_config(const std::string& file, std::ostream& err) {
  return load_config(file, err, filter_problems);
}

LoadedConfig load_config(const std::string& file, std::ostream& err, FilterCheck filter) {
  const ConfigChecks checks{.filter = std::move(filter),
                            .property = kafka_property_fault,
                            .rule = rule_problems,
                            .rules = rule_doubts,
                            .script = script_problems,
                            .captagent = captagent_problems};
  LoadedConfig config;
  std::vector<ConfigProblem> warnings;
  std::string errors;
  try {
    config.settings = load_settings(file, warnings, checks);
  } catch (const ConfigError& error) {
    errors = std::string{error.what()} + '\n';
    config.status = error.reason() == ConfigError::Reason::unavailable ? ExitCode::unavailable
                                                                       : ExitCode::bad_config;
  }
  const std::string faults = library_faults(file, "collectors", config.settings.collectors) +
                             library_faults(file, "hep", config.settings.hep);
  if (!faults.empty()) config.status = ExitCode::bad_config;
  errors += faults;
  for (const ConfigProblem& warning : warnings) err << to_string(warning) << '\n';
  err << errors;
  return config;
}

ExitCode run_check(const std::string& file, const CheckOptions& options, std::ostream& out,
                   std::ostream& err) {
  const LoadedConfig config = load_config(file, err);
  if (config.status != ExitCode::ok) return config.status;
  for (const std::string& fault : closed_folders(config.settings)) {
    err << file << ": warning: " << fault << '\n';
  }
  out << file << ": ok\n";
  print_summary(config.settings, out);
  if (options.shows_filter) print_filters(config.settings, out);
  const bool all_found = !options.resolves || print_members(config.settings, out);
  return all_found ? ExitCode::ok : ExitCode::unavailable;
}

ExitCode run_reference(std::ostream& out) {
  out << reference_markdown();
  return ExitCode::ok;
}

}  // namespace heptap
