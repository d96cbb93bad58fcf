// Headers whose field is their value, once for each time they are there. Wireshark knows them by name;
// what it does not know, a condition may name all the same.
#include <algorithm>
#include <array>

#include "agent/plan/field_groups.hpp"
#include "agent/plan/sip_headers.hpp"

namespace heptap::plan_fields {
namespace {

using Type = ValueType;

constexpr std::size_t prefix_bytes = 4;  // "sip."

// Text as a template parameter.
template <std::size_t bytes>
struct Name {
  std::array<char, bytes> text{};

  constexpr Name(const char (&literal)[bytes]) noexcept {  // NOLINT: literals are arrays
    std::copy_n(literal, bytes, text.begin());
  }
  [[nodiscard]] constexpr std::string_view view() const noexcept {
    return {text.data(), bytes - 1};
  }
  [[nodiscard]] constexpr std::string_view header() const noexcept {
    return view().starts_with("sip.") ? view().substr(prefix_bytes) : view();
  }
};

void header_by_name(const PlanSubject& message, std::string_view header,
                    FieldValues& out) noexcept {
  for_each_header(*message.sip, header, [&](std::string_view value) { out.add_text(value); });
}

template <Name header>
void read_text(const PlanSubject& message, std::string_view /*header*/, FieldValues& out) noexcept {
  header_by_name(message, header.header(), out);
}

template <Name header>
void read_number(const PlanSubject& message, std::string_view /*header*/,
                 FieldValues& out) noexcept {
  for_each_header(*message.sip, header.header(),
                  [&](std::string_view value) { add_leading_number(value, out); });
}

// Rows; a header has to be named where the field is called otherwise.
template <Name field, Name header = field>
constexpr Field text{field.view(), Type::text, any_sip, read_text<header>, "value of the header"};
template <Name field, Name header = field>
constexpr Field number{field.view(), Type::number, any_sip, read_number<header>,
                       "value of the header"};

constexpr std::array table{
    text<"sip.Accept">,
    text<"sip.Accept-Contact">,
    text<"sip.Accept-Encoding">,
    text<"sip.Accept-Language">,
    text<"sip.Accept-Resource-Priority">,
    text<"sip.Additional-Identity">,
    text<"sip.Alert-Info">,
    text<"sip.Allow">,
    text<"sip.Allow-Events">,
    text<"sip.Answer-Mode">,
    text<"sip.Attestation-Info">,
    text<"sip.Authentication-Info">,
    text<"sip.Authorization">,
    text<"sip.Call-ID">,
    text<"sip.Call-Info">,
    text<"sip.Cellular-Network-Info">,
    text<"sip.Contact">,
    text<"sip.Content-Disposition">,
    text<"sip.Content-Encoding">,
    text<"sip.Content-Language">,
    number<"sip.Content-Length">,
    text<"sip.Content-Type">,
    text<"sip.CSeq">,
    text<"sip.Date">,
    text<"sip.Diversion">,
    text<"sip.Error-Info">,
    text<"sip.ETag", "SIP-ETag">,
    text<"sip.Event">,
    number<"sip.Expires">,
    text<"sip.Feature-Caps">,
    text<"sip.Flow-Timer">,
    text<"sip.From">,
    text<"sip.Geolocation">,
    text<"sip.Geolocation-Error">,
    text<"sip.Geolocation-Routing">,
    text<"sip.History-Info">,
    text<"sip.Identity">,
    text<"sip.Identity-info">,
    text<"sip.If_Match", "SIP-If-Match">,
    text<"sip.In-Reply-To">,
    text<"sip.Info-Package">,
    text<"sip.Join">,
    number<"sip.Max-Breadth">,
    number<"sip.Max-Forwards">,
    text<"sip.MIME-Version">,
    text<"sip.Min-Expires">,
    text<"sip.Min-SE">,
    text<"sip.Organization">,
    text<"sip.Origination-Id">,
    text<"sip.P-Access-Network-Info">,
    text<"sip.P-Answer-State">,
    text<"sip.P-Asserted-Identity">,
    text<"sip.P-Asserted-Service">,
    text<"sip.P-Associated-URI">,
    text<"sip.P-Called-Party-ID">,
    text<"sip.P-Charge-Info">,
    text<"sip.P-Charging-Function-Addresses">,
    text<"sip.P-Charging-Vector">,
    text<"sip.P-DCS-Billing-Info">,
    text<"sip.P-DCS-LAES">,
    text<"sip.P-DCS-OSPS">,
    text<"sip.P-DCS-Redirect">,
    text<"sip.P-DCS-Trace-Party-ID">,
    text<"sip.P-Early-Media">,
    text<"sip.P-Media-Authorization">,
    text<"sip.P-Preferred-Identity">,
    text<"sip.P-Preferred-Service">,
    text<"sip.P-Profile-Key">,
    text<"sip.P-Refused-URI-List">,
    text<"sip.P-Served-User">,
    text<"sip.P-User-Database">,
    text<"sip.P-Visited-Network-ID">,
    text<"sip.Path">,
    text<"sip.Permission-Missing">,
    text<"sip.Policy_Contact", "Policy-Contact">,
    text<"sip.Policy_ID", "Policy-ID">,
    text<"sip.Priority">,
    text<"sip.Priority-Share">,
    text<"sip.Priv-Answer-mode">,
    text<"sip.Privacy">,
    text<"sip.Proxy-Authenticate">,
    text<"sip.Proxy-Authorization">,
    text<"sip.Proxy-Require">,
    text<"sip.RAck">,
    text<"sip.Reason">,
    text<"sip.Record-Route">,
    text<"sip.Recv-Info">,
    text<"sip.Refer-Sub">,
    text<"sip.Refer-To">,
    text<"sip.Referred-by">,
    text<"sip.Reject-Contact">,
    text<"sip.Relayed-Charge">,
    text<"sip.Remote-Party-ID">,
    text<"sip.Replaces">,
    text<"sip.Reply-To">,
    text<"sip.Request-Disposition">,
    text<"sip.Require">,
    text<"sip.Resource-Priority">,
    text<"sip.Resource-Share">,
    text<"sip.Response-Source">,
    text<"sip.Restoration-Info">,
    number<"sip.Retry-After">,
    text<"sip.Route">,
    number<"sip.RSeq">,
    text<"sip.Security-Client">,
    text<"sip.Security-Server">,
    text<"sip.Security-Verify">,
    text<"sip.Server">,
    text<"sip.Service-Interact-Info">,
    text<"sip.Service-Route">,
    text<"sip.Session-Expires">,
    text<"sip.Session-ID">,
    text<"sip.Subject">,
    text<"sip.Subscription-State">,
    text<"sip.Supported">,
    text<"sip.Suppress_If_Match", "Suppress-If-Match">,
    text<"sip.Target-Dialog">,
    text<"sip.Timestamp">,
    text<"sip.To">,
    text<"sip.Trigger-Consent">,
    text<"sip.Unsupported">,
    text<"sip.User-Agent">,
    text<"sip.uui", "User-to-User">,
    text<"sip.Via">,
    text<"sip.Warning">,
    text<"sip.WWW-Authenticate">,
};

constexpr Field by_name{"sip.*", Type::text, any_sip, header_by_name,
                        "any other header by its name"};

}  // namespace

std::span<const Field> sip_headers() noexcept { return table; }

const Field& any_header() noexcept { return by_name; }

}  // namespace heptap::plan_fields
