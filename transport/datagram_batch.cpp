#include "transport/datagram_batch.hpp"

#include <netinet/in.h>
#include <netinet/udp.h>

#include <cstring>
#include <optional>

namespace heptap {
namespace {

// What a message may hold: of the kernel's own limits, those of its oldest versions and of IPv4.
constexpr std::size_t max_segments = 64;
constexpr std::size_t max_message_bytes = 65'507;

constexpr int udp_header_bytes = 8;
constexpr int ipv4_header_bytes = 20;
constexpr int ipv6_header_bytes = 40;

/// gives     nothing where the kernel has no such option
std::optional<int> option_of(int socket, int level, int option) noexcept {
  int value = 0;
  socklen_t size = sizeof value;
  if (::getsockopt(socket, level, option, &value, &size) != 0) return std::nullopt;
  return value;
}

}  // namespace

std::size_t longest_whole_datagram(int socket) noexcept {
  const bool is_v6 = option_of(socket, SOL_SOCKET, SO_DOMAIN) == AF_INET6;
  const auto mtu =
      is_v6 ? option_of(socket, IPPROTO_IPV6, IPV6_MTU) : option_of(socket, IPPROTO_IP, IP_MTU);
  const int headers = udp_header_bytes + (is_v6 ? ipv6_header_bytes : ipv4_header_bytes);
  return mtu && *mtu > headers ? static_cast<std::size_t>(*mtu - headers) : 0;
}

std::size_t longest_segment(int socket) noexcept {
  return option_of(socket, SOL_UDP, UDP_SEGMENT) ? longest_whole_datagram(socket) : 0;
}

void DatagramBatch::arrange(std::size_t frames, std::size_t longest) noexcept {
  count_ = 0;
  std::span<iovec> left = std::span(frames_).first(frames);
  while (!left.empty()) {
    const std::size_t together = frames_together(left, longest);
    messages_[count_] = {};
    messages_[count_].msg_hdr.msg_iov = left.data();
    messages_[count_].msg_hdr.msg_iovlen = together;
    if (together > 1) set_segment_size(count_, left.front().iov_len);
    ++count_;
    left = left.subspan(together);
  }
}

// As many as are as long as the first, and a shorter one, which must be the last.
std::size_t DatagramBatch::frames_together(std::span<const iovec> frames,
                                           std::size_t longest) noexcept {
  const std::size_t segment = frames.front().iov_len;
  if (segment > longest) return 1;
  std::size_t bytes = segment;
  std::size_t count = 1;
  while (count < frames.size() && count < max_segments) {
    const std::size_t next = frames[count].iov_len;
    bytes += next;
    if (next == 0 || next > segment || bytes > max_message_bytes) break;
    ++count;
    if (next < segment) break;
  }
  return count;
}

void DatagramBatch::set_segment_size(std::size_t message, std::size_t bytes) noexcept {
  msghdr& header = messages_[message].msg_hdr;
  header.msg_control = controls_[message].bytes.data();
  header.msg_controllen = controls_[message].bytes.size();
  cmsghdr* const control = CMSG_FIRSTHDR(&header);
  control->cmsg_level = SOL_UDP;
  control->cmsg_type = UDP_SEGMENT;
  control->cmsg_len = CMSG_LEN(sizeof(std::uint16_t));
  const auto segment = static_cast<std::uint16_t>(bytes);
  std::memcpy(CMSG_DATA(control), &segment, sizeof segment);
}

std::size_t DatagramBatch::frames_in(std::size_t messages) const noexcept {
  std::size_t sum = 0;
  for (std::size_t i = 0; i < messages; ++i) sum += messages_[i].msg_hdr.msg_iovlen;
  return sum;
}

}  // namespace heptap
