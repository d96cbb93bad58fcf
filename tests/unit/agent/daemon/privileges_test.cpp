#include "agent/daemon/privileges.hpp"

#include <arpa/inet.h>
#include <cap-ng.h>
#include <grp.h>
#include <linux/if_ether.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <thread>

#include "tests/support/child_process.hpp"

using namespace heptap;
using test::ChildEnd;
using test::in_child;

namespace {

// A user that every Debian has.
const SecuritySettings to_nobody{"nobody", SeccompMode::off, false};
const SecuritySettings to_nobody_reopen{"nobody", SeccompMode::off, true};
const std::string no_caps = "0000000000000000";
const std::string net_raw = "0000000000002000";  // bit 13

// What /proc says of this process, without the blanks around it; "" for what it does not know.
std::string status(const std::string& key) {
  std::ifstream in("/proc/self/status");
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with(key + ":")) continue;
    const auto first = line.find_first_not_of(" \t", key.size() + 1);
    if (first == std::string::npos) return "";
    return line.substr(first, line.find_last_not_of(" \t") + 1 - first);
  }
  return "";
}

bool can_open_packet_socket() {
  const int fd = ::socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));
  if (fd >= 0) ::close(fd);
  return fd >= 0;
}

// Says which expectation was not met, as there is no Catch in a child.
class Expectations {
 public:
  void that(const std::string& key, const std::string& want) {
    const std::string got = status(key);
    check(got == want, key + " is \"" + got + "\", not \"" + want + "\"");
  }
  void check(bool holds, const std::string& what) {
    if (holds) return;
    std::cerr << "in the child: " << what << '\n';
    ++failed_;
  }
  [[nodiscard]] int failed() const { return failed_; }

 private:
  int failed_ = 0;
};

bool skipped_without_root() {
  if (::getuid() == 0) return false;
  WARN("skipped: only root can drop what root has");
  return true;
}

std::string numbers(uid_t id) {
  const std::string text = std::to_string(id);
  return text + "\t" + text + "\t" + text + "\t" + text;
}

// As setcap or AmbientCapabilities= start it: an ordinary user with this capability alone.
void become_user_with(capng_type_t sets) {
  ::capng_clear(CAPNG_SELECT_BOTH);
  ::capng_update(CAPNG_ADD, sets, CAP_NET_RAW);
  ::capng_change_id(4242, 4242, CAPNG_DROP_SUPP_GRP);
}

ExitCode code_of(void (*call)(const SecuritySettings&), const SecuritySettings& settings) {
  try {
    call(settings);
    return ExitCode::ok;
  } catch (const PrivilegeError& error) {
    return error.code();
  }
}

constexpr auto used = static_cast<capng_type_t>(CAPNG_EFFECTIVE | CAPNG_PERMITTED);

}  // namespace

TEST_CASE("the remedy can be pasted into a shell and into a unit") {
  const std::string text = net_raw_remedy("/usr/bin/heptap");
  CHECK(text.find("\n  sudo setcap cap_net_raw+ep /usr/bin/heptap\n") != std::string::npos);
  CHECK(text.find("\n  AmbientCapabilities=CAP_NET_RAW\n") != std::string::npos);
  const std::string odd = net_raw_remedy("/opt/it's here/heptap");
  CHECK(odd.find("cap_net_raw+ep '/opt/it'\\''s here/heptap'\n") != std::string::npos);
}

TEST_CASE("a daemon without CAP_NET_RAW does not start, and its own path is in the remedy") {
  if (skipped_without_root()) return;
  const ChildEnd end = in_child([] {
    become_user_with(used);
    Expectations expect;
    expect.check(code_of(check_privileges, to_nobody) == ExitCode::ok, "refused with NET_RAW");
    ::capng_clear(CAPNG_SELECT_CAPS);
    ::capng_apply(CAPNG_SELECT_CAPS);
    try {
      check_privileges(to_nobody);
      return 1;
    } catch (const PrivilegeError& error) {
      expect.check(error.code() == ExitCode::no_capability, "another exit code");
      const std::string program = "unit_agent_daemon\n";
      expect.check(std::string{error.what()}.find(program) != std::string::npos, error.what());
    }
    return expect.failed();
  });
  CHECK(end == ChildEnd{0, 0});
}

TEST_CASE("root becomes the user and keeps nothing") {
  if (skipped_without_root()) return;
  const ChildEnd end = in_child([] {
    const gid_t group_of_root = 0;
    ::setgroups(1, &group_of_root);
    drop_privileges(to_nobody);
    Expectations expect;
    for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"}) {
      expect.that(set, no_caps);
    }
    expect.that("Uid", numbers(65534));
    expect.that("Gid", numbers(65534));
    expect.that("Groups", "65534");
    expect.that("NoNewPrivs", "1");
    expect.check(::prctl(PR_GET_DUMPABLE) == 0, "a core dump could be made");
    expect.check(!can_open_packet_socket(), "it can capture");
    expect.check(::setuid(0) != 0, "it can become root again");
    return expect.failed();
  });
  CHECK(end == ChildEnd{0, 0});
}

TEST_CASE("with reopen, root becomes the user and keeps CAP_NET_RAW alone") {
  if (skipped_without_root()) return;
  const ChildEnd end = in_child([] {
    drop_privileges(to_nobody_reopen);
    Expectations expect;
    for (const char* set : {"CapInh", "CapBnd", "CapAmb"}) expect.that(set, no_caps);
    for (const char* set : {"CapPrm", "CapEff"}) expect.that(set, net_raw);
    expect.that("Uid", numbers(65534));
    expect.check(can_open_packet_socket(), "it cannot capture again");
    return expect.failed();
  });
  CHECK(end == ChildEnd{0, 0});
}

TEST_CASE("an ordinary user keeps its name and loses CAP_NET_RAW, or all but that") {
  if (skipped_without_root()) return;
  const bool reopen = GENERATE(false, true);
  CAPTURE(reopen);
  const ChildEnd end = in_child([=] {
    become_user_with(static_cast<capng_type_t>(used | CAPNG_INHERITABLE));
    if (::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_RAW, 0, 0) != 0) return 98;
    // The user of the settings is not there, and not needed.
    drop_privileges({"no-such-user", SeccompMode::off, reopen});
    Expectations expect;
    for (const char* set : {"CapInh", "CapAmb"}) expect.that(set, no_caps);
    for (const char* set : {"CapPrm", "CapEff"}) expect.that(set, reopen ? net_raw : no_caps);
    expect.that("Uid", numbers(4242));
    expect.that("NoNewPrivs", "1");
    expect.check(can_open_packet_socket() == reopen, "packet socket");
    return expect.failed();
  });
  CHECK(end == ChildEnd{0, 0});
}

TEST_CASE("a user that is missing, or is root, is a mistake in the configuration") {
  if (skipped_without_root()) return;
  const auto* const user = GENERATE("no-such-user", "root");
  CAPTURE(user);
  const ChildEnd end = in_child([=] {
    const SecuritySettings settings{user, SeccompMode::off, false};
    Expectations expect;
    expect.check(code_of(check_privileges, settings) == ExitCode::bad_config, "at the start");
    expect.check(code_of(drop_privileges, settings) == ExitCode::bad_config, "when dropping");
    expect.that("Uid", numbers(0));
    return expect.failed();
  });
  CHECK(end == ChildEnd{0, 0});
}

TEST_CASE("privileges are not dropped for one thread while another keeps them") {
  const ChildEnd end = in_child([] {
    std::thread other([] { ::pause(); });
    other.detach();  // ends with the child
    return code_of(drop_privileges, to_nobody) == ExitCode::failure ? 0 : 1;
  });
  CHECK(end == ChildEnd{0, 0});
}
