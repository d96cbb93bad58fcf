#include "agent/reload.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "config/load.hpp"
#include "tests/support/temp_folder.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

constexpr const char* start = R"(
node: {id: 1}
collectors: [{url: 'udp://192.0.2.1:9060'}]
interfaces: [{name: eth1}]
hep: [{listen: 'udp://127.0.0.1:9061'}]
)";

// A file that changes after it was read once.
struct Fixture {
  explicit Fixture(const std::string& later, const std::string& before = start) {
    std::vector<ConfigProblem> warnings;
    const auto file = folder.write("heptap.yaml", later);
    reader.emplace(file.string(), parse_settings(before, file.string(), warnings));
  }
  TempFolder folder;
  std::optional<ConfigReader> reader;
};

}  // namespace

TEST_CASE("a file that is read again changes node, collectors and log") {
  Fixture f(R"(
node: {id: 2, name: edge}
collectors: [{url: 'udp://192.0.2.1:9060'}, {url: 'tcp://192.0.2.2:9060'}]
interfaces: [{name: eth1}]
log: {level: debug}
)");
  const auto options = f.reader->read();
  REQUIRE(options);
  CHECK(options->identity.node_id == 2);
  CHECK(options->identity.node_name == "edge");
  CHECK(options->collectors.size() == 2);
  CHECK(options->log.level == LogLevel::debug);
}

TEST_CASE("a file that is read again changes pools") {
  Fixture f(R"(
collectors: [{name: a, url: 'udp://192.0.2.1:9060'}, {name: b, url: 'udp://192.0.2.2:9060'}]
pools: [{name: p, policy: hash, collectors: [b, a]}]
interfaces: [{name: eth1}]
)");
  const auto options = f.reader->read();
  REQUIRE(options);
  REQUIRE(options->pools.size() == 1);
  CHECK(options->pools[0].collectors == std::vector<std::string>{"b", "a"});
}

TEST_CASE("a file that is read again changes the plan, unless a condition in it is wrong") {
  const std::string with_rule = std::string{start} + "plan: {rules: [{drop: true, when: ";
  Fixture good(with_rule + "sip.Method == \"OPTIONS\"}]}\n");
  const auto options = good.reader->read();
  REQUIRE(options);
  REQUIRE(options->plan);
  CHECK(options->plan->rules().rules.size() == 1);
  Fixture wrong(with_rule + "sip.Metod}]}\n");
  CHECK_FALSE(wrong.reader->read());
}

TEST_CASE("what cannot change while it captures stays as it was") {
  Fixture f(
      "collectors: [{url: 'udp://192.0.2.1:9060'}]\n"
      "interfaces: [{name: eth2}]\nsip: {ports: 5070}\n"
      "hep: []\n");
  const auto options = f.reader->read();
  REQUIRE(options);
  REQUIRE(options->interfaces.size() == 1);
  CHECK(options->interfaces[0].live.interface == "eth1");
  CHECK(options->pipeline.sip_ports.contains(5060));
}

TEST_CASE("a spool changes when a file is read again, the first one needs a restart") {
  const std::string with_spool = std::string{start} + "spool: {directory: /tmp/a, rate: ";
  Fixture changed(with_spool + "5}\n", with_spool + "4}\n");
  const auto options = changed.reader->read();
  REQUIRE(options);
  REQUIRE(options->collectors[0].spool);
  CHECK(options->collectors[0].spool->frames_per_second == 5);

  Fixture gone(start, with_spool + "4}\n");
  CHECK_FALSE(gone.reader->read()->collectors[0].spool);

  Fixture first(with_spool + "5}\n");
  CHECK_FALSE(first.reader->read());
}

TEST_CASE("the first folder for the state of calls needs a restart, also beside other changes") {
  const std::string with_state =
      std::string{start} + "state: {directory: /tmp/a}\nlog: {level: debug}\n";
  CHECK_FALSE(Fixture(with_state).reader->read());
  CHECK(Fixture(with_state, std::string{start} + "spool: {directory: /tmp/b}\n").reader->read());
}

TEST_CASE("the key of a source that has stayed is read again") {
  Fixture f(
      "collectors: [{url: 'udp://192.0.2.1:9060'}]\ninterfaces: [{name: eth1}]\n"
      "hep: [{listen: 'udp://127.0.0.1:9061', auth_key_file: key}, {listen: "
      "'udp://127.0.0.1:9062'}]\n");
  f.folder.write("key", "secret\n");
  const auto options = f.reader->read();
  REQUIRE(options);
  REQUIRE(options->hep.size() == 1);
  CHECK(options->hep[0].auth_key == "secret");
}

TEST_CASE("a bad file changes nothing") {
  for (const char* bad :
       {"collectors: [{url: 'udp://192.0.2.1'}]\n", "collectors: []\n", "no: [", ""}) {
    CAPTURE(bad);
    Fixture f(bad);
    CHECK_FALSE(f.reader->read());
  }
}

TEST_CASE("a pipe, which nobody may write into again, is not read again") {
  TempFolder folder;
  const std::string pipe = (folder.path() / "pipe").string();
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  ConfigReader reader(pipe, Settings{});
  CHECK_FALSE(reader.read());
}

TEST_CASE("a filter that is in use is not looked at again, another one is") {
  const std::string collectors = "collectors: [{url: 'udp://192.0.2.1:9060'}]\n";
  const std::string before = collectors + "interfaces: [{name: eth1, filter: no filter}]\n";
  CHECK(Fixture(before, before).reader->read());
  CHECK_FALSE(Fixture(before).reader->read());
  const std::string now = collectors + "interfaces: [{name: eth2, filter: no filter}]\n";
  CHECK_FALSE(Fixture(now, before).reader->read());
}

TEST_CASE("sections that need a restart are named") {
  Settings before;
  Settings now;
  now.node.id = 9;
  now.log.level = LogLevel::debug;
  CHECK(needs_restart(before, now).empty());
  now.interfaces.push_back({.name = "eth3"});
  now.state.directory = "/tmp/s";
  now.link = {"X-CID"};
  now.rtcp.send = false;
  now.vq.send = true;
  now.http.listen.reset();
  now.rtp.statistics = true;
  CHECK(needs_restart(before, now) ==
        std::vector<std::string_view>{"interfaces", "state", "link", "rtcp", "rtp", "vq", "http"});
}

TEST_CASE("a path of files may change, but the first one needs a restart") {
  const std::string jsonl = "collectors: [{url: 'jsonl:/tmp/b'}]\n";
  Fixture change(jsonl, "collectors: [{url: 'jsonl:/tmp/a'}]\n");
  const auto options = change.reader->read();
  REQUIRE(options);
  REQUIRE(options->collectors.at(0).file);
  CHECK(options->collectors[0].file->path == "/tmp/b");
  CHECK(options->writes_files);
  Fixture first(jsonl);
  CHECK_FALSE(first.reader->read());
  Fixture standard("collectors: [{url: 'jsonl:-'}]\n");
  CHECK(standard.reader->read());
}
