// Where captagent compares the beginning of an address, a method or a name of its own by mistake, this does
// what was meant: 10.0.0.1 is not 10.0.0.10, and response_gt is not response.
#include "agent/plan/captagent_conditions.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <vector>

#include "agent/plan/field_groups.hpp"
#include "agent/plan/literal.hpp"
#include "config/text.hpp"

namespace heptap::captagent {
namespace {

// The methods of the registry of IANA.
constexpr std::array<std::string_view, 14> methods{
    "ACK",     "BYE",   "CANCEL",  "INFO",  "INVITE",   "MESSAGE",   "NOTIFY",
    "OPTIONS", "PRACK", "PUBLISH", "REFER", "REGISTER", "SUBSCRIBE", "UPDATE"};

Truth holds(const std::string& condition) { return {{}, parse_condition(condition)}; }

[[noreturn]] void is_no(const Argument& argument, std::string_view what, std::string hint = {}) {
  throw CaptagentError({argument.at,
                        "\"" + printable(argument.text) + "\" is no " + std::string{what},
                        std::move(hint)});
}

// For what a table does not have.
[[noreturn]] void is_no_row(const Argument& argument, std::string_view what,
                            const std::vector<std::string_view>& rows) {
  const std::string_view near = nearest(argument.text, rows);
  is_no(argument, what, near.empty() ? "" : "did you mean " + std::string{near} + "?");
}

std::string number(const Argument& argument, std::uint64_t most) {
  std::uint64_t value = 0;
  const char* const end = argument.text.data() + argument.text.size();
  const auto [stop, error] = std::from_chars(argument.text.data(), end, value);
  if (error != std::errc{} || stop != end) is_no(argument, "number");
  if (value > most) is_no(argument, "such number", "at most " + std::to_string(most));
  return std::to_string(value);
}

// Octets that others may follow: what captagent's users write for a network.
std::string network_of(std::string_view octets) {
  const auto count = std::count(octets.begin(), octets.end(), '.');
  if (!octets.ends_with('.') || count > 3) return std::string{octets};
  std::string out{octets.substr(0, octets.size() - 1)};
  for (auto i = count; i < 4; ++i) out += ".0";
  return out + "/" + std::to_string(8 * count);
}

// which     "src", "dst", "addr"
Truth address(const Argument& argument, std::string_view which) {
  AddressPrefixes prefixes;
  const std::string text = network_of(argument.text);
  const bool is_one = text.find(',') == std::string::npos;
  if (!is_one || !parse_prefixes(text, prefixes).empty()) {
    is_no(argument, "IP address", "a network is written 192.0.2.0/24 or 192.0.2.");
  }
  const AddressPrefix& prefix = prefixes.front();
  return holds((prefix.is_v6 ? "ipv6." : "ip.") + std::string{which} + " == " + to_string(prefix));
}

// which     "srcport", "dstport"
Truth port(const Argument& argument, std::string_view which, std::string_view comparison) {
  const std::string behind =
      "." + std::string{which} + " " + std::string{comparison} + " " + number(argument, 65'535);
  return holds("udp" + behind + " or tcp" + behind + " or sctp" + behind);
}

// Text that begins or ends so, which RE2 finds as it is.
Condition text_is(FieldRef field, const std::string& expression) {
  Condition out;
  out.test.field = std::move(field);
  out.test.comparison = Comparison::matches;
  out.test.expression =
      expression_of({.kind = heptap::TokenKind::quoted, .text = "(?-i)" + expression});
  return out;
}
Truth begins(FieldRef field, const std::string& text) {
  return {{}, text_is(std::move(field), "\\A" + re2::RE2::QuoteMeta(text))};
}
Truth ends(FieldRef field, const std::string& text) {
  return {{}, text_is(std::move(field), re2::RE2::QuoteMeta(text) + "\\z")};
}

FieldRef header(std::string name) { return {&plan_fields::any_header(), std::move(name)}; }

Truth method(const Argument& argument, std::string_view field) {
  const bool is_known = std::find(methods.begin(), methods.end(), argument.text) != methods.end();
  if (!is_known) is_no_row(argument, "method of SIP", {methods.begin(), methods.end()});
  return holds(std::string{field} + " == \"" + argument.text + "\"");
}

Truth status(const Argument& argument, std::string_view comparison) {
  return holds("sip.Status-Code " + std::string{comparison} + " " + number(argument, 999));
}

// What may be checked, by its name.
struct Check {
  std::string_view name;
  Truth (*ask)(const Argument& value);
};

// clang-format off
constexpr std::array msg_checks{
    Check{"size", [](const Argument& value) { return holds("heptap.len > " + number(value, 0xffff'fffe)); }},
    Check{"src_ip", [](const Argument& value) { return address(value, "src"); }},
    Check{"source_ip", [](const Argument& value) { return address(value, "src"); }},
    Check{"dst_ip", [](const Argument& value) { return address(value, "dst"); }},
    Check{"destination_ip", [](const Argument& value) { return address(value, "dst"); }},
    Check{"any_ip", [](const Argument& value) { return address(value, "addr"); }},
    Check{"src_port", [](const Argument& value) { return port(value, "srcport", "=="); }},
    Check{"src_port_gt", [](const Argument& value) { return port(value, "srcport", ">="); }},
    Check{"src_port_lt", [](const Argument& value) { return port(value, "srcport", "<="); }},
    Check{"source_port", [](const Argument& value) { return port(value, "srcport", "=="); }},
    Check{"dst_port", [](const Argument& value) { return port(value, "dstport", "=="); }},
    Check{"dst_port_gt", [](const Argument& value) { return port(value, "dstport", ">="); }},
    Check{"dst_port_lt", [](const Argument& value) { return port(value, "dstport", "<="); }},
    Check{"destination_port", [](const Argument& value) { return port(value, "dstport", "=="); }},
};

constexpr std::array sip_checks{
    Check{"method", [](const Argument& value) { return method(value, "sip.Method"); }},
    Check{"rmethod", [](const Argument& value) { return method(value, "sip.CSeq.method"); }},
    Check{"from_user_prefix", [](const Argument& value) { return begins(*find_field("sip.from.user"), value.text); }},
    Check{"from_user_suffix", [](const Argument& value) { return ends(*find_field("sip.from.user"), value.text); }},
    Check{"to_user_prefix", [](const Argument& value) { return begins(*find_field("sip.to.user"), value.text); }},
    Check{"to_user_suffix", [](const Argument& value) { return ends(*find_field("sip.to.user"), value.text); }},
    Check{"user_agent_prefix", [](const Argument& value) { return begins(header("User-Agent"), value.text); }},
    Check{"user_agent_suffix", [](const Argument& value) { return ends(header("User-Agent"), value.text); }},
    Check{"response", [](const Argument& value) { return status(value, "=="); }},
    Check{"response_gt", [](const Argument& value) { return status(value, ">="); }},
    Check{"response_lt", [](const Argument& value) { return status(value, "<="); }},
};
// clang-format on

template <class Checks>
Truth check(const Checks& checks, const Argument& name, const Argument& value) {
  std::vector<std::string_view> names;
  for (const Check& one : checks) {
    if (one.name == name.text) return one.ask(value);
    names.push_back(one.name);
  }
  is_no_row(name, "name of what can be checked", names);
}

}  // namespace

Truth msg_check(const Call& call) {
  return check(msg_checks, call.arguments[0], call.arguments[1]);
}

Truth msg_check_by_name(const Call& call) {
  return check(msg_checks, {call.name, call.at}, call.arguments[0]);
}

Truth sip_check(const Call& call) {
  return check(sip_checks, call.arguments[0], call.arguments[1]);
}

Truth header_check(const Call& call) {
  const Argument& name = call.arguments[0];
  if (name.text == "custom") {
    is_no(name, "header", "the name that protocol_sip.xml has for it goes here");
  }
  const bool is_token = name.text.find_first_of(" \t\r\n:;,") == std::string::npos;
  if (name.text.empty() || !is_token) is_no(name, "header");
  return begins(header(name.text == "useragent" ? "User-Agent" : name.text),
                call.arguments[1].text);
}

Truth is_flag_set(const Call& call) {
  static_cast<void>(number(call.arguments[0], 9));
  return {number(call.arguments[1], 0x7fff'ffff) == "0", {}};
}

}  // namespace heptap::captagent
