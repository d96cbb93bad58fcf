// Addresses: what Wireshark shows of From, To, Contact and their kind, as it is written.
#include <array>

#include "agent/plan/field_groups.hpp"
#include "agent/plan/sip_headers.hpp"
#include "proto/sip/name_addr.hpp"
#include "proto/sip/uri.hpp"

namespace heptap::plan_fields {
namespace {

using Type = ValueType;

constexpr auto request = SubjectKind::sip_request;

// From and To have one value; a comma in them without brackets belongs to the URI. "*" in a Contact is
// no address.
void for_each_address(const SipView& sip, HeaderId id, const auto& take) noexcept {
  const auto parse = [&](std::string_view value) {
    const Result<NameAddrView> address = parse_name_addr(value);
    if (address && address->uri != "*") take(value, *address);
  };
  if (id == HeaderId::from || id == HeaderId::to) return for_each_header(sip, id, parse);
  for_each_item(sip, id, parse);
}

// With its quotes; without quotes, with what stands between it and the bracket.
std::string_view written_display_name(std::string_view value) noexcept {
  const std::size_t mark = find_unquoted(value, '<', ';');
  if (mark == std::string_view::npos || value[mark] != '<') return {};
  const std::string_view name = sip_chars::trim_left(value.substr(0, mark));
  return name.starts_with('"') ? sip_chars::trim_right(name) : name;
}

using ReadUri = void (*)(const UriView& uri, FieldValues& out) noexcept;

// With the password, which may be there.
void user(const UriView& uri, FieldValues& out) noexcept {
  const std::string_view last = uri.password.data() == nullptr ? uri.user : uri.password;
  const char* const begin = uri.user.data();
  out.add_if({begin, static_cast<std::size_t>(last.data() + last.size() - begin)});
}

void host(const UriView& uri, FieldValues& out) noexcept { out.add_if(with_brackets(uri.host)); }

// Between host and parameters, with the colon.
void port(const UriView& uri, FieldValues& out) noexcept {
  const std::string_view host = with_brackets(uri.host);
  const char* const begin = host.data() + host.size();
  const std::string_view written{begin, static_cast<std::size_t>(uri.params.data() - begin)};
  const std::size_t colon = written.find(':');
  if (colon != std::string_view::npos) out.add_if(sip_chars::trim(written.substr(colon + 1)));
}

void uri_params(const UriView& uri, FieldValues& out) noexcept {
  for_each_written_param(uri.params, [&](std::string_view param) { out.add_text(param); });
}

// As in Wireshark, only SIP URIs have parts.
void read_part(std::string_view text, ReadUri read, FieldValues& out) noexcept {
  const Result<UriView> uri = parse_uri(text);
  if (uri && !uri->host.empty()) read(*uri, out);
}

template <HeaderId id>
void whole_uri(const PlanSubject& message, std::string_view /*header*/, FieldValues& out) noexcept {
  for_each_address(*message.sip, id, [&](std::string_view /*value*/, const NameAddrView& address) {
    out.add_text(address.uri);
  });
}

template <HeaderId id, ReadUri read>
void part(const PlanSubject& message, std::string_view /*header*/, FieldValues& out) noexcept {
  for_each_address(*message.sip, id, [&](std::string_view /*value*/, const NameAddrView& address) {
    read_part(address.uri, read, out);
  });
}

template <HeaderId... ids>
void display_name(const PlanSubject& message, std::string_view /*header*/,
                  FieldValues& out) noexcept {
  const auto add = [&](std::string_view value, const NameAddrView& /*address*/) {
    out.add_if(written_display_name(value));
  };
  (for_each_address(*message.sip, ids, add), ...);
}

template <HeaderId... ids>
void tag(const PlanSubject& message, std::string_view /*header*/, FieldValues& out) noexcept {
  const auto add = [&](std::string_view /*value*/, const NameAddrView& address) {
    out.add_if(address.tag());
  };
  (for_each_address(*message.sip, ids, add), ...);
}

template <HeaderId id>
void params(const PlanSubject& message, std::string_view /*header*/, FieldValues& out) noexcept {
  for_each_address(*message.sip, id, [&](std::string_view /*value*/, const NameAddrView& address) {
    for_each_written_param(address.params, [&](std::string_view param) { out.add_text(param); });
  });
}

void request_uri(const PlanSubject& message, std::string_view /*header*/,
                 FieldValues& out) noexcept {
  out.add_if(message.sip->request_uri());
}

template <ReadUri read>
void request_part(const PlanSubject& message, std::string_view /*header*/,
                  FieldValues& out) noexcept {
  read_part(message.sip->request_uri(), read, out);
}

constexpr auto from = HeaderId::from;
constexpr auto to = HeaderId::to;
constexpr auto contact = HeaderId::contact;
constexpr auto route = HeaderId::route;
constexpr auto record_route = HeaderId::record_route;
constexpr auto service_route = HeaderId::service_route;
constexpr auto path = HeaderId::path;
constexpr auto pai = HeaderId::p_asserted_identity;
constexpr auto ppi = HeaderId::p_preferred_identity;

// clang-format off
constexpr std::array table{
    Field{"sip.r-uri", Type::text, request, request_uri, "Request-URI"},
    Field{"sip.r-uri.user", Type::text, request, request_part<user>, "its user"},
    Field{"sip.r-uri.host", Type::text, request, request_part<host>, "its host; an IPv6 address in brackets, as in all of these"},
    Field{"sip.r-uri.port", Type::text, request, request_part<port>, "its port, if it is there; it is text, as in all of these"},
    Field{"sip.r-uri.param", Type::text, request, request_part<uri_params>, "its parameters, each as name=value"},
    Field{"sip.display.info", Type::text, any_sip, display_name<from, to, contact, route, record_route, service_route, path, pai, ppi>, "display names of all of these"},
    Field{"sip.tag", Type::text, any_sip, tag<from, to>, "tags of From and To"},
    Field{"sip.from.display.info", Type::text, any_sip, display_name<from>, "From: display name, with its quotes"},
    Field{"sip.from.addr", Type::text, any_sip, whole_uri<from>, "From: URI"},
    Field{"sip.from.user", Type::text, any_sip, part<from, user>, "From: user"},
    Field{"sip.from.host", Type::text, any_sip, part<from, host>, "From: host"},
    Field{"sip.from.port", Type::text, any_sip, part<from, port>, "From: port"},
    Field{"sip.from.param", Type::text, any_sip, part<from, uri_params>, "From: parameters of the URI"},
    Field{"sip.from.tag", Type::text, any_sip, tag<from>, "From: tag"},
    Field{"sip.to.display.info", Type::text, any_sip, display_name<to>, "To: display name, with its quotes"},
    Field{"sip.to.addr", Type::text, any_sip, whole_uri<to>, "To: URI"},
    Field{"sip.to.user", Type::text, any_sip, part<to, user>, "To: user"},
    Field{"sip.to.host", Type::text, any_sip, part<to, host>, "To: host"},
    Field{"sip.to.port", Type::text, any_sip, part<to, port>, "To: port"},
    Field{"sip.to.param", Type::text, any_sip, part<to, uri_params>, "To: parameters of the URI"},
    Field{"sip.to.tag", Type::text, any_sip, tag<to>, "To: tag"},
    Field{"sip.contact.display.info", Type::text, any_sip, display_name<contact>, "Contact: display name, with its quotes"},
    Field{"sip.contact.uri", Type::text, any_sip, whole_uri<contact>, "Contact: URI"},
    Field{"sip.contact.user", Type::text, any_sip, part<contact, user>, "Contact: user"},
    Field{"sip.contact.host", Type::text, any_sip, part<contact, host>, "Contact: host"},
    Field{"sip.contact.port", Type::text, any_sip, part<contact, port>, "Contact: port"},
    Field{"sip.contact.param", Type::text, any_sip, part<contact, uri_params>, "Contact: parameters of the URI"},
    Field{"sip.contact.parameter", Type::text, any_sip, params<contact>, "Contact: parameters of the header, each as name=value"},
    Field{"sip.Route.display.info", Type::text, any_sip, display_name<route>, "Route: display name, with its quotes"},
    Field{"sip.Route.uri", Type::text, any_sip, whole_uri<route>, "Route: URI"},
    Field{"sip.Route.user", Type::text, any_sip, part<route, user>, "Route: user"},
    Field{"sip.Route.host", Type::text, any_sip, part<route, host>, "Route: host"},
    Field{"sip.Route.port", Type::text, any_sip, part<route, port>, "Route: port"},
    Field{"sip.Route.param", Type::text, any_sip, part<route, uri_params>, "Route: parameters of the URI"},
    Field{"sip.Record-Route.display.info", Type::text, any_sip, display_name<record_route>, "Record-Route: display name, with its quotes"},
    Field{"sip.Record-Route.uri", Type::text, any_sip, whole_uri<record_route>, "Record-Route: URI"},
    Field{"sip.Record-Route.user", Type::text, any_sip, part<record_route, user>, "Record-Route: user"},
    Field{"sip.Record-Route.host", Type::text, any_sip, part<record_route, host>, "Record-Route: host"},
    Field{"sip.Record-Route.port", Type::text, any_sip, part<record_route, port>, "Record-Route: port"},
    Field{"sip.Record-Route.param", Type::text, any_sip, part<record_route, uri_params>, "Record-Route: parameters of the URI"},
    Field{"sip.Service-Route.display.info", Type::text, any_sip, display_name<service_route>, "Service-Route: display name, with its quotes"},
    Field{"sip.Service-Route.uri", Type::text, any_sip, whole_uri<service_route>, "Service-Route: URI"},
    Field{"sip.Service-Route.user", Type::text, any_sip, part<service_route, user>, "Service-Route: user"},
    Field{"sip.Service-Route.host", Type::text, any_sip, part<service_route, host>, "Service-Route: host"},
    Field{"sip.Service-Route.port", Type::text, any_sip, part<service_route, port>, "Service-Route: port"},
    Field{"sip.Service-Route.param", Type::text, any_sip, part<service_route, uri_params>, "Service-Route: parameters of the URI"},
    Field{"sip.Path.display.info", Type::text, any_sip, display_name<path>, "Path: display name, with its quotes"},
    Field{"sip.Path.uri", Type::text, any_sip, whole_uri<path>, "Path: URI"},
    Field{"sip.Path.user", Type::text, any_sip, part<path, user>, "Path: user"},
    Field{"sip.Path.host", Type::text, any_sip, part<path, host>, "Path: host"},
    Field{"sip.Path.port", Type::text, any_sip, part<path, port>, "Path: port"},
    Field{"sip.Path.param", Type::text, any_sip, part<path, uri_params>, "Path: parameters of the URI"},
    Field{"sip.pai.display.info", Type::text, any_sip, display_name<pai>, "P-Asserted-Identity: display name, with its quotes"},
    Field{"sip.pai.addr", Type::text, any_sip, whole_uri<pai>, "P-Asserted-Identity: URI"},
    Field{"sip.pai.user", Type::text, any_sip, part<pai, user>, "P-Asserted-Identity: user"},
    Field{"sip.pai.host", Type::text, any_sip, part<pai, host>, "P-Asserted-Identity: host"},
    Field{"sip.pai.port", Type::text, any_sip, part<pai, port>, "P-Asserted-Identity: port"},
    Field{"sip.pai.param", Type::text, any_sip, part<pai, uri_params>, "P-Asserted-Identity: parameters of the URI"},
    Field{"sip.ppi.display.info", Type::text, any_sip, display_name<ppi>, "P-Preferred-Identity: display name, with its quotes"},
    Field{"sip.ppi.addr", Type::text, any_sip, whole_uri<ppi>, "P-Preferred-Identity: URI"},
    Field{"sip.ppi.user", Type::text, any_sip, part<ppi, user>, "P-Preferred-Identity: user"},
    Field{"sip.ppi.host", Type::text, any_sip, part<ppi, host>, "P-Preferred-Identity: host"},
    Field{"sip.ppi.port", Type::text, any_sip, part<ppi, port>, "P-Preferred-Identity: port"},
    Field{"sip.ppi.param", Type::text, any_sip, part<ppi, uri_params>, "P-Preferred-Identity: parameters of the URI"},
};
// clang-format on

}  // namespace

std::span<const Field> sip_addresses() noexcept { return table; }

}  // namespace heptap::plan_fields
