#include "config/valid_values.hpp"

#include <catch2/catch.hpp>

using namespace heptap;

TEST_CASE("valid values are said with their range") {
  struct Row {
    std::string_view path;
    std::string_view want;
  };
  const auto row = GENERATE(values<Row>({
      {"node.id", "0 to 4294967295"},
      {"node.name", "0 to 20 letters, digits, '.', '_' and '-'"},
      {"node.auth_key_file", "a readable file of 1 to 255 bytes"},
      {"collectors", "0 to 64 items"},
      {"collectors[].url",
       "udp://, tcp:// or tls:// and host:port; kafka://host:port,host:port/topic; pcapng:, jsonl: "
       "or "
       "console: and a path or -"},
      {"collectors[].kafka.properties", "1 to 64 names with their values"},
      {"collectors[].kafka.secret_files", "1 to 16 names with files"},
      {"collectors[].ca", "a readable file"},
      {"collectors[].key", "a readable file"},
      {"collectors[].verify", "true or false"},
      {"hep", "0 to 16 items"},
      {"hep[].listen", "udp://, tcp:// or tls:// and address:port"},
      {"hep[].node", "keep or rewrite"},
      {"sip.ports", "1 to 65535, as 5060, 5060-5091 or [5060, 5070-5080]"},
      {"sip.detect", "auto, any-port or ports"},
      {"reassembly.stream_bytes", "1280KiB to 64MiB, as 65536, 64KiB or 16MiB"},
      {"duplicates.window", "0s to 100ms, as 5ms"},
      {"replay.ring", "1MiB to 1GiB, as 65536, 64KiB or 16MiB"},
      {"replay.wait", "500ms to 1h, as 500ms, 30s, 5m or 1h"},
      {"calls.max_age", "1s to 168h, as 30s, 5m or 1h"},
      {"kpi.carriers[].prefixes", "1 to 64, as 192.0.2.0/24 or [192.0.2.0/24, \"2001:db8::/32\"]"},
      {"http.listen", "off, or address:port, as 127.0.0.1:19060 or \"[::1]:19060\""},
      {"replay.speed", "max, or a number from 0.001 to 1000000"},
      {"replay.time", "original or now"},
      {"link", "0 to 8, as X-CID or [X-CID, P-Charging-Vector:icid-value]"},
      {"rtcp.unmatched", "drop or send"},
      {"plan.rules[].name", "1 to 64 characters"},
      {"plan.rules[].send", "1 to 64, as homer or [homer, lab]"},
      {"plan.rules[].sample", "1/1 to 1/1000000"},
      {"plan.rules[].when",
       "1 to 16384 characters, as Wireshark takes them: sip.Method == \"INVITE\""},
      {"security.user", "1 to 32 letters, digits, '.', '_' and '-'"},
      {"security.seccomp", "off, log or on"},
      {"security.reopen", "true or false"},
      {"log.level", "debug, info, warning or error"},
  }));
  CAPTURE(row.path);
  const Option* const option = find_option(row.path);
  REQUIRE(option != nullptr);
  CHECK(valid_values(*option) == row.want);
}
