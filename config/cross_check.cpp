#include "config/cross_check.hpp"

#include "config/options.hpp"
#include "config/secret.hpp"
#include "config/spool_folder.hpp"
#include "config/text.hpp"
#include "config/units.hpp"
#include "config/values.hpp"

namespace heptap {
namespace {

// Whether an option does nothing for a collector with such a url.
bool is_idle(ForCarrier wanted, CollectorCarrier carrier) {
  switch (wanted) {
    case ForCarrier::any: return false;
    case ForCarrier::endpoint: return is_file(carrier) || carrier == CollectorCarrier::kafka;
    case ForCarrier::network: return is_file(carrier);
    case ForCarrier::connection:
      return carrier != CollectorCarrier::tcp && carrier != CollectorCarrier::tls;
    case ForCarrier::kafka: return carrier != CollectorCarrier::kafka;
    case ForCarrier::tls: return carrier != CollectorCarrier::tls;
    case ForCarrier::file: return !is_file(carrier);
  }
  return false;
}

std::string with_what(ForCarrier wanted) {
  switch (wanted) {
    case ForCarrier::any: break;
    case ForCarrier::endpoint: return "only for udp://, tcp:// and tls://";
    case ForCarrier::network: return "only for udp://, tcp://, tls:// and kafka://";
    case ForCarrier::connection: return "only for tcp:// and tls://";
    case ForCarrier::tls: return "only for tls://";
    case ForCarrier::kafka: return "only for kafka://";
    case ForCarrier::file: return "only for pcapng:, jsonl: and console:";
  }
  return "";
}

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
    check_collectors();
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

  void check_collectors() {
    std::map<std::string_view, std::size_t> names;
    for (std::size_t i = 0; i < settings_.collectors.size(); ++i) {
      const CollectorSettings& collector = settings_.collectors[i];
      const std::string path = "collectors[" + std::to_string(i) + "]";
      check_pair(path, "certificate", "key");
      check_pair(path, "key", "certificate");
      const bool is_known = collector.url.port != 0 || !collector.url.path.empty();
      if (!is_known) continue;  // the url was wrong: nothing more to hold against it
      check_idle_options("collectors", path, collector.url.carrier);
      check_verify(collector, path);
      check_name(collector, path, i, names);
      if (is_file(collector.url.carrier)) {
        check_file(collector, path, i);
      } else {
        check_spool(collector, path);
      }
    }
  }

  void check_pair(const std::string& path, const std::string& one, const std::string& other) {
    const auto place = places_.find(path + "." + one);
    if (place == places_.end() || places_.contains(path + "." + other)) return;
    report(*place, "is given without " + other, "certificate and key belong together");
  }

  void check_idle_options(const std::string& list, const std::string& path,
                          CollectorCarrier carrier) {
    for (const Option& option : options()) {
      if (!is_below(option.path, list + "[].") || !is_idle(option.carrier, carrier)) continue;
      const auto place =
          places_.find(path + std::string{option.path.substr(list.size() + 2)});  // behind the []
      if (place == places_.end()) continue;
      const std::string mark = is_file(carrier) ? ":" : "://";
      report(*place, "does nothing with a " + std::string{to_string(carrier)} + mark + " url",
             with_what(option.carrier));
    }
  }

  void check_verify(const CollectorSettings& collector, const std::string& path) {
    if (collector.url.carrier != CollectorCarrier::tls || collector.verify) return;
    const auto place = places_.find(path + ".verify");
    report(*place, "the collector's certificate is not checked",
           "anyone on the way can read and forge what is sent", Severity::warning);
  }

  void check_name(const CollectorSettings& collector, const std::string& path, std::size_t index,
                  std::map<std::string_view, std::size_t>& names) {
    const auto [first, is_new] = names.emplace(collector.name, index);
    if (is_new) return;
    const auto named = places_.find(path + ".name");
    const auto place = named != places_.end() ? named : places_.find(path + ".url");
    report(*place,
           "\"" + printable(collector.name) + "\" is also the name of collectors[" +
               std::to_string(first->second) + "]",
           "give each its own name");
  }

  void check_spool(const CollectorSettings& collector, const std::string& path) {
    if (!collector.spool) return;
    const auto place = places_.find(path + ".spool");
    const bool has_directory = places_.contains("spool.directory");
    if (place != places_.end() && !has_directory) {
      report(*place, "does nothing without spool.directory", "that is where messages wait");
    }
    const auto folder = spool_folder(settings_.spool, collector.name).filename();
    if (!has_directory || folder.native().size() <= max_folder_name) return;
    report(*places_.find(path + ".url"), "is too long to name a folder of the spool",
           "give it a name");
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

  void check_file(const CollectorSettings& collector, const std::string& path, std::size_t index) {
    const bool is_standard = collector.url.path == "-";
    for (const auto* const option : {"size", "age", "keep", "total", "compress"}) {
      const auto place = places_.find(path + ".file." + option);
      if (is_standard && place != places_.end()) {
        report(*place, "does nothing with standard output", "only for files");
      }
    }
    const FileSettings& file = collector.file;
    const auto total = places_.find(path + ".file.total");
    if (!is_standard && file.total_bytes != 0) {
      if (file.size_bytes == 0)
        report(*total, "does nothing without file.size", "a file may have any");
      if (file.total_bytes < file.size_bytes) {
        report(*total, size_text(file.total_bytes) + " is out of range",
               "one file has file.size, " + size_text(file.size_bytes));
      }
    }
    for (std::size_t i = 0; i < index; ++i) {
      const std::string& other = settings_.collectors[i].url.path;
      if (other.empty() || (other == "-") != is_standard) continue;
      if (!is_same_place(other, collector.url.path)) continue;
      report(*places_.find(path + ".url"),
             "is also where collectors[" + std::to_string(i) + "] writes", "each needs its own");
    }
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
      check_pair(path, "certificate", "key");
      check_pair(path, "key", "certificate");
      const auto place = places_.find(path + ".listen");
      if (place == places_.end() || source.listen.host.empty()) continue;  // said already
      check_idle_options("hep", path, source.listen.carrier);
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
