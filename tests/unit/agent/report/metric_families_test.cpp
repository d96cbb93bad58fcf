#include "agent/report/metric_families.hpp"

#include <catch2/catch.hpp>

using namespace heptap;

TEST_CASE("counters are called total, and whole numbers stay whole") {
  MetricFamilies page;
  page.begin_counter("packets", "All of them.");
  page.add({{"interface", "eth0"}}, std::uint64_t{1} << 53U);
  page.begin_gauge("difference", "Good when 0.");
  page.add({}, -3);
  CHECK(page.text() ==
        "# HELP heptap_packets_total All of them.\n"
        "# TYPE heptap_packets_total counter\n"
        "heptap_packets_total{interface=\"eth0\"} 9007199254740992\n"
        "# HELP heptap_difference Good when 0.\n"
        "# TYPE heptap_difference gauge\n"
        "heptap_difference -3\n");
}

TEST_CASE("a label can hold anything") {
  MetricFamilies page;
  page.begin_gauge("up", "h");
  page.add({{"name", "a\"b\\c\nd\xff"}}, true);
  CHECK(page.text() ==
        "# HELP heptap_up h\n"
        "# TYPE heptap_up gauge\n"
        "heptap_up{name=\"a\\\"b\\\\c\\nd\xef\xbf\xbd\"} 1\n");
}

TEST_CASE("a family without samples is not there") {
  MetricFamilies page;
  CHECK(page.text().empty());
  page.begin_gauge("first", "h");
  page.begin_gauge("second", "h");
  page.add({}, 0);
  page.begin_gauge("third", "h");
  CHECK(page.text() == "# HELP heptap_second h\n# TYPE heptap_second gauge\nheptap_second 0\n");
}

TEST_CASE("a histogram ends with the bucket that has no end") {
  MetricFamilies page;
  page.begin_histogram("lag_seconds", "h");
  page.add({}, {.sample_count = 3, .sample_sum = 1.5, .bucket = {{1, 0.001}, {2, 0.5}}});
  CHECK(page.text() ==
        "# HELP heptap_lag_seconds h\n"
        "# TYPE heptap_lag_seconds histogram\n"
        "heptap_lag_seconds_count 3\n"
        "heptap_lag_seconds_sum 1.5\n"
        "heptap_lag_seconds_bucket{le=\"0.001\"} 1\n"
        "heptap_lag_seconds_bucket{le=\"0.5\"} 2\n"
        "heptap_lag_seconds_bucket{le=\"+Inf\"} 3\n");
}
