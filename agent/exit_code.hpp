#pragma once

namespace heptap {

/// What the process tells its caller. Values above 2 follow sysexits where it has a word for them.
enum class ExitCode : int {
  ok = 0,
  failure = 1,         ///< runtime failure, a damaged capture file among them
  usage = 2,           ///< wrong command line
  lost = 3,            ///< replay lost or could not deliver messages
  interrupted = 130,   ///< a signal ended it early, as shells say it for SIGINT
  unavailable = 69,    ///< device or file missing
  no_capability = 77,  ///< missing capability; the remedy is printed
  bad_config = 78,     ///< configuration error
};

}  // namespace heptap
