#pragma once

#include <stdexcept>
#include <string>

#include "agent/exit_code.hpp"
#include "config/settings.hpp"

namespace heptap {

/// Why the process cannot have the privileges it should have. what() is for people, may have
/// several lines, and says what to do.
class PrivilegeError : public std::runtime_error {
 public:
  PrivilegeError(ExitCode code, const std::string& what) : std::runtime_error(what), code_(code) {}

  [[nodiscard]] ExitCode code() const noexcept { return code_; }

 private:
  ExitCode code_;
};

/// Call it at the start, before anything is opened.
/// errors    PrivilegeError: no_capability when this thread has no effective CAP_NET_RAW, with the
///           remedies; bad_config when it runs as root and `security.user` cannot be changed to
void check_privileges(const SecuritySettings& settings);

/// gives     what to do when CAP_NET_RAW is missing; `program` is our own binary
[[nodiscard]] std::string net_raw_remedy(const std::string& program);

/// Gives up, for good, what capturing no longer needs. Call it once the capture handles are open and
/// before the first thread is started: capabilities belong to threads.
///   - root becomes `security.user`, with the groups of that user alone;
///   - no capability is left, in any set, but CAP_NET_RAW (permitted and effective) with `reopen`.
///     The bounding set is emptied when that is allowed (CAP_SETPCAP, as root has it); elsewhere it
///     stays as it is, and is of no use;
///   - no program started from here on gains any (no_new_privs);
///   - no core dump, no ptrace by the same user: both would show what subscribers said.
/// Files that only root may read cannot be read again from here on.
/// errors    PrivilegeError: bad_config as above; failure when there are other threads, or the
///           kernel did not do what it was asked for
/// source    capabilities(7), prctl(2)
void drop_privileges(const SecuritySettings& settings);

}  // namespace heptap
