#include "transport/kafka/kafka_reports.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace heptap {
namespace {

constexpr std::uint64_t none = 99;  // no record has this number

struct Scene {
  KafkaReports reports{4};
  std::string settled;

  void report(std::uint64_t number, KafkaOutcome outcome) {
    reports.report(number, outcome, [this](KafkaOutcome one) { note(one); });
  }
  void report_rest_but(std::uint64_t kept) {
    reports.report_rest(
        KafkaOutcome::unconfirmed, [kept](std::uint64_t number) { return number == kept; },
        [this](KafkaOutcome one) { note(one); });
  }
  void note(KafkaOutcome one) { settled += one == KafkaOutcome::sent ? 's' : 'l'; }
};

}  // namespace

TEST_CASE("records are settled in the order in which they were handed over") {
  Scene scene;
  for (int i = 0; i < 4; ++i) {
    CHECK_FALSE(scene.reports.full());
    scene.reports.add();
  }
  CHECK(scene.reports.full());
  scene.report(2, KafkaOutcome::sent);
  scene.report(1, KafkaOutcome::refused);
  CHECK(scene.settled.empty());
  scene.report(0, KafkaOutcome::sent);
  CHECK(scene.settled == "sls");
  CHECK_FALSE(scene.reports.empty());
  scene.report(3, KafkaOutcome::sent);
  CHECK(scene.settled == "slss");
  CHECK(scene.reports.empty());
}

TEST_CASE("a place is used again, with no report of the record before") {
  Scene scene;
  for (std::uint64_t i = 0; i < 10; ++i) {
    CHECK(scene.reports.next() == i);
    scene.reports.add();
    scene.report(i, KafkaOutcome::sent);
  }
  scene.reports.add();
  scene.reports.add();
  scene.report(11, KafkaOutcome::sent);
  CHECK(scene.settled == std::string(10, 's'));
}

TEST_CASE("records without a report have the same outcome at the end") {
  Scene scene;
  for (int i = 0; i < 4; ++i) scene.reports.add();
  scene.report(1, KafkaOutcome::sent);
  scene.report_rest_but(none);
  CHECK(scene.settled == "lsll");
  CHECK(scene.reports.empty());
}

TEST_CASE("a record that is kept has its own report, when all others without one are lost") {
  Scene scene;
  for (int i = 0; i < 4; ++i) scene.reports.add();
  scene.report_rest_but(2);
  CHECK(scene.settled == "ll");
  scene.report(2, KafkaOutcome::sent);
  CHECK(scene.settled == "llsl");
  CHECK(scene.reports.empty());
}

}  // namespace heptap
