#include "agent/daemon/seccomp_filter.hpp"

#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <system_error>

#include "agent/daemon/system_calls.hpp"

namespace heptap {
namespace {

using Condition = scmp_arg_cmp;

void require(int result, const std::string& what) {
  if (result >= 0) return;
  throw std::runtime_error("cannot " + what + ": " + std::generic_category().message(-result) +
                           "; security.seccomp: off does without");
}

Condition argument(unsigned index, scmp_compare compare, std::uint64_t a, std::uint64_t b = 0) {
  return {index, compare, a, b};
}

Condition equal(unsigned index, std::uint64_t value) { return argument(index, SCMP_CMP_EQ, value); }

// The kernel takes this argument as 32 bits, whatever stands above.
Condition equal32(unsigned index, std::uint64_t value) {
  return argument(index, SCMP_CMP_MASKED_EQ, 0xffffffff, value);
}

Condition without(unsigned index, std::uint64_t bits) {
  return argument(index, SCMP_CMP_MASKED_EQ, bits, 0);
}

Condition with(unsigned index, std::uint64_t bits) {
  return argument(index, SCMP_CMP_MASKED_EQ, bits, bits);
}

class Filter {
 public:
  explicit Filter(std::uint32_t otherwise)
      : otherwise_(otherwise), context_(::seccomp_init(otherwise)) {
    if (!context_) throw std::runtime_error("cannot make a seccomp filter");
  }

  void set(scmp_filter_attr attribute, std::uint32_t value) {
    require(::seccomp_attr_set(context_.get(), attribute, value), "set up the seccomp filter");
  }

  void add(std::uint32_t action, const char* name, std::initializer_list<Condition> when = {}) {
    const int call = ::seccomp_syscall_resolve_name(name);
    if (call == __NR_SCMP_ERROR || action == otherwise_) return;
    require(::seccomp_rule_add_array(context_.get(), action, call,
                                     static_cast<unsigned>(when.size()), std::data(when)),
            "add " + std::string{name} + " to the seccomp filter");
  }

  void allow(const char* name, std::initializer_list<Condition> when = {}) {
    add(SCMP_ACT_ALLOW, name, when);
  }

  void load() { require(::seccomp_load(context_.get()), "install the seccomp filter"); }

 private:
  struct Release {
    void operator()(void* context) const noexcept { ::seccomp_release(context); }
  };
  std::uint32_t otherwise_;
  std::unique_ptr<void, Release> context_;
};

void add_plain_calls(Filter& filter, std::uint32_t deadly) {
  for (const char* const name : allowed_calls) filter.allow(name);
  for (const char* const name : deadly_calls) filter.add(deadly, name);
}

void add_threads(Filter& filter, std::uint32_t deadly) {
  filter.add(SCMP_ACT_ERRNO(ENOSYS), "clone3");
  filter.allow("clone", {with(0, CLONE_THREAD)});
  filter.add(deadly, "clone", {without(0, CLONE_THREAD)});
  filter.allow("prctl", {equal(0, PR_SET_NAME)});
  filter.allow("prlimit64", {equal(2, 0)});  // asking for the size of a stack; no new limit
  filter.allow("tgkill", {equal(0, static_cast<std::uint64_t>(::getpid()))});  // raise, abort
}

// No memory is written and run: libraries are mapped, nothing is made on the spot.
void add_memory(Filter& filter) {
  for (const char* const map : {"mmap", "mmap2"}) {
    filter.allow(map, {without(2, PROT_WRITE)});
    filter.allow(map, {without(2, PROT_EXEC)});
  }
  filter.allow("mprotect", {without(2, PROT_EXEC)});
}

// CAP_NET_RAW may still be there: raw sockets of IP are not.
void add_sockets(Filter& filter, bool reopen) {
  constexpr std::uint64_t type_bits = 0xf;  // the others are SOCK_NONBLOCK and SOCK_CLOEXEC
  for (const auto family : {std::uint64_t{AF_INET}, std::uint64_t{AF_INET6}}) {
    for (const auto type : {std::uint64_t{SOCK_STREAM}, std::uint64_t{SOCK_DGRAM}}) {
      filter.allow("socket",
                   {equal32(0, family), argument(1, SCMP_CMP_MASKED_EQ, type_bits, type)});
    }
  }
  filter.allow("socket", {equal32(0, AF_UNIX)});
  filter.allow("socket", {equal32(0, AF_NETLINK)});
  if (reopen) filter.allow("socket", {equal32(0, AF_PACKET)});
  for (const std::uint32_t request : allowed_ioctls) filter.allow("ioctl", {equal32(1, request)});
}

}  // namespace

void install_seccomp_filter(const SecuritySettings& settings, FileWriting files) {
  if (settings.seccomp == SeccompMode::off) return;
  const bool refuse = settings.seccomp == SeccompMode::on;
  const std::uint32_t deadly = refuse ? SCMP_ACT_KILL_PROCESS : SCMP_ACT_LOG;
  Filter filter(refuse ? SCMP_ACT_ERRNO(EPERM) : SCMP_ACT_LOG);
  filter.set(SCMP_FLTATR_ACT_BADARCH, deadly);
  filter.set(SCMP_FLTATR_CTL_TSYNC, 1);
  filter.set(SCMP_FLTATR_CTL_LOG, 1);
  add_plain_calls(filter, deadly);
  add_threads(filter, deadly);
  add_memory(filter);
  add_sockets(filter, settings.reopen);
  if (files == FileWriting::some) {
    for (const char* const name : file_calls) filter.allow(name);
  }
  filter.load();
}

}  // namespace heptap
