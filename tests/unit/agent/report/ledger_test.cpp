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

// 500 frames of a source join the 990 messages.
Ledger with_source() {
  Ledger ledger = good_ledger();
  ledger.way.push_back({.name = "encode",
                        .entered = 1490,
                        .left = 1480,
                        .joined = 500,
                        .joined_from = "sources",
                        .dropped = {{"ring_full", 10}}});
  ledger.collectors.clear();
  ledger.sources = {
      {.name = "udp://0.0.0.0:9060", .entered = 507, .left = 500, .dropped = {{"wrong_key", 7}}}};
  return ledger;
}

CollectorSnapshot with_spool() {
  CollectorSnapshot one;
  one.name = "homer";
  one.frames = {.entered = 50, .sent = 8, .lost = {.too_slow = 2}, .spooled = 40};
  one.last_error = "refused";
  one.spool = {.found = 7,
               .taken = 40,
               .sent = 20,
               .lost = {.size = 1, .age = 2, .disk = 3, .damage = 4, .refused = 5},
               .held = 12,
               .bytes = 4096,
               .resent = 6,
               .torn = 1,
               .quarantined = 2};
  one.spool_folder = "/spool/homer";
  return one;
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

TEST_CASE("what leaves the sources joins the way") {
  CHECK(with_source().fault().empty());

  Ledger ledger = with_source();
  ledger.sources[0].dropped.clear();
  CHECK(ledger.fault() == "udp://0.0.0.0:9060 differs by 7");

  ledger = with_source();
  ledger.sources[0].left = 501;
  ledger.sources[0].entered = 508;
  CHECK(ledger.fault() == "the way does not take what the sources gave");

  ledger = with_source();
  ledger.way = {
      {.name = "encode", .entered = 500, .left = 500, .joined = 500, .joined_from = "sources"}};
  CHECK(ledger.fault().empty());
  ledger.way[0].entered = ledger.way[0].left = 501;
  CHECK(ledger.fault() == "encode does not take what the stage before it gave");
}

TEST_CASE("the ledger of sources is added to that of the way") {
  const auto encode = [](std::uint64_t entered, std::uint64_t full, std::uint64_t joined) {
    LedgerStage stage{.name = "encode", .entered = entered, .left = entered - full};
    stage.joined = joined;
    if (joined != 0) stage.joined_from = "sources";
    add_line(stage.dropped, "ring_full", full);
    return stage;
  };
  const Ledger beside{.way = {encode(500, 10, 500)}, .sources = with_source().sources};
  CHECK(beside.fault().empty());

  Ledger ledger = good_ledger();
  ledger.collectors.clear();
  ledger.way.push_back(encode(990, 3, 0));
  add(ledger, beside);
  CHECK(ledger.fault().empty());
  const LedgerStage& last = ledger.way.back();
  CHECK(last.entered == 1490);
  CHECK(last.joined_from == "sources");
  CHECK(last.dropped[0].count == 13);

  Ledger alone;
  add(alone, beside);
  CHECK(alone.fault().empty());
}

TEST_CASE("the summary names sources first, and what they gave") {
  std::ostringstream out;
  print(out, with_source());
  CHECK(out.str() ==
        "ledger\n"
        "  udp://0.0.0.0:9060 507 = 500 left + 7 wrong_key\n"
        "  capture      1,000 = 1,000 left\n"
        "  decode       1,000 = 990 left + 10 not_ip\n"
        "  encode       1,490 (500 of sources) = 1,480 left + 10 ring_full\n"
        "  adds up\n");
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
  ledger.collectors[0].passed_after = 2;
  CHECK_FALSE(ledger.fault().empty());
  ledger.collectors[0].elsewhere = 1;
  CHECK(ledger.fault().empty());

  std::ostringstream out;
  print(out, ledger);
  CHECK(out.str().find("(3 resent, 7 before it was there, 2 since it left, 1 for others)\n") !=
        std::string::npos);
  const auto value = boost::json::parse(to_json(ledger));
  CHECK(value.at("collectors").at(0).at("passed_before").as_int64() == 7);
  CHECK(value.at("collectors").at(0).at("passed_after").as_int64() == 2);
  CHECK(value.at("collectors").at(0).at("elsewhere").as_int64() == 1);
}

TEST_CASE("a collector's snapshot becomes a stage") {
  CollectorSnapshot snapshot;
  snapshot.frames.entered = 5;
  snapshot.passed_before = 2;
  snapshot.passed_after = 4;
  snapshot.frames.elsewhere = 3;
  Ledger ledger;
  add_collectors(ledger, {snapshot});
  CHECK(ledger.spools.empty());
  const LedgerStage& stage = ledger.collectors.at(0);
  CHECK(stage.entered == 5);
  CHECK(stage.passed_before == 2);
  CHECK(stage.passed_after == 4);
  CHECK(stage.elsewhere == 3);
}

TEST_CASE("a collector's spool goes on with what the collector has spooled") {
  const CollectorSnapshot snapshot = with_spool();
  Ledger ledger{.way = {{.name = "encode", .entered = 50, .left = 50}}};
  add_collectors(ledger, {snapshot});
  CHECK(ledger.fault().empty());
  std::ostringstream text;
  print(text, ledger);
  CHECK_THAT(
      text.str(),
      Catch::Contains("  homer        50 = 8 sent + 40 spooled + 2 lost: too_slow\n") &&
          Catch::Contains("  homer spool  47 (7 of an earlier run) = 20 sent + "
                          "1 lost: size + 2 lost: age + 3 lost: disk + 4 lost: damage + "
                          "5 lost: refused + 12 held   (6 resent, 1 torn, 2 quarantined)\n"));
  const auto value = boost::json::parse(to_json(ledger));
  CHECK(value.at("collectors").at(0).at("absorbed").at("spooled").as_int64() == 40);
  const auto& spool = value.at("spools").at(0);
  CHECK(spool.at("name").as_string() == "homer");
  CHECK(spool.at("joined").as_int64() == 7);
  CHECK(spool.at("sent").as_int64() == 20);
  CHECK(spool.at("lost").at("age").as_int64() == 2);
  CHECK(spool.at("held").as_int64() == 12);

  ledger.spools[0].held = 11;
  CHECK(ledger.fault() == "homer spool differs by 1");
  ledger.spools[0].held = 12;
  ledger.spools[0].joined = 6;
  CHECK(ledger.fault() == "homer spool does not take what the collector gave");
}

TEST_CASE("what is lost and what waits is said, and nothing when there is neither") {
  CollectorSnapshot one = with_spool();
  CHECK(describe_loss(one) ==
        "homer: lost 2 of 50 messages: 2 too_slow; its spool lost 15 of 47 messages: 1 size 2 age "
        "3 disk 4 damage 5 refused (refused)");
  CHECK(describe_waiting(one) == "homer: 12 messages wait in /spool/homer");
  CHECK(has_lost(one));
  one.frames.lost = {};
  CHECK(has_lost(one));
  CHECK_THAT(describe_loss(one), Catch::StartsWith("homer: its spool lost 15 of 47 messages:"));
  one.spool.emplace().not_closed = 7;
  CHECK(has_lost(one));
  CHECK_THAT(describe_loss(one),
             Catch::StartsWith("homer: perhaps lost 7 messages out of its spool"));
  one.spool.emplace();
  CHECK_FALSE(has_lost(one));
  CHECK(describe_loss(one).empty());
  CHECK(describe_waiting(one).empty());
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

TEST_CASE("sources are in the JSON, too") {
  const auto value = boost::json::parse(to_json(with_source()));
  CHECK(value.at("sources").at(0).at("left").as_int64() == 500);
  CHECK(value.at("sources").at(0).at("dropped").at("wrong_key").as_int64() == 7);
  CHECK(boost::json::parse(to_json(good_ledger())).at("sources").as_array().empty());
}
