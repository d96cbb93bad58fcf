#include "config/values.hpp"

#include <catch2/catch.hpp>

#include "config/valid_values.hpp"
#include "tests/support/temp_folder.hpp"

using namespace heptap;
using heptap::test::readable_by_all;
using heptap::test::TempFolder;

namespace {

// A place for the value of any option.
struct Target {
  Settings settings;
  CollectorSettings collector;
  InterfaceSettings interface;
  PlanRuleSettings rule;

  std::optional<ValueProblem> store(std::string_view path, std::string_view text,
                                    const std::filesystem::path& folder = {}) {
    const Option* const option = find_option(path);
    REQUIRE(option != nullptr);
    OptionTarget to{settings, &collector, &interface, nullptr, nullptr, &rule};
    return store_value(*option, text, folder, to);
  }
  bool operator==(const Target&) const = default;
};

template <class T>
struct Good {
  std::string_view text;
  T want;
};

}  // namespace

TEST_CASE("a number is read up to both ends of its range") {
  const auto row = GENERATE(
      values<Good<std::uint32_t>>({{"0", 0}, {"0042", 42}, {"4294967295", 4'294'967'295}}));
  Target target;
  CHECK_FALSE(target.store("node.id", row.text));
  CHECK(target.settings.node.id == row.want);
}

TEST_CASE("a number of threads may be left to us") {
  Target target;
  CHECK_FALSE(target.store("interfaces[].threads", "4"));
  CHECK(target.interface.threads == 4U);
  CHECK_FALSE(target.store("interfaces[].threads", "auto"));
  CHECK(target.interface.threads == std::nullopt);
  for (const char* text : {"0", "65", "-1", "two", "Auto"}) {
    CAPTURE(text);
    const auto problem = target.store("interfaces[].threads", text);
    REQUIRE(problem);
    CHECK(problem->hint == "valid: auto, or 1 to 64");
  }
  CHECK(target.interface.threads == std::nullopt);
}

TEST_CASE("a size is a number of bytes or carries a unit") {
  const auto row = GENERATE(values<Good<std::uint64_t>>(
      {{"0", 0}, {"65536", 65'536}, {"64KiB", 65'536}, {"64MiB", 67'108'864}}));
  Target target;
  CHECK_FALSE(target.store("collectors[].resend_bytes", row.text));
  CHECK(target.collector.resend_bytes == row.want);
}

TEST_CASE("a duration carries a unit") {
  using namespace std::chrono_literals;
  const auto row = GENERATE(values<Good<std::chrono::milliseconds>>(
      {{"500ms", 500ms}, {"1500ms", 1500ms}, {"90s", 90s}, {"60m", 1h}, {"1h", 1h}}));
  Target target;
  CHECK_FALSE(target.store("replay.wait", row.text));
  CHECK(target.settings.replay.wait == row.want);
}

TEST_CASE("a duration may be in milliseconds where whole seconds are kept") {
  Target target;
  CHECK_FALSE(target.store("collectors[].keepalive", "2000ms"));
  CHECK(target.collector.keepalive == std::chrono::seconds{2});
}

TEST_CASE("a duration that may be nothing needs no unit then") {
  using namespace std::chrono_literals;
  const auto row = GENERATE(values<Good<std::chrono::milliseconds>>(
      {{"0", 0ms}, {"0s", 0ms}, {"0ms", 0ms}, {"100ms", 100ms}}));
  Target target;
  CHECK_FALSE(target.store("duplicates.window", row.text));
  CHECK(target.settings.duplicates.window == row.want);
}

TEST_CASE("ports are given one by one and as ranges") {
  Target target;
  CHECK_FALSE(target.store("sip.ports", "5080,5060-5062"));
  CHECK(target.settings.sip.ports == PortRanges{{5060, 5062}, {5080, 5080}});
}

TEST_CASE("a speed is max or a factor") {
  const auto row = GENERATE(values<Good<std::optional<double>>>(
      {{"max", std::nullopt}, {"1", 1.0}, {"0.001", 0.001}, {"2.5", 2.5}, {"1000000", 1e6}}));
  Target target;
  target.settings.replay.speed = 7;
  CHECK_FALSE(target.store("replay.speed", row.text));
  CHECK(target.settings.replay.speed == row.want);
}

TEST_CASE("where to listen is an address with a port, or off") {
  const auto row = GENERATE(values<Good<std::optional<HostPort>>>({
      {"off", std::nullopt},
      {"0.0.0.0:80", HostPort{"0.0.0.0", 80}},
      {"127.0.0.1:0", HostPort{"127.0.0.1", 0}},
      {"[::]:19060", HostPort{"::", 19060}},
      {"[fe80::1%eth0]:19060", HostPort{"fe80::1%eth0", 19060}},
  }));
  CAPTURE(row.text);
  Target target;
  CHECK_FALSE(target.store("http.listen", row.text));
  CHECK(target.settings.http.listen == row.want);
}

TEST_CASE("flags, words, texts and urls are stored") {
  Target target;
  CHECK_FALSE(target.store("collectors[].verify", "false"));
  CHECK_FALSE(target.store("replay.time", "now"));
  CHECK_FALSE(target.store("log.level", "error"));
  CHECK_FALSE(target.store("sip.detect", "ports"));
  CHECK_FALSE(target.store("node.name", "sbc-1.ber_A"));
  CHECK_FALSE(target.store("collectors[].url", "tls://[::1]:9061"));
  CHECK_FALSE(target.collector.verify);
  CHECK(target.settings.replay.time == ReplayTime::now);
  CHECK(target.settings.log.level == LogLevel::error);
  CHECK(target.settings.sip.detect == SipDetect::ports);
  CHECK(target.settings.node.name == "sbc-1.ber_A");
  CHECK(target.collector.url == CollectorUrl{CollectorCarrier::tls, "::1", 9061});
}

TEST_CASE("the name of a rule is any text that can be shown") {
  Target target;
  std::string eighty_bytes;
  for (int i = 0; i < 40; ++i) eighty_bytes += "\u00e9";
  const std::string good = GENERATE_COPY(as<std::string>{}, "busy hours, r\u00e9gion 2 \"a\\b\"",
                                         std::string(64, 'x'), eighty_bytes);
  CHECK_FALSE(target.store("plan.rules[].name", good));
  CHECK(target.rule.name == good);
  const std::string bad = GENERATE(as<std::string>{}, "", " ", "two\nlines", "a\tb", "a\x1b[1m",
                                   "\u009b2J", std::string(65, 'x'));
  CHECK(target.store("plan.rules[].name", bad));
  CHECK(target.rule.name == good);
}

TEST_CASE("a secret for masks is long enough to be one") {
  TempFolder folder;
  folder.write("short", "0123456789abcde\n");
  folder.write("key", "0123456789abcdef\n");
  Target target;
  const auto problem = target.store("plan.mask_key_file", "short", folder.path());
  REQUIRE(problem);
  CHECK(problem->message.ends_with("short\" is too short"));
  CHECK(problem->hint == "valid: a readable file of 16 to 255 bytes");
  CHECK(target.settings.plan.mask_key.empty());
  CHECK_FALSE(target.store("plan.mask_key_file", "key", folder.path()));
  CHECK(target.settings.plan.mask_key == "0123456789abcdef");
}

TEST_CASE("a node name may be empty again") {
  Target target;
  target.settings.node.name = "old";
  CHECK_FALSE(target.store("node.name", ""));
  CHECK(target.settings.node.name.empty());
}

TEST_CASE("a wrong value is quoted, what would be valid is said, nothing is stored") {
  struct Row {
    std::string_view path;
    std::string_view text;
    std::string_view message;
  };
  const auto row = GENERATE(values<Row>({
      {"node.id", "", "has no value"},
      {"node.id", "1.5", "\"1.5\" is not a whole number"},
      {"node.id", "0x7d1", "\"0x7d1\" is not a whole number"},
      {"node.id", " 1", "\" 1\" is not a whole number"},
      {"node.id", "+1", "\"+1\" is not a whole number"},
      {"node.id", "-", "\"-\" is not a whole number"},
      {"node.id", "-1", "-1 is out of range"},
      {"node.id", "4294967296", "4294967296 is out of range"},
      {"node.id", "99999999999999999999999", "99999999999999999999999 is out of range"},
      {"calls.max_entries", "1023", "1023 is out of range"},
      {"replay.ring", "large", "\"large\" is not a size"},
      {"replay.ring", "-1MiB", "\"-1MiB\" is not a size"},
      {"replay.ring", "1.5GiB", "\"1.5GiB\" has an unknown unit"},
      {"replay.ring", "16 MiB", "\"16 MiB\" has an unknown unit"},
      {"replay.ring", "16mib", "\"16mib\" has an unknown unit"},
      {"replay.ring", "1048575", "1048575 is out of range"},
      {"replay.ring", "1025MiB", "1025MiB is out of range"},
      {"replay.ring", "17179869184GiB", "17179869184GiB is out of range"},  // 2^64 bytes
      {"replay.wait", "soon", "\"soon\" is not a duration"},
      {"replay.wait", "0", "\"0\" has no unit"},
      {"replay.wait", "30 s", "\"30 s\" has an unknown unit"},
      {"replay.wait", "1d", "\"1d\" has an unknown unit"},
      {"replay.wait", "0s", "0s is out of range"},
      {"replay.wait", "3601s", "3601s is out of range"},
      {"replay.wait", "9999999999999999h", "9999999999999999h is out of range"},
      {"collectors[].keepalive", "999ms", "999ms is out of range"},
      {"collectors[].keepalive", "1500ms", "\"1500ms\" is not a whole number of seconds"},
      {"duplicates.window", "5", "\"5\" has no unit"},
      {"duplicates.window", "00", "\"00\" has no unit"},
      {"duplicates.window", "-1ms", "\"-1ms\" is not a duration"},
      {"duplicates.window", "101ms", "101ms is out of range"},
      {"reassembly.fragments_max", "1048577", "1048577 is out of range"},
      {"reassembly.stream_bytes", "1MiB", "1MiB is out of range"},
      {"reassembly.gap_wait", "0s", "0s is out of range"},
      {"sip.ports", "", "has no value"},
      {"sip.ports", "sip", "\"sip\" is neither a port nor a range of ports"},
      {"sip.ports", "5060-70000", "\"5060-70000\" has a port that cannot be"},
      {"sip.ports", "5091-5060", "\"5091-5060\" ends before it starts"},
      {"sip.detect", "any", "\"any\" is not a word known here"},
      {"collectors[].verify", "yes", "\"yes\" is neither true nor false"},
      {"collectors[].verify", "True", "\"True\" is neither true nor false"},
      {"log.level", "warn", "\"warn\" is not a word known here"},
      {"node.name", "edge 1", "\"edge 1\" has a character that is not allowed"},
      {"node.name", "caf\u00e9", "\"caf\u00e9\" has a character that is not allowed"},
      {"node.name", "\x1b[1m", "\"\\x1b[1m\" has a character that is not allowed"},
      {"node.name", "a23456789012345678901", "\"a23456789012345678901\" is 21 characters long"},
      {"collectors[].name", "", "has no value"},
      {"replay.speed", "fast", "\"fast\" is neither max nor a number"},
      {"replay.speed", "2x", "\"2x\" is neither max nor a number"},
      {"replay.speed", "1e3", "\"1e3\" is neither max nor a number"},
      {"replay.speed", "nan", "\"nan\" is neither max nor a number"},
      {"replay.speed", "inf", "inf is out of range"},
      {"replay.speed", "-1", "-1 is out of range"},
      {"replay.speed", "0.0009", "0.0009 is out of range"},
      {"replay.speed", "1000001", "1000001 is out of range"},
      {"http.listen", "", "has no value"},
      {"http.listen", "on", "\"on\" has no port"},
      {"http.listen", "19060", "\"19060\" has a bad IPv4 address"},
      {"http.listen", ":19060", "\":19060\" has no host"},
      {"http.listen", "127.0.0.1", "\"127.0.0.1\" has no port"},
      {"http.listen", "127.0.0.1:65536", "\"127.0.0.1:65536\" has a bad port"},
      {"http.listen", "::1:19060", "\"::1:19060\" needs brackets around an IPv6 address"},
      {"http.listen", "localhost:19060", "\"localhost:19060\" has a name, an address is needed"},
      {"collectors[].url", "http://homer:80", "\"http://homer:80\" is no url of a collector"},
  }));
  CAPTURE(row.path, row.text);
  Target target;
  const auto problem = target.store(row.path, row.text);
  REQUIRE(problem);
  CHECK(problem->message == row.message);
  CHECK(problem->hint == "valid: " + valid_values(*find_option(row.path)));
  CHECK(problem->severity == Severity::error);
  CHECK(target == Target{});
}

TEST_CASE("a relative file name starts at the folder, an absolute one does not") {
  TempFolder folder;
  const auto file = folder.write("ca.pem", "");
  Target target;
  CHECK_FALSE(target.store("collectors[].ca", "ca.pem", folder.path()));
  CHECK(target.collector.ca == file);
  CHECK_FALSE(target.store("collectors[].certificate", file.string(), "/elsewhere"));
  CHECK(target.collector.certificate == file);
}

TEST_CASE("a file that is not there is not stored") {
  Target target;
  const auto problem = target.store("collectors[].ca", "no.pem", "/nowhere");
  REQUIRE(problem);
  CHECK(problem->message == "\"/nowhere/no.pem\" cannot be read: No such file or directory");
  CHECK(target == Target{});
}

TEST_CASE("a warning does not keep a value from being stored") {
  TempFolder folder;
  const auto file = folder.write("key", "hunter2\n", readable_by_all);
  Target target;
  const auto of_key = target.store("collectors[].key", "key", folder.path());
  const auto of_secret = target.store("node.auth_key_file", "key", folder.path());
  REQUIRE(of_key);
  REQUIRE(of_secret);
  CHECK(of_key->severity == Severity::warning);
  CHECK(of_secret->severity == Severity::warning);
  CHECK(target.collector.key == file);
  CHECK(target.settings.node.auth_key_file == file);
  CHECK(target.settings.node.auth_key == "hunter2");
}

TEST_CASE("an expression is taken as it is, unless nobody could have meant it") {
  Target target;
  const std::string good = "udp port 5060\n\tor (tcp && ip[6:2] & 0x1fff != 0)";
  CHECK_FALSE(target.store("interfaces[].filter", good));
  CHECK(target.interface.filter == good);
  const std::string bad = GENERATE(as<std::string>{}, "", " \n", "tcp\x1b[1m", "tcp\x7f",
                                   std::string("tcp\0", 4), std::string(4097, 'x'));
  const auto problem = target.store("interfaces[].filter", bad);
  REQUIRE(problem);
  CHECK(problem->severity == Severity::error);
  CHECK(target.interface.filter == good);
}
