#pragma once

#include <bit>
#include <cstdint>

#include "proto/bytes.hpp"

namespace heptap {

/// A ByteReader whose integers have the byte order of the machine that wrote the file.
class OrderedReader {
 public:
  constexpr OrderedReader(std::endian order, Bytes in) noexcept : reader_(in), order_(order) {}

  [[nodiscard]] constexpr bool ok() const noexcept { return reader_.ok(); }
  [[nodiscard]] constexpr Bytes rest() const noexcept { return reader_.rest(); }
  [[nodiscard]] constexpr std::endian order() const noexcept { return order_; }

  constexpr std::uint16_t u16() noexcept { return little() ? reader_.le16() : reader_.be16(); }
  constexpr std::uint32_t u32() noexcept { return little() ? reader_.le32() : reader_.be32(); }
  constexpr std::uint64_t u64() noexcept { return little() ? reader_.le64() : reader_.be64(); }
  constexpr Bytes bytes(std::size_t count) noexcept { return reader_.bytes(count); }
  constexpr void skip(std::size_t count) noexcept { reader_.skip(count); }

 private:
  [[nodiscard]] constexpr bool little() const noexcept { return order_ == std::endian::little; }

  ByteReader reader_;
  std::endian order_;
};

}  // namespace heptap
