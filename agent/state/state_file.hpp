#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <system_error>
#include <vector>

#include "agent/state/saved_records.hpp"
#include "proto/bytes.hpp"
#include "transport/spool/spool_file.hpp"

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

namespace heptap {

/// A file of state, numbers in network byte order:
///
///     "HTstate\n" | u32 state_version
///     blocks: u32 stored size | u32 size of the records | u32 CRC-32 of all before it and of what is
///             stored, which is zstd
///     in a block, whole records: u8 SavedKind | u32 size | its bytes
///
/// The last record is an end, with the number of all others. Each checksum goes on from the one before,
/// so that a block that is missing, changed, or of another file is found.
inline constexpr std::uint32_t state_version = 1;

/// Writes a file from its beginning. Errors are kept until finish().
class StateFileWriter {
 public:
  /// file      empty, open for writing; must outlive the writer
  explicit StateFileWriter(SpoolFile& file);
  ~StateFileWriter();
  StateFileWriter(const StateFileWriter&) = delete;
  StateFileWriter& operator=(const StateFileWriter&) = delete;

  /// gives     false: the record is not one that could be read again, and is left out
  template <class Record>
  bool add(SavedKind kind, Record& record) {
    const std::size_t begin = begin_record(kind);
    const bool is_right = encode(record, records_);
    return end_record(begin, is_right);
  }
  /// Nothing more comes: all is on the disk then.
  [[nodiscard]] std::error_code finish();

  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }

 private:
  struct Free {
    void operator()(ZSTD_CCtx_s* context) const noexcept;
  };
  [[nodiscard]] std::size_t begin_record(SavedKind kind);
  bool end_record(std::size_t begin, bool is_right);
  void write_block();
  void write(Bytes bytes);

  SpoolFile& file_;
  std::unique_ptr<ZSTD_CCtx_s, Free> context_;
  std::vector<std::uint8_t> records_;  // of the block at hand
  std::vector<std::uint8_t> stored_;
  std::uint64_t count_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint32_t crc_ = 0;
  std::error_code error_;
};

/// Why a file is not used.
enum class StateFault : std::uint8_t { none, other_version, damaged };

struct SavedRecord {
  SavedKind kind = SavedKind::end;
  Bytes bytes;
};

/// Reads a file from its beginning, or anything else that lies there. Needs room for two blocks.
class StateFileReader {
 public:
  /// file      open for reading; must outlive the reader
  explicit StateFileReader(const SpoolFile& file);
  ~StateFileReader();
  StateFileReader(const StateFileReader&) = delete;
  StateFileReader& operator=(const StateFileReader&) = delete;

  /// gives     nothing: after the last, or when there is a fault
  /// lifetime  until the next one
  [[nodiscard]] std::optional<SavedRecord> next();
  /// gives     none: all was whole so far; after the last, the file is
  [[nodiscard]] StateFault fault() const noexcept { return fault_; }

 private:
  struct Free {
    void operator()(ZSTD_DCtx_s* context) const noexcept;
  };
  std::nullopt_t fail(StateFault fault) noexcept;
  [[nodiscard]] bool read_header();
  [[nodiscard]] bool read_block();
  [[nodiscard]] bool read(std::size_t size);
  [[nodiscard]] bool is_end(Bytes record);

  const SpoolFile& file_;
  std::unique_ptr<ZSTD_DCtx_s, Free> context_;
  std::vector<std::uint8_t> stored_;
  std::vector<std::uint8_t> records_;
  Bytes rest_;  // of records_
  std::uint64_t offset_ = 0;
  std::uint64_t count_ = 0;
  std::uint32_t crc_ = 0;
  bool is_begun_ = false;
  bool is_at_end_ = false;
  StateFault fault_ = StateFault::none;
};

}  // namespace heptap
