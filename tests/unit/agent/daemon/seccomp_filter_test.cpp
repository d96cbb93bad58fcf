#include "agent/daemon/seccomp_filter.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <netdb.h>
#include <pcap/pcap.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <cerrno>
#include <fstream>
#include <functional>
#include <set>
#include <string>
#include <thread>

#include "agent/capture/live_source.hpp"
#include "agent/daemon/privileges.hpp"
#include "agent/daemon/system_calls.hpp"
#include "tests/support/child_process.hpp"

using namespace heptap;
using test::ChildEnd;
using test::in_child;

namespace {

const SecuritySettings on{"nobody", SeccompMode::on, false};
const SecuritySettings on_reopen{"nobody", SeccompMode::on, true};
const SecuritySettings logged{"nobody", SeccompMode::log, false};
const SecuritySettings off{"nobody", SeccompMode::off, false};

constexpr ChildEnd fine{0, 0};
constexpr ChildEnd killed{-1, SIGSYS};

/// gives     how a child ends in which `call` is made under the filter; code 0 when it gives true
ChildEnd under(const SecuritySettings& settings, const std::function<bool()>& call) {
  return in_child([&] {
    install_seccomp_filter(settings);
    return call() ? 0 : 1;
  });
}

bool is_refused(long result) { return result == -1 && errno == EPERM; }

bool closes(int fd) { return fd >= 0 && ::close(fd) == 0; }

bool can_map(int protection) {
  return ::mmap(nullptr, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}

bool runs_a_program() {
  ::execl("/bin/true", "true", nullptr);
  return false;
}

bool forks() {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  return child > 0;
}

bool makes_a_thread() {
  std::atomic<bool> ran{false};
  std::thread([&] { ran = true; }).join();
  return ran;
}

bool resolves_localhost() {
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo("localhost", "9060", nullptr, &found);
  if (error != 0) return error != EAI_SYSTEM && error != EAI_MEMORY;  // a bare container has none
  ::freeaddrinfo(found);
  return true;
}

int filters_of_this_process() {
  std::ifstream in("/proc/self/status");
  for (std::string key; in >> key;) {
    int count = 0;
    if (key == "Seccomp_filters:" && in >> count) return count;
  }
  return -1;
}

}  // namespace

TEST_CASE("each call is known by its name and is in one list only") {
  std::set<std::string> names;
  const auto add = [&](const char* name) {
    CAPTURE(name);
    CHECK(::seccomp_syscall_resolve_name(name) != __NR_SCMP_ERROR);
    CHECK(names.insert(name).second);
  };
  for (const char* const name : allowed_calls) add(name);
  for (const char* const name : deadly_calls) add(name);
  for (const char* const name : file_calls) add(name);
}

TEST_CASE("what only an attacker does ends the process") {
  CHECK(under(on, runs_a_program) == killed);
  CHECK(under(on, forks) == killed);
  CHECK(under(on, [] { return ::chroot("/") == 0; }) == killed);
  CHECK(under(on, [] { return ::vfork() > 0; }) == killed);
}

TEST_CASE("anything else that is not needed is refused, and the process goes on") {
  struct Row {
    const char* why;
    std::function<bool()> call;
  };
  const auto row = GENERATE(values<Row>({
      {"files are not made executable", [] { return is_refused(::chmod("/nonexistent", 0777)); }},
      {"folders are not made", [] { return is_refused(::mkdir("/nonexistent/x", 0700)); }},
      {"files are not removed", [] { return is_refused(::unlink("/nonexistent")); }},
      {"others are not signalled", [] { return is_refused(::kill(::getppid(), 0)); }},
      {"nobody else is become", [] { return is_refused(::setuid(4242)); }},
      {"no code is written", [] { return !can_map(PROT_WRITE | PROT_EXEC) && errno == EPERM; }},
      {"what was written is not run",
       [] {
         void* const page =
             ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
         return is_refused(::mprotect(page, 4096, PROT_READ | PROT_EXEC));
       }},
      {"no packet socket", [] { return is_refused(::socket(AF_PACKET, SOCK_RAW, 0)); }},
      {"no raw socket", [] { return is_refused(::socket(AF_INET, SOCK_RAW, IPPROTO_UDP)); }},
      {"no other family", [] { return is_refused(::socket(AF_ALG, SOCK_SEQPACKET, 0)); }},
      {"nothing is typed into the terminal", [] { return is_refused(::ioctl(0, 0x5412, "x")); }},
  }));
  CAPTURE(row.why);
  CHECK(under(on, row.call) == fine);
}

TEST_CASE("what capturing and sending need is allowed") {
  struct Row {
    const char* why;
    std::function<bool()> call;
  };
  const auto row = GENERATE(values<Row>({
      {"files are read", [] { return closes(::open("/etc/passwd", O_RDONLY | O_CLOEXEC)); }},
      {"IPv4", [] { return closes(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0)); }},
      {"TCP", [] { return closes(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)); }},
      {"systemd", [] { return closes(::socket(AF_UNIX, SOCK_DGRAM, 0)); }},
      {"interfaces", [] { return closes(::socket(AF_NETLINK, SOCK_RAW, 0)); }},
      {"threads", makes_a_thread},
      {"names", resolves_localhost},
      {"memory", [] { return can_map(PROT_READ | PROT_WRITE); }},
      {"libraries", [] { return can_map(PROT_READ | PROT_EXEC); }},
      {"a figure of ourselves", [] { return filters_of_this_process() > 0; }},
  }));
  CAPTURE(row.why);
  CHECK(under(on, row.call) == fine);
}

TEST_CASE("abort still aborts") {
  CHECK(under(on, [] {
          std::signal(SIGABRT, SIG_DFL);  // Catch has its own
          ::raise(SIGABRT);
          return true;
        }) == ChildEnd{-1, SIGABRT});
}

TEST_CASE("a filter counts for threads that were there before it") {
  const ChildEnd end = in_child([] {
    std::atomic<int> step{0};
    bool refused = false;
    std::thread earlier([&] {
      step = 1;
      while (step != 2) std::this_thread::yield();
      refused = is_refused(::unlink("/nonexistent"));
    });
    while (step != 1) std::this_thread::yield();
    install_seccomp_filter(on);
    step = 2;
    earlier.join();
    return refused ? 0 : 1;
  });
  CHECK(end == fine);
}

TEST_CASE("log and off refuse nothing, and only off leaves no filter") {
  const int before = filters_of_this_process();
  for (const SecuritySettings& settings : {logged, off}) {
    CAPTURE(static_cast<int>(settings.seccomp));
    CHECK(under(settings, runs_a_program) == fine);  // true's own exit code
    CHECK(under(settings, forks) == fine);
    CHECK(under(settings, makes_a_thread) == fine);
    CHECK(under(settings, [] { return ::unlink("/nonexistent") == -1 && errno == ENOENT; }) ==
          fine);
    const int more = settings.seccomp == SeccompMode::log ? 1 : 0;
    CHECK(under(settings, [&] { return filters_of_this_process() == before + more; }) == fine);
  }
}

TEST_CASE("with reopen, libpcap opens an interface after all has been given up") {
  if (::getuid() != 0) {
    WARN("skipped: only root may capture");
    return;
  }
  const auto captures = [](const char* interface) {
    char why[PCAP_ERRBUF_SIZE] = {};
    pcap_t* const handle = ::pcap_create(interface, why);
    if (handle == nullptr) return false;
    ::pcap_set_promisc(handle, 1);
    ::pcap_set_immediate_mode(handle, 1);
    ::pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO);
    const int status = ::pcap_activate(handle);
    ::pcap_close(handle);
    return status >= 0;
  };
  const auto is_shared = [](const char* interface) {
    LiveOptions options;
    options.interface = interface;
    options.fanout = std::make_shared<FanoutGroup>(interface);
    const LiveSource one(options);
    const LiveSource other(options);
    return 0;
  };
  for (const char* const interface : {"lo", "any"}) {
    CAPTURE(interface);
    CHECK(in_child([&] {
            drop_privileges(on_reopen);
            install_seccomp_filter(on_reopen);
            return is_shared(interface);
          }) == fine);
    CHECK(in_child([&] {
            drop_privileges(on_reopen);
            install_seccomp_filter(on_reopen);
            return captures(interface) ? 0 : 1;
          }) == fine);
    CHECK(under(on, [&] { return !captures(interface); }) == fine);
  }
}
