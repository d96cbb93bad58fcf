#include <array>

#include "agent/plan/field_groups.hpp"
#include "agent/plan/sip_headers.hpp"
#include "proto/sip/via.hpp"

namespace heptap::plan_fields {
namespace {

using Type = ValueType;

using ReadVia = void (*)(const ViaView& via, FieldValues& out) noexcept;

void transport(const ViaView& via, FieldValues& out) noexcept { out.add_if(via.transport); }

void host(const ViaView& via, FieldValues& out) noexcept { out.add_if(via.host); }

void port(const ViaView& via, FieldValues& out) noexcept {
  if (via.port != 0) out.add_number(via.port);
}

enum class Param : std::uint8_t { branch, maddr, rport, received, ttl, comp, oc, oc_algo };

constexpr std::array<std::string_view, 8> names{"branch", "maddr", "rport", "received",
                                                "ttl",    "comp",  "oc",    "oc-algo"};

// As in Wireshark, one without a value has its own name as such: rport of a request.
template <Param which>
void param(const ViaView& via, FieldValues& out) noexcept {
  const ParamView param = find_param(via.params, names[static_cast<std::size_t>(which)]);
  out.add_if(param.has_value ? param.value : param.name);
}

template <ReadVia read>
void of_each(const PlanSubject& message, std::string_view /*header*/, FieldValues& out) noexcept {
  for_each_item(*message.sip, HeaderId::via, [&](std::string_view value) {
    const Result<ViaView> via = parse_via(value);
    if (via) read(*via, out);
  });
}

// clang-format off
constexpr std::array table{
    Field{"sip.Via.transport", Type::text, any_sip, of_each<transport>, "transport"},
    Field{"sip.Via.sent-by.address", Type::text, any_sip, of_each<host>, "host; an IPv6 address without brackets"},
    Field{"sip.Via.sent-by.port", Type::number, any_sip, of_each<port>, "port, if it is there", 65'535},
    Field{"sip.Via.branch", Type::text, any_sip, of_each<param<Param::branch>>, "branch"},
    Field{"sip.Via.maddr", Type::text, any_sip, of_each<param<Param::maddr>>, "maddr"},
    Field{"sip.Via.rport", Type::text, any_sip, of_each<param<Param::rport>>, "rport; \"rport\" when it is not filled in"},
    Field{"sip.Via.received", Type::text, any_sip, of_each<param<Param::received>>, "received"},
    Field{"sip.Via.ttl", Type::text, any_sip, of_each<param<Param::ttl>>, "ttl"},
    Field{"sip.Via.comp", Type::text, any_sip, of_each<param<Param::comp>>, "comp"},
    Field{"sip.Via.oc", Type::text, any_sip, of_each<param<Param::oc>>, "overload control"},
    Field{"sip.Via.oc_algo", Type::text, any_sip, of_each<param<Param::oc_algo>>, "its algorithm"},
};
// clang-format on

}  // namespace

std::span<const Field> sip_via() noexcept { return table; }

}  // namespace heptap::plan_fields
