#pragma once

#include <memory>

#include "agent/capture/byte_source.hpp"
#include "agent/capture/byte_stream.hpp"

struct z_stream_s;  // of zlib, which only the source file needs

namespace heptap {

/// gives     whether these first bytes of a file are those of a gzip file
[[nodiscard]] bool is_gzip(Bytes in) noexcept;

/// What a gzip file holds: all its members, one after the other, as gzip(1) reads them. Zero bytes
/// behind a member are padding; anything else there is a failure. What could be inflated before a
/// failure is given first.
/// source    RFC 1952 section 2.2
class GzipStream final : public ByteStream {
 public:
  /// errors    std::bad_alloc
  explicit GzipStream(ByteSource compressed);

  [[nodiscard]] std::size_t read_some(std::span<std::uint8_t> into) noexcept override;
  [[nodiscard]] StreamFailure failure() const noexcept override { return failure_; }
  [[nodiscard]] std::uint64_t file_bytes() const noexcept override { return compressed_.offset(); }

 private:
  struct EndInflate {
    void operator()(z_stream_s* zlib) const noexcept;
  };

  void step() noexcept;
  void begin_member() noexcept;
  void end(StreamFailure failure) noexcept;

  ByteSource compressed_;
  std::unique_ptr<z_stream_s, EndInflate> zlib_;  // its own state points back at it: never moved
  bool in_member_ = true;
  bool ended_ = false;
  StreamFailure failure_;
};

}  // namespace heptap
