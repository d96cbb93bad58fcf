#include "config/options.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "config/values.hpp"

using namespace heptap;

namespace {

// Whether the place of an option holds nothing when no one has stored there.
bool is_unset(const Slot& slot) {
  if (const auto* text = std::get_if<std::string*>(&slot)) return (*text)->empty();
  if (const auto* path = std::get_if<std::filesystem::path*>(&slot)) return (*path)->empty();
  if (const auto* secret = std::get_if<ContentSlot>(&slot)) {
    return secret->path->empty() && secret->content->empty();
  }
  if (const auto* names = std::get_if<HeaderNames*>(&slot)) return (*names)->empty();
  if (const auto* texts = std::get_if<NamedTexts*>(&slot)) return (*texts)->empty();
  if (const auto* prefixes = std::get_if<AddressPrefixes*>(&slot)) return (*prefixes)->empty();
  if (const auto* servers = std::get_if<DnsServers*>(&slot)) return (*servers)->empty();
  if (const auto* list = std::get_if<std::optional<std::vector<std::string>>*>(&slot)) {
    return !(*list)->has_value();
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
  PlanRuleSettings rule;
  PoolSettings pool;
  OptionTarget to{settings, &collector, &interface, &hep, &carrier, &rule, &pool};
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
  CHECK(rule == PlanRuleSettings{});
  CHECK(pool == PoolSettings{});
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
  PlanRuleSettings rule;
  PoolSettings pool;
  OptionTarget to{settings, &collector, &interface, &hep, &carrier, &rule, &pool};
  std::set<const void*> places;
  for (const Option& option : options()) {
    if (option.kind == OptionKind::list) continue;
    CAPTURE(option.path);
    const Slot slot = option.slot(to);
    if (std::holds_alternative<ContentSlot>(slot)) continue;
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
