#include "config/url.hpp"

#include <algorithm>
#include <array>

#include "config/host_port.hpp"
#include "config/text.hpp"

namespace heptap {
namespace {

constexpr std::array<std::string_view, 6> carriers{"udp",    "tcp",   "tls",
                                                   "pcapng", "jsonl", "console"};
constexpr std::size_t max_path_bytes = 4096;
constexpr std::size_t max_name_bytes =
    200;  // a time, a number and .zst come to it, and 255 is the most

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

std::string fault_of_path(std::string_view path) {
  if (path == "-") return "";
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
  std::string problem = fault_of_path(path);
  if (problem.empty()) url = {carrier, "", 0, std::string{path}};
  return problem;
}

}  // namespace

std::string_view to_string(CollectorCarrier carrier) noexcept {
  return carriers[static_cast<std::size_t>(carrier)];
}

std::string parse_collector_url(std::string_view in, CollectorUrl& url, std::uint16_t least_port) {
  constexpr auto unknown = "does not start with udp://, tcp:// or tls://";
  const auto mark = in.find(':');
  if (mark == std::string_view::npos) return unknown;
  const auto found = std::find(carriers.begin(), carriers.end(), in.substr(0, mark));
  if (found == carriers.end()) return unknown;
  const auto carrier = static_cast<CollectorCarrier>(found - carriers.begin());
  if (is_file(carrier)) return parse_file(carrier, in.substr(mark + 1), url);
  if (!in.substr(mark).starts_with("://")) return unknown;

  HostPort where;
  std::string problem = parse_host_port(in.substr(mark + 3), where, least_port);
  if (!problem.empty()) return problem;
  url = {carrier, where.host, where.port};
  return "";
}

std::string to_string(const CollectorUrl& url) {
  if (is_file(url.carrier)) return std::string{to_string(url.carrier)} + ':' + url.path;
  return std::string{to_string(url.carrier)} + "://" + to_string(HostPort{url.host, url.port});
}

}  // namespace heptap
