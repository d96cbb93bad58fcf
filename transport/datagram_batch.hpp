#pragma once

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace heptap {

/// gives     the longest datagram that leaves a connected UDP socket in one piece, by the path's MTU; 0 when
///           it is not known
[[nodiscard]] std::size_t longest_whole_datagram(int socket) noexcept;
/// gives     the longest that may go to the kernel together with others: the same, or 0 for none
[[nodiscard]] std::size_t longest_segment(int socket) noexcept;

/// What one sendmmsg() sends: frames in their order, each of them a datagram.
///
/// Most of what a datagram costs is its way through the kernel, and a message of the batch goes it
/// once. So frames of one length go together in one message, and with them the shorter one behind
/// them: the kernel cuts the message into datagrams again as late as it can (UDP_SEGMENT, since Linux 4.18).
class DatagramBatch {
 public:
  static constexpr std::size_t max_frames = 64;

  /// gives     where the frames go, before arrange()
  [[nodiscard]] std::span<iovec> frames() noexcept { return frames_; }

  /// frames    of frames(), not empty
  /// longest   of those that may go together; 0: each goes alone
  void arrange(std::size_t frames, std::size_t longest) noexcept;

  /// gives     for sendmmsg(); until the next arrange()
  [[nodiscard]] std::span<mmsghdr> messages() noexcept {
    return std::span(messages_).first(count_);
  }
  /// gives     how many frames the first of the messages hold
  [[nodiscard]] std::size_t frames_in(std::size_t messages) const noexcept;

 private:
  struct Control {
    alignas(cmsghdr) std::array<std::uint8_t, CMSG_SPACE(sizeof(std::uint16_t))> bytes;
  };

  [[nodiscard]] static std::size_t frames_together(std::span<const iovec> frames,
                                                   std::size_t longest) noexcept;
  void set_segment_size(std::size_t message, std::size_t bytes) noexcept;

  // NOLINTBEGIN(cppcoreguidelines-pro-type-member-init): arrange() fills what is used
  std::array<iovec, max_frames> frames_;
  std::array<mmsghdr, max_frames> messages_;
  std::array<Control, max_frames> controls_;
  // NOLINTEND(cppcoreguidelines-pro-type-member-init)
  std::size_t count_ = 0;
};

}  // namespace heptap
