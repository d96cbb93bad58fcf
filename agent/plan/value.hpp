#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "proto/net/address.hpp"

namespace heptap {

/// What values of a field are, and what they are compared with.
enum class ValueType : std::uint8_t {
  protocol,  ///< it is there, or not; its bytes can be searched
  flag,
  number,
  real,
  text,
  ipv4,
  ipv6,
  ether,  ///< a MAC address: its six octets, as text
};

/// gives     as an error names it: "number", "IPv4 address"
[[nodiscard]] std::string_view to_string(ValueType type) noexcept;

/// One value of a field; which member it is, the field's type says.
/// lifetime  text and addresses are those of the message
class Value {
 public:
  Value() noexcept : content_{.number = 0} {}
  [[nodiscard]] static Value of_number(std::uint64_t number) noexcept {
    Value value;
    value.content_.number = number;
    return value;
  }
  [[nodiscard]] static Value of_real(double real) noexcept {
    Value value;
    value.content_.real = real;
    return value;
  }
  [[nodiscard]] static Value of_text(std::string_view text) noexcept {
    Value value;
    value.content_.text = text.data();
    value.size_ = text.size();
    return value;
  }
  [[nodiscard]] static Value of_address(const IpAddress& address) noexcept {
    Value value;
    value.content_.address = &address;
    return value;
  }

  /// flag, number
  [[nodiscard]] std::uint64_t number() const noexcept { return content_.number; }
  [[nodiscard]] double real() const noexcept { return content_.real; }
  [[nodiscard]] std::string_view text() const noexcept { return {content_.text, size_}; }
  [[nodiscard]] const IpAddress& address() const noexcept { return *content_.address; }

 private:
  union Content {
    std::uint64_t number;
    double real;
    const char* text;
    const IpAddress* address;
  };

  Content content_;
  std::size_t size_ = 0;
};

}  // namespace heptap
