#include "agent/capture/packet_binding.hpp"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <sys/socket.h>

#include <cerrno>

namespace heptap {

int bound_interface(int fd) noexcept {
  sockaddr_ll address{};
  socklen_t size = sizeof address;
  // NOLINTNEXTLINE: how addresses of sockets are meant to be passed
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return -1;
  return address.sll_ifindex;
}

std::error_code hear_everything(int fd, int interface_index) noexcept {
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = interface_index;
  // NOLINTNEXTLINE: how addresses of sockets are meant to be passed
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return {};
  return {errno, std::generic_category()};
}

}  // namespace heptap
