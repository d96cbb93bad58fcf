#include "agent/plan/captagent_functions.hpp"

#include <array>
#include <string>
#include <vector>

#include "agent/plan/captagent_conditions.hpp"
#include "config/text.hpp"

namespace heptap::captagent {
namespace {

using Effect = Function::Effect;

Truth yes(const Call& /*call*/) { return {true, {}}; }
Truth never(const Call& /*call*/) { return {false, {}}; }

// captagent does not take a message without one for SIP.
Truth is_sip(const Call& /*call*/) { return {{}, parse_condition("sip.Call-ID")}; }
Truth is_request(const Call& /*call*/) { return {{}, parse_condition("sip.Method")}; }
Truth has_sdp(const Call& /*call*/) { return {{}, parse_condition("sdp")}; }
Truth is_rtcp(const Call& /*call*/) { return {{}, parse_condition("rtcp")}; }
Truth is_xr(const Call& /*call*/) {
  return {{}, parse_condition("rtcp contains \"\\\"report_blocks_xr\\\"\"")};
}
Truth is_of_call(const Call& /*call*/) { return {{}, parse_condition("heptap.call_id")}; }

constexpr std::string_view no_reply = "heptap sends no replies; this does nothing";
constexpr std::string_view kept_anyway =
    "heptap follows the media of calls anyway; this does nothing";
constexpr std::string_view taken_off =
    "tunnels are taken off before a plan is asked; this is always true";
constexpr std::string_view stays_closed =
    "what comes to a plan is readable; this is always true, and heptap opens no TLS";
constexpr std::string_view is_json =
    "what comes to a plan is JSON already; this only asks what it is";
constexpr std::string_view own_type =
    "the type in HEP is that of the message, not the one given here";

// clang-format off
constexpr std::array table{
    Function{"msg_check", 2, 2, msg_check},
    Function{"source_ip", 1, 1, msg_check_by_name},
    Function{"destination_ip", 1, 1, msg_check_by_name},
    Function{"source_port", 1, 1, msg_check_by_name},
    Function{"destination_port", 1, 1, msg_check_by_name},
    Function{"parse_sip", 0, 0, is_sip, Protocol::sip},
    Function{"parse_full_sip", 0, 0, is_sip, Protocol::sip},
    Function{"light_parse_sip", 0, 0, is_sip, Protocol::sip},
    Function{"sip_is_method", 0, 0, is_request, Protocol::sip},
    Function{"sip_check", 2, 2, sip_check, Protocol::sip},
    Function{"sip_has_sdp", 0, 0, has_sdp, Protocol::sip},
    Function{"header_check", 2, 2, header_check, Protocol::sip},
    Function{"check_rtcp_ipport", 0, 0, yes, Protocol::any, Effect::none, kept_anyway},
    Function{"check_redis_rtcp_ipport", 0, 0, yes, Protocol::any, Effect::none, kept_anyway},
    Function{"is_rtcp_exist", 0, 0, is_of_call, Protocol::rtcp},
    Function{"is_redis_rtcp_exist", 0, 0, is_of_call, Protocol::rtcp},
    Function{"is_rtcp", 0, 0, is_rtcp, Protocol::rtcp},
    Function{"is_rtcp_or_rtp", 0, 0, is_rtcp, Protocol::rtcp, Effect::none, "RTP does not come to a plan"},
    Function{"parse_rtcp_to_json", 0, 0, is_rtcp, Protocol::rtcp, Effect::none, is_json},
    Function{"set_rtcp_flag", 0, 0, yes, Protocol::any, Effect::none, own_type},
    Function{"is_rtcpxr", 0, 0, is_xr, Protocol::rtcp},
    Function{"parse_rtcpxr_to_json", 0, 0, is_xr, Protocol::rtcp, Effect::none, is_json},
    Function{"parse_tls", 0, 0, yes, Protocol::any, Effect::none, stays_closed},
    Function{"tzsp_payload_extract", 0, 0, yes, Protocol::any, Effect::none, taken_off},
    Function{"parse_diameter_to_json", 0, 0, never, Protocol::any, Effect::none, "heptap has no Diameter; this is never true"},
    Function{"parse_isup_to_json", 0, 0, never, Protocol::any, Effect::none, "heptap has no ISUP; this is never true"},
    Function{"is_flag_set", 2, 2, is_flag_set, Protocol::any, Effect::none, "nothing sets flags; all are 0"},
    Function{"send_hep", 1, 2, yes, Protocol::any, Effect::sends},
    Function{"send_hep_proto", 2, 2, yes, Protocol::any, Effect::sends, own_type},
    Function{"send_json", 1, 1, yes, Protocol::any, Effect::sends, "what is sent is HEP, to the collector of this name"},
    Function{"send_reply", 0, 2, yes, Protocol::any, Effect::none, no_reply},
    Function{"send_rtcpxr_reply", 0, 2, yes, Protocol::any, Effect::none, no_reply},
    Function{"clog", 2, 2, yes, Protocol::any, Effect::logs},
};
// clang-format on

// Why a function of captagent is not there.
std::string reason(std::string_view name) {
  if (name == "header_regexp_match") {
    return "its expressions are in protocol_sip.xml; a rule with sip.User-Agent matches \"…\" does "
           "it";
  }
  if (name == "set_tag") return "no rule sets tags; node_suffix is near";
  if (name == "send_hep_raw") return "heptap sends nothing but HEP: send_hep";
  return {};
}

[[noreturn]] void is_unknown(const Call& call) {
  std::string hint = reason(call.name);
  std::vector<std::string_view> names;
  names.reserve(table.size());
  for (const Function& one : table) names.push_back(one.name);
  const std::string_view near = nearest(call.name, names);
  if (hint.empty() && !near.empty()) hint = "did you mean " + std::string{near} + "?";
  throw CaptagentError(
      {call.at, "the function " + printable(call.name) + "() is not supported", std::move(hint)});
}

}  // namespace

const Function& find_function(const Call& call) {
  for (const Function& one : table) {
    if (one.name != call.name) continue;
    const std::size_t count = call.arguments.size();
    if (one.fewest <= count && count <= one.most) return one;
    const std::string range = one.fewest == one.most
                                  ? std::to_string(one.most)
                                  : std::to_string(one.fewest) + " to " + std::to_string(one.most);
    throw CaptagentError(
        {call.at,
         call.name + "() takes " + range + " arguments, not " + std::to_string(count),
         {}});
  }
  is_unknown(call);
}

}  // namespace heptap::captagent
