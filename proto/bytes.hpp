#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace heptap {

/// Borrowed bytes of the wire. Never owns; dies with the packet it was made from.
using Bytes = std::span<const std::uint8_t>;

[[nodiscard]] inline std::string_view as_text(Bytes in) noexcept {
  return {reinterpret_cast<const char*>(in.data()), in.size()};  // NOLINT: char may alias bytes
}

[[nodiscard]] inline Bytes as_bytes(std::string_view in) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(in.data()), in.size()};  // NOLINT: as above
}

/// Reads integers and byte runs in order. A short read gives 0 (or an empty run) and clears ok()
/// for good: read all fields, check once.
class ByteReader {
 public:
  constexpr explicit ByteReader(Bytes in) noexcept : rest_(in) {}

  [[nodiscard]] constexpr bool ok() const noexcept { return ok_; }
  [[nodiscard]] constexpr Bytes rest() const noexcept { return rest_; }

  constexpr std::uint8_t u8() noexcept { return static_cast<std::uint8_t>(be(1)); }
  constexpr std::uint16_t be16() noexcept { return static_cast<std::uint16_t>(be(2)); }
  constexpr std::uint32_t be32() noexcept { return static_cast<std::uint32_t>(be(4)); }
  constexpr std::uint64_t be64() noexcept { return be(8); }
  constexpr std::uint16_t le16() noexcept { return static_cast<std::uint16_t>(le(2)); }
  constexpr std::uint32_t le32() noexcept { return static_cast<std::uint32_t>(le(4)); }
  constexpr std::uint64_t le64() noexcept { return le(8); }

  constexpr Bytes bytes(std::size_t count) noexcept {
    if (count > rest_.size()) {
      fail();
      return {};
    }
    const Bytes run = rest_.first(count);
    rest_ = rest_.subspan(count);
    return run;
  }

  constexpr void skip(std::size_t count) noexcept { bytes(count); }

 private:
  constexpr void fail() noexcept {
    ok_ = false;
    rest_ = {};
  }

  constexpr std::uint64_t be(std::size_t count) noexcept {
    std::uint64_t value = 0;
    for (const std::uint8_t byte : bytes(count)) value = value << 8U | byte;
    return value;
  }

  constexpr std::uint64_t le(std::size_t count) noexcept {
    std::uint64_t value = 0;
    unsigned shift = 0;
    for (const std::uint8_t byte : bytes(count)) {
      value |= std::uint64_t{byte} << shift;
      shift += 8;
    }
    return value;
  }

  Bytes rest_;
  bool ok_ = true;
};

/// Writes integers and byte runs in order into borrowed space. A write that does not fit writes
/// nothing and clears ok() for good.
class ByteWriter {
 public:
  constexpr explicit ByteWriter(std::span<std::uint8_t> out) noexcept : out_(out) {}

  [[nodiscard]] constexpr bool ok() const noexcept { return ok_; }
  [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }

  constexpr void u8(std::uint8_t v) noexcept { be(v, 1); }
  constexpr void be16(std::uint16_t v) noexcept { be(v, 2); }
  constexpr void be32(std::uint32_t v) noexcept { be(v, 4); }
  constexpr void be64(std::uint64_t v) noexcept { be(v, 8); }

  void bytes(Bytes run) noexcept {
    if (!fits(run.size())) return;
    if (!run.empty()) std::memcpy(out_.data() + size_, run.data(), run.size());
    size_ += run.size();
  }
  void text(std::string_view run) noexcept { bytes(as_bytes(run)); }

 private:
  constexpr bool fits(std::size_t count) noexcept {
    ok_ = ok_ && count <= out_.size() - size_;
    return ok_;
  }

  constexpr void be(std::uint64_t value, std::size_t count) noexcept {
    if (!fits(count)) return;
    for (std::size_t i = count; i-- > 0; value >>= 8U) {
      out_[size_ + i] = static_cast<std::uint8_t>(value & 0xffU);
    }
    size_ += count;
  }

  std::span<std::uint8_t> out_;
  std::size_t size_ = 0;
  bool ok_ = true;
};

}  // namespace heptap
