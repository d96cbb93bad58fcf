#include "agent/plan_tool.hpp"

#include <algorithm>
#include <ostream>

#include "agent/check.hpp"
#include "agent/plan/explain.hpp"
#include "agent/plan_settings.hpp"

namespace heptap {
namespace {

std::string kinds_of(const Field& field) {
  std::string text;
  std::size_t count = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(SubjectKind::count_); ++i) {
    const auto kind = static_cast<SubjectKind>(i);
    if (!field.kinds.contains(kind)) continue;
    text.append(text.empty() ? "" : ", ").append(to_string(kind));
    ++count;
  }
  return count == static_cast<std::size_t>(SubjectKind::count_) ? "all" : text;
}

}  // namespace

std::string fields_markdown() {
  std::string text =
      "# Fields of the capture plan\n"
      "\n"
      "Made from the table of fields by `heptap plan fields --markdown`; do not edit.\n"
      "\n"
      "A condition names them as Wireshark does. A header of SIP without a row is a field as "
      "well:\n"
      "`sip.X-Charging-Info`, a text, of SIP requests and SIP responses. How conditions are "
      "written\n"
      "is in the man page under CAPTURE PLAN.\n"
      "\n"
      "| Field | Type | Of | Meaning |\n"
      "|---|---|---|---|\n";
  for (const Field& field : fields()) {
    text.append("| `").append(field.name).append("` | ").append(to_string(field.type));
    text.append(" | ").append(kinds_of(field)).append(" | ").append(field.help).append(" |\n");
  }
  return text;
}

ExitCode run_plan_fields(FieldsForm form, std::ostream& out) {
  if (form == FieldsForm::markdown) {
    out << fields_markdown();
    return ExitCode::ok;
  }
  for (const Field& field : fields()) {
    out << field.name << "  " << to_string(field.type) << ", of " << kinds_of(field) << "\n    "
        << field.help << '\n';
  }
  out << "sip.Header  text, of SIP requests, SIP responses\n"
         "    any other header, by its name: sip.X-Charging-Info\n";
  return ExitCode::ok;
}

ExitCode run_plan_explain(const std::string& file, std::ostream& out, std::ostream& err) {
  const LoadedConfig config = load_config(file, err);
  if (config.status != ExitCode::ok) return config.status;
  const auto plan = make_plan(config.settings);
  const auto all = everyone(!config.settings.pools.empty());
  if (plan) {
    out << explain(*plan, all);
  } else {
    out << "no plan: everything is sent to " << all << '\n';
  }
  for (const PoolSettings& pool : config.settings.pools) out << "  " << describe(pool) << '\n';
  return ExitCode::ok;
}

}  // namespace heptap
