#include "transport/spool/spool_block.hpp"

#include "transport/checksum.hpp"
#include "transport/little_endian.hpp"

#include <zstd.h>

#include <algorithm>
#include <new>

namespace heptap {
namespace {

constexpr std::size_t checked_bytes = SpoolBlockHeader::bytes - 4;
constexpr int compression_level = 1;  // a disk is slower than level 1, and faster than level 3
static_assert(FrameRecords::headroom == SpoolBlockHeader::bytes);

std::uint32_t header_checksum(const std::uint8_t* header, std::uint32_t salt) noexcept {
  return checksum(std::span(header, checked_bytes), salt);
}

void put_header(const SpoolBlockHeader& header, std::uint32_t salt, std::uint8_t* to) noexcept {
  std::copy(spool_block_magic.begin(), spool_block_magic.end(), to);
  put_little_endian(to + 4, header.stored_bytes);
  put_little_endian(to + 8, header.record_bytes);
  put_little_endian(to + 12, header.frames);
  put_little_endian(to + 16, header.first);
  put_little_endian(to + 24, static_cast<std::uint64_t>(header.written_us));
  put_little_endian(to + 32, std::uint32_t{header.compressed});
  put_little_endian(to + checked_bytes, header_checksum(to, salt));
}

bool says_what_can_be(const SpoolBlockHeader& header, std::uint32_t form) noexcept {
  constexpr std::uint64_t last_number = UINT64_MAX / 2;
  if (form > 1 || header.frames == 0 || header.first > last_number) return false;
  if (header.record_bytes > FrameRecords::max_bytes) return false;
  if (header.record_bytes / FrameRecords::header_bytes < header.frames) return false;
  return header.compressed ? header.stored_bytes <= ZSTD_COMPRESSBOUND(FrameRecords::max_bytes)
                           : header.stored_bytes == header.record_bytes;
}

}  // namespace

std::optional<SpoolBlockHeader> read_spool_block_header(std::span<const std::uint8_t> input,
                                                        std::uint32_t salt) noexcept {
  if (input.size() < SpoolBlockHeader::bytes) return {};
  const std::uint8_t* const from = input.data();
  if (!std::equal(spool_block_magic.begin(), spool_block_magic.end(), from)) return {};
  const auto said = get_little_endian<std::uint32_t>(from + checked_bytes);
  if (said != header_checksum(from, salt)) return {};
  const auto form = get_little_endian<std::uint32_t>(from + 32);
  const SpoolBlockHeader header{
      .stored_bytes = get_little_endian<std::uint32_t>(from + 4),
      .record_bytes = get_little_endian<std::uint32_t>(from + 8),
      .frames = get_little_endian<std::uint32_t>(from + 12),
      .first = get_little_endian<std::uint64_t>(from + 16),
      .written_us = static_cast<std::int64_t>(get_little_endian<std::uint64_t>(from + 24)),
      .compressed = form == 1};
  if (!says_what_can_be(header, form)) return {};
  return header;
}

void SpoolBlockWriter::Free::operator()(ZSTD_CCtx_s* context) const noexcept {
  ZSTD_freeCCtx(context);
}

SpoolBlockWriter::SpoolBlockWriter()
    : context_(ZSTD_createCCtx()),
      compressed_(SpoolBlockHeader::bytes + ZSTD_COMPRESSBOUND(FrameRecords::max_bytes)) {
  if (!context_) throw std::bad_alloc();
}
SpoolBlockWriter::~SpoolBlockWriter() = default;

/// gives     how many bytes it has become; SIZE_MAX, or nearly, when there is an error
std::size_t SpoolBlockWriter::compress(std::span<const std::uint8_t> records) {
  return ZSTD_compressCCtx(context_.get(), compressed_.data() + SpoolBlockHeader::bytes,
                           compressed_.size() - SpoolBlockHeader::bytes, records.data(),
                           records.size(), compression_level);
}

std::span<const std::uint8_t> SpoolBlockWriter::write(FrameRecords& records, std::uint64_t first,
                                                      std::int64_t now_us,
                                                      const SpoolSegmentForm& form,
                                                      SpoolHaste haste) {
  records.seal(form.salt, first);
  const std::size_t plain = records.bytes().size();
  const std::size_t less = haste == SpoolHaste::quick ? plain : compress(records.bytes());
  const std::size_t size = std::min(less, plain);
  const std::span out =
      less < plain ? std::span(compressed_.data(), compressed_.size()) : records.memory();
  put_header({.stored_bytes = static_cast<std::uint32_t>(size),
              .record_bytes = static_cast<std::uint32_t>(plain),
              .frames = records.frames(),
              .first = first,
              .written_us = now_us,
              .compressed = less < plain},
             form.salt, out.data());
  const std::size_t end = SpoolBlockHeader::bytes + size;
  const std::size_t whole = form.aligned(end);
  std::fill(out.begin() + static_cast<std::ptrdiff_t>(end),
            out.begin() + static_cast<std::ptrdiff_t>(whole), std::uint8_t{0});
  return out.first(whole);
}

void SpoolBlockReader::Free::operator()(ZSTD_DCtx_s* context) const noexcept {
  ZSTD_freeDCtx(context);
}

SpoolBlockReader::SpoolBlockReader() : context_(ZSTD_createDCtx()) {
  if (!context_) throw std::bad_alloc();
  records_.reserve(FrameRecords::max_bytes);
}
SpoolBlockReader::~SpoolBlockReader() = default;

std::span<const std::uint8_t> SpoolBlockReader::read(const SpoolBlockHeader& header,
                                                     std::span<const std::uint8_t> stored) {
  if (stored.size() != header.stored_bytes || header.record_bytes > FrameRecords::max_bytes) {
    return {};
  }
  if (!header.compressed) return stored;
  records_.resize(header.record_bytes);
  const auto size = ZSTD_decompressDCtx(context_.get(), records_.data(), records_.size(),
                                        stored.data(), stored.size());
  if (size != header.record_bytes) return {};
  return records_;
}

}  // namespace heptap
