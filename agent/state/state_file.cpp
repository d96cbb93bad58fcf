#include "agent/state/state_file.hpp"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <new>

namespace heptap {
namespace {

constexpr std::array<std::uint8_t, 8> magic{'H', 'T', 's', 't', 'a', 't', 'e', '\n'};
constexpr std::size_t header_bytes = magic.size() + 4;
constexpr std::size_t block_header_bytes = 12;
constexpr std::size_t record_header_bytes = 5;

// A block is written when it has so much, and the largest record may come before that: a call with all
// the descriptions, lines and formats that it may have is half a megabyte.
constexpr std::size_t usual_block_bytes = 256 << 10;
constexpr std::size_t largest_block_bytes = 1 << 20;
constexpr int compression_level = 1;

// More than all tables have entries at their largest.
constexpr std::uint64_t most_records = std::uint64_t{1} << 26U;

std::uint32_t crc_of(std::uint32_t before, Bytes bytes) noexcept {
  return static_cast<std::uint32_t>(::crc32_z(before, bytes.data(), bytes.size()));
}

void put_be32(std::uint8_t* to, std::size_t value) noexcept {
  ByteWriter(std::span(to, 4)).be32(static_cast<std::uint32_t>(value));
}

}  // namespace

void StateFileWriter::Free::operator()(ZSTD_CCtx_s* context) const noexcept {
  ZSTD_freeCCtx(context);
}

StateFileWriter::StateFileWriter(SpoolFile& file)
    : file_(file),
      context_(ZSTD_createCCtx()),
      stored_(block_header_bytes + ZSTD_COMPRESSBOUND(largest_block_bytes)) {
  if (!context_) throw std::bad_alloc();
  records_.reserve(largest_block_bytes);
  std::array<std::uint8_t, header_bytes> header;
  std::copy(magic.begin(), magic.end(), header.begin());
  put_be32(header.data() + magic.size(), state_version);
  write(header);
  crc_ = crc_of(0, header);
}
StateFileWriter::~StateFileWriter() = default;

std::size_t StateFileWriter::begin_record(SavedKind kind) {
  const std::size_t begin = records_.size();
  records_.push_back(static_cast<std::uint8_t>(kind));
  records_.resize(begin + record_header_bytes);
  return begin;
}

bool StateFileWriter::end_record(std::size_t begin, bool is_right) {
  const std::size_t size = records_.size() - begin - record_header_bytes;
  is_right = is_right && records_.size() <= largest_block_bytes && count_ < most_records;
  if (!is_right) {
    records_.resize(begin);
    return false;
  }
  put_be32(&records_[begin + 1], size);
  ++count_;
  if (records_.size() >= usual_block_bytes) write_block();
  return true;
}

void StateFileWriter::write_block() {
  std::uint8_t* const stored = stored_.data() + block_header_bytes;
  const std::size_t size =
      ZSTD_compressCCtx(context_.get(), stored, stored_.size() - block_header_bytes,
                        records_.data(), records_.size(), compression_level);
  if (ZSTD_isError(size) != 0) {
    error_ = std::make_error_code(std::errc::not_enough_memory);
    return;
  }
  put_be32(stored_.data(), size);
  put_be32(stored_.data() + 4, records_.size());
  crc_ = crc_of(crc_, Bytes(stored_).first(8));
  crc_ = crc_of(crc_, Bytes(stored, size));
  put_be32(stored_.data() + 8, crc_);
  write(Bytes(stored_).first(block_header_bytes + size));
  records_.clear();
}

void StateFileWriter::write(Bytes bytes) {
  if (error_) return;
  error_ = file_.write(bytes, bytes_);
  bytes_ += bytes.size();
}

std::error_code StateFileWriter::finish() {
  const std::uint64_t count = count_;
  const std::size_t begin = begin_record(SavedKind::end);
  for (unsigned shift = 64; shift != 0; shift -= 8) {
    records_.push_back(static_cast<std::uint8_t>(count >> (shift - 8)));
  }
  put_be32(&records_[begin + 1], 8);
  write_block();
  if (!error_) error_ = file_.sync();
  return error_;
}

void StateFileReader::Free::operator()(ZSTD_DCtx_s* context) const noexcept {
  ZSTD_freeDCtx(context);
}

StateFileReader::StateFileReader(const SpoolFile& file) : file_(file), context_(ZSTD_createDCtx()) {
  if (!context_) throw std::bad_alloc();
}
StateFileReader::~StateFileReader() = default;

std::nullopt_t StateFileReader::fail(StateFault fault) noexcept {
  if (fault_ == StateFault::none) fault_ = fault;
  is_at_end_ = true;
  return std::nullopt;
}

// gives     whether all of it was there; it is in stored_ then
bool StateFileReader::read(std::size_t size) {
  stored_.resize(size);
  if (file_.read(stored_, offset_) != size) return false;
  offset_ += size;
  return true;
}

bool StateFileReader::read_header() {
  is_begun_ = true;
  if (!read(header_bytes) || !std::equal(magic.begin(), magic.end(), stored_.begin())) return false;
  crc_ = crc_of(0, stored_);
  const std::uint32_t version = ByteReader(Bytes(stored_).subspan(magic.size())).be32();
  if (version != state_version) fault_ = StateFault::other_version;
  return version == state_version;
}

bool StateFileReader::read_block() {
  if (!read(block_header_bytes)) return false;
  ByteReader header(stored_);
  const std::size_t stored_bytes = header.be32();
  const std::size_t record_bytes = header.be32();
  const std::uint32_t crc = header.be32();
  if (record_bytes > largest_block_bytes) return false;
  if (stored_bytes > ZSTD_COMPRESSBOUND(largest_block_bytes)) return false;
  crc_ = crc_of(crc_, Bytes(stored_).first(8));
  if (!read(stored_bytes)) return false;
  crc_ = crc_of(crc_, stored_);
  if (crc != crc_) return false;
  records_.resize(record_bytes);
  const std::size_t size = ZSTD_decompressDCtx(context_.get(), records_.data(), records_.size(),
                                               stored_.data(), stored_.size());
  rest_ = records_;
  return size == record_bytes && record_bytes != 0;
}

// The last one says how many there were, and nothing is behind it.
bool StateFileReader::is_end(Bytes record) {
  ByteReader reader(record);
  const bool is_right = reader.be64() == count_ && reader.ok() && reader.rest().empty();
  return is_right && rest_.empty() && offset_ == file_.size();
}

std::optional<SavedRecord> StateFileReader::next() {
  if (is_at_end_) return std::nullopt;
  if (!is_begun_ && !read_header()) return fail(StateFault::damaged);
  if (rest_.empty() && !read_block()) return fail(StateFault::damaged);
  ByteReader reader(rest_);
  SavedRecord record;
  const std::uint8_t kind = reader.u8();
  record.bytes = reader.bytes(reader.be32());
  if (!reader.ok() || kind > static_cast<std::uint8_t>(SavedKind::verdict)) {
    return fail(StateFault::damaged);
  }
  record.kind = static_cast<SavedKind>(kind);
  rest_ = reader.rest();
  if (record.kind == SavedKind::end) {
    if (!is_end(record.bytes)) return fail(StateFault::damaged);
    is_at_end_ = true;
    return std::nullopt;
  }
  if (++count_ > most_records) return fail(StateFault::damaged);
  return record;
}

}  // namespace heptap
