#include "config/collector_check.hpp"

#include <map>
#include <string>
#include <utility>

#include "config/carrier_check.hpp"
#include "config/secret.hpp"
#include "config/spool_folder.hpp"
#include "config/text.hpp"
#include "config/units.hpp"

namespace heptap {
namespace {

class CollectorCheck {
 public:
  CollectorCheck(const Settings& settings, const PlacedOptions& places, const ReportProblem& report)
      : settings_(settings), places_(places), report_problem_(report) {}

  void run() {
    std::map<std::string_view, std::size_t> names;
    for (std::size_t i = 0; i < settings_.collectors.size(); ++i) {
      const CollectorSettings& collector = settings_.collectors[i];
      const std::string path = "collectors[" + std::to_string(i) + "]";
      check_certificate(path, places_, report_problem_);
      const bool is_known = collector.url.port != 0 || !collector.url.path.empty();
      if (!is_known) continue;  // the url was wrong: nothing more to hold against it
      check_idle_options("collectors", path, collector.url.carrier, places_, report_problem_);
      check_verify(collector, path);
      check_name(collector, path, i, names);
      if (is_file(collector.url.carrier)) {
        check_file(collector, path, i);
      } else {
        check_spool(collector, path);
      }
    }
  }

 private:
  void report(const PlacedOption& at, std::string message, std::string hint,
              Severity severity = Severity::error) {
    report_problem_(at, std::move(message), std::move(hint), severity);
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

  void check_file(const CollectorSettings& collector, const std::string& path, std::size_t index) {
    const bool is_standard = collector.url.path == "-" || is_descriptor(collector.url.path);
    for (const auto* const option : {"size", "age", "keep", "total", "compress"}) {
      const auto place = places_.find(path + ".file." + option);
      if (is_standard && place != places_.end()) {
        report(*place, "does nothing with an open descriptor", "only for files");
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
    check_same_file(path, index);
  }

  void check_same_file(const std::string& path, std::size_t index) {
    const std::string& file = settings_.collectors[index].url.path;
    for (std::size_t i = 0; i < index; ++i) {
      const std::string& other = settings_.collectors[i].url.path;
      if (other.empty() || (other == "-") != (file == "-")) continue;
      if (!is_same_place(other, file)) continue;
      report(*places_.find(path + ".url"),
             "is also where collectors[" + std::to_string(i) + "] writes", "each needs its own");
    }
  }

  const Settings& settings_;
  const PlacedOptions& places_;
  const ReportProblem& report_problem_;
};

}  // namespace

void check_collectors(const Settings& settings, const PlacedOptions& places,
                      const ReportProblem& report) {
  CollectorCheck(settings, places, report).run();
}

}  // namespace heptap
