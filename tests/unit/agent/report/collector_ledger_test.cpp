#include "agent/report/collector_ledger.hpp"

#include <catch2/catch.hpp>

using namespace heptap;

namespace {

CollectorSnapshot collector(CollectorState state, bool has_spool = false) {
  CollectorSnapshot one;
  one.state = state;
  if (has_spool) one.spool.emplace();
  return one;
}

}  // namespace

TEST_CASE("who takes frames over its spool is no reason not to be ready, who is down is one") {
  struct Row {
    std::vector<CollectorSnapshot> collectors;
    std::string want;
  };
  const auto row = GENERATE(values<Row>({
      {{collector(CollectorState::up), collector(CollectorState::backoff)}, ""},
      {{collector(CollectorState::spooling, true), collector(CollectorState::spooling, true)}, ""},
      {{collector(CollectorState::backoff), collector(CollectorState::connecting)},
       "no collector is connected"},
      {{collector(CollectorState::backoff, true)},
       "no collector is connected, messages wait in the spool"},
      {{}, "no collector is connected"},
  }));
  CHECK(why_none_takes_frames(row.collectors) == row.want);
}
