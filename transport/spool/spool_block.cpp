#include "transport/spool/spool_block.hpp"

#include "transport/little_endian.hpp"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <new>

namespace heptap {
namespace {

constexpr std::size_t header_crc_offset = SpoolBlockHeader::bytes - 4;
constexpr int compression_level = 1;  // a disk is slower than level 1, and faster than level 3

std::uint32_t header_crc(std::uint32_t salt, const std::uint8_t* header) noexcept {
  return static_cast<std::uint32_t>(::crc32_z(salt, header, header_crc_offset));
}

void put_header(const SpoolBlockHeader& header, std::uint32_t salt, std::uint8_t* to) noexcept {
  std::copy(spool_block_magic.begin(), spool_block_magic.end(), to);
  put_little_endian(to + 4, header.stored_bytes);
  put_little_endian(to + 8, header.record_bytes);
  put_little_endian(to + 12, header.frames);
  put_little_endian(to + 16, header.first);
  put_little_endian(to + 24, static_cast<std::uint64_t>(header.written_us));
  put_little_endian(to + 32, std::uint32_t{header.compressed});
  put_little_endian(to + header_crc_offset, header_crc(salt, to));
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
  const auto crc = get_little_endian<std::uint32_t>(from + header_crc_offset);
  if (crc != header_crc(salt, from)) return {};
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
      out_(SpoolBlockHeader::bytes + ZSTD_COMPRESSBOUND(FrameRecords::max_bytes)) {
  if (!context_) throw std::bad_alloc();
}
SpoolBlockWriter::~SpoolBlockWriter() = default;

std::span<const std::uint8_t> SpoolBlockWriter::write(FrameRecords& records, std::uint64_t first,
                                                      std::int64_t now_us, std::uint32_t salt,
                                                      SpoolCompression compression) {
  records.seal(salt, first);
  const auto plain = records.bytes();
  std::uint8_t* const stored = out_.data() + SpoolBlockHeader::bytes;
  std::size_t size = plain.size();
  if (compression == SpoolCompression::zstd) {
    size = ZSTD_compressCCtx(context_.get(), stored, out_.size() - SpoolBlockHeader::bytes,
                             plain.data(), plain.size(), compression_level);
  }
  const bool compressed = size < plain.size();  // an error is a size beyond all others
  if (!compressed) {
    size = plain.size();
    std::copy(plain.begin(), plain.end(), stored);
  }
  put_header({.stored_bytes = static_cast<std::uint32_t>(size),
              .record_bytes = static_cast<std::uint32_t>(plain.size()),
              .frames = records.frames(),
              .first = first,
              .written_us = now_us,
              .compressed = compressed},
             salt, out_.data());
  return std::span(out_).first(SpoolBlockHeader::bytes + size);
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
