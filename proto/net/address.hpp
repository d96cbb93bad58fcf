#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "proto/bytes.hpp"
#include "proto/hash.hpp"

namespace heptap {

enum class IpFamily : std::uint8_t { v4, v6 };

/// An IPv4 or IPv6 address in network byte order. An IPv4 address fills the first four octets; the
/// rest are zero, so that addresses compare and hash as 17 plain bytes.
struct IpAddress {
  std::array<std::uint8_t, 16> octets{};
  IpFamily family = IpFamily::v4;

  /// in        4 octets: IPv4; 16 octets: IPv6; any other count gives 0.0.0.0
  [[nodiscard]] static IpAddress from(Bytes in) noexcept {
    IpAddress out;
    out.assign(in);
    return out;
  }
  /// The same in place. An IPv4 address is written as all sixteen octets at once: on the packet path
  /// it is copied a moment later, and what was written in pieces is not read in one before all
  /// earlier writes are through.
  void assign(Bytes in) noexcept {
    using Words [[gnu::vector_size(16)]] = std::uint32_t;
    Words words{};
    family = in.size() == 16 ? IpFamily::v6 : IpFamily::v4;
    if (in.size() == 4) {
      std::uint32_t word = 0;
      std::memcpy(&word, in.data(), 4);
      words = Words{word, 0, 0, 0};
    } else if (in.size() == 16) {
      std::memcpy(&words, in.data(), 16);
    }
    std::memcpy(octets.data(), &words, 16);
  }

  [[nodiscard]] Bytes bytes() const noexcept {
    return Bytes{octets}.first(family == IpFamily::v4 ? 4 : 16);
  }

  friend bool operator==(const IpAddress&, const IpAddress&) = default;
};

/// gives     a keyed hash of both; which comes first matters
[[nodiscard]] inline std::uint64_t hash_addresses(const IpAddress& from, const IpAddress& to,
                                                  std::uint64_t seed) noexcept {
  using namespace hash_parts;
  const auto half = [](const IpAddress& address, std::size_t offset) {
    return load(address.octets.data() + offset, 8);
  };
  // Something of the secret is in each factor, another thing in each: nobody can choose addresses
  // that make one of them 0, or both products the same.
  const std::uint64_t family = static_cast<std::uint64_t>(from.family);
  return fold(half(from, 0) ^ seed, half(from, 8) ^ std::rotl(seed, 32) ^ key_a ^ family) ^
         fold(half(to, 0) ^ std::rotl(seed, 16) ^ key_b, half(to, 8) ^ std::rotl(seed, 48));
}

/// The text of an address where nothing may be allocated.
class AddressText {
 public:
  /// gives     as to_string() below
  explicit AddressText(const IpAddress& address) noexcept;
  AddressText(const IpAddress& address, std::uint16_t port) noexcept;

  [[nodiscard]] std::string_view view() const noexcept { return {text_.data(), size_}; }

 private:
  void append_host(const IpAddress& address) noexcept;
  void append(char c) noexcept { text_[size_++] = c; }

  std::array<char, 64> text_{};
  std::size_t size_ = 0;
};

/// gives     "192.0.2.1" or the RFC 5952 form of an IPv6 address, without brackets
[[nodiscard]] std::string to_string(const IpAddress& address);

/// gives     "192.0.2.1:5060" or "[2001:db8::1]:5060"
[[nodiscard]] std::string to_string(const IpAddress& address, std::uint16_t port);

}  // namespace heptap
