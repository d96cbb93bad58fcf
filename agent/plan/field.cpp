#include "agent/plan/field.hpp"

#include <algorithm>

#include "agent/plan/field_groups.hpp"
#include "config/text.hpp"
#include "proto/sip/chars.hpp"

namespace heptap {
namespace {

constexpr std::string_view header_prefix = "sip.";
constexpr std::string_view private_prefix = "sip.X-";  // whose names are nobody's typing errors

std::vector<Field> all_fields() {
  std::vector<Field> all;
  for (const auto group :
       {plan_fields::messages(), plan_fields::network(), plan_fields::rtcp(), plan_fields::sip(),
        plan_fields::sip_addresses(), plan_fields::sip_headers(), plan_fields::sip_via(),
        plan_fields::sip_auth(), plan_fields::sdp()}) {
    all.insert(all.end(), group.begin(), group.end());
  }
  return all;
}

// token of RFC 3261 without what means something in a condition.
bool is_header_name(std::string_view name) noexcept {
  const auto is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
  if (name.empty() || name.front() < 'A' || name.front() > 'Z') return false;
  return std::all_of(name.begin(), name.end(), [&](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

constexpr auto header_hint = "a header begins with a capital letter: ";

// gives     "sip.Foo" of "sip.foo"; empty: that would be no header
std::string capitalised_header(std::string_view name) {
  std::string out{name};
  if (!name.starts_with(header_prefix) || name.size() == header_prefix.size()) return {};
  char& first = out[header_prefix.size()];
  if (first < 'a' || first > 'z') return {};
  first = static_cast<char>(first - 'a' + 'A');
  return is_header_name(out.substr(header_prefix.size())) ? out : "";
}

}  // namespace

std::span<const Field> fields() {
  static const std::vector<Field> all = all_fields();
  return all;
}

std::optional<FieldRef> find_field(std::string_view name) {
  const auto all = fields();
  const auto row =
      std::find_if(all.begin(), all.end(), [&](const Field& field) { return field.name == name; });
  if (row != all.end()) return FieldRef{&*row, {}};
  if (!name.starts_with(header_prefix)) return std::nullopt;
  const bool is_private = name.starts_with(private_prefix);
  if (!is_private && !nearest_field(name).empty()) return std::nullopt;
  const std::string_view header = name.substr(header_prefix.size());
  if (!is_header_name(header)) return std::nullopt;
  return FieldRef{&plan_fields::any_header(), std::string{header}};
}

std::string_view nearest_field(std::string_view name) {
  std::vector<std::string_view> names;
  for (const Field& field : fields()) {
    if (sip_chars::equal_ignoring_case(field.name, name)) return field.name;
    names.push_back(field.name);
  }
  return nearest(name, names);
}

std::string field_hint(std::string_view name) {
  if (name == "rtp" || name.starts_with("rtp.")) {
    return "packets of RTP are not asked about; of their reports there are heptap.mos, "
           "heptap.loss, "
           "heptap.jitter and heptap.leg";
  }
  const std::string near{nearest_field(name)};
  const std::string header = capitalised_header(name);
  if (sip_chars::equal_ignoring_case(near, name)) return "upper and lower case count: " + near;
  if (name.starts_with("sip.x-") && !header.empty()) return header_hint + header;
  if (!near.empty()) return "did you mean " + near + "?";
  if (!header.empty()) return header_hint + header;
  return "heptap plan fields lists them";
}

std::string_view to_string(SubjectKind kind) noexcept {
  switch (kind) {
    case SubjectKind::sip_request: return "SIP requests";
    case SubjectKind::sip_response: return "SIP responses";
    case SubjectKind::rtcp: return "RTCP";
    case SubjectKind::report: return "reports";
    case SubjectKind::count_: break;
  }
  return "?";
}

}  // namespace heptap
