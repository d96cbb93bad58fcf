#include "agent/daemon/privileges.hpp"

#include <cap-ng.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <iterator>
#include <system_error>

namespace heptap {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const std::string& what) { throw PrivilegeError(ExitCode::failure, what); }

[[noreturn]] void fail(const std::string& what, int error) {
  fail(what + ": " + std::generic_category().message(error));
}

[[noreturn]] void refuse_user(const std::string& user, const std::string& why) {
  throw PrivilegeError(ExitCode::bad_config, "security.user: \"" + user + "\" " + why);
}

std::string own_program() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  return error ? "heptap" : program.string();
}

// As a shell reads it back.
std::string quoted(const std::string& path) {
  constexpr auto plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._+-";
  if (path.find_first_not_of(plain) == std::string::npos) return path;
  std::string text = "'";
  for (const char c : path) text += c == '\'' ? std::string{"'\\''"} : std::string(1, c);
  return text + "'";
}

bool is_root() { return ::getuid() == 0 || ::geteuid() == 0; }

struct User {
  uid_t uid;
  gid_t gid;
};

User find_user(const std::string& name) {
  const passwd* const entry = ::getpwnam(name.c_str());
  if (entry == nullptr) {
    refuse_user(name,
                "is no user here; make it with: useradd --system --no-create-home " + quoted(name));
  }
  if (entry->pw_uid == 0) refuse_user(name, "is root, which heptap does not stay");
  return {entry->pw_uid, entry->pw_gid};
}

void read_capabilities() {
  if (::capng_get_caps_process() != 0) fail("cannot read the capabilities of the process");
}

#ifdef __SANITIZE_THREAD__
constexpr auto threads_at_start = 2;  // the sanitizer may have one of its own
#else
constexpr auto threads_at_start = 1;
#endif

void require_one_thread() {
  std::error_code error;
  const fs::directory_iterator threads("/proc/self/task", error);
  if (error) fail("cannot count the threads in /proc/self/task: " + error.message());
  if (std::distance(begin(threads), end(threads)) > threads_at_start) {
    fail("privileges must be dropped before the first thread starts");
  }
}

// Prepares what is to be left, and says whether the bounding set can go too.
bool choose_capabilities(bool keep_net_raw) {
  read_capabilities();
  const bool can_empty_bounds = ::capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP) == 1;
  ::capng_clear(CAPNG_SELECT_ALL);
  const auto in_use = static_cast<capng_type_t>(CAPNG_EFFECTIVE | CAPNG_PERMITTED);
  if (keep_net_raw && ::capng_update(CAPNG_ADD, in_use, CAP_NET_RAW) != 0) {
    fail("cannot keep CAP_NET_RAW");
  }
  return can_empty_bounds;
}

void become(const User& user, bool can_empty_bounds) {
  const int flags = CAPNG_INIT_SUPP_GRP | CAPNG_CLEAR_AMBIENT |
                    (can_empty_bounds ? CAPNG_CLEAR_BOUNDING : CAPNG_NO_FLAG);
  const int result = ::capng_change_id(static_cast<int>(user.uid), static_cast<int>(user.gid),
                                       static_cast<capng_flags_t>(flags));
  if (result != 0) {
    fail("cannot change to user " + std::to_string(user.uid) + " (capng_change_id gives " +
         std::to_string(result) + "); grant CAP_SETUID and CAP_SETGID, or start it as that user");
  }
}

void apply_capabilities(bool can_empty_bounds) {
  const int sets =
      CAPNG_SELECT_CAPS | CAPNG_SELECT_AMBIENT | (can_empty_bounds ? CAPNG_SELECT_BOUNDS : 0);
  const int result = ::capng_apply(static_cast<capng_select_t>(sets));
  if (result != 0) {
    fail("cannot drop the capabilities (capng_apply gives " + std::to_string(result) + ")");
  }
}

void seal() {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) fail("cannot set no_new_privs", errno);
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) fail("cannot forbid core dumps", errno);
}

// The kernel is asked what is left, whatever the calls before have said.
void require_dropped(bool keep_net_raw) {
  if (is_root()) fail("the process is still root");
  read_capabilities();
  const auto in_use = static_cast<capng_type_t>(CAPNG_EFFECTIVE | CAPNG_PERMITTED);
  if (keep_net_raw) {
    if (::capng_have_capability(CAPNG_EFFECTIVE, CAP_NET_RAW) != 1) fail("CAP_NET_RAW is gone");
    ::capng_update(CAPNG_DROP, in_use, CAP_NET_RAW);
  }
  const bool none = ::capng_have_capabilities(CAPNG_SELECT_CAPS) == CAPNG_NONE &&
                    ::capng_have_capabilities(CAPNG_SELECT_AMBIENT) == CAPNG_NONE;
  if (!none) fail("the process still has capabilities");
}

}  // namespace

std::string net_raw_remedy(const std::string& program) {
  return "heptap may not capture: CAP_NET_RAW is missing. Give it to the program:\n"
         "  sudo setcap cap_net_raw+ep " +
         quoted(program) +
         "\n"
         "or, under systemd, to the unit, in its [Service] part:\n"
         "  AmbientCapabilities=CAP_NET_RAW\n"
         "or to the container:\n"
         "  docker run --cap-add=NET_RAW ...";
}

void check_privileges(const SecuritySettings& settings) {
  read_capabilities();
  if (::capng_have_capability(CAPNG_EFFECTIVE, CAP_NET_RAW) != 1) {
    throw PrivilegeError(ExitCode::no_capability, net_raw_remedy(own_program()));
  }
  if (is_root()) (void)find_user(settings.user);
}

void drop_privileges(const SecuritySettings& settings) {
  require_one_thread();
  const bool can_empty_bounds = choose_capabilities(settings.reopen);
  if (is_root()) {
    become(find_user(settings.user), can_empty_bounds);
  } else {
    apply_capabilities(can_empty_bounds);
  }
  seal();
  require_dropped(settings.reopen);
}

}  // namespace heptap
