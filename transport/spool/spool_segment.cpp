#include "transport/spool/spool_segment.hpp"

#include "transport/little_endian.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <vector>

namespace heptap::spool_segment {
namespace {

constexpr std::string_view magic = "heptapSP";
constexpr std::string_view suffix = ".spool";
constexpr std::size_t digits = 16;
constexpr std::size_t crc_offset = header_bytes - 4;
constexpr std::size_t search_bytes = std::size_t{64} * 1024;

std::uint32_t crc_of(const std::uint8_t* header) noexcept {
  return static_cast<std::uint32_t>(::crc32_z(0, header, crc_offset));
}

std::optional<PlacedBlock> block_at(const SpoolFile& file, std::uint32_t salt, std::uint64_t offset,
                                    std::uint64_t end) noexcept {
  const auto header = read_block_header(file, salt, offset);
  if (!header) return {};
  const PlacedBlock block{*header, offset};
  if (block.end() > end) return {};
  return block;
}

}  // namespace

std::string name_of(std::uint64_t first) {
  std::array<char, digits + 1> text;
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(first));
  return text.data() + std::string(suffix);
}

std::optional<std::uint64_t> first_of(std::string_view name) noexcept {
  if (name.size() != digits + suffix.size() || !name.ends_with(suffix)) return {};
  const char* const end = name.data() + digits;
  std::uint64_t first = 0;
  const auto [stop, error] = std::from_chars(name.data(), end, first, 16);
  if (error != std::errc() || stop != end || first > UINT64_MAX / 2) return {};
  return first;
}

std::error_code write_header(SpoolFile& file, std::uint32_t salt) {
  std::array<std::uint8_t, header_bytes> bytes;
  std::copy(magic.begin(), magic.end(), bytes.begin());
  put_little_endian(bytes.data() + 8, version);
  put_little_endian(bytes.data() + 12, salt);
  put_little_endian(bytes.data() + crc_offset, crc_of(bytes.data()));
  return file.write(bytes, 0);
}

std::optional<std::uint32_t> read_header(const SpoolFile& file) noexcept {
  std::array<std::uint8_t, header_bytes> bytes;
  if (file.read(bytes, 0) != bytes.size()) return {};
  if (!std::equal(magic.begin(), magic.end(), bytes.begin())) return {};
  if (get_little_endian<std::uint32_t>(bytes.data() + 8) != version) return {};
  if (get_little_endian<std::uint32_t>(bytes.data() + crc_offset) != crc_of(bytes.data())) {
    return {};
  }
  return get_little_endian<std::uint32_t>(bytes.data() + 12);
}

std::optional<SpoolBlockHeader> read_block_header(const SpoolFile& file, std::uint32_t salt,
                                                  std::uint64_t offset) noexcept {
  std::array<std::uint8_t, SpoolBlockHeader::bytes> bytes;
  if (file.read(bytes, offset) != bytes.size()) return {};
  return read_spool_block_header(bytes, salt);
}

std::optional<PlacedBlock> find_block(const SpoolFile& file, std::uint32_t salt,
                                      std::uint64_t offset, std::uint64_t end) {
  if (const auto block = block_at(file, salt, offset, end)) return block;
  std::vector<std::uint8_t> chunk(search_bytes);
  while (offset + SpoolBlockHeader::bytes <= end) {
    const auto wanted = std::min<std::uint64_t>(chunk.size(), end - offset);
    const auto size = file.read(std::span(chunk).first(wanted), offset);
    if (size < spool_block_magic.size()) return {};
    const auto read_end = chunk.begin() + static_cast<std::ptrdiff_t>(size);
    auto at = chunk.begin();
    while ((at = std::search(at, read_end, spool_block_magic.begin(), spool_block_magic.end())) !=
           read_end) {
      const auto place = offset + static_cast<std::uint64_t>(at - chunk.begin());
      if (const auto block = block_at(file, salt, place, end)) return block;
      ++at;
    }
    offset += size - (spool_block_magic.size() - 1);  // it may lie across two chunks
  }
  return {};
}

}  // namespace heptap::spool_segment
