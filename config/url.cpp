#include "config/url.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "config/host_port.hpp"
#include "config/text.hpp"

namespace heptap {
namespace {

constexpr std::string_view descriptors = "/dev/fd/";

constexpr std::array<std::string_view, 7> carriers{"udp",    "tcp",   "tls",    "kafka",
                                                   "pcapng", "jsonl", "console"};
constexpr std::size_t max_topic_size = 249;
constexpr std::size_t max_path_bytes = 4096;
constexpr std::size_t max_name_bytes = 200;  // of 255: a time, a number and .zst come to it

// gives     the carrier whose word comes before the first colon; nothing: there is none
std::optional<CollectorCarrier> carrier_of(std::string_view in) noexcept {
  const auto colon = in.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto* const found = std::find(carriers.begin(), carriers.end(), in.substr(0, colon));
  if (found == carriers.end()) return std::nullopt;
  const auto carrier = static_cast<CollectorCarrier>(found - carriers.begin());
  const bool is_whole = is_file(carrier) || in.substr(colon).starts_with("://");
  return is_whole ? std::optional(carrier) : std::nullopt;
}

// gives     what is behind the carrier and its colon, or "://"
std::string_view without_carrier(std::string_view in, CollectorCarrier carrier) noexcept {
  return in.substr(in.find(':') + (is_file(carrier) ? 1 : 3));
}

bool is_topic_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
         c == '_' || c == '-';
}

bool is_topic(std::string_view name) {
  return name.size() <= max_topic_size && std::all_of(name.begin(), name.end(), is_topic_char) &&
         name != "." && name != "..";
}

// "b1:9092,b2:9092/topic"
std::string parse_topic(std::string_view in, CollectorUrl& url) {
  const auto slash = in.find('/');
  if (slash == std::string_view::npos || slash + 1 == in.size()) return "has no topic";
  if (!is_topic(in.substr(slash + 1))) return "has a bad topic";
  std::vector<HostPort> brokers;
  std::string_view rest = in.substr(0, slash);
  for (bool is_last = false; !is_last;) {
    const auto comma = rest.find(',');
    is_last = comma == std::string_view::npos;
    std::string problem = parse_host_port(rest.substr(0, comma), brokers.emplace_back());
    if (!problem.empty()) return problem;
    if (!is_last) rest.remove_prefix(comma + 1);
  }
  url = {CollectorCarrier::kafka, brokers.front().host, brokers.front().port, brokers,
         std::string{in.substr(slash + 1)}};
  return "";
}

std::string fault_of_name(std::string_view name) {
  if (name.empty() || name == "." || name == "..") return "names no file";
  if (name.size() > max_name_bytes) return "has a name that is too long";
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] != '%') continue;
    const bool is_known = i + 1 < name.size() &&
                          std::string_view("YmdHMS%").find(name[i + 1]) != std::string_view::npos;
    if (!is_known) return "has a % that is none of %Y %m %d %H %M %S %%";
    ++i;
  }
  return "";
}

// One form for each name of an open descriptor: these are no files that others could follow.
std::string path_of(std::string_view text) {
  constexpr std::string_view own = "/proc/self/fd/";
  std::string path{text};
  if (text == "/dev/stdout") path = std::string{descriptors} + '1';
  if (text == "/dev/stderr") path = std::string{descriptors} + '2';
  if (text.starts_with(own)) path = std::string{descriptors}.append(text.substr(own.size()));
  return path == std::string{descriptors} + '1' ? "-" : path;
}

std::string fault_of_path(std::string_view path) {
  if (path == "-") return "";
  if (is_descriptor(path)) {
    const auto number = path.substr(descriptors.size());
    const bool is_number = number.find_first_not_of("0123456789") == std::string_view::npos;
    const bool is_plain = number.size() == 1 || !number.starts_with('0');  // has one spelling
    const bool names_one = is_number && is_plain && !number.empty() && number.size() <= 6;
    return names_one ? "" : "names no open descriptor";
  }
  if (path.size() > max_path_bytes) return "is too long";
  if (!is_printable(path)) return "has a character that is not allowed";
  const auto slash = path.rfind('/');
  const bool has_folder = slash != std::string_view::npos;
  if (has_folder && path.substr(0, slash).find('%') != std::string_view::npos) {
    return "has a % in the name of a folder";
  }
  return fault_of_name(has_folder ? path.substr(slash + 1) : path);
}

std::string parse_file(CollectorCarrier carrier, std::string_view path, CollectorUrl& url) {
  std::string normal = path_of(path);
  std::string problem = fault_of_path(normal);
  if (problem.empty()) url = {.carrier = carrier, .host = "", .path = std::move(normal)};
  return problem;
}

std::string parse_place(CollectorCarrier carrier, std::string_view in, std::uint16_t least_port,
                        CollectorUrl& url) {
  HostPort where;
  std::string problem = parse_host_port(in, where, least_port);
  if (problem.empty()) url = {carrier, where.host, where.port};
  return problem;
}

}  // namespace

bool is_descriptor(std::string_view path) noexcept { return path.starts_with(descriptors); }

std::string_view to_string(CollectorCarrier carrier) noexcept {
  return carriers[static_cast<std::size_t>(carrier)];
}

std::string parse_collector_url(std::string_view in, CollectorUrl& url) {
  const auto carrier = carrier_of(in);
  if (!carrier) return "is no url of a collector";
  const std::string_view rest = without_carrier(in, *carrier);
  if (is_file(*carrier)) return parse_file(*carrier, rest, url);
  if (*carrier == CollectorCarrier::kafka) return parse_topic(rest, url);
  return parse_place(*carrier, rest, 1, url);
}

std::string parse_listen_url(std::string_view in, CollectorUrl& url) {
  const auto carrier = carrier_of(in);
  const bool may_listen = carrier && !is_file(*carrier) && *carrier != CollectorCarrier::kafka;
  if (!may_listen) return "does not start with udp://, tcp:// or tls://";
  return parse_place(*carrier, without_carrier(in, *carrier), 0, url);
}

std::string_view valid_collector_url(std::string_view in) noexcept {
  const auto carrier = carrier_of(in);
  if (!carrier) {
    return "udp://, tcp:// or tls:// and host:port; kafka://host:port,host:port/topic; pcapng:, "
           "jsonl: or console: and a path or -";
  }
  if (is_file(*carrier)) {
    return "pcapng:, jsonl: or console: and a path, whose last part alone may have %Y %m %d %H %M "
           "%S and %%, or -";
  }
  if (*carrier == CollectorCarrier::kafka) {
    return "kafka://host:port,host:port/topic, the topic of 1 to 249 letters, digits, '.', '_' "
           "and '-'";
  }
  return "udp://, tcp:// or tls:// and host:port, as tcp://192.0.2.1:9060 or "
         "tcp://[2001:db8::1]:9060";
}

std::string to_string(const CollectorUrl& url) {
  if (is_file(url.carrier)) return std::string{to_string(url.carrier)} + ':' + url.path;
  const std::string start = std::string{to_string(url.carrier)} + "://";
  if (url.carrier != CollectorCarrier::kafka) {
    return start + to_string(HostPort{url.host, url.port});
  }
  std::string all;
  for (const HostPort& one : url.brokers) all.append(all.empty() ? "" : ",").append(to_string(one));
  return start + all + "/" + url.topic;
}

}  // namespace heptap
