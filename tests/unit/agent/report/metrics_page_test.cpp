#include "agent/report/metrics_page.hpp"

#include <catch2/catch.hpp>

#include "tests/support/temp_folder.hpp"

using namespace heptap;

namespace {

// tests/e2e/metrics_page_test.py judges the page that is made of these.
constexpr auto page_file = HEPTAP_SOURCE_DIR "/tests/unit/agent/report/metrics_page.txt";

Ledger good_ledger() {
  return {.way = {{.name = "capture", .entered = 1000, .left = 1000},
                  {.name = "decode",
                   .entered = 1000,
                   .left = 980,
                   .held = 2,
                   .absorbed = {{"fragment_joined", 8}},
                   .dropped = {{"not_ip", 9}, {"fragment_expired", 1}},
                   .noted = {{"vxlan", 500}}},
                  {.name = "parse", .entered = 990, .left = 990, .joined = 10},
                  {.name = "encode",
                   .entered = 1010,
                   .left = 1010,
                   .joined = 20,
                   .joined_from = "sources"}},
          .streams = {{.name = "tcp",
                       .entered = 70'000,
                       .left = 69'000,
                       .held = 400,
                       .dropped = {{"repeated", 600}},
                       .noted = {{"gaps", 1}}}},
          .sources = {{.name = "udp://0.0.0.0:9060",
                       .entered = 27,
                       .left = 20,
                       .dropped = {{"wrong_key", 7}},
                       .noted = {{"time_far", 1}}}},
          .collectors = {{.name = "tcp://127.0.0.1:9060",
                          .entered = 1010,
                          .left = 960,
                          .held = 4,
                          .absorbed = {{"spooled", 40}},
                          .dropped = {{"given_up", 6}},
                          .noted = {{"resent", 3}}}},
          .spools = {{.name = "tcp://127.0.0.1:9060",
                      .entered = 45,
                      .left = 30,
                      .held = 13,
                      .joined = 5,
                      .dropped = {{"age", 2}},
                      .noted = {{"torn", 1}}}}};
}

LagHistogram lags() {
  LagHistogram lags;
  for (int i = 0; i < 900; ++i) lags.add(500);
  for (int i = 0; i < 80; ++i) lags.add(3125);
  for (int i = 0; i < 4; ++i) lags.add(70'200'000);
  return lags;
}

KpiFigures kpis() {
  Kpi kpi;
  kpi.collapsed.add(StatusBucket::success);
  kpi.collapsed.add(StatusBucket::user);
  kpi.strict = kpi.collapsed;
  kpi.strict.add(StatusBucket::challenge);
  kpi.pdd.add(1'500'000);
  kpi.of(SipMethod::invite).requests = 3;
  return {.carriers = {"default", "transit"}, .kpis = {Kpi{}, kpi}, .calls = {.opened = 2}};
}

DaemonFigures figures() {
  using namespace std::chrono_literals;
  const std::chrono::sys_seconds started{1'700'000'000s};
  return {.version = "1.2.3",
          .started = started,
          .collectors = {{.name = "tcp://127.0.0.1:9060",
                          .connected = true,
                          .healthy = true,
                          .address = "127.0.0.1:9060",
                          .connects = 2,
                          .disconnects = 1,
                          .sent_bytes = 490'000,
                          .held_bytes = 2000,
                          .lag = lags(),
                          .spool_bytes = 8192}},
          .names = {{"site", 5, true}},
          .orphans = OrphanFigures{.folders = 2, .frames = 30, .bytes = 4096, .sent = 7, .lost = 1},
          .captures = {{"eth0", 0, true, 600, 5, 7}, {"eth0", 1, true, 400, 0, 0}, {"we\"ird", 0}},
          .losses = {{"eth0", true}, {"we\"ird", false}},
          .rings = {{"eth0/0", 1 << 20, 64 << 20}, {"eth0/1", 0, 64 << 20}},
          .tables = {{"calls", {7000, 262'144, 0, 0, 20'971'520}},
                     {"fragments", {12, 16'384, 9000, 4'194'304, 6'000'000}}},
          .plan = {.rules = {{"noise", {.matched = 10, .dropped = 10, .sampled = 3, .limited = 2}},
                             {"rest", {.matched = 7, .sent = 7}}},
                   .counters = {{"invites", 4}}}};
}

bool has_line(const std::string& page, const std::string& line) {
  return page.find("\n" + line + "\n") != std::string::npos;
}

}  // namespace

TEST_CASE("the page has the whole ledger and all figures") {
  const KpiFigures counted = kpis();
  DaemonFigures all = figures();
  all.kpis = &counted;
  CHECK(metrics_page(good_ledger(), all) == test::read_file(page_file));
}

TEST_CASE("a ledger that does not add up shows where and by how much") {
  Ledger ledger = good_ledger();
  ledger.way[1].held = 0;
  ledger.collectors[0].left = 970;
  const std::string page = metrics_page(ledger, {});
  CHECK(has_line(page, "heptap_ledger_adds_up 0"));
  CHECK(has_line(page, "heptap_stage_difference{stage=\"decode\"} 2"));
  CHECK(has_line(page, "heptap_stage_difference{stage=\"parse\"} 0"));
  CHECK(
      has_line(page, "heptap_collector_difference_frames{collector=\"tcp://127.0.0.1:9060\"} -10"));
}

TEST_CASE("sums that are 0 are on the page, so that one can be taken from the other") {
  const std::string page = metrics_page({.way = {{.name = "capture"}}}, {});
  for (const char* word : {"entered", "joined", "left", "absorbed", "dropped"}) {
    CHECK(has_line(page, std::string{"heptap_stage_"} + word + "_total{stage=\"capture\"} 0"));
  }
  CHECK(has_line(page, "heptap_stage_held{stage=\"capture\"} 0"));
}

TEST_CASE("a collector that got nothing yet has no lag, and says so") {
  DaemonFigures young;
  young.collectors.emplace_back().name = "homer";
  const std::string page = metrics_page({}, young);
  CHECK(has_line(page, "heptap_capture_to_send_lag_seconds_count{collector=\"homer\"} 0"));
}
