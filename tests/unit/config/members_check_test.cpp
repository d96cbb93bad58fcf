#include "config/members_check.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "config/load.hpp"

using namespace heptap;

namespace {

std::vector<std::string> problems_of(const std::string& text) {
  std::vector<ConfigProblem> warnings;
  std::vector<std::string> lines;
  try {
    static_cast<void>(parse_settings(text, "t.yaml", warnings));
  } catch (const ConfigError& error) {
    for (const ConfigProblem& problem : error.problems()) lines.push_back(to_string(problem));
  }
  return lines;
}

std::string collector(const std::string& url, const std::string& more) {
  return "collectors: [{url: '" + url + "', " + more + "}]\n";
}

}  // namespace

TEST_CASE("members are those of a name") {
  CHECK(problems_of(collector("tcp://site.test:9060", "members: addresses")).empty());
  CHECK(problems_of(collector("tcp://_hep._tcp.site.test:9060", "members: srv")).empty());
  CHECK(problems_of(collector("tcp://192.0.2.1:9060", "members: one")).empty());
  for (const char* const url : {"tcp://192.0.2.1:9060", "tcp://[2001:db8::1]:9060"}) {
    CHECK(problems_of(collector(url, "members: addresses")) ==
          std::vector<std::string>{"t.yaml:1:15: collectors[0].url: has an address, which has no "
                                   "members, members are looked up by a name"});
  }
}

TEST_CASE("members have folders of the spool, whose names are not too long") {
  const std::string url = "tcp://" + std::string(60, 'a') + "." + std::string(60, 'b') + "." +
                          std::string(50, 'c') + ":9060";
  const std::string spool = "spool: {directory: /tmp}\n";
  CHECK(problems_of(spool + collector(url, "members: one")).empty());
  CHECK(problems_of(spool + collector(url, "members: srv, name: a")).empty());
  CHECK(problems_of(spool + collector(url, "members: srv, spool: false")).empty());
  CHECK(problems_of(spool + collector(url, "members: srv")) ==
        std::vector<std::string>{"t.yaml:2:15: collectors[0].url: is too long to name folders of "
                                 "the spool for its members, give it a name"});
}

TEST_CASE("with members, collectors leave a place free") {
  const auto problems = [](unsigned others) {
    std::string text = "collectors:\n- {url: 'tcp://site.test:9060', members: addresses}\n";
    for (unsigned i = 1; i <= others; ++i) {
      text += "- {url: 'tcp://192.0.2.1:" + std::to_string(i) + "'}\n";
    }
    return problems_of(text);
  };
  CHECK(problems(62).empty());
  CHECK(problems(63) == std::vector<std::string>{
                            "t.yaml:2:33: collectors[0].members: is one of 64 collectors, where "
                            "any has members, they are at most 63"});
}
