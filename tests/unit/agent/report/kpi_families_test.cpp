#include "agent/report/kpi_families.hpp"

#include <catch2/catch.hpp>

using namespace heptap;

namespace {

std::string page_of(const KpiFigures& figures) {
  MetricFamilies page;
  add_kpis(page, figures);
  return page.text();
}

bool has_line(const std::string& page, const std::string& line) {
  return page.find("\n" + line + "\n") != std::string::npos;
}

}  // namespace

TEST_CASE("KPI families: counters and ratios have carrier and mode") {
  Kpi kpi;
  kpi.collapsed.add(StatusBucket::success);
  kpi.strict.add(StatusBucket::challenge);
  kpi.strict.add(StatusBucket::success);
  const std::string page = page_of({.carriers = {"default"}, .kpis = {kpi}});
  CHECK(has_line(page,
                 "heptap_sip_session_requests_total{carrier=\"default\",mode=\"collapsed\"} 1"));
  CHECK(has_line(page, "heptap_sip_session_requests_total{carrier=\"default\",mode=\"strict\"} 2"));
  CHECK(has_line(page, "heptap_sip_ser_ratio{carrier=\"default\",mode=\"collapsed\"} 1"));
  CHECK(has_line(page, "heptap_sip_ser_ratio{carrier=\"default\",mode=\"strict\"} 0.5"));
  CHECK(has_line(page,
                 "# HELP heptap_sip_scr_ratio Session completion ratio (RFC 6076 section "
                 "4.9), since the start."));
}

TEST_CASE("KPI families: counters are there from the start, ratios of nothing never") {
  const std::string page = page_of({.carriers = {"default"}, .kpis = {Kpi{}}});
  CHECK(has_line(page, "heptap_sip_session_answered_total{carrier=\"default\",mode=\"strict\"} 0"));
  CHECK(has_line(page, "heptap_sip_register_failed_total{carrier=\"default\",mode=\"strict\"} 0"));
  CHECK(has_line(page, "heptap_sip_srd_seconds_count{carrier=\"default\"} 0"));
  CHECK(page.find("_ratio") == std::string::npos);
  CHECK(page.find("nan") == std::string::npos);
}

TEST_CASE("KPI families: times are histograms in seconds") {
  Kpi kpi;
  kpi.sdd_success.add(45'000);
  kpi.sdd_success.add(3'000'000);
  kpi.sdd_success.add(500'000'000);
  const std::string page = page_of({.carriers = {"a"}, .kpis = {kpi}});
  CHECK(has_line(page, "heptap_sip_sdd_seconds_bucket{carrier=\"a\",le=\"0.025\"} 0"));
  CHECK(has_line(page, "heptap_sip_sdd_seconds_bucket{carrier=\"a\",le=\"0.05\"} 1"));
  CHECK(has_line(page, "heptap_sip_sdd_seconds_bucket{carrier=\"a\",le=\"180\"} 2"));
  CHECK(has_line(page, "heptap_sip_sdd_seconds_bucket{carrier=\"a\",le=\"+Inf\"} 3"));
  CHECK(has_line(page, "heptap_sip_sdd_seconds_sum{carrier=\"a\"} 503.045"));
}

TEST_CASE("KPI families: methods and events that were there") {
  Kpi kpi;
  MethodKpi& bye = kpi.of(SipMethod::bye);
  bye.requests = 5;
  bye.retransmissions = 2;
  bye.timeouts = 1;
  kpi.events[static_cast<std::size_t>(CallEventKind::ack_timeout)] = 4;
  const std::string page =
      page_of({.carriers = {"a"}, .kpis = {kpi}, .calls = {.opened = 9, .evicted = 3}});
  CHECK(has_line(page, "heptap_sip_requests_total{carrier=\"a\",method=\"BYE\"} 5"));
  CHECK(has_line(page, "heptap_sip_retransmissions_total{carrier=\"a\",method=\"BYE\"} 2"));
  CHECK(has_line(page, "heptap_sip_timeouts_total{carrier=\"a\",method=\"BYE\"} 1"));
  CHECK(has_line(page, "heptap_sip_call_events_total{carrier=\"a\",event=\"ack_timeout\"} 4"));
  CHECK(has_line(page, "heptap_sip_calls_evicted_total 3"));
  CHECK(page.find("\"INVITE\"") == std::string::npos);
}
