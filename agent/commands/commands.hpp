#pragma once

#include <functional>

#include "agent/exit_code.hpp"

namespace CLI {
class App;
}

namespace heptap {

/// What the command line asked for; empty until parsed.
using Command = std::function<ExitCode()>;

/// Each adds its subcommand, whose parsing sets `chosen`. A value that a flag cannot take is a
/// CLI::ParseError of the parse.
void add_run_command(CLI::App& app, Command& chosen);
void add_replay_command(CLI::App& app, Command& chosen);
void add_collect_command(CLI::App& app, Command& chosen);
void add_check_command(CLI::App& app, Command& chosen);
void add_plan_command(CLI::App& app, Command& chosen);

}  // namespace heptap
