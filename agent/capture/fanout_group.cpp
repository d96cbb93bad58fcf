// A socket that is in no group hears every packet, and one has to hear in order to join. So all is
// rejected meanwhile, and the filter is set only when the kernel has delivered what it was about to:
// exchanging the group's program waits for that. Until the filter is set, the program shares among the
// others alone, who come first in the kernel's list: so nothing is lost by being rejected.
#include "agent/capture/fanout_group.hpp"

#include <linux/filter.h>
#include <linux/if_packet.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "agent/capture/capture_error.hpp"
#include "agent/capture/fanout_program.hpp"
#include "agent/capture/packet_binding.hpp"

namespace heptap {
namespace {

constexpr int gone = -1;  // as bound_interface() says it

template <class Value>
int set_option(int fd, int level, int name, const Value& value) noexcept {
  return ::setsockopt(fd, level, name, &value, sizeof value);
}

template <class Value>
int set_packet_option(int fd, int name, const Value& value) noexcept {
  return set_option(fd, SOL_PACKET, name, value);
}

int reject_all(int fd) noexcept {
  sock_filter nothing{BPF_RET | BPF_K, 0, 0, 0};
  return set_option(fd, SOL_SOCKET, SO_ATTACH_FILTER, sock_fprog{1, &nothing});
}

std::vector<sock_filter> kernels_form(const std::vector<bpf_insn>& program) {
  std::vector<sock_filter> out;
  out.reserve(program.size());
  for (const bpf_insn& i : program) out.push_back({i.code, i.jt, i.jf, i.k});
  return out;
}

}  // namespace

void FanoutGroup::join(int fd, const std::function<void()>& set_filter) {
  const std::lock_guard lock(mutex_);
  require(reject_all(fd), "reject packets");
  const int index = bound_interface(fd);
  require(hear_everything(fd, index), "capture");
  if (Members* const members = find(index)) return add_to(*members, fd, set_filter);
  add_first(fd, index, set_filter);
}

void FanoutGroup::leave(int fd) noexcept {
  const std::lock_guard lock(mutex_);
  for (Members& members : groups_) std::erase(members.fds, fd);
  std::erase_if(groups_, [](const Members& members) { return members.fds.empty(); });
}

// A group of which nobody is left on the interface is none: the kernel may have made another of its
// number, for others.
FanoutGroup::Members* FanoutGroup::find(int interface_index) {
  for (Members& members : groups_) {
    std::erase_if(members.fds, [](int fd) { return bound_interface(fd) == gone; });
  }
  std::erase_if(groups_, [](const Members& members) { return members.fds.empty(); });
  const auto at = std::find_if(groups_.begin(), groups_.end(), [&](const Members& members) {
    return members.interface_index == interface_index;
  });
  return at == groups_.end() ? nullptr : &*at;
}

void FanoutGroup::add_first(int fd, int interface_index, const std::function<void()>& set_filter) {
  constexpr std::uint32_t fresh = PACKET_FANOUT_CBPF | PACKET_FANOUT_FLAG_UNIQUEID;
  require(set_packet_option(fd, PACKET_FANOUT, fresh << 16U), "make a fanout group");
  std::uint32_t made = 0;
  socklen_t size = sizeof made;
  require(::getsockopt(fd, SOL_PACKET, PACKET_FANOUT, &made, &size), "ask for the fanout group");
  share_among(fd, 1);
  set_filter();
  groups_.push_back({interface_index, static_cast<std::uint16_t>(made), {fd}});
}

void FanoutGroup::add_to(Members& members, int fd, const std::function<void()>& set_filter) {
  constexpr std::uint32_t by_program = PACKET_FANOUT_CBPF;
  require(set_packet_option(fd, PACKET_FANOUT, by_program << 16U | members.id),
          "join the fanout group");
  share_among(fd, members.fds.size());
  set_filter();
  members.fds.push_back(fd);
  share_among(fd, members.fds.size());
}

void FanoutGroup::share_among(int fd, std::size_t members) const {
  auto program =
      kernels_form(fanout_program(FanoutView::kernel, static_cast<std::uint32_t>(members)));
  const sock_fprog wanted{static_cast<unsigned short>(program.size()), program.data()};
  require(set_packet_option(fd, PACKET_FANOUT_DATA, wanted), "set the program of the fanout group");
}

void FanoutGroup::require(int result, const char* what) const {
  if (result < 0) require(std::error_code{errno, std::generic_category()}, what);
}

void FanoutGroup::require(std::error_code error, const char* what) const {
  if (!error) return;
  throw CaptureError(CaptureError::Kind::unavailable,
                     interface_ + ": cannot " + what + ": " + error.message());
}

}  // namespace heptap
