// A socket that is in no group hears every packet, and one has to hear in order to join. So all is
// rejected meanwhile, and the filter is set only when the kernel has delivered what it was about to:
// exchanging the group's program waits for that. Until the filter is set, the program shares among the
// others alone, who come first in the kernel's list: so nothing is lost by being rejected.
#include "agent/capture/fanout_group.hpp"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "agent/capture/capture_error.hpp"
#include "agent/capture/fanout_program.hpp"

namespace heptap {
namespace {

constexpr int gone = -1;  // what the kernel says of a socket whose interface is no more

int bound_interface(int fd) noexcept {
  sockaddr_ll address{};
  socklen_t size = sizeof address;
  // NOLINTNEXTLINE: how addresses of sockets are meant to be passed
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return gone;
  return address.sll_ifindex;
}

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
  const int index = index_of(fd);
  hear_everything(fd, index);
  if (Members* const members = find(index)) return add_to(*members, fd, set_filter);
  add_first(fd, index, set_filter);
}

void FanoutGroup::leave(int fd) noexcept {
  const std::lock_guard lock(mutex_);
  for (Members& members : groups_) std::erase(members.fds, fd);
  std::erase_if(groups_, [](const Members& members) { return members.fds.empty(); });
}

int FanoutGroup::index_of(int fd) const {
  const int index = bound_interface(fd);
  if (index == gone) throw CaptureError(CaptureError::Kind::unavailable, interface_ + ": is gone");
  return index;
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

void FanoutGroup::hear_everything(int fd, int interface_index) const {
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = interface_index;
  // NOLINTNEXTLINE: how addresses of sockets are meant to be passed
  require(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), "capture");
}

void FanoutGroup::share_among(int fd, std::size_t members) const {
  auto program =
      kernels_form(fanout_program(FanoutView::kernel, static_cast<std::uint32_t>(members)));
  const sock_fprog wanted{static_cast<unsigned short>(program.size()), program.data()};
  require(set_packet_option(fd, PACKET_FANOUT_DATA, wanted), "set the program of the fanout group");
}

void FanoutGroup::require(int result, const char* what) const {
  if (result >= 0) return;
  throw CaptureError(CaptureError::Kind::unavailable, interface_ + ": cannot " + what + ": " +
                                                          std::generic_category().message(errno));
}

}  // namespace heptap
