#include "config/members_check.hpp"

#include <string>

#include "config/spool_folder.hpp"

namespace heptap {
namespace {

// One place is for a member that comes before another leaves.
constexpr std::size_t max_collectors = 63;
constexpr const char* longest_member = "/[2001:0db8:ffff:ffff:ffff:ffff:ffff:ffff]:65535";

}  // namespace

void check_members(const Settings& settings, const ReportRule& report) {
  for (std::size_t i = 0; i < settings.collectors.size(); ++i) {
    const CollectorSettings& collector = settings.collectors[i];
    if (collector.members == CollectorMembers::one || collector.url.host.empty()) continue;
    const std::string path = "collectors[" + std::to_string(i) + "]";
    if (settings.collectors.size() > max_collectors) {
      report(path,
             {.option = "members",
              .problem = {"is one of " + std::to_string(settings.collectors.size()) + " collectors",
                          "where any has members, they are at most 63"}});
    }
    if (is_address({collector.url.host, collector.url.port})) {
      report(path, {.option = "url",
                    .problem = {"has an address, which has no members",
                                "members are looked up by a name"}});
    }
    const auto folder = spool_folder(settings.spool, collector.name + longest_member).filename();
    const bool has_spool = collector.spool && !settings.spool.directory.empty();
    if (!has_spool || folder.native().size() <= max_folder_name) continue;
    report(path, {.option = "url",
                  .problem = {"is too long to name folders of the spool for its members",
                              "give it a name"}});
  }
}

}  // namespace heptap
