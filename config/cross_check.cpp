#include "config/cross_check.hpp"

#include "config/carrier_check.hpp"
#include "config/collector_check.hpp"
#include "config/secret.hpp"
#include "config/units.hpp"
#include "config/values.hpp"

namespace heptap {
namespace {

// Whether what is sent there certainly comes to who listens: on the same address, or on any.
bool leads_to(const CollectorUrl& to, const CollectorUrl& listen) {
  const bool same_ports =
      (to.carrier == CollectorCarrier::udp) == (listen.carrier == CollectorCarrier::udp) &&
      to.port == listen.port && to.port != 0;
  const bool is_any = listen.host == "0.0.0.0" || listen.host == "::";
  const bool is_here = to.host == "localhost" || to.host == "::1" || to.host.starts_with("127.");
  return same_ports && (to.host == listen.host || (is_any && is_here));
}

class CrossCheck {
 public:
  CrossCheck(const Settings& settings, const PlacedOptions& places, const ReportProblem& report)
      : settings_(settings), places_(places), report_problem_(report) {}

  void run(const ConfigChecks& checks) {
    check_collectors(settings_, places_, report_problem_);
    check_interfaces();
    check_hep();
    check_suffixes();
    if (checks.filter) check_filters(checks);
    check_reassembly();
    check_rtcp();
    check_carriers();
    check_folders();
  }

 private:
  void report(const PlacedOption& at, std::string message, std::string hint,
              Severity severity = Severity::error) {
    report_problem_(at, std::move(message), std::move(hint), severity);
  }

  // Folders of the spool have names of collectors, and any name may be one.
  void check_folders() {
    const auto state = places_.find("state.directory");
    const auto& folder = settings_.state.directory;
    if (state == places_.end() || folder.empty()) return;
    if (settings_.spool.directory.empty()) return;
    if (!is_same_place(folder, settings_.spool.directory)) return;
    report(*state, "is also spool.directory", "give each its own");
  }

  void check_interfaces() {
    std::map<std::string_view, std::size_t> names;
    for (std::size_t i = 0; i < settings_.interfaces.size(); ++i) {
      const std::string& name = settings_.interfaces[i].name;
      const auto [first, is_new] = names.emplace(name, i);
      const auto place = places_.find("interfaces[" + std::to_string(i) + "].name");
      if (is_new || place == places_.end()) continue;
      report(
          *place,
          "\"" + name + "\" is also the name of interfaces[" + std::to_string(first->second) + "]",
          "each packet would be captured twice");
    }
    const auto any = names.find("any");
    const auto place = any == names.end()
                           ? places_.end()
                           : places_.find("interfaces[" + std::to_string(any->second) + "].name");
    if (names.size() < 2 || place == places_.end()) return;
    report(*place, "any captures what the other interfaces do, too",
           "of SIP over UDP the copies are dropped, of all else there will be two",
           Severity::warning);
  }

  void check_hep() {
    std::map<std::string, std::size_t> places;
    for (std::size_t i = 0; i < settings_.hep.size(); ++i) {
      const HepSettings& source = settings_.hep[i];
      const std::string path = "hep[" + std::to_string(i) + "]";
      check_certificate(path, places_, report_problem_);
      const auto place = places_.find(path + ".listen");
      if (place == places_.end() || source.listen.host.empty()) continue;  // said already
      check_idle_options("hep", path, source.listen.carrier, places_, report_problem_);
      if (source.listen.carrier == CollectorCarrier::tls &&
          !places_.contains(path + ".certificate"))
        report({path + ".certificate", place->second}, "is missing",
               "tls:// needs certificate and key");
      check_circle(source.listen, path);
      const auto [first, is_new] = places.emplace(to_string(source.listen), i);
      if (is_new || source.listen.port == 0) continue;
      report(*place,
             "\"" + first->first + "\" is also where hep[" + std::to_string(first->second) +
                 "] listens",
             "each needs its own");
    }
  }

  // Frames that come back as they left would go round for ever.
  void check_circle(const CollectorUrl& listen, const std::string& path) {
    for (std::size_t i = 0; i < settings_.collectors.size(); ++i) {
      if (!leads_to(settings_.collectors[i].url, listen)) continue;
      const auto place = places_.find("collectors[" + std::to_string(i) + "].url");
      report(*place, "is where " + path + " listens",
             "each frame would be received and sent again for ever");
    }
  }

  // Frames of another agent that has this name and the default id, too, would be taken for our own.
  void check_suffixes() {
    const bool is_named = !settings_.node.name.empty() && !places_.contains("node.id");
    if (!is_named || settings_.hep.empty()) return;
    for (std::size_t i = 0; i < settings_.plan.rules.size(); ++i) {
      const std::string& suffix = settings_.plan.rules[i].node_suffix;
      const auto place = places_.find("plan.rules[" + std::to_string(i) + "].node_suffix");
      if (suffix.empty() || place == places_.end()) continue;
      report(
          *place,
          "makes frames of another agent \"" + settings_.node.name + suffix + "\" look like ours",
          "node.id tells them from ours, when each agent has its own", Severity::warning);
    }
  }

  void check_filters(const ConfigChecks& checks) {
    for (std::size_t i = 0; i < settings_.interfaces.size(); ++i) {
      const InterfaceSettings& interface = settings_.interfaces[i];
      if (interface.filter.empty()) continue;
      const auto place = places_.find("interfaces[" + std::to_string(i) + "].filter");
      for (const ValueProblem& problem : checks.filter(interface)) {
        report(*place, problem.message, problem.hint, problem.severity);
      }
    }
  }

  void check_reassembly() {
    const ReassemblySettings& reassembly = settings_.reassembly;
    if (reassembly.stream_bytes <= reassembly.streams_bytes) return;
    const auto place = places_.find("reassembly.stream_bytes");  // its default is never too much
    report(*place, size_text(reassembly.stream_bytes) + " is out of range",
           "all streams together have streams_bytes, " + size_text(reassembly.streams_bytes));
  }

  void check_carriers() {
    std::map<std::string_view, std::size_t> names{{"default", settings_.kpi.carriers.size()}};
    for (std::size_t i = 0; i < settings_.kpi.carriers.size(); ++i) {
      const std::string& name = settings_.kpi.carriers[i].name;
      const auto [first, is_new] = names.emplace(name, i);
      const auto place = places_.find("kpi.carriers[" + std::to_string(i) + "].name");
      if (is_new || place == places_.end()) continue;
      const bool is_default = first->second == settings_.kpi.carriers.size();
      report(*place,
             "\"" + name +
                 (is_default ? "\" is the carrier of all other addresses"
                             : "\" is also the name of kpi.carriers[" +
                                   std::to_string(first->second) + "]"),
             is_default ? "give it another name" : "one carrier has all its prefixes in one list");
    }
    check_same_prefixes();
  }

  void check_same_prefixes() {
    std::map<std::string, std::size_t> owners;
    for (std::size_t i = 0; i < settings_.kpi.carriers.size(); ++i) {
      for (const AddressPrefix& prefix : settings_.kpi.carriers[i].prefixes) {
        const auto [first, is_new] = owners.emplace(to_string(prefix), i);
        if (is_new || first->second == i) continue;
        const auto place = places_.find("kpi.carriers[" + std::to_string(i) + "].prefixes");
        report(*place,
               "\"" + first->first + "\" is also of kpi.carriers[" + std::to_string(first->second) +
                   "]",
               "an address is of one carrier; within a prefix, a longer one may be of another");
      }
    }
  }

  void check_rtcp() {
    const RtcpSettings& rtcp = settings_.rtcp;
    if (rtcp.send || rtcp.unmatched == RtcpUnmatched::drop) return;
    report(*places_.find("rtcp.unmatched"), "does nothing without rtcp.send",
           "send: true sends RTCP");
  }

  const Settings& settings_;
  const PlacedOptions& places_;
  const ReportProblem& report_problem_;
};

}  // namespace

void cross_check(const Settings& settings, const PlacedOptions& places, const ConfigChecks& checks,
                 const ReportProblem& report) {
  CrossCheck(settings, places, report).run(checks);
}

}  // namespace heptap
