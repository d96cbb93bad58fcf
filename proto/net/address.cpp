#include "proto/net/address.hpp"

#include <arpa/inet.h>

#include <charconv>

namespace heptap {

AddressText::AddressText(const IpAddress& address) noexcept { append_host(address); }

AddressText::AddressText(const IpAddress& address, std::uint16_t port) noexcept {
  const bool has_brackets = address.family == IpFamily::v6;
  if (has_brackets) append('[');
  append_host(address);
  if (has_brackets) append(']');
  append(':');
  char* const end = text_.data() + text_.size();
  const auto result = std::to_chars(text_.data() + size_, end, port);
  size_ = static_cast<std::size_t>(result.ptr - text_.data());
}

void AddressText::append_host(const IpAddress& address) noexcept {
  const int family = address.family == IpFamily::v4 ? AF_INET : AF_INET6;
  char* const begin = text_.data() + size_;
  inet_ntop(family, address.octets.data(), begin, INET6_ADDRSTRLEN);
  size_ += std::string_view(begin).size();
}

std::string to_string(const IpAddress& address) { return std::string{AddressText{address}.view()}; }

std::string to_string(const IpAddress& address, std::uint16_t port) {
  return std::string{AddressText{address, port}.view()};
}

}  // namespace heptap
