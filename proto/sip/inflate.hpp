#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "proto/bytes.hpp"
#include "proto/result.hpp"

struct z_stream_s;  // of zlib, which only the source file needs

namespace heptap {

/// Decompresses the messages of one direction of one WebSocket connection. What earlier messages
/// inflated to is kept, because a later one may refer back to the last 32 KiB of it, whatever was
/// negotiated: a smaller window, or none, is read by a larger one. Takes some 40 KiB when made, and
/// allocates nothing later.
/// lifetime  one that was moved from may only be assigned to or destroyed
/// source    RFC 7692 section 7.2.2, RFC 1951
class Inflater {
 public:
  static constexpr std::size_t memory_bytes = 40 << 10;  ///< about

  /// errors    std::bad_alloc
  Inflater();

  /// Inflates the payload of one whole message.
  /// out       bounds the work; need not be cleared
  /// gives     the message, within `out`
  /// errors    malformed: no deflate data, or it refers back to what was not seen; over_limit:
  ///           inflates to more than `out` holds, or `out` is empty. Both forget all earlier
  ///           messages, so that a later one is read if it does not refer back.
  [[nodiscard]] Result<Bytes> message(Bytes compressed, std::span<std::uint8_t> out) noexcept;

  /// Inflates the beginning of a message that nothing is known to precede, and may be cut short.
  /// Forgets all earlier messages, and this one.
  /// gives     what there is of it, at most as much as `out` holds; empty when it is no deflate data
  [[nodiscard]] Bytes peek(Bytes compressed, std::span<std::uint8_t> out) noexcept;

  /// Forgets all earlier messages. To be called when some of the stream was lost: what refers back
  /// to it is then malformed, and not silently something else.
  void reset() noexcept;

 private:
  struct EndInflate {
    void operator()(z_stream_s* zlib) const noexcept;
  };

  void begin(std::span<std::uint8_t> out) noexcept;
  [[nodiscard]] Errc feed(Bytes in) noexcept;
  [[nodiscard]] Errc feed_message(Bytes compressed) noexcept;
  [[nodiscard]] Bytes written(std::span<std::uint8_t> out) const noexcept;

  std::unique_ptr<z_stream_s, EndInflate> zlib_;  // its own state points back at it: never moved
  bool block_ended_ = false;                      // the last byte fed ended a block
};

}  // namespace heptap
