#include "agent/capture/gzip_stream.hpp"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>
#include <utility>

namespace heptap {
namespace {

constexpr std::uint8_t magic_first = 0x1f;
constexpr std::uint8_t magic_second = 0x8b;

uInt clamp_to_uint(std::size_t count) noexcept {
  return static_cast<uInt>(std::min<std::size_t>(count, std::numeric_limits<uInt>::max()));
}

}  // namespace

bool is_gzip(Bytes in) noexcept {
  return in.size() >= 2 && in[0] == magic_first && in[1] == magic_second;
}

void GzipStream::EndInflate::operator()(z_stream_s* zlib) const noexcept {
  inflateEnd(zlib);
  delete zlib;
}

GzipStream::GzipStream(ByteSource compressed)
    : compressed_(std::move(compressed)), zlib_(new z_stream_s{}) {
  constexpr int gzip_wrapper = 16;
  if (inflateInit2(zlib_.get(), MAX_WBITS + gzip_wrapper) != Z_OK) throw std::bad_alloc();
}

std::size_t GzipStream::read_some(std::span<std::uint8_t> into) noexcept {
  const uInt room = clamp_to_uint(into.size());
  zlib_->next_out = into.data();
  zlib_->avail_out = room;
  while (!ended_ && zlib_->avail_out == room) step();
  return room - zlib_->avail_out;
}

/// Inflates what is buffered, or reads more to inflate.
void GzipStream::step() noexcept {
  if (!in_member_) begin_member();
  const Bytes in = compressed_.at_least(1);
  if (in.empty()) {
    if (compressed_.failure()) return end(compressed_.failure());
    return end(in_member_ ? StreamFailure{"gzip data is cut short"} : StreamFailure{});
  }
  if (!in_member_) return end({"what follows the gzip data is not gzip"});

  const uInt offered = clamp_to_uint(in.size());
  zlib_->next_in = const_cast<Bytef*>(in.data());  // NOLINT: zlib only reads it
  zlib_->avail_in = offered;
  const int result = inflate(zlib_.get(), Z_NO_FLUSH);
  compressed_.consume(offered - zlib_->avail_in);
  if (result == Z_STREAM_END) {
    in_member_ = false;
  } else if (result == Z_MEM_ERROR) {
    end({"no memory to inflate gzip data"});
  } else if (result != Z_OK) {
    end({"gzip data is corrupt"});
  }
}

/// Between members: steps over padding, and begins the next member if its first byte is there.
void GzipStream::begin_member() noexcept {
  Bytes in = compressed_.at_least(1);
  while (!in.empty() && in.front() == 0) {
    const auto padding = std::find_if(in.begin(), in.end(), [](std::uint8_t b) { return b != 0; });
    compressed_.consume(static_cast<std::size_t>(padding - in.begin()));
    in = compressed_.at_least(1);
  }
  if (in.empty() || in.front() != magic_first) return;
  inflateReset(zlib_.get());
  in_member_ = true;
}

void GzipStream::end(StreamFailure failure) noexcept {
  ended_ = true;
  failure_ = failure;
}

}  // namespace heptap
