#include "agent/plan/literal.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "config/text.hpp"

namespace heptap {
namespace {

constexpr std::int64_t max_expression_bytes = 1 << 20;  // a plan has many

[[noreturn]] void wrong(const Token& token, std::string message, std::string hint = {}) {
  throw ConditionError({token.offset, token.size, std::move(message), std::move(hint)});
}

[[noreturn]] void is_not(const Token& token, std::string_view what, std::string hint = {}) {
  wrong(token, "\"" + printable(token.text) + "\" is no " + std::string{what}, std::move(hint));
}

// As in C, and in binary.
bool read_number(std::string_view text, std::uint64_t& out) noexcept {
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    base = 16;
  } else if (text.starts_with("0b") || text.starts_with("0B")) {
    base = 2;
  } else if (text.size() > 1 && text.front() == '0') {
    base = 8;
  }
  if (base == 16 || base == 2) text.remove_prefix(2);
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, out, base);
  return error == std::errc{} && stop == end && !text.empty();
}

// What a person means with 400-499.
std::string range_hint(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const std::size_t hyphen = text.find('-');
  if (hyphen == std::string_view::npos || hyphen == 0 || hyphen + 1 == text.size()) return {};
  const std::string first{text.substr(0, hyphen)};
  const std::string last{text.substr(hyphen + 1)};
  const bool is_range = std::all_of(first.begin(), first.end(), is_digit) &&
                        std::all_of(last.begin(), last.end(), is_digit);
  return is_range ? "a range is written {" + first + ".." + last + "}" : "";
}

std::uint64_t number_of(const Token& token, const Field& field) {
  if (token.kind == TokenKind::character) return static_cast<unsigned char>(token.text.front());
  if (token.kind == TokenKind::quoted) {
    wrong(token, std::string{field.name} + " is a number and not text", "leave the quotes out");
  }
  std::uint64_t number = 0;
  if (!read_number(token.text, number)) is_not(token, "number", range_hint(token.text));
  if (number > field.most) {
    wrong(token, printable(token.text) + " is too large for " + std::string{field.name},
          "at most " + std::to_string(field.most));
  }
  return number;
}

std::uint64_t flag_of(const Token& token) {
  for (const auto* const word : {"true", "True", "TRUE", "1"}) {
    if (token.text == word) return 1;
  }
  for (const auto* const word : {"false", "False", "FALSE", "0"}) {
    if (token.text == word) return 0;
  }
  is_not(token, "flag", "true or false");
}

double real_of(const Token& token) {
  double real = 0;
  const char* const end = token.text.data() + token.text.size();
  const auto [stop, error] = std::from_chars(token.text.data(), end, real);
  const bool is_one = error == std::errc{} && stop == end && token.kind == TokenKind::word;
  if (!is_one || !std::isfinite(real)) is_not(token, "number");
  return real;
}

AddressPrefix address_of(const Token& token, bool is_v6) {
  AddressPrefixes prefixes;
  const bool is_one = token.text.find(',') == std::string::npos;
  const std::string fault = is_one ? parse_prefixes(token.text, prefixes) : "is a list";
  const std::string_view family = is_v6 ? "IPv6 address" : "IPv4 address";
  const bool has_bad_bits = fault.starts_with("has ");
  if (has_bad_bits) wrong(token, "\"" + printable(token.text) + "\" " + fault);
  if (!fault.empty() || prefixes.size() != 1) is_not(token, family);
  if (prefixes.front().is_v6 != is_v6) {
    is_not(token, family, is_v6 ? "IPv4 has the fields ip.*" : "IPv6 has the fields ipv6.*");
  }
  return prefixes.front();
}

// Octets of two hexadecimal digits, with colons, hyphens or dots between them, or nothing.
std::optional<std::string> read_bytes(std::string_view text) {
  constexpr std::string_view separators = ":-.";
  std::string bytes;
  for (std::string_view rest = text; !rest.empty();) {
    unsigned octet = 0;
    const auto digits = rest.substr(0, 2);
    const auto [stop, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), octet, 16);
    const bool is_octet = error == std::errc{} && stop == digits.data() + 2;
    if (!is_octet) return std::nullopt;
    bytes += static_cast<char>(octet);
    rest.remove_prefix(2);
    if (rest.size() > 2 && separators.find(rest.front()) != std::string_view::npos) {
      rest.remove_prefix(1);
    }
  }
  return bytes;
}

std::string bytes_of(const Token& token) {
  if (token.kind != TokenKind::word) return token.text;
  auto bytes = read_bytes(token.text);
  if (!bytes) is_not(token, "string of bytes", "text goes in \"quotes\"");
  return std::move(*bytes);
}

// As in Wireshark, a part of one can be searched for.
std::string ether_of(const Token& token, bool is_part) {
  constexpr std::size_t ether_bytes = 6;
  if (token.kind != TokenKind::word) is_not(token, "MAC address", "leave the quotes out");
  auto bytes = read_bytes(token.text);
  if (!bytes) is_not(token, "MAC address", "it is written 02:00:5e:10:00:01");
  if (is_part || bytes->size() == ether_bytes) return std::move(*bytes);
  const bool is_short = bytes->size() < ether_bytes;
  is_not(token, "MAC address", is_short ? "it has too few octets" : "it has too many octets");
}

}  // namespace

Literal literal_of(const Token& token, const Field& field, Comparison comparison) {
  const bool is_part = comparison == Comparison::contains;
  Literal literal;
  switch (field.type) {
    case ValueType::flag: literal.number = flag_of(token); break;
    case ValueType::number: literal.number = number_of(token, field); break;
    case ValueType::real: literal.real = real_of(token); break;
    case ValueType::protocol: literal.text = bytes_of(token); break;
    case ValueType::text: literal.text = token.text; break;
    case ValueType::ipv4: literal.address = address_of(token, false); break;
    case ValueType::ipv6: literal.address = address_of(token, true); break;
    case ValueType::ether: literal.text = ether_of(token, is_part); break;
  }
  return literal;
}

bool is_less(const Literal& a, const Literal& b, ValueType type) noexcept {
  switch (type) {
    case ValueType::flag:
    case ValueType::number: return a.number < b.number;
    case ValueType::real: return a.real < b.real;
    case ValueType::protocol:
    case ValueType::text:
    case ValueType::ether: return a.text < b.text;
    case ValueType::ipv4:
    case ValueType::ipv6: return a.address.octets < b.address.octets;
  }
  return false;
}

std::shared_ptr<const re2::RE2> expression_of(const Token& token) {
  if (token.kind != TokenKind::quoted) {
    wrong(token, "a regular expression is needed", "put it into \"quotes\"");
  }
  re2::RE2::Options options;
  options.set_encoding(re2::RE2::Options::EncodingLatin1);
  options.set_case_sensitive(false);
  options.set_log_errors(false);
  options.set_max_mem(max_expression_bytes);
  auto expression = std::make_shared<const re2::RE2>(token.text, options);
  if (!expression->ok()) {
    wrong(token, "\"" + printable(token.text) + "\" is no regular expression",
          printable(expression->error()));
  }
  if (expression->ProgramSize() > max_expression_steps) {
    wrong(token,
          "is too large an expression, of " + std::to_string(expression->ProgramSize()) + " steps",
          "at most " + std::to_string(max_expression_steps) +
              "; many texts are compared with in {…}, and repetitions as .{1,500} are many steps");
  }
  return expression;
}

}  // namespace heptap
