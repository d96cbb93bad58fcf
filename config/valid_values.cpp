#include "config/valid_values.hpp"

#include <array>
#include <vector>

#include "config/units.hpp"

namespace heptap {
namespace {

using Kind = OptionKind;

std::string either(std::span<const std::string_view> words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
    text += words[i];
  }
  return text;
}

// What a duration looks like; only lengths that may be written.
std::string duration_examples(const OptionRange& range) {
  struct Example {
    std::uint64_t milliseconds;
    std::string_view text;
  };
  constexpr std::array<Example, 5> all{
      {{5, "5ms"}, {500, "500ms"}, {30'000, "30s"}, {300'000, "5m"}, {3'600'000, "1h"}}};
  std::vector<std::string_view> valid;
  for (const Example& example : all) {
    const std::uint64_t value = example.milliseconds;
    const bool is_valid = value >= range.least && value <= range.most && value % range.step == 0;
    if (is_valid) valid.push_back(example.text);
  }
  return ", as " + either(valid);
}

}  // namespace

std::string_view type_name(OptionKind kind) noexcept {
  switch (kind) {
    case Kind::integer:
    case Kind::auto_integer: return "number";
    case Kind::size: return "size";
    case Kind::duration: return "duration";
    case Kind::flag: return "flag";
    case Kind::text: return "text";
    case Kind::label: return "label";
    case Kind::expression: return "expression";
    case Kind::condition: return "condition";
    case Kind::names: return "names";
    case Kind::sample: return "sample";
    case Kind::choice: return "word";
    case Kind::speed: return "speed";
    case Kind::ports: return "ports";
    case Kind::servers: return "addresses";
    case Kind::prefixes: return "prefixes";
    case Kind::headers: return "headers";
    case Kind::url:
    case Kind::listen_url: return "url";
    case Kind::listen: return "address";
    case Kind::file:
    case Kind::key_file:
    case Kind::secret_file:
    case Kind::script_file: return "file";
    case Kind::directory: return "directory";
    case Kind::texts:
    case Kind::secret_texts: return "map";
    case Kind::list: return "list";
  }
  return "?";
}

std::string valid_values(const Option& option) {
  const std::uint64_t least = option.range.least;
  const std::uint64_t most = option.range.most;
  std::string counts = std::to_string(least) + " to " + std::to_string(most);
  switch (option.kind) {
    case Kind::integer: return counts;
    case Kind::auto_integer: return "auto, or " + counts;
    case Kind::size:
      return size_text(least) + " to " + size_text(most) + ", as 65536, 64KiB or 16MiB";
    case Kind::duration:
      return duration_text(least) + " to " + duration_text(most) + duration_examples(option.range);
    case Kind::flag: return "true or false";
    case Kind::text: return counts + " letters, digits, '.', '_' and '-'";
    case Kind::label: return counts + " characters";
    case Kind::expression: return counts + " characters, as tcpdump takes them: \"udp port 5060\"";
    case Kind::condition:
      return counts + " characters, as Wireshark takes them: sip.Method == \"INVITE\"";
    case Kind::names: return counts + ", as homer or [homer, lab]";
    case Kind::sample: return "1/" + std::to_string(least) + " to 1/" + std::to_string(most);
    case Kind::choice: return either(option.words);
    case Kind::speed: return "max, or a number from 0.001 to 1000000";
    case Kind::ports: return counts + ", as 5060, 5060-5091 or [5060, 5070-5080]";
    case Kind::servers: return counts + ", as 192.0.2.53 or [192.0.2.53, \"127.0.0.1:5353\"]";
    case Kind::prefixes: return counts + ", as 192.0.2.0/24 or [192.0.2.0/24, \"2001:db8::/32\"]";
    case Kind::headers: return counts + ", as X-CID or [X-CID, P-Charging-Vector:icid-value]";
    case Kind::url: return std::string{valid_collector_url("")};
    case Kind::listen_url: return "udp://, tcp:// or tls:// and address:port";
    case Kind::listen: return "off, or address:port, as 127.0.0.1:19060 or \"[::1]:19060\"";
    case Kind::file:
    case Kind::key_file: return "a readable file";
    case Kind::secret_file:
    case Kind::script_file: return "a readable file of " + counts + " bytes";
    case Kind::directory: return "a directory, or a place where one can be made";
    case Kind::texts: return counts + " names with their values";
    case Kind::secret_texts: return counts + " names with files";
    case Kind::list: return counts + " items";
  }
  return "";
}

}  // namespace heptap
