#include "transport/spool/spool_segment.hpp"

#include "transport/checksum.hpp"
#include "transport/little_endian.hpp"
#include "transport/page_buffer.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstdio>
#include <vector>

namespace heptap::spool_segment {
namespace {

constexpr std::string_view magic = "heptapSP";
constexpr std::string_view suffix = ".spool";
constexpr std::size_t digits = 16;
constexpr std::size_t checked_bytes = header_bytes - 4;
constexpr std::size_t search_bytes = std::size_t{64} * 1024;

std::uint32_t checksum_of(const std::uint8_t* header) noexcept {
  return checksum(std::span(header, checked_bytes), 0);
}

bool is_alignment(std::uint32_t number) noexcept {
  return std::has_single_bit(number) && number <= PageBuffer::page_bytes;
}

std::optional<PlacedBlock> block_at(const SpoolFile& file, const SpoolSegmentForm& form,
                                    std::uint64_t offset, std::uint64_t end) noexcept {
  const auto header = read_block_header(file, form.salt, offset);
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

std::error_code write_header(SpoolFile& file, const SpoolSegmentForm& form) {
  alignas(PageBuffer::page_bytes) std::array<std::uint8_t, PageBuffer::page_bytes> page{};
  std::copy(magic.begin(), magic.end(), page.begin());
  put_little_endian(page.data() + 8, version);
  put_little_endian(page.data() + 12, form.salt);
  put_little_endian(page.data() + 16, form.alignment);
  put_little_endian(page.data() + checked_bytes, checksum_of(page.data()));
  return file.write(std::span(page).first(first_block(form)), 0);
}

std::optional<SpoolSegmentForm> read_header(const SpoolFile& file) noexcept {
  std::array<std::uint8_t, header_bytes> bytes;
  if (file.read(bytes, 0) != bytes.size()) return {};
  if (!std::equal(magic.begin(), magic.end(), bytes.begin())) return {};
  if (get_little_endian<std::uint32_t>(bytes.data() + 8) != version) return {};
  const auto said = get_little_endian<std::uint32_t>(bytes.data() + checked_bytes);
  if (said != checksum_of(bytes.data())) return {};
  const SpoolSegmentForm form{.salt = get_little_endian<std::uint32_t>(bytes.data() + 12),
                              .alignment = get_little_endian<std::uint32_t>(bytes.data() + 16)};
  if (!is_alignment(form.alignment)) return {};
  return form;
}

std::optional<SpoolBlockHeader> read_block_header(const SpoolFile& file, std::uint32_t salt,
                                                  std::uint64_t offset) noexcept {
  std::array<std::uint8_t, SpoolBlockHeader::bytes> bytes;
  if (file.read(bytes, offset) != bytes.size()) return {};
  return read_spool_block_header(bytes, salt);
}

std::optional<PlacedBlock> find_block(const SpoolFile& file, const SpoolSegmentForm& form,
                                      std::uint64_t offset, std::uint64_t end) {
  if (const auto block = block_at(file, form, offset, end)) return block;
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
      if (const auto block = block_at(file, form, place, end)) return block;
      ++at;
    }
    offset += size - (spool_block_magic.size() - 1);  // it may lie across two chunks
  }
  return {};
}

}  // namespace heptap::spool_segment
