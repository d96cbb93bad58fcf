// Credentials and challenges: RFC 3261 section 22, RFC 7616, RFC 3310.
#include <algorithm>
#include <array>

#include "agent/plan/field_groups.hpp"
#include "agent/plan/sip_headers.hpp"

namespace heptap::plan_fields {
namespace {

using Type = ValueType;
using sip_chars::equal_ignoring_case;
using sip_chars::trim;
using sip_chars::trim_left;

// Each value of the five headers; one of them has no scheme.
void for_each_auth(const SipView& sip, const auto& take) noexcept {
  using enum HeaderId;
  for (const HeaderId id :
       {authorization, proxy_authorization, www_authenticate, proxy_authenticate}) {
    for_each_header(sip, id, [&](std::string_view value) {
      const std::string_view scheme = value.substr(0, value.find_first_of(" \t\r\n"));
      take(scheme, value.substr(scheme.size()));
    });
  }
  for_each_header(sip, "Authentication-Info",
                  [&](std::string_view value) { take(std::string_view{}, value); });
}

void scheme(const PlanSubject& message, std::string_view /*header*/, FieldValues& out) noexcept {
  for_each_auth(*message.sip,
                [&](std::string_view scheme, std::string_view /*params*/) { out.add_if(scheme); });
}

bool is_auth(const SipHeader& header) noexcept {
  switch (header.id) {
    case HeaderId::authorization:
    case HeaderId::proxy_authorization:
    case HeaderId::www_authenticate:
    case HeaderId::proxy_authenticate: return true;
    default: return equal_ignoring_case(header.name, "Authentication-Info");
  }
}

// From the header's name to the end of its line, as in Wireshark.
void whole_line(const PlanSubject& message, std::string_view /*header*/,
                FieldValues& out) noexcept {
  const std::string_view text = message.sip->text();
  for (const SipHeader& header : message.sip->headers()) {
    if (!is_auth(header)) continue;
    const auto begin = static_cast<std::size_t>(header.name.data() - text.data());
    const auto end =
        static_cast<std::size_t>(header.value.data() + header.value.size() - text.data());
    const std::size_t newline = std::min(text.find('\n', end), text.size() - 1);
    out.add_text(text.substr(begin, newline + 1 - begin));
  }
}

// As it is written, which is with quotes where there are some.
void add_param(std::string_view params, std::string_view name, FieldValues& out) noexcept {
  for (std::string_view item; next_list_item(params, item);) {
    const std::size_t equals = item.find('=');
    if (equals == std::string_view::npos) continue;
    if (!equal_ignoring_case(trim(item.substr(0, equals)), name)) continue;
    out.add_text(trim_left(item.substr(equals + 1)));
  }
}

enum class Param : std::uint8_t {
  response,
  nc,
  username,
  realm,
  nonce,
  algorithm,
  opaque,
  qop,
  cnonce,
  uri,
  domain,
  stale,
  auts,
  rspauth,
  nextnonce,
  ik,
  ck,
};

constexpr std::array<std::string_view, 17> names{
    "response", "nc",     "username", "realm", "nonce",   "algorithm", "opaque", "qop", "cnonce",
    "uri",      "domain", "stale",    "auts",  "rspauth", "nextnonce", "ik",     "ck",
};

template <Param which>
void param(const PlanSubject& message, std::string_view /*header*/, FieldValues& out) noexcept {
  for_each_auth(*message.sip, [&](std::string_view /*scheme*/, std::string_view params) {
    add_param(params, names[static_cast<std::size_t>(which)], out);
  });
}

// clang-format off
constexpr std::array table{
    Field{"sip.auth", Type::text, any_sip, whole_line, "each header of credentials and challenges, with its name and line end"},
    Field{"sip.auth.scheme", Type::text, any_sip, scheme, "scheme of credentials and challenges"},
    Field{"sip.auth.digest.response", Type::text, any_sip, param<Param::response>, "response, with its quotes"},
    Field{"sip.auth.nc", Type::text, any_sip, param<Param::nc>, "nc, with its quotes"},
    Field{"sip.auth.username", Type::text, any_sip, param<Param::username>, "username, with its quotes"},
    Field{"sip.auth.realm", Type::text, any_sip, param<Param::realm>, "realm, with its quotes"},
    Field{"sip.auth.nonce", Type::text, any_sip, param<Param::nonce>, "nonce, with its quotes"},
    Field{"sip.auth.algorithm", Type::text, any_sip, param<Param::algorithm>, "algorithm, with its quotes"},
    Field{"sip.auth.opaque", Type::text, any_sip, param<Param::opaque>, "opaque, with its quotes"},
    Field{"sip.auth.qop", Type::text, any_sip, param<Param::qop>, "qop, with its quotes"},
    Field{"sip.auth.cnonce", Type::text, any_sip, param<Param::cnonce>, "cnonce, with its quotes"},
    Field{"sip.auth.uri", Type::text, any_sip, param<Param::uri>, "uri, with its quotes"},
    Field{"sip.auth.domain", Type::text, any_sip, param<Param::domain>, "domain, with its quotes"},
    Field{"sip.auth.stale", Type::text, any_sip, param<Param::stale>, "stale, with its quotes"},
    Field{"sip.auth.auts", Type::text, any_sip, param<Param::auts>, "auts, with its quotes"},
    Field{"sip.auth.rspauth", Type::text, any_sip, param<Param::rspauth>, "rspauth, with its quotes"},
    Field{"sip.auth.nextnonce", Type::text, any_sip, param<Param::nextnonce>, "nextnonce, with its quotes"},
    Field{"sip.auth.ik", Type::text, any_sip, param<Param::ik>, "ik, with its quotes"},
    Field{"sip.auth.ck", Type::text, any_sip, param<Param::ck>, "ck, with its quotes"},
};
// clang-format on

}  // namespace

std::span<const Field> sip_auth() noexcept { return table; }

}  // namespace heptap::plan_fields
