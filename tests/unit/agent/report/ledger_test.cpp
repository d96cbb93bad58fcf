#include "agent/report/ledger.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <sstream>

#include "agent/report/collector_ledger.hpp"

using namespace heptap;

namespace {

Ledger good_ledger() {
  return {.way = {{.name = "capture", .entered = 1000, .left = 1000},
                  {.name = "decode", .entered = 1000, .left = 990, .dropped = {{"not_ip", 10}}}},
          .collectors = {{.name = "tcp://127.0.0.1:9060",
                          .entered = 990,
                          .left = 980,
                          .held = 4,
                          .dropped = {{"given_up", 6}},
                          .noted = {{"resent", 3}}}}};
}

}  // namespace

TEST_CASE("a ledger adds up when every stage does and takes what the one before it gave") {
  CHECK(good_ledger().fault().empty());

  Ledger ledger = good_ledger();
  ledger.way[1].left = 991;
  CHECK(ledger.fault() == "decode differs by -1");

  ledger = good_ledger();
  ledger.way[1].entered = 999;
  CHECK(ledger.fault() == "decode does not take what the stage before it gave");

  ledger = good_ledger();
  ledger.collectors[0].held = 0;
  CHECK(ledger.fault() == "tcp://127.0.0.1:9060 differs by 4");

  ledger = good_ledger();
  ledger.collectors[0].entered = 1;
  CHECK(ledger.fault() == "tcp://127.0.0.1:9060 was not offered what the agent encoded");
}

TEST_CASE("the ledgers of workers add up to one") {
  Ledger sum = good_ledger();
  Ledger part = good_ledger();
  part.way[1].dropped = {{"bad_frame", 4}, {"not_ip", 6}};
  part.streams = {{.name = "tcp", .entered = 5, .left = 2, .held = 3}};
  add(sum, part);
  CHECK(sum.fault().empty());
  CHECK(sum.way[1].entered == 2000);
  REQUIRE(sum.way[1].dropped.size() == 2);
  CHECK(sum.way[1].dropped[0].count == 16);
  CHECK(sum.way[1].dropped[1].reason == "bad_frame");
  CHECK(sum.streams.at(0).held == 3);
  CHECK(sum.collectors[0].noted.at(0).count == 6);

  Ledger none;
  add(none, part);
  CHECK(none.fault().empty());
  CHECK(none.way.size() == 2);
}

TEST_CASE("the summary names what happened and nothing else") {
  std::ostringstream out;
  print(out, good_ledger());
  CHECK(out.str() ==
        "ledger\n"
        "  capture      1,000 = 1,000 left\n"
        "  decode       1,000 = 990 left + 10 not_ip\n"
        "  tcp://127.0.0.1:9060 990 = 980 sent + 6 lost: given_up + 4 held   (3 resent)\n"
        "  adds up\n");
  Ledger ledger = good_ledger();
  ledger.way[1].left = 0;
  out.str("");
  print(out, ledger);
  CHECK(out.str().find("DOES NOT ADD UP: decode differs by 990") != std::string::npos);
}

TEST_CASE("a collector answers for what was offered while it was there") {
  Ledger ledger = good_ledger();
  ledger.collectors[0].passed_before = 12;
  CHECK(ledger.fault() == "tcp://127.0.0.1:9060 was not offered what the agent encoded");
  ledger.way[1] = {.name = "decode", .entered = 1000, .left = 1000};
  CHECK_FALSE(ledger.fault().empty());
  ledger.collectors[0].passed_before = 7;
  ledger.collectors[0].passed_after = 3;
  CHECK(ledger.fault().empty());

  std::ostringstream out;
  print(out, ledger);
  CHECK(out.str().find("(3 resent, 7 before it was there, 3 since it left)\n") !=
        std::string::npos);
  const auto value = boost::json::parse(to_json(ledger));
  CHECK(value.at("collectors").at(0).at("passed_before").as_int64() == 7);
  CHECK(value.at("collectors").at(0).at("passed_after").as_int64() == 3);
}

TEST_CASE("a collector's snapshot becomes a stage") {
  CollectorSnapshot snapshot;
  snapshot.frames.entered = 5;
  snapshot.passed_before = 2;
  snapshot.passed_after = 4;
  const auto stage = collector_stages({snapshot}).at(0);
  CHECK(stage.entered == 5);
  CHECK(stage.passed_before == 2);
  CHECK(stage.passed_after == 4);
}

TEST_CASE("a line that counts nothing is left out") {
  std::vector<LedgerLine> lines;
  add_line(lines, "never", 0);
  add_line(lines, "once", 1);
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].reason == "once");
}

TEST_CASE("the ledger as JSON says the same") {
  const auto value = boost::json::parse(to_json(good_ledger()));
  CHECK(value.at("adds_up").as_bool());
  CHECK(value.at("stages").at(1).at("dropped").at("not_ip").as_int64() == 10);
  const auto& collector = value.at("collectors").at(0);
  CHECK(collector.at("sent").as_int64() == 980);
  CHECK(collector.at("lost").at("given_up").as_int64() == 6);
  CHECK(collector.at("held").as_int64() == 4);
  CHECK(collector.at("resent").as_int64() == 3);
}
