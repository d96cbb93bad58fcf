#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tests/support/frame_builder.hpp"

struct cmsghdr;
struct mmsghdr;

namespace heptap::test {

/// An AF_PACKET socket on one interface of the network namespace this runs in.
/// errors    every member function: std::system_error
/// source    packet(7)
class PacketSocket {
 public:
  enum class Direction : std::uint8_t {
    in,   ///< takes what the interface receives; what it sends is not seen
    out,  ///< takes nothing
  };

  PacketSocket(const std::string& interface, Direction direction);
  PacketSocket(const PacketSocket&) = delete;
  PacketSocket& operator=(const PacketSocket&) = delete;
  ~PacketSocket();

  [[nodiscard]] int fd() const noexcept { return fd_; }

  /// Hands over whole frames that wait, a batch at a time, without blocking. A tag that the kernel
  /// has taken out of a frame is put back.
  /// gives     how many there were
  [[nodiscard]] std::size_t take(const std::function<void(Frame)>& on_frame);

  /// Blocks until all are sent.
  void send(const std::vector<Frame>& frames);

  /// gives     how many frames came and found no room, since the last call
  [[nodiscard]] std::uint64_t lost();

 private:
  static constexpr std::size_t batch = 64;
  static constexpr std::size_t frame_bytes = 1U << 16U;
  static constexpr std::size_t control_bytes = 64;
  struct alignas(8) Control {
    std::array<std::uint8_t, control_bytes> bytes;
  };

  void open(const std::string& interface, Direction direction);
  [[nodiscard]] Frame frame_of(std::size_t slot, mmsghdr& header) const;

  int fd_ = -1;
  std::vector<std::uint8_t> buffer_;
  std::vector<Control> controls_;
};

}  // namespace heptap::test
