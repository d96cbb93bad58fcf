// A receiving interface takes the outermost VLAN tag out of a frame before any socket sees it; the
// tag is then only in the control message PACKET_AUXDATA.
#include "tests/support/packet_socket.hpp"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <span>
#include <stdexcept>
#include <system_error>

#include "tests/support/frame_wrapping.hpp"

namespace heptap::test {
namespace {

constexpr int receive_buffer_bytes = 64 << 20;

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

void set_option(int fd, int level, int name, int value) {
  if (setsockopt(fd, level, name, &value, sizeof value) != 0) fail("setsockopt");
}

void bind_to(int fd, const std::string& interface, int protocol) {
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(static_cast<std::uint16_t>(protocol));
  address.sll_ifindex = static_cast<int>(if_nametoindex(interface.c_str()));
  if (address.sll_ifindex == 0) fail(interface);
  // NOLINTNEXTLINE: how the interface of sockets is meant to be called
  if (bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail(interface);
}

Frame with_kernels_tag(Frame frame, const tpacket_auxdata& data) {
  if ((data.tp_status & TP_STATUS_VLAN_VALID) == 0) return frame;
  const bool is_said = (data.tp_status & TP_STATUS_VLAN_TPID_VALID) != 0;
  return tagged(std::move(frame), is_said ? data.tp_vlan_tpid : std::uint16_t{ETH_P_8021Q},
                data.tp_vlan_tci);
}

}  // namespace

PacketSocket::PacketSocket(const std::string& interface, Direction direction) {
  fd_ = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);  // nothing before it is bound
  if (fd_ < 0) fail("AF_PACKET");
  try {
    open(interface, direction);
  } catch (...) {
    close(fd_);
    throw;
  }
}

PacketSocket::~PacketSocket() { close(fd_); }

void PacketSocket::open(const std::string& interface, Direction direction) {
  if (direction == Direction::out) return bind_to(fd_, interface, 0);
  buffer_.resize(batch * frame_bytes);
  controls_.resize(batch);
  set_option(fd_, SOL_SOCKET, SO_RCVBUFFORCE, receive_buffer_bytes);
  set_option(fd_, SOL_PACKET, PACKET_AUXDATA, 1);
  set_option(fd_, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1);
  bind_to(fd_, interface, ETH_P_ALL);
}

std::size_t PacketSocket::take(const std::function<void(Frame)>& on_frame) {
  std::array<iovec, batch> places{};
  std::array<mmsghdr, batch> headers{};
  for (std::size_t slot = 0; slot < batch; ++slot) {
    places[slot] = {buffer_.data() + slot * frame_bytes, frame_bytes};
    msghdr& header = headers[slot].msg_hdr;
    header.msg_iov = &places[slot];
    header.msg_iovlen = 1;
    header.msg_control = controls_[slot].bytes.data();
    header.msg_controllen = control_bytes;
  }
  const int count = recvmmsg(fd_, headers.data(), batch, MSG_DONTWAIT, nullptr);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
  if (count < 0) fail("recvmmsg");
  const auto filled = static_cast<std::size_t>(count);
  for (std::size_t slot = 0; slot < filled; ++slot) on_frame(frame_of(slot, headers[slot]));
  return filled;
}

Frame PacketSocket::frame_of(std::size_t slot, mmsghdr& header) const {
  if ((header.msg_hdr.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) {
    throw std::system_error(EMSGSIZE, std::generic_category(), "a frame");
  }
  const auto bytes = std::span{buffer_}.subspan(slot * frame_bytes, header.msg_len);
  Frame frame(bytes.begin(), bytes.end());
  for (cmsghdr* part = CMSG_FIRSTHDR(&header.msg_hdr); part != nullptr;
       part = CMSG_NXTHDR(&header.msg_hdr, part)) {
    if (part->cmsg_level != SOL_PACKET || part->cmsg_type != PACKET_AUXDATA) continue;
    tpacket_auxdata data{};
    std::memcpy(&data, CMSG_DATA(part), sizeof data);
    frame = with_kernels_tag(std::move(frame), data);
  }
  return frame;
}

void PacketSocket::send(const std::vector<Frame>& frames) {
  std::vector<iovec> places;
  for (const Frame& frame : frames) {
    // NOLINTNEXTLINE: sendmmsg writes nothing there
    places.push_back({const_cast<std::uint8_t*>(frame.data()), frame.size()});
  }
  std::vector<mmsghdr> headers(frames.size());
  for (std::size_t i = 0; i < headers.size(); ++i) {
    headers[i].msg_hdr.msg_iov = &places[i];
    headers[i].msg_hdr.msg_iovlen = 1;
  }
  for (std::span rest{headers}; !rest.empty();) {
    const int count = sendmmsg(fd_, rest.data(), static_cast<unsigned>(rest.size()), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail("sendmmsg");
    rest = rest.subspan(static_cast<std::size_t>(count));
  }
}

std::uint64_t PacketSocket::lost() {
  tpacket_stats counts{};
  socklen_t size = sizeof counts;
  if (getsockopt(fd_, SOL_PACKET, PACKET_STATISTICS, &counts, &size) != 0) fail("statistics");
  return counts.tp_drops;
}

}  // namespace heptap::test
