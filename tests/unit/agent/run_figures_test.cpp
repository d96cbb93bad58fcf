#include "agent/run_figures.hpp"

#include <catch2/catch.hpp>
#include <thread>

#include "agent/hep_source.hpp"
#include "tests/support/hep_vectors.hpp"
#include "tests/support/hex.hpp"
#include "tests/unit/agent/hep_sender.hpp"

using namespace heptap;
using heptap::test::from_hex;

namespace {

std::vector<CollectorOptions> nobody() {
  CollectorOptions options;
  options.name = "nobody";
  options.endpoint = {Carrier::udp, "127.0.0.1", 9};
  return {options};
}

}  // namespace

// The only thread that uses the tables has no lock for them: the thread sanitizer sees who else does.
TEST_CASE("figures of calls are taken while another thread has the table to itself") {
  SharedTables tables{.calls = CallTable(CallLimits{}), .duplicates = DuplicateWindow(0, 1)};
  Transport transport(nobody(), FrameRing::min_bytes, {});
  HepSource hep({{.listen = {Carrier::udp, "127.0.0.1", 0}, .tls = {}, .auth_key = {}}},
                hep::Identity{}, transport.ring(), tables.calls, {.duplicate_window_us = 0});
  const RunFigures::Workers none;
  RunFigures figures(none, &hep, tables, transport, [](bool, const std::string&) {});
  transport.start();
  hep.start();
  const test::HepSender sender(hep.endpoints()[0]);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  do {
    REQUIRE(std::chrono::steady_clock::now() < deadline);
    sender.send(from_hex(test::hep_v1_hex));
    figures.look();
    CHECK(figures.ledger().fault().empty());
    std::this_thread::yield();
  } while (figures.page().find(R"(table_entries{table="calls"})") == std::string::npos ||
           hep.figures().calls.counts.no_call_id == 0);
  hep.stop();
  transport.stop();
  const Ledger ledger = figures.final_ledger();
  CHECK(ledger.fault().empty());
  CHECK(hep.figures().calls.counts.no_call_id == ledger.sources.at(0).left);
}

TEST_CASE(
    "KPIs are shown when they are asked for, and not when calls are followed for their reports") {
  const bool shows = GENERATE(false, true);
  SharedTables tables{.calls = CallTable(CallLimits{}),
                      .duplicates = DuplicateWindow(0, 1),
                      .tracked = std::make_unique<TrackedCalls>(
                          KpiOptions{.limits = {.max_calls = 64, .shared = true}}),
                      .shows_kpis = shows};
  Transport transport(nobody(), FrameRing::min_bytes, {});
  const RunFigures::Workers none;
  RunFigures figures(none, nullptr, tables, transport, [](bool, const std::string&) {});
  transport.start();
  figures.look();
  figures.look();
  const std::string page = figures.page();
  transport.stop();
  CHECK((page.find("heptap_sip_") != std::string::npos) == shows);
  CHECK(page.find(R"(table="tracked_calls")") != std::string::npos);
}
