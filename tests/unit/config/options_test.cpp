#include "config/options.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "config/values.hpp"
#include "tests/support/temp_folder.hpp"

using namespace heptap;

namespace {

// Whether the place of an option holds nothing when no one has stored there.
bool is_unset(const Slot& slot) {
  if (const auto* text = std::get_if<std::string*>(&slot)) return (*text)->empty();
  if (const auto* path = std::get_if<std::filesystem::path*>(&slot)) return (*path)->empty();
  if (const auto* secret = std::get_if<SecretSlot>(&slot)) {
    return secret->path->empty() && secret->content->empty();
  }
  return false;
}

}  // namespace

TEST_CASE("the defaults of the table are those of the settings") {
  Settings settings;
  CollectorSettings collector;
  InterfaceSettings interface;
  HepSettings hep;
  CarrierSettings carrier;
  OptionTarget to{settings, &collector, &interface, &hep, &carrier};
  for (const Option& option : options()) {
    CAPTURE(option.path);
    if (option.kind == OptionKind::list || option.required) {
      CHECK(option.fallback.empty());
    } else if (option.fallback.empty()) {
      CHECK(is_unset(option.slot(to)));
    } else {
      CHECK_FALSE(store_value(option, option.fallback, {}, to));
    }
  }
  CHECK(settings == Settings{});
  CHECK(collector == CollectorSettings{});
  CHECK(interface == InterfaceSettings{});
  CHECK(hep == HepSettings{});
  CHECK(carrier == CarrierSettings{});
}

TEST_CASE("each option has a path of its own and can be found by it") {
  std::set<std::string_view> paths;
  for (const Option& option : options()) {
    CAPTURE(option.path);
    CHECK(paths.insert(option.path).second);
    CHECK(find_option(option.path) == &option);
  }
  CHECK(find_option("node") == nullptr);
  CHECK(find_option("") == nullptr);
}

TEST_CASE("each option stores to a place of its own") {
  Settings settings;
  CollectorSettings collector;
  InterfaceSettings interface;
  HepSettings hep;
  CarrierSettings carrier;
  OptionTarget to{settings, &collector, &interface, &hep, &carrier};
  std::set<const void*> places;
  for (const Option& option : options()) {
    if (option.kind == OptionKind::list) continue;
    CAPTURE(option.path);
    const Slot slot = option.slot(to);
    if (std::holds_alternative<SecretSlot>(slot)) continue;
    const void* const place = std::visit(
        [](auto part) -> const void* {
          if constexpr (std::is_pointer_v<decltype(part)>) {
            return part;
          } else {
            return nullptr;
          }
        },
        slot);
    REQUIRE(place != nullptr);
    CHECK(places.insert(place).second);
  }
}

TEST_CASE("a help text is one line that a table of the reference can hold") {
  for (const Option& option : options()) {
    CAPTURE(option.path);
    CHECK_FALSE(option.help.empty());
    CHECK(option.help.find_first_of("|\n") == std::string_view::npos);
  }
}

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
      {"collectors[].url", "udp://, tcp:// or tls:// and host:port"},
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

TEST_CASE("config/REFERENCE.md is made from the table") {
  CHECK(reference_markdown() == test::read_file(HEPTAP_SOURCE_DIR "/config/REFERENCE.md"));
}
