#include "config/prefixes.hpp"

#include <arpa/inet.h>

#include <charconv>

#include "config/text.hpp"

namespace heptap {
namespace {

void clear_below(AddressPrefix& prefix) {
  for (std::size_t i = 0; i < prefix.octets.size(); ++i) {
    const std::size_t first = i * 8;
    if (prefix.bits >= first + 8) continue;
    const std::size_t kept = prefix.bits > first ? prefix.bits - first : 0;
    prefix.octets[i] = static_cast<std::uint8_t>(prefix.octets[i] & (0xff00U >> kept));
  }
}

bool parse_bits(std::string_view text, unsigned most, std::uint8_t& bits) {
  const auto* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, bits);
  return error == std::errc{} && stop == end && bits <= most;
}

std::string parse_prefix(std::string_view text, AddressPrefix& prefix) {
  const auto slash = text.find('/');
  const std::string address{text.substr(0, slash)};
  prefix.is_v6 = address.find(':') != std::string::npos;
  if (address.find('\0') != std::string::npos ||
      inet_pton(prefix.is_v6 ? AF_INET6 : AF_INET, address.c_str(), prefix.octets.data()) != 1) {
    return "is neither an address nor a prefix of some";
  }
  const unsigned most = prefix.is_v6 ? 128 : 32;
  prefix.bits = static_cast<std::uint8_t>(most);
  if (slash == std::string_view::npos) return {};
  if (!parse_bits(text.substr(slash + 1), most, prefix.bits)) {
    return "has bits that are not 0 to " + std::to_string(most);
  }
  clear_below(prefix);
  return {};
}

}  // namespace

std::string parse_prefixes(std::string_view in, AddressPrefixes& prefixes) {
  AddressPrefixes all;
  std::string fault =
      take_items(in, [&](std::string_view item) { return parse_prefix(item, all.emplace_back()); });
  if (fault.empty()) prefixes = std::move(all);
  return fault;
}

std::string to_string(const AddressPrefix& prefix) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(prefix.is_v6 ? AF_INET6 : AF_INET, prefix.octets.data(), text.data(), text.size());
  return std::string(text.data()) + "/" + std::to_string(prefix.bits);
}

}  // namespace heptap
