// A sender flushes each message to a whole byte, which ends it in an empty stored block, and leaves
// out the last four bytes of that block; they are put back here. zlib is therefore at the end of a
// block after each good message, and only then. A sender may also end a deflate stream inside a
// message (BFINAL); to zlib that is the end of everything, so it is told to go on with the next
// stream, and with the window it has.
#include "proto/sip/inflate.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <new>

namespace heptap {
namespace {

constexpr std::array<std::uint8_t, 4> left_out{0x00, 0x00, 0xff, 0xff};

/// The bits of z_stream::data_type after inflate().
constexpr int at_end_of_block = 128;
constexpr int unused_bits = 7;

constexpr std::size_t max_zlib_bytes = std::numeric_limits<uInt>::max();

// Through operator new like all our memory, where tests count it.
voidpf allocate(voidpf /*unused*/, uInt count, uInt size_bytes) noexcept {
  return ::operator new (std::size_t{count} * size_bytes, std::nothrow);
}
void release(voidpf /*unused*/, voidpf block) noexcept { ::operator delete(block); }

}  // namespace

void Inflater::EndInflate::operator()(z_stream_s* zlib) const noexcept {
  inflateEnd(zlib);
  delete zlib;
}

Inflater::Inflater() : zlib_(new z_stream_s{}) {
  zlib_->zalloc = allocate;
  zlib_->zfree = release;
  if (inflateInit2(zlib_.get(), -MAX_WBITS) != Z_OK) throw std::bad_alloc();
  // zlib allocates its window with the first byte that it gives: a stored block of one byte.
  constexpr std::array<std::uint8_t, 7> stored_byte{0x00, 0x01, 0x00, 0xfe, 0xff, 'x', 0x00};
  std::array<std::uint8_t, 2> out{};
  if (!message(stored_byte, out)) throw std::bad_alloc();
  reset();
}

Result<Bytes> Inflater::message(Bytes compressed, std::span<std::uint8_t> out) noexcept {
  Errc error = Errc::over_limit;
  if (!out.empty() && compressed.size() <= max_zlib_bytes) {
    begin(out);
    error = feed_message(compressed);
  }
  if (error == Errc::none) return written(out);
  reset();
  return error;
}

Bytes Inflater::peek(Bytes compressed, std::span<std::uint8_t> out) noexcept {
  if (out.empty()) return {};
  reset();
  begin(out);
  // Whatever stops it, what was written before that is the answer.
  static_cast<void>(feed(compressed.first(std::min(compressed.size(), max_zlib_bytes))));
  const Bytes found = written(out);
  reset();
  return found;
}

void Inflater::reset() noexcept { inflateReset(zlib_.get()); }

void Inflater::begin(std::span<std::uint8_t> out) noexcept {
  zlib_->next_out = out.data();
  zlib_->avail_out = static_cast<uInt>(std::min(out.size(), max_zlib_bytes));
}

Bytes Inflater::written(std::span<std::uint8_t> out) const noexcept {
  return out.first(static_cast<std::size_t>(zlib_->next_out - out.data()));
}

Errc Inflater::feed_message(Bytes compressed) noexcept {
  if (compressed.empty()) return Errc::none;
  if (const Errc error = feed(compressed); error != Errc::none) return error;
  // Some senders leave nothing out, or end in a final block without the byte of padding that
  // section 7.2.3.4 adds: then there is nothing to put back.
  if (block_ended_) return Errc::none;
  if (const Errc error = feed(left_out); error != Errc::none) return error;
  return block_ended_ ? Errc::none : Errc::malformed;
}

/// Inflates all of `in`. Each turn consumes or writes at least a byte, or ends the loop.
Errc Inflater::feed(Bytes in) noexcept {
  zlib_->next_in = const_cast<Bytef*>(in.data());  // NOLINT: zlib only reads it
  zlib_->avail_in = static_cast<uInt>(in.size());
  while (zlib_->avail_in > 0) {
    const int result = inflate(zlib_.get(), Z_SYNC_FLUSH);
    if (result == Z_BUF_ERROR && zlib_->avail_out == 0) return Errc::over_limit;
    if (result != Z_OK && result != Z_STREAM_END) return Errc::malformed;
    block_ended_ = (zlib_->data_type & (at_end_of_block | unused_bits)) == at_end_of_block;
    if (result != Z_STREAM_END) continue;
    block_ended_ = true;
    inflateResetKeep(zlib_.get());  // not inflateReset(), which also forgets the window
  }
  return Errc::none;
}

}  // namespace heptap
