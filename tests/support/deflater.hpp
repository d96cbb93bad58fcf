#pragma once

#include <zlib.h>

#include <cstdint>
#include <new>
#include <string_view>
#include <vector>

namespace heptap::test {

/// Compresses the messages of one WebSocket direction as RFC 7692 section 7.2.1 says; each may refer
/// back to all before it.
class Deflater {
 public:
  Deflater() {
    if (deflateInit2(&zlib_, 9, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY) != Z_OK) {
      throw std::bad_alloc();
    }
  }
  ~Deflater() { deflateEnd(&zlib_); }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  /// gives     the payload of the message's frames
  std::vector<std::uint8_t> message(std::string_view text) {
    std::vector<std::uint8_t> out = run(text, Z_SYNC_FLUSH);
    out.resize(out.size() - 4);
    return out;
  }

  /// The same in a final block, after section 7.2.3.4. The next message refers to none before it.
  std::vector<std::uint8_t> final_message(std::string_view text) {
    std::vector<std::uint8_t> out = run(text, Z_FINISH);
    deflateReset(&zlib_);
    out.push_back(0);
    return out;
  }

 private:
  std::vector<std::uint8_t> run(std::string_view text, int flush) {
    constexpr std::size_t flushed_block_bytes = 16;
    std::vector<std::uint8_t> out(deflateBound(&zlib_, text.size()) + flushed_block_bytes);
    const std::vector<std::uint8_t> in(text.begin(), text.end());
    zlib_.next_in = const_cast<Bytef*>(in.data());  // NOLINT: zlib only reads it
    zlib_.avail_in = static_cast<uInt>(in.size());
    zlib_.next_out = out.data();
    zlib_.avail_out = static_cast<uInt>(out.size());
    deflate(&zlib_, flush);
    out.resize(out.size() - zlib_.avail_out);
    return out;
  }

  z_stream zlib_{};
};

}  // namespace heptap::test
