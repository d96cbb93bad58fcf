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
  /// cut_bytes  of the same payload, which the capture has not got
  RtpPayload(Bytes there,
             std::size_t cut_bytes = 0) noexcept  // NOLINT(google-explicit-constructor)
      : size_(static_cast<std::uint16_t>(std::min(there.size() + cut_bytes, most_bytes))),
        kept_(static_cast<std::uint8_t>(std::min(there.size(), most_kept))) {
    std::copy_n(there.begin(), kept_, start_.begin());
  }

  [[nodiscard]] std::uint32_t size() const noexcept { return size_; }
  /// gives     the first four bytes, or all that are there when those are fewer
  [[nodiscard]] Bytes start() const noexcept { return Bytes(start_).first(kept_); }

 private:
  static constexpr std::size_t most_bytes = 0xffff;  // no datagram holds more
  static constexpr std::size_t most_kept = 4;

  std::uint16_t size_ = 0;
  std::uint8_t kept_ = 0;
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
