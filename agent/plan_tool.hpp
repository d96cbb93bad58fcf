#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "agent/exit_code.hpp"

namespace heptap {

/// gives     agent/plan/FIELDS.md, made from the table of fields
[[nodiscard]] std::string fields_markdown();

enum class FieldsForm : bool { text, markdown };

/// `heptap plan fields`: every field that a condition can name, with its type, what may have it, and what
/// it is.
ExitCode run_plan_fields(FieldsForm form, std::ostream& out);

/// `heptap plan explain -c FILE`: what the plan of a configuration was compiled to.
/// err       one line per error and warning of the file
/// gives     as run_check() does
[[nodiscard]] ExitCode run_plan_explain(const std::string& file, std::ostream& out,
                                        std::ostream& err);

struct PlanTestOptions {
  std::string config;
  std::vector<std::string> files;  ///< captures, as replay takes them
  bool is_verbose = false;         ///< a line for each message, too
};

/// `heptap plan test -c FILE CAPTURE...`: asks the plan about what captures would have sent, and sends
/// nothing: what each rule matched, sent, masked and dropped.
/// gives     as run_check() does; unavailable or failure as run_replay() does
[[nodiscard]] ExitCode run_plan_test(const PlanTestOptions& options, std::ostream& out,
                                     std::ostream& err);

}  // namespace heptap
