#include "config/load.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <sstream>

#include "config/options.hpp"
#include "config/yaml.hpp"
#include "tests/support/temp_folder.hpp"

using namespace heptap;
using heptap::test::read_file;
using heptap::test::readable_by_all;
using heptap::test::TempFolder;

namespace fs = std::filesystem;

namespace {

const fs::path broken_folder = HEPTAP_SOURCE_DIR "/tests/unit/config/broken";
const fs::path example_file = HEPTAP_SOURCE_DIR "/config/examples/heptap.yaml";

using Lines = std::vector<std::string>;

const std::string valid_ports = "valid: 1 to 65535, as 5060, 5060-5091 or [5060, 5070-5080]";

Lines lines_of(const std::vector<ConfigProblem>& problems) {
  Lines lines;
  for (const ConfigProblem& problem : problems) lines.push_back(to_string(problem));
  return lines;
}

struct Outcome {
  std::optional<Settings> settings;
  Lines errors;
  Lines warnings;
};

template <class Load>
Outcome outcome_of(const Load& load) {
  Outcome outcome;
  std::vector<ConfigProblem> warnings;
  try {
    outcome.settings = load(warnings);
  } catch (const ConfigError& error) {
    CHECK(error.reason() == ConfigError::Reason::invalid);
    outcome.errors = lines_of(error.problems());
  }
  outcome.warnings = lines_of(warnings);
  return outcome;
}

Outcome load(const fs::path& file) {
  return outcome_of([&](auto& warnings) { return load_settings(file, warnings); });
}
// As if it were the file "t.yaml" in this folder.
Outcome parse(std::string_view text) {
  return outcome_of([&](auto& warnings) { return parse_settings(text, "t.yaml", warnings); });
}

// The settings of a text that is right, warnings aside.
Settings settings_of(std::string_view text) {
  Outcome outcome = parse(text);
  CAPTURE(outcome.errors);
  REQUIRE(outcome.settings);
  return *outcome.settings;
}

std::string without(std::string text, const std::string& part) {
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part)) {
    text.erase(at, part.size());
  }
  return text;
}

// The lines of an example that are commented out: "  # name: x". Remarks start at the margin or
// follow a value.
std::string with_comments_opened(const std::string& text) {
  std::istringstream in(text);
  std::string out;
  for (std::string line; std::getline(in, line);) {
    const auto mark = line.find_first_not_of(' ');
    if (mark != std::string::npos && mark > 0 && line[mark] == '#') line.erase(mark, 2);
    out += line + "\n";
  }
  return out;
}

// The paths of all values, as the table writes them: a list of single ones is a value, and so is a map
// of texts.
void collect_paths(const YamlNode& node, const std::string& path, std::set<std::string>& paths) {
  const Option* const option = find_option(path);
  const bool has_texts = option != nullptr && (option->kind == OptionKind::texts ||
                                               option->kind == OptionKind::secret_texts);
  if (node.kind == YamlNode::Kind::scalar || has_texts) paths.insert(path);
  if (has_texts) return;
  for (const YamlNode& child : node.children) {
    std::string below = path;
    const bool is_item = node.kind == YamlNode::Kind::list && child.kind != YamlNode::Kind::scalar;
    if (is_item) below += "[]";
    if (node.kind == YamlNode::Kind::map) below.append(path.empty() ? "" : ".").append(child.key);
    collect_paths(child, below, paths);
  }
}

}  // namespace

TEST_CASE("a file that says nothing gives the defaults") {
  const auto text =
      GENERATE(as<std::string>{}, "", "# nothing\n", "---\n", "node:\n", "collectors:\n",
               "collectors: []\n", "node: {}\nreplay:\n", "link:\n", "link: []\n");
  CAPTURE(text);
  CHECK(settings_of(text) == Settings{});
}

TEST_CASE("every value of a file is stored") {
  TempFolder folder;
  folder.write("mask", "0123456789abcdef\n");
  for (const char* name : {"auth", "ca.pem", "agent.pem", "agent.key"}) folder.write(name, "x\n");
  const auto file = folder.write("heptap.yaml", R"(
node: {id: 7, name: edge, auth_key_file: auth}
collectors:
  - name: far
    url: tls://homer.example.net:9061
    ca: ca.pem
    server_name: homer
    certificate: agent.pem
    key: agent.key
    batch: false
    rate_limit: 5000
    resend_bytes: 1MiB
    keepalive: 5s
  - url: udp://[::1]:9060
interfaces:
  - {name: eth1.100, snaplen: 2048, ring: 1MiB, promiscuous: false, threads: 4}
  - {name: eth2, threads: auto, filter: "tcp and not port 22"}
hep:
  - listen: tls://[::]:9061
    auth_key_file: auth
    node: rewrite
    certificate: agent.pem
    key: agent.key
    ca: ca.pem
  - listen: udp://0.0.0.0:0
sip: {ports: [5080, 5060-5061, " 5062 "], detect: ports}
reassembly:
  fragments_bytes: 2MiB
  fragments_max: 1024
  fragments_age: 1m
  streams_bytes: 3MiB
  streams_max: 2048
  stream_bytes: 2MiB
  streams_age: 2h
  gap_wait: 20ms
duplicates: {window: 0}
run: {ring: 2MiB, stop_wait: 0}
replay: {ring: 32MiB, wait: 500ms, speed: 10, time: now}
calls: {max_entries: 2048, max_age: 5m}
link: [X-CID, P-Charging-Vector:icid-value]
rtcp: {send: true, unmatched: send, max_calls: 2048}
rtp: {statistics: true, interval: 0, max_streams: 2048, dtmf: show}
vq: {send: true}
plan:
  unmatched: drop
  mask_key_file: mask
  rules:
    - name: "busy hours, r\u00e9gion 2"
      when: sip.Method == "OPTIONS"
      send: [far]
      sample: 1/10
      limit: 100
      limit_by: ip.src
      mask: {users: hash, credentials: true, keys: true, bodies: true, digits: true}
      node_suffix: -lab
      group: core
      count: options
      log: true
      scope: dialog
      next: continue
    - {drop: true, scope: call, next: stop}
    - {send: far, mask: {users: keep, keep: 3}}
security: {user: tap_2, seccomp: log, reopen: false}
http: {listen: "[::1]:80"}
log: {level: debug}
)");
  const Outcome outcome = load(file);
  CHECK(outcome.errors == Lines{});
  CHECK(outcome.warnings == Lines{});
  REQUIRE(outcome.settings);

  Settings want;
  want.node = {7, "edge", folder.path() / "auth", "x"};
  want.collectors.resize(2);
  want.collectors[0] = {"far",
                        {CollectorCarrier::tls, "homer.example.net", 9061},
                        CollectorMembers::one,
                        folder.path() / "ca.pem",
                        "homer",
                        folder.path() / "agent.pem",
                        folder.path() / "agent.key",
                        true,
                        false,
                        5000,
                        1U << 20U,
                        std::chrono::seconds{5}};
  want.collectors[1].name = "udp://[::1]:9060";
  want.collectors[1].url = {CollectorCarrier::udp, "::1", 9060};
  using namespace std::chrono_literals;
  want.interfaces = {{"eth1.100", 2048, 1U << 20U, false, 4},
                     {.name = "eth2", .threads = std::nullopt, .filter = "tcp and not port 22"}};
  want.hep = {{{CollectorCarrier::tls, "::", 9061},
               folder.path() / "auth",
               "x",
               HepNode::rewrite,
               folder.path() / "agent.pem",
               folder.path() / "agent.key",
               folder.path() / "ca.pem"},
              {.listen = {CollectorCarrier::udp, "0.0.0.0", 0}}};
  want.sip = {{{5060, 5062}, {5080, 5080}}, SipDetect::ports};
  want.reassembly = {2U << 20U, 1024, 1min, 3U << 20U, 2048, 2U << 20U, 2h, 20ms};
  want.duplicates = {0ms};
  want.run = {2U << 20U, 0ms};
  want.replay = {32U << 20U, std::chrono::milliseconds{500}, 10.0, ReplayTime::now};
  want.calls = {2048, std::chrono::minutes{5}};
  want.link = {"X-CID", "P-Charging-Vector:icid-value"};
  want.rtcp = {true, RtcpUnmatched::send, 2048};
  want.rtp = {true, std::chrono::seconds{0}, 2048, DtmfMode::show};
  want.vq = {true};
  want.plan = {PlanUnmatched::drop, folder.path() / "mask", "0123456789abcdef"};
  want.plan.rules = {
      {.name = "busy hours, r\u00e9gion 2",
       .when = "sip.Method == \"OPTIONS\"",
       .send = {{"far"}},
       .sample = 10,
       .limit = 100,
       .limit_by = "ip.src",
       .mask = {MaskUsers::hash, 0, true, true, true, true},
       .node_suffix = "-lab",
       .group = "core",
       .count = "options",
       .log = true,
       .scope = RuleScope::dialog,
       .next = RuleNext::go_on},
      {.name = "rule 2", .drop = true, .scope = RuleScope::call, .next = RuleNext::stop},
      {.name = "rule 3", .send = {{"far"}}, .mask = {MaskUsers::keep, 3}}};
  want.security = {"tap_2", SeccompMode::log, false};
  want.http.listen = HostPort{"::1", 80};
  want.log = {LogLevel::debug};
  CHECK(*outcome.settings == want);
}

TEST_CASE("a collector of which only the url is given has the defaults") {
  CollectorSettings want;
  want.name = "tcp://127.0.0.1:9060";
  want.url = {CollectorCarrier::tcp, "127.0.0.1", 9060};
  CHECK(settings_of("collectors:\n  - url: tcp://127.0.0.1:9060\n").collectors ==
        std::vector{want});
}

TEST_CASE("the example is right as it is, and shows the defaults") {
  const Outcome outcome = load(example_file);
  CHECK(outcome.errors == Lines{});
  CHECK(outcome.warnings == Lines{});
  REQUIRE(outcome.settings);

  Settings want;
  want.collectors.resize(1);
  want.collectors[0].name = "homer";
  want.collectors[0].url = {CollectorCarrier::tcp, "127.0.0.1", 9060};
  want.interfaces.resize(1);
  want.interfaces[0].name = "eth1";
  CHECK(*outcome.settings == want);
}

TEST_CASE("the example has every option, and what it has commented out is right as well") {
  std::string text = with_comments_opened(read_file(example_file));
  std::set<std::string> in_example;
  collect_paths(parse_yaml(text), "", in_example);
  std::set<std::string> in_table;
  for (const Option& option : options()) {
    if (option.kind != OptionKind::list) in_table.emplace(option.path);
  }
  CHECK(in_example == in_table);

  constexpr std::string_view state = "/var/lib/heptap/";  // not everybody may write there
  std::size_t replaced = 0;
  for (auto at = text.find(state); at != std::string::npos; at = text.find(state)) {
    text.erase(at, state.size());
    ++replaced;
  }
  CHECK(replaced == 3);

  TempFolder folder;
  folder.write("mask.key", "0123456789abcdef\n");
  for (const char* name :
       {"auth.key", "ca.pem", "agent.pem", "agent.key", "plan.lua", "plan.cfg", "kafka.password"}) {
    folder.write(name, "x\n");
  }
  const Outcome both = load(folder.write("heptap.yaml", text));
  REQUIRE(both.errors.size() == 1);  // all but this can be written at a time
  CHECK(both.errors[0].find("plan.captagent: does not go with rules") != std::string::npos);
  const std::size_t captagent = text.find("captagent:");
  REQUIRE(captagent != std::string::npos);
  const std::string with_rules = std::string{text}.insert(captagent, "# ");
  const Outcome outcome = load(folder.write("heptap.yaml", with_rules));
  CHECK(outcome.errors == Lines{});
  CHECK(outcome.warnings == Lines{});
  REQUIRE(outcome.settings);
  CHECK(outcome.settings->collectors.size() == 4);
  CHECK(outcome.settings->collectors[2].kafka.secrets.at("sasl.password") == "x");
}

TEST_CASE("what only rules have is refused beside a plan in captagent's language") {
  TempFolder folder;
  folder.write("plan.cfg", "x\n");
  folder.write("plan.lua", "x\n");
  const Outcome outcome = load(folder.write(
      "heptap.yaml",
      "plan:\n  captagent: plan.cfg\n  unmatched: send\n  local: 192.0.2.0/24\n  lua: plan.lua\n"));
  REQUIRE(outcome.errors.size() == 3);
  CHECK(
      outcome.errors[0].find(":3:3: plan.unmatched: does nothing beside captagent, leave it out") !=
      std::string::npos);
  CHECK(outcome.errors[1].find(":4:3: plan.local: does nothing beside captagent, leave it out") !=
        std::string::npos);
  CHECK(outcome.errors[2].find(":5:3: plan.lua: does nothing beside captagent, leave it out") !=
        std::string::npos);
}

TEST_CASE("each broken file gives its own message, with line, column, key and what is valid") {
  const std::string url =
      "valid: udp://, tcp:// or tls:// and host:port; kafka://host:port,host:port/topic; pcapng:, "
      "jsonl: or console: and a path or -";
  const std::string listen = "valid: udp://, tcp:// or tls:// and address:port";
  const std::string prefixes =
      "valid: 1 to 64, as 192.0.2.0/24 or [192.0.2.0/24, \"2001:db8::/32\"]";
  const std::map<std::string, Lines> table{
      {"01-unknown-key.yaml", {"2:5: collectors[0].ur: unknown key, did you mean url?"}},
      {"02-unknown-section.yaml",
       {"3:1: metrics: unknown key, valid: node collectors dns spool state pools interfaces hep "
        "sip "
        "reassembly "
        "duplicates run replay calls link rtcp rtp vq kpi plan security http log"}},
      {"03-out-of-range.yaml",
       {"2:7: node.id: 5000000000 is out of range, valid: 0 to 4294967295"}},
      {"04-not-a-number.yaml",
       {"2:7: node.id: \"two thousand\" is not a whole number, valid: 0 to 4294967295"}},
      {"05-duplicate-key.yaml", {"4:3: node.id: is given twice, first in line 2"}},
      {"06-tab.yaml", {"2:1: a tab in the indentation, use spaces"}},
      {"07-flow-not-closed.yaml", {"2:1: a '[' list is not closed, look for a missing ']' before"}},
      {"08-top-level-list.yaml", {"1:1: the file is a list, a map of keys is needed"}},
      {"09-quote-not-closed.yaml", {"4:9: the quote is never closed"}},
      {"10-url-without-port.yaml",
       {"2:10: collectors[0].url: \"udp://homer.example.net\" has no port, valid: udp://, "
        "tcp:// or tls:// and host:port, as tcp://192.0.2.1:9060 or tcp://[2001:db8::1]:9060"}},
      {"11-url-missing.yaml", {"2:5: collectors[0].url: is missing, " + url}},
      {"12-tls-key-on-tcp.yaml",
       {"3:5: collectors[0].server_name: does nothing with a tcp:// url, only for tls://"}},
      {"13-certificate-without-key.yaml",
       {"3:5: collectors[0].certificate: is given without key, certificate and key belong "
        "together"}},
      {"14-duplicate-name.yaml",
       {"3:6: collectors[1].name: \"a\" is also the name of collectors[0], give each its own "
        "name"}},
      {"15-file-missing.yaml",
       {"3:9: collectors[0].ca: \"no-such-file.pem\" cannot be read: No such file or directory"}},
      {"16-duration-without-unit.yaml",
       {"2:9: replay.wait: \"30\" has no unit, valid: 500ms to 1h, as 500ms, 30s, 5m or 1h"}},
      {"17-size-unit.yaml",
       {"2:9: replay.ring: \"16MB\" has an unknown unit, valid: 1MiB to 1GiB, as 65536, 64KiB or "
        "16MiB"}},
      {"18-bad-word.yaml",
       {"2:10: log.level: \"verbose\" is not a word known here, valid: debug, info, warning or "
        "error"}},
      {"19-alias.yaml", {"1:7: anchors and aliases are not allowed, write the value out"}},
      {"20-name-too-long.yaml",
       {"2:9: node.name: \"edge-frankfurt-rack-12\" is 22 characters long, valid: 0 to 20 "
        "letters, digits, '.', '_' and '-'"}},
      {"21-speed-zero.yaml",
       {"2:10: replay.speed: 0 is out of range, valid: max, or a number from 0.001 to 1000000"}},
      {"22-map-expected.yaml", {"1:7: node: is a single value, a map of keys is needed"}},
      {"23-second-document.yaml",
       {"3:1: a second document starts here, only one may be in the file"}},
      {"24-no-port.yaml",
       {"2:17: sip.ports[1]: \"sips\" is neither a port nor a range of ports, " + valid_ports}},
      {"25-port-too-high.yaml",
       {"2:10: sip.ports: \"5060-70000\" has a port that cannot be, " + valid_ports}},
      {"26-ports-backwards.yaml",
       {"4:7: sip.ports[1]: \"5091-5080\" ends before it starts, " + valid_ports}},
      {"27-no-ports.yaml", {"2:10: sip.ports: is an empty list, " + valid_ports}},
      {"28-stream-larger-than-all.yaml",
       {"3:3: reassembly.stream_bytes: 4MiB is out of range, all streams together have "
        "streams_bytes, 2MiB"}},
      {"29-interface-twice.yaml",
       {"3:6: interfaces[1].name: \"eth1\" is also the name of interfaces[0], each packet would be "
        "captured twice"}},
      {"30-interface-without-name.yaml",
       {"2:5: interfaces[0].name: is missing, valid: 1 to 15 letters, digits, '.', '_' and '-'"}},
      {"31-listen-on-a-name.yaml",
       {"2:11: http.listen: \"localhost:19060\" has a name, an address is needed, valid: off, or "
        "address:port, as 127.0.0.1:19060 or \"[::1]:19060\""}},
      {"40-hep-on-a-name.yaml",
       {"2:13: hep[0].listen: \"udp://localhost:9060\" has a name, an address is needed, " +
        listen}},
      {"41-hep-without-listen.yaml", {"2:5: hep[0].listen: is missing, " + listen}},
      {"42-hep-tls-without-certificate.yaml",
       {"2:5: hep[0].certificate: is missing, tls:// needs certificate and key"}},
      {"43-hep-key-on-udp.yaml",
       {"3:5: hep[0].ca: does nothing with a udp:// url, only for tls://"}},
      {"44-hep-twice.yaml",
       {"3:5: hep[1].listen: \"udp://0.0.0.0:9060\" is also where hep[0] listens, each needs its "
        "own"}},
      {"45-hep-in-a-circle.yaml",
       {"2:5: collectors[0].url: is where hep[0] listens, each frame would be received and sent "
        "again for ever"}},
      {"46-hep-node.yaml",
       {"3:11: hep[0].node: \"replace\" is not a word known here, valid: keep or rewrite"}},
      {"50-carrier-bits.yaml",
       {"4:30: kpi.carriers[0].prefixes[1]: \"10.0.0.0/33\" has bits that are not 0 to 32, " +
        prefixes}},
      {"51-carrier-no-address.yaml",
       {"4:17: kpi.carriers[0].prefixes: \"sbc.example.net\" is neither an address nor a prefix of "
        "some, " +
        prefixes}},
      {"52-carrier-default.yaml",
       {"3:7: kpi.carriers[0].name: \"default\" is the carrier of all other addresses, give it "
        "another name"}},
      {"53-carrier-twice.yaml",
       {"5:7: kpi.carriers[1].name: \"a\" is also the name of kpi.carriers[0], one carrier has all "
        "its prefixes in one list"}},
      {"54-prefix-twice.yaml",
       {"6:7: kpi.carriers[1].prefixes: \"10.0.0.0/8\" is also of kpi.carriers[0], an address is "
        "of "
        "one carrier; within a prefix, a longer one may be of another"}},
      {"55-carrier-without-prefixes.yaml",
       {"3:7: kpi.carriers[0].prefixes: is missing, " + prefixes}},
      {"60-spool.yaml", {"2:14: spool.directory: \"60-spool.yaml\" is not a directory"}},
      {"61-spool.yaml",
       {"2:14: spool.directory: \"61-spool.yaml/in\" cannot be used: Not a "
        "directory"}},
      {"62-spool-size.yaml",
       {"2:9: spool.size: 1MiB is out of range, valid: 4MiB to 1TiB, as 65536, 64KiB or 16MiB"}},
      {"65-state-in-the-spool.yaml",
       {"4:3: state.directory: is also spool.directory, give each its own"}},
      {"63-spool-without-directory.yaml",
       {"3:5: collectors[0].spool: does nothing without spool.directory, that is where messages "
        "wait"}},
      {"64-spool-name-too-long.yaml",
       {"4:5: collectors[0].url: is too long to name a folder of the spool, give it a name"}},
      {"70-spool-of-files.yaml",
       {"3:5: collectors[0].spool: does nothing with a jsonl: url, only for udp://, tcp://, "
        "tls:// and kafka://"}},
      {"71-file-of-a-network.yaml",
       {"3:12: collectors[0].file.keep: does nothing with a udp:// url, only for pcapng:, jsonl: "
        "and console:"}},
      {"76-rate-limit-of-kafka.yaml",
       {"3:5: collectors[0].rate_limit: does nothing with a kafka:// url, only for udp://, tcp:// "
        "and tls://",
        "4:5: collectors[0].members: does nothing with a kafka:// url, only for udp://, tcp:// and "
        "tls://"}},
      {"72-file-of-standard-output.yaml",
       {"4:7: collectors[0].file.size: does nothing with an open descriptor, only for files"}},
      {"73-file-total.yaml",
       {"3:24: collectors[0].file.total: 1MiB is out of range, one file has file.size, 2MiB"}},
      {"74-file-twice.yaml",
       {"3:5: collectors[1].url: is also where collectors[0] writes, each needs its own"}},
      {"77-file-twice-by-other-names.yaml",
       {"3:5: collectors[1].url: is also where collectors[0] writes, each needs its own"}},
      {"78-bad-urls.yaml",
       {"2:10: collectors[0].url: \"kafka://b1:9092\" has no topic, valid: "
        "kafka://host:port,host:port/topic, the topic of 1 to 249 letters, digits, '.', '_' and "
        "'-'",
        "3:10: collectors[1].url: \"jsonl:/a/%Y/b\" has a % in the name of a folder, valid: "
        "pcapng:, jsonl: or console: and a path, whose last part alone may have %Y %m %d %H %M %S "
        "and %%, or -"}},
      {"75-listen-on-a-file.yaml",
       {"2:13: hep[0].listen: \"jsonl:-\" does not start with udp://, tcp:// or tls://, " +
        listen}},
  };

  std::set<std::string> in_folder;
  for (const auto& entry : fs::directory_iterator(broken_folder)) {
    in_folder.insert(entry.path().filename());
  }
  std::set<std::string> in_table;
  std::set<std::string> messages;
  for (const auto& [name, want] : table) {
    CAPTURE(name);
    in_table.insert(name);
    const Outcome outcome = load(broken_folder / name);
    CHECK(outcome.warnings == Lines{});
    Lines lines;
    for (const std::string& error : outcome.errors) {
      const std::string line = without(error, broken_folder.string() + "/");
      REQUIRE(line.starts_with(name + ":"));
      lines.push_back(line.substr(name.size() + 1));
      messages.insert(lines.back().substr(lines.back().find(' ')));
    }
    CHECK(lines == want);
  }
  CHECK(in_folder == in_table);
  CHECK(messages.size() >= 20);
  CHECK(messages.size() >= table.size());
}

TEST_CASE("all errors of a file are reported, in its order") {
  const Outcome outcome = parse(R"(log: {level: loud}
collectors:
  - name: a
    keepalive: 60
    url: udp://127.0.0.1:9060
    ca: no.pem
  - batch: no
    name: a
    nmae: b
  - url: udp://127.0.0.1:9060
    name: a
node: {id: -1}
)");
  CHECK_FALSE(outcome.settings);
  std::string all;
  for (const std::string& error : outcome.errors) all += "\n" + error;
  CHECK(all == R"(
t.yaml:1:14: log.level: "loud" is not a word known here, valid: debug, info, warning or error
t.yaml:4:5: collectors[0].keepalive: does nothing with a udp:// url, only for tcp:// and tls://
t.yaml:4:16: collectors[0].keepalive: "60" has no unit, valid: 1s to 1h, as 30s, 5m or 1h
t.yaml:6:5: collectors[0].ca: does nothing with a udp:// url, only for tls://
t.yaml:6:9: collectors[0].ca: "no.pem" cannot be read: No such file or directory
t.yaml:7:5: collectors[1].url: is missing, valid: udp://, tcp:// or tls:// and host:port; kafka://host:port,host:port/topic; pcapng:, jsonl: or console: and a path or -
t.yaml:7:12: collectors[1].batch: "no" is neither true nor false, valid: true or false
t.yaml:9:5: collectors[1].nmae: unknown key, did you mean name?
t.yaml:11:5: collectors[2].name: "a" is also the name of collectors[0], give each its own name
t.yaml:12:12: node.id: -1 is out of range, valid: 0 to 4294967295)");
}

TEST_CASE("a value of the wrong shape is refused") {
  struct Row {
    std::string_view text;
    std::string want;
  };
  const auto row = GENERATE(values<Row>({
      {"node: 7", "1:7: node: is a single value, a map of keys is needed"},
      {"node: [id]", "1:7: node: is a list, a map of keys is needed"},
      {"node: {id: [7]}", "1:12: node.id: is a list, valid: 0 to 4294967295"},
      {"node: {id: {x: 7}}", "1:12: node.id: is a map, valid: 0 to 4294967295"},
      {"node: {id: }", "1:8: node.id: has no value, valid: 0 to 4294967295"},
      {"node: {id: ''}", "1:12: node.id: has no value, valid: 0 to 4294967295"},
      {"collectors: {url: x}",
       "1:13: collectors: is a map, a list is needed, each item after a '-'"},
      {"collectors: tcp://h:1",
       "1:13: collectors: is a single value, a list is needed, each item after a '-'"},
      {"collectors: [tcp://h:1]",
       "1:14: collectors[0]: is a single value, a map of keys is needed"},
      {"collectors:\n  -\n", "2:3: collectors[0]: is nothing, a map of keys is needed"},
      {"sip: {ports: {first: 1}}", "1:14: sip.ports: is a map, " + valid_ports},
      {"sip: {ports: [[5060]]}", "1:15: sip.ports[0]: is a list, " + valid_ports},
      {"sip:\n  ports:\n  -\n", "3:3: sip.ports[0]: is nothing, " + valid_ports},
      {"sip: {ports: ['']}", "1:15: sip.ports[0]: has no value, " + valid_ports},
      {"sip: {ports: }", "1:7: sip.ports: has no value, " + valid_ports},
      {"sip: {detect: [ports]}", "1:15: sip.detect: is a list, valid: auto, any-port or ports"},
      {"collectors: [[a]]", "1:14: collectors[0]: is a list, a map of keys is needed"},
  }));
  CAPTURE(row.text);
  CHECK(parse(row.text).errors == Lines{"t.yaml:" + row.want});
}

TEST_CASE("a key that looks like a path of the table is unknown") {
  struct Row {
    std::string_view text;
    std::string want;
  };
  const std::string sections =
      "valid: node collectors dns spool state pools interfaces hep sip reassembly duplicates run "
      "replay calls link rtcp rtp vq kpi plan security http log";
  const auto row = GENERATE_COPY(values<Row>({
      {"node.id: 7", "1:1: node.id: unknown key, " + sections},
      {"\"collectors[]\": 7", "1:1: collectors[]: unknown key, did you mean collectors?"},
      {"\"collectors[].url\": 7", "1:1: collectors[].url: unknown key, " + sections},
      {"\"\": 7", "1:1: unknown key, " + sections},
      {"node: {\"\": 7}", "1:8: node.: unknown key, valid: id name auth_key_file"},
      {"node: {node: 7}", "1:8: node.node: unknown key, valid: id name auth_key_file"},
      {"\"\\e[2J\": 7", "1:1: \\x1b[2J: unknown key, " + sections},
  }));
  CAPTURE(row.text);
  CHECK(parse(row.text).errors == Lines{"t.yaml:" + row.want});
}

TEST_CASE("carriers have prefixes, one or a list, which may lie within one another") {
  const Settings settings = settings_of(R"(
kpi:
  carriers:
    - {name: a, prefixes: 10.0.0.0/8}
    - name: b
      prefixes: [10.1.0.0/16, "2001:db8::/32, 192.0.2.1"]
)");
  const auto& carriers = settings.kpi.carriers;
  REQUIRE(carriers.size() == 2);
  CHECK(carriers[0].name == "a");
  CHECK(carriers[0].prefixes.size() == 1);
  REQUIRE(carriers[1].prefixes.size() == 3);
  CHECK(to_string(carriers[1].prefixes[0]) == "10.1.0.0/16");
  CHECK(to_string(carriers[1].prefixes[1]) == "2001:db8::/32");
  CHECK(to_string(carriers[1].prefixes[2]) == "192.0.2.1/32");
}

TEST_CASE("more prefixes than a carrier may have are refused together") {
  std::string all;
  for (int i = 0; i < 65; ++i) all += (i == 0 ? "" : ", ") + std::to_string(i) + ".0.0.0/8";
  const Outcome outcome = parse("kpi: {carriers: [{name: a, prefixes: [" + all + "]}]}");
  REQUIRE(outcome.errors.size() == 1);
  CHECK_THAT(outcome.errors[0],
             Catch::Contains("kpi.carriers[0].prefixes: has 65 items, valid: 1 to 64"));
}

TEST_CASE("reports of RTP are a second apart or more, or there is one at the end") {
  CHECK(parse("rtp: {interval: 999ms}").errors ==
        Lines{"t.yaml:1:17: rtp.interval: \"999ms\" is not a whole number of seconds, "
              "valid: 0s to 1h, as 30s, 5m or 1h"});
  CHECK(settings_of("rtp: {interval: 0}").rtp.interval.count() == 0);
  CHECK(settings_of("rtp: {interval: 1s}").rtp.interval == std::chrono::seconds{1});
}

TEST_CASE("ports may be one, a range, or a list of both") {
  struct Row {
    std::string_view text;
    PortRanges want;
  };
  const auto row = GENERATE(values<Row>({
      {"sip: {ports: 5060}", {{5060, 5060}}},
      {"sip:\n  ports: \"5060-5091\"", {{5060, 5091}}},
      {"sip:\n  ports: 5060-5091", {{5060, 5091}}},
      {"sip:\n  ports: 5060, 5070-5080", {{5060, 5060}, {5070, 5080}}},
      {"sip: {ports: [5060, 5070-5080, 5091]}", {{5060, 5060}, {5070, 5080}, {5091, 5091}}},
      {"sip:\n  ports:\n  - 5070-5080\n  - 5060\n", {{5060, 5060}, {5070, 5080}}},
  }));
  CAPTURE(row.text);
  CHECK(settings_of(row.text).sip.ports == row.want);
}

TEST_CASE("headers that link may be one or a list") {
  struct Row {
    std::string text;
    HeaderNames want;
  };
  const auto row = GENERATE(values<Row>({
      {"link: X-CID", {"X-CID"}},
      {"link: P-Charging-Vector:icid-value", {"P-Charging-Vector:icid-value"}},
      {"link: X-CID, X-Leg", {"X-CID", "X-Leg"}},
      {"link:\n- X-CID\n- P-Charging-Vector:icid-value\n",
       {"X-CID", "P-Charging-Vector:icid-value"}},
  }));
  CAPTURE(row.text);
  CHECK(settings_of(row.text).link == row.want);
}

TEST_CASE("what cannot link is an error at its place") {
  const std::string valid = ", valid: 0 to 8, as X-CID or [X-CID, P-Charging-Vector:icid-value]";
  const auto [text, want] = GENERATE_COPY(values<std::pair<std::string, std::string>>({
      {"link: X CID", "1:7: link: \"X CID\" is neither a header nor a header:parameter" + valid},
      {"link:\n- X-CID\n- 'a:b:c'\n",
       "3:3: link[1]: \"a:b:c\" is neither a header nor a header:parameter" + valid},
      {"link: [X-CID, X-CID]", "1:7: link: \"X-CID,X-CID\" has a header twice" + valid},
      {"link: [a, b, c, d, e, f, g, h, i]", "1:7: link: has 9 items" + valid},
      {"link: {}", "1:7: link: is a map" + valid},
      {"link: [[X-CID]]", "1:8: link[0]: is a list" + valid},
      {"link: ''", "1:7: link: has no value" + valid},
  }));
  CHECK(parse(text).errors == Lines{"t.yaml:" + want});
}

TEST_CASE("who drops all RTCP has no use for that of no call") {
  CHECK(
      parse("rtcp: {send: false, unmatched: send}").errors ==
      Lines{"t.yaml:1:21: rtcp.unmatched: does nothing without rtcp.send, send: true sends RTCP"});
  CHECK(parse("rtcp: {send: false, unmatched: drop}").errors.empty());
  CHECK(parse("rtcp: {unmatched: send}").errors.empty());
}

TEST_CASE("every wrong item of a list of ports is reported, and none of it is stored") {
  CHECK(parse("sip: {ports: [sip, 5060, 0]}").errors ==
        Lines{"t.yaml:1:15: sip.ports[0]: \"sip\" is neither a port nor a range of ports, " +
                  valid_ports,
              "t.yaml:1:26: sip.ports[2]: \"0\" has a port that cannot be, " + valid_ports});
}

TEST_CASE("of a key that is given twice the first one counts") {
  const Outcome outcome = parse("node: {id: 1}\nlog: {level: info}\nnode: {id: x}\nnode:\n");
  CHECK(outcome.errors == Lines{"t.yaml:3:1: node: is given twice, first in line 1",
                                "t.yaml:4:1: node: is given twice, first in line 1"});
}

TEST_CASE("options of a connection or of TLS are refused where they do nothing") {
  struct Row {
    std::string_view url;
    std::string_view option;
    std::string want;  // empty: fine
  };
  const auto row = GENERATE(values<Row>({
      {"udp://h:1", "batch: true", ""},
      {"udp://h:1", "keepalive: 60s", "does nothing with a udp:// url, only for tcp:// and tls://"},
      {"udp://h:1", "resend_bytes: 0",
       "does nothing with a udp:// url, only for tcp:// and tls://"},
      {"udp://h:1", "verify: true", "does nothing with a udp:// url, only for tls://"},
      {"tcp://h:1", "keepalive: 60s", ""},
      {"tcp://h:1", "verify: false", "does nothing with a tcp:// url, only for tls://"},
      {"tls://h:1", "keepalive: 60s", ""},
      {"tls://h:1", "verify: true", ""},
  }));
  const std::string option{row.option};
  CAPTURE(row.url, option);
  const std::string key = "collectors[0]." + option.substr(0, option.find(':'));
  const Outcome outcome =
      parse("collectors: [{url: \"" + std::string{row.url} + "\",\n" + option + "}]\n");
  CHECK(outcome.errors ==
        (row.want.empty() ? Lines{} : Lines{"t.yaml:2:1: " + key + ": " + row.want}));
}

TEST_CASE("whoever captures judges the filters, and finds them by their place") {
  const auto check = [](const InterfaceSettings& interface) -> std::vector<ValueProblem> {
    if (interface.filter == "fine") return {};
    return {{interface.name + " is hidden", "", Severity::warning}, {"is wrong", "valid: fine"}};
  };
  const auto judged = [&](std::string_view text) {
    return outcome_of([&](auto& warnings) {
      return parse_settings(text, "t.yaml", warnings, {.filter = check});
    });
  };
  const Outcome outcome = judged(
      "interfaces:\n  - name: a\n  - {name: b, filter: fine}\n"
      "  - filter: wrong\n    name: c\n  - {name: d, snaplen: 0}\n");
  CHECK(outcome.warnings == Lines{"t.yaml:4:5: warning: interfaces[2].filter: c is hidden"});
  REQUIRE(outcome.errors.size() == 2);
  CHECK(outcome.errors[0] == "t.yaml:4:5: interfaces[2].filter: is wrong, valid: fine");
  CHECK(judged("interfaces: [{name: b, filter: fine}]").settings->interfaces[0].filter == "fine");
}

TEST_CASE("a key without its certificate is refused") {
  TempFolder folder;
  const auto key = folder.write("agent.key", "");
  const Outcome outcome = parse("collectors: [{url: \"tls://h:1\", key: " + key.string() + "}]\n");
  CHECK(outcome.errors == Lines{"t.yaml:1:33: collectors[0].key: is given without certificate, "
                                "certificate and key belong together"});
}

TEST_CASE("two collectors may not have one name, given or taken from the url") {
  CHECK(parse("collectors:\n- url: udp://h:1\n- url: udp://h:1\n").errors ==
        Lines{"t.yaml:3:3: collectors[1].url: \"udp://h:1\" is also the name of collectors[0], "
              "give each its own name"});
  CHECK(parse("collectors:\n- url: udp://h:1\n- {url: \"udp://h:1\", name: b}\n").errors ==
        Lines{});
}

TEST_CASE("there are at most 64 collectors") {
  const auto with_items = [](int count) {
    std::string text = "collectors:\n";
    for (int i = 1; i <= count; ++i) text += "- url: udp://h:" + std::to_string(i) + "\n";
    return text;
  };
  CHECK(settings_of(with_items(64)).collectors.size() == 64);
  CHECK(parse(with_items(65)).errors ==
        Lines{"t.yaml:2:1: collectors: has 65 items, valid: 0 to 64 items"});
}

TEST_CASE(
    "a suffix that could be of another agent's name is warned about where all have the same id") {
  const auto with_node = [](const std::string& node) {
    return parse(
        "collectors: [{name: a, url: \"udp://h:1\"}]\nhep: [{listen: \"udp://[::1]:9\"}]\n" + node +
        "plan:\n  rules:\n  - node_suffix: \"-2\"\n");
  };
  CHECK(with_node("node: {name: site}\n").warnings ==
        Lines{"t.yaml:6:5: warning: plan.rules[0].node_suffix: makes frames of another agent "
              "\"site-2\" look "
              "like ours, node.id tells them from ours, when each agent has its own"});
  CHECK(with_node("node: {name: site, id: 7}\n").warnings == Lines{});
  CHECK(with_node("node: {id: 7}\n").warnings == Lines{});
  CHECK(with_node("").warnings == Lines{});
}

TEST_CASE("a certificate that is not checked is warned about") {
  const Outcome outcome = parse("collectors:\n- url: tls://h:1\n  verify: false\n");
  CHECK(outcome.errors == Lines{});
  CHECK(outcome.warnings ==
        Lines{"t.yaml:3:3: warning: collectors[0].verify: the collector's certificate is not "
              "checked, anyone on the way can read and forge what is sent"});
  REQUIRE(outcome.settings);
  CHECK_FALSE(outcome.settings->collectors.at(0).verify);
}

TEST_CASE("warnings come behind those that are already there") {
  std::vector<ConfigProblem> warnings{{"other.yaml", 9, 9, "", "older", "", Severity::warning}};
  (void)parse_settings("collectors: [{url: \"tls://h:1\", verify: false}]", "t.yaml", warnings);
  REQUIRE(warnings.size() == 2);
  CHECK(warnings[0].file == "other.yaml");
  CHECK(warnings[1].file == "t.yaml");
}

TEST_CASE("keys that every user can read are warned about, even beside errors") {
  TempFolder folder;
  const std::string key = folder.write("agent.key", "", readable_by_all);
  const std::string secret = folder.write("auth.key", "hunter2\n", readable_by_all);
  folder.write("agent.pem", "");
  const auto file = folder.write("heptap.yaml", R"(collectors:
  - url: tls://h:1
    certificate: agent.pem
    key: agent.key
    verify: false
node:
  auth_key_file: auth.key
  id: x
)");
  const Outcome outcome = load(file);
  const std::string at = file.string() + ":";
  CHECK(outcome.warnings ==
        Lines{
            at + "4:10: warning: collectors[0].key: \"" + key +
                "\" can be read by every user, chmod o= takes that right away",
            at + "5:5: warning: collectors[0].verify: the collector's certificate is not checked, "
                 "anyone on the way can read and forge what is sent",
            at + "7:18: warning: node.auth_key_file: \"" + secret +
                "\" can be read by every user, chmod o= takes that right away",
        });
  CHECK(outcome.errors ==
        Lines{at + "8:7: node.id: \"x\" is not a whole number, valid: 0 to 4294967295"});
}

TEST_CASE("a secret is never in a message") {
  const auto content =
      GENERATE(as<std::string>{}, "hunter2", "hunter2\"", "hunter2\nhunter2", "hunter2\xff");
  TempFolder folder;
  folder.write("auth.key", content, readable_by_all);
  const Outcome outcome =
      load(folder.write("heptap.yaml", "node: {auth_key_file: auth.key, id: x}\n"));
  CHECK(outcome.errors.size() + outcome.warnings.size() == 2);
  for (const Lines& lines : {outcome.errors, outcome.warnings}) {
    for (const std::string& line : lines) CHECK(line.find("hunter") == std::string::npos);
  }
}

TEST_CASE("a file that cannot be read is unavailable, not invalid") {
  TempFolder folder;
  const std::map<fs::path, std::string> reasons{
      {folder.path() / "no.yaml", "No such file or directory"},
      {folder.path(), "Is a directory"},
      {folder.path() / "no" / "no.yaml", "No such file or directory"},
  };
  for (const auto& [file, why] : reasons) {
    CAPTURE(file);
    std::vector<ConfigProblem> warnings;
    try {
      (void)load_settings(file, warnings);
      FAIL("was read");
    } catch (const ConfigError& error) {
      CHECK(error.reason() == ConfigError::Reason::unavailable);
      CHECK(error.what() == file.string() + ": cannot be read: " + why);
    }
  }
}

TEST_CASE("a file larger than 1 MiB is refused") {
  TempFolder folder;
  const auto file = folder.write("heptap.yaml", std::string(yaml_max_bytes + 10, '\n'));
  CHECK(load(file).errors == Lines{file.string() + ":1:1: the file is larger than 1 MiB"});
}

TEST_CASE("at most 100 errors are shown, and how many more there are") {
  std::string text;
  for (int i = 0; i < 150; ++i) text += "x" + std::to_string(i) + ": 1\n";
  const Lines errors = parse(text).errors;
  REQUIRE(errors.size() == 101);
  CHECK(errors[99].starts_with("t.yaml:100:1: x99: unknown key"));
  CHECK(errors[100] == "t.yaml:101:1: from here on, 50 more errors");
}

TEST_CASE("any beside another interface is warned of") {
  std::vector<ConfigProblem> warnings;
  (void)parse_settings("interfaces: [{name: any}]\n", "heptap.yaml", warnings);
  CHECK(warnings.empty());
  (void)parse_settings("interfaces: [{name: lo}, {name: any}]\n", "heptap.yaml", warnings);
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0].key == "interfaces[1].name");
}

TEST_CASE("properties of librdkafka are given by name, and secrets only in files") {
  TempFolder folder;
  folder.write("password", "se\"cret\n");
  const auto file = folder.write("heptap.yaml", R"(
collectors:
  - url: kafka://b1:9092,b2:9093/sip
    kafka: {format: json, key: none, buffer: 2MiB, properties: {linger.ms: 20},
            secret_files: {sasl.password: password}}
)");
  const Outcome outcome = load(file);
  CHECK(outcome.errors == Lines{});
  REQUIRE(outcome.settings);
  const CollectorSettings& one = outcome.settings->collectors[0];
  CHECK(one.name == "kafka://b1:9092,b2:9093/sip");
  CHECK(one.kafka == KafkaSettings{KafkaFormat::json,
                                   KafkaKey::none,
                                   2U << 20U,
                                   {{"linger.ms", "20"}},
                                   {{"sasl.password", "se\"cret"}}});
}

TEST_CASE("what is wrong with a property is said at its line, and no secret is quoted") {
  TempFolder folder;
  const auto file = folder.write("heptap.yaml", R"(
collectors:
  - url: kafka://b1:9092/sip
    kafka:
      properties:
        linger.ms: soon
        sasl.password: topsecret
        debug: [all]
      secret_files: {ssl.key.password: nowhere}
  - {url: 'tcp://h:1', kafka: {format: json}}
  - {url: 'kafka://h:1/t', keepalive: 1s, verify: true}
)");
  std::vector<ConfigProblem> warnings;
  ConfigChecks checks;
  checks.property = [](const std::string& name, const std::string& value) {
    return name == "linger.ms" ? "is not " + value : std::string();
  };
  std::string all;
  try {
    (void)load_settings(file, warnings, checks);
  } catch (const ConfigError& error) {
    all = error.what();
  }
  for (const char* const part :
       {":6:9: collectors[0].kafka.properties.linger.ms: is not soon",
        ":7:9: collectors[0].kafka.properties.sasl.password: is a secret",
        ":8:16: collectors[0].kafka.properties.debug: is a list",
        ":9:40: collectors[0].kafka.secret_files.ssl.key.password: ",
        ":10:32: collectors[1].kafka.format: does nothing with a tcp:// url, only for kafka://",
        ":11:28: collectors[2].keepalive: does nothing with a kafka:// url",
        ":11:43: collectors[2].verify: does nothing with a kafka:// url"}) {
    CHECK_THAT(all, Catch::Contains(part));
  }
  CHECK_THAT(all, !Catch::Contains("topsecret"));
}
