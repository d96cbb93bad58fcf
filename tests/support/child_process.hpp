#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <exception>
#include <iostream>

namespace heptap::test {

/// How a child ended: its exit code, or the signal that ended it.
struct ChildEnd {
  int code = -1;
  int signal = 0;

  bool operator==(const ChildEnd&) const = default;
};

inline std::ostream& operator<<(std::ostream& out, const ChildEnd& end) {
  return out << "{code " << end.code << ", signal " << end.signal << "}";
}

/// Runs `story` in a forked child, for what cannot be taken back: dropped privileges, a filter of
/// system calls. Its result is the exit code; an exception is written to stderr and gives 99. It
/// has no Catch to report to.
/// gives     how the child ended; one that hangs is ended by SIGALRM
template <class Story>
ChildEnd in_child(Story story) {
  std::cout.flush();
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(60);
    int code = 99;
    try {
      code = story();
    } catch (const std::exception& error) {
      std::cerr << "in the child: " << error.what() << '\n';
    }
    ::_exit(code);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) return {-1, WTERMSIG(status)};
  return {WEXITSTATUS(status), 0};
}

}  // namespace heptap::test
