#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "config/settings.hpp"

namespace heptap {

enum class OptionKind : std::uint8_t {
  integer,
  auto_integer,  ///< "auto" or a number
  size,          ///< bytes
  duration,      ///< stored in milliseconds or whole seconds
  flag,          ///< true or false
  text,          ///< letters, digits, '.', '_', '-'
  label,         ///< printable text, shown to people
  expression,    ///< any text; what it means is for somebody else
  condition,     ///< the same, in the language of Wireshark's display filters
  names,         ///< texts with commas between; in the file also as a list
  sample,        ///< "1/10"
  choice,        ///< one of a few words
  speed,         ///< "max" or a factor
  ports,         ///< ports and ranges of them; in the file also as a list
  servers,       ///< addresses, with or without a port; in the file also as a list
  prefixes,      ///< addresses with their number of bits; in the file also as a list
  headers,       ///< headers of SIP, or parameters in them; in the file also as a list
  url,           ///< udp://, tcp://, tls:// or kafka://, or files
  listen_url,    ///< udp://, tcp:// or tls://, of this machine: an address, not a name
  listen,        ///< an address and a port of this machine, or "off"
  file,          ///< a readable regular file
  key_file,      ///< a file with a private key
  secret_file,   ///< its content is the value
  script_file,   ///< the same, of any bytes
  directory,     ///< a folder, or where one can be made
  texts,         ///< a map of names to texts
  secret_texts,  ///< a map of names to files whose content is the text
  list,          ///< of maps
};

/// Bounds of a value, both included: counts, bytes, milliseconds, characters, ports, or items.
struct OptionRange {
  std::uint64_t least = 0;
  std::uint64_t most = 0;
  std::uint64_t step = 1;  ///< of a duration: what is kept of it, 1000 ms where that is seconds
};

/// With which urls an option of a collector or a HEP source does anything; with others it is an error.
enum class ForCarrier : std::uint8_t { any, endpoint, network, connection, tls, kafka, file };

/// Where values go while a file is read: `collector`, `interface`, `hep`, `carrier`, `rule` or `pool` is
/// the list item being read, or null.
struct OptionTarget {
  Settings& settings;
  CollectorSettings* collector = nullptr;
  InterfaceSettings* interface = nullptr;
  HepSettings* hep = nullptr;
  CarrierSettings* carrier = nullptr;
  PlanRuleSettings* rule = nullptr;
  PoolSettings* pool = nullptr;
};

/// A file that is read has two places: its path and its content.
struct ContentSlot {
  std::filesystem::path* path;
  std::string* content;
};

/// Where a value goes.
using Slot =
    std::variant<std::uint32_t*, std::uint64_t*, std::chrono::seconds*, std::chrono::milliseconds*,
                 bool*, std::string*, CollectorMembers*, KafkaFormat*, KafkaKey*, NamedTexts*,
                 PoolMode*, HepNode*, SipDetect*, ReplayTime*, RtcpUnmatched*, DtmfMode*,
                 PostDialDelay*, PlanUnmatched*, MaskUsers*, RuleScope*, RuleNext*, RuleOnError*,
                 FileCompress*, SeccompMode*, LogLevel*, std::optional<double>*,
                 std::optional<std::vector<std::string>>*, std::optional<std::uint32_t>*,
                 PortRanges*, HeaderNames*, AddressPrefixes*, DnsServers*, CollectorUrl*,
                 std::optional<HostPort>*, std::filesystem::path*, ContentSlot>;

/// One row of the table: all there is to know about an option. Reading, checking and the printed
/// reference all come from it. Only the defaults are in Settings as well; a test compares them.
struct Option {
  std::string_view path;  ///< "collectors[].url"; "[]" stands for an item of a list
  OptionKind kind;
  std::string_view fallback;  ///< the default as one would write it; empty: not set
  OptionRange range;
  std::string_view help;                  ///< one line
  Slot (*slot)(OptionTarget&) = nullptr;  ///< null for a list: its items have values, it has none
  ForCarrier carrier = ForCarrier::any;
  bool required = false;
  std::span<const std::string_view> words = {};  ///< of a choice, in the order of its enumerators
};

/// gives     every option, in the order of the reference; static storage
[[nodiscard]] std::span<const Option> options() noexcept;

/// gives     the option with this path in the table ("collectors[].url"); null: there is none
[[nodiscard]] const Option* find_option(std::string_view path) noexcept;

}  // namespace heptap
