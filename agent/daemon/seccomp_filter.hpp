#pragma once

#include <cstdint>

#include "config/settings.hpp"

namespace heptap {

enum class FileWriting : std::uint8_t { none, some };

/// Leaves the process, all its threads and those to come, only the system calls that capturing and
/// sending need. Call it when nothing remains to be set up, after drop_privileges(): changing user
/// and dropping capabilities is not among them. `reopen` allows AF_PACKET sockets besides.
///
/// files     whether folders and files may be made, renamed and removed, as a spool, collectors of files
///           and the state of calls do
///
/// `on`   What only an attacker does (start a program, fork, ptrace, mount, load code into the
///        kernel) kills the process, and systemd starts a clean one: it was taken over. Everything
///        else that is not allowed fails with EPERM and the daemon goes on: after an upgrade a
///        library may try a call that nobody thought of, and a capture must not end for that. Both
///        are written to the kernel's audit log.
/// `log`  What `on` would refuse is allowed, and written to the audit log: for finding such calls.
/// `off`  Nothing happens.
/// In `on` and `log`, clone3 is "not implemented": a filter cannot see whether it makes a thread or
/// a process, so the C library falls back to clone.
///
/// errors    std::runtime_error: the kernel has no seccomp, or refuses the filter
/// source    seccomp(2), seccomp_rule_add(3)
void install_seccomp_filter(const SecuritySettings& settings,
                            FileWriting files = FileWriting::none);

}  // namespace heptap
