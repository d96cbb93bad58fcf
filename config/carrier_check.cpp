#include "config/carrier_check.hpp"

#include "config/options.hpp"

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

void check_pair(const std::string& item, const std::string& one, const std::string& other,
                const PlacedOptions& places, const ReportProblem& report) {
  const auto place = places.find(item + "." + one);
  if (place == places.end() || places.contains(item + "." + other)) return;
  report(*place, "is given without " + other, "certificate and key belong together",
         Severity::error);
}

}  // namespace

void check_idle_options(const std::string& list, const std::string& item, CollectorCarrier carrier,
                        const PlacedOptions& places, const ReportProblem& report) {
  const std::string what = "does nothing with a " + std::string{to_string(carrier)} +
                           (is_file(carrier) ? ":" : "://") + " url";
  for (const Option& option : options()) {
    if (!is_below(option.path, list + "[].") || !is_idle(option.carrier, carrier)) continue;
    const auto place =
        places.find(item + std::string{option.path.substr(list.size() + 2)});  // behind the []
    if (place == places.end()) continue;
    report(*place, what, with_what(option.carrier), Severity::error);
  }
}

void check_certificate(const std::string& item, const PlacedOptions& places,
                       const ReportProblem& report) {
  check_pair(item, "certificate", "key", places, report);
  check_pair(item, "key", "certificate", places, report);
}

}  // namespace heptap
