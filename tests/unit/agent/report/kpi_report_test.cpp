#include "agent/report/kpi_report.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <limits>
#include <sstream>

#include "agent/report/kpi_json.hpp"

using namespace heptap;

namespace {

Kpi busy_carrier() {
  Kpi kpi;
  for (SessionCounts* const counts : {&kpi.collapsed, &kpi.strict}) {
    for (int i = 0; i < 7; ++i) counts->add(StatusBucket::success);
    counts->add(StatusBucket::user);
    counts->add(StatusBucket::cancelled);
    counts->add(StatusBucket::ineffective);
    counts->add(StatusBucket::timeout);
    counts->completed = 6;
    counts->effective = 9;
  }
  kpi.strict.add(StatusBucket::challenge);
  kpi.strict.add(StatusBucket::redirect);
  kpi.srd_success.add(150'000);
  kpi.srd_success.add(350'000);
  kpi.of(SipMethod::invite).requests = 13;
  kpi.events[static_cast<std::size_t>(CallEventKind::bye_timeout)] = 1;
  return kpi;
}

KpiFigures two_carriers() {
  return {.carriers = {"default", "transit"}, .kpis = {Kpi{}, busy_carrier()}};
}

std::string printed(const KpiFigures& figures) {
  std::ostringstream out;
  print_kpis(out, figures);
  return out.str();
}

// All that can be counted, as high as it can be.
KpiFigures longest() {
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  Kpi kpi = busy_carrier();
  for (MethodKpi& method : kpi.methods) {
    method.requests = method.retransmissions = method.timeouts = most;
    method.rtt_first.add(123'456'789'012'345);
    method.rtt_final.add(123'456'789'012'345);
  }
  kpi.events.fill(most);
  KpiFigures figures;
  for (std::size_t i = 0; i < CarrierMap::max_carriers; ++i) {
    figures.carriers.emplace_back(64, 'c');
    figures.kpis.push_back(kpi);
  }
  return figures;
}

}  // namespace

TEST_CASE("KPI report: ratios of all calls and of each carrier, in both modes") {
  const std::string text = printed(two_carriers());
  CHECK_THAT(text, Catch::Contains("REQUESTS   ANSWERED      SER     SEER      ISA      SCR"));
  for (const char* const name : {"all", "transit"}) {
    CAPTURE(name);
    CHECK_THAT(text, Catch::Matches("[^]*\n" + std::string(name) +
                                    ", collapsed +11 +7 +63.636 +72.727 +9.091 +54.545 +63.636 "
                                    "+81.818\n[^]*"));
    CHECK_THAT(text, Catch::Matches("[^]*\n" + std::string(name) +
                                    ", strict +13 +7 +58.333 +66.667 +7.692 +46.154 +53.846 "
                                    "+69.231\n[^]*"));
    CHECK_THAT(
        text, Catch::Matches("[^]*\n" + std::string(name) + ", SRD +2 +0.150 +0.250 +0.350\n[^]*"));
  }
  CHECK_THAT(text, Catch::Matches("[^]*\ndefault, strict +0 +0 +- +- +- +- +- +-\n[^]*"));
  CHECK(text.find("REGISTRATIONS") == std::string::npos);
}

TEST_CASE("KPI report: a single carrier has no lines of its own") {
  const std::string text = printed({.carriers = {"default"}, .kpis = {busy_carrier()}});
  CHECK(text.find("default") == std::string::npos);
}

TEST_CASE("KPI report: nothing is printed where nothing was asked for") {
  CHECK(printed({.carriers = {"default"}, .kpis = {Kpi{}}}).empty());
}

TEST_CASE("KPI report: the line for the log") {
  CHECK(kpi_line(two_carriers()) ==
        "11 attempts, 7 answered, SER 63.6 %, SEER 72.7 %, ISA 9.1 %, SCR 54.5 %, ASR 63.6 %, "
        "NER 81.8 %, PDD - s, ACD - s, 0 registrations, IRA - %");
}

TEST_CASE("KPI report: JSON has percentages, milliseconds, and null for what cannot be said") {
  const auto value = boost::json::parse(kpi_json(two_carriers()));
  const auto& total = value.at("total");
  CHECK(total.at("sessions").at("strict").at("ser").to_number<double>() == 58.333);
  CHECK(total.at("sessions").at("strict").at("challenged") == 1);
  CHECK(total.at("registers").at("strict").at("ira").is_null());
  CHECK(total.at("times").at("srd").at("mean_ms") == 250);
  CHECK(total.at("times").at("sdd").at("mean_ms").is_null());
  CHECK(total.at("methods").as_object().size() == 1);
  CHECK(total.at("events").at("bye_timeout") == 1);
  const auto& carriers = value.at("carriers").as_array();
  REQUIRE(carriers.size() == 2);
  CHECK(carriers[0].at("carrier") == "default");
  CHECK(carriers[0].at("sessions").at("collapsed").at("ser").is_null());
  CHECK(carriers[1].at("sessions").at("collapsed").at("answered") == 7);
}

TEST_CASE("KPI report: JSON is whole, however much there is to say") {
  const auto value = boost::json::parse(kpi_json(longest()));
  CHECK(value.at("carriers").as_array().size() == CarrierMap::max_carriers);
}
