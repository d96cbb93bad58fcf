#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "proto/bytes.hpp"
#include "proto/rtp/rtp.hpp"

namespace heptap {

/// How long a payload is, and how it begins: a telephone event, or what tells silence.
class RtpPayload {
 public:
  RtpPayload() = default;
  RtpPayload(Bytes whole) noexcept  // NOLINT(google-explicit-constructor): it is the same, shorter
      : size_(static_cast<std::uint32_t>(whole.size())) {
    std::copy_n(whole.begin(), kept(), start_.begin());
  }

  [[nodiscard]] std::uint32_t size() const noexcept { return size_; }
  /// gives     the first four bytes, or all when there are fewer
  [[nodiscard]] Bytes start() const noexcept { return Bytes(start_).first(kept()); }

 private:
  static constexpr std::size_t most_kept = 4;
  [[nodiscard]] std::size_t kept() const noexcept {
    return std::min<std::size_t>(size_, most_kept);
  }

  std::uint32_t size_ = 0;
  std::array<std::uint8_t, most_kept> start_{};
};

/// What a stream is followed by: of an RtpView, what can be kept when the packet is gone.
struct RtpPacket {
  RtpPacket() = default;
  RtpPacket(const RtpView& view) noexcept  // NOLINT(google-explicit-constructor): as above
      : timestamp(view.timestamp),
        payload(view.payload),
        sequence(view.sequence),
        payload_type(view.payload_type),
        marker(view.marker) {}

  std::uint32_t timestamp = 0;
  RtpPayload payload;
  std::uint16_t sequence = 0;
  std::uint8_t payload_type = 0;
  bool marker = false;
};

}  // namespace heptap
