#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "proto/bytes.hpp"
#include "proto/sip/mask.hpp"

namespace heptap {

/// Writes over pieces of a copy of a message that are named by views of the original. What lies
/// beyond the copy's end is not written.
class MaskPen {
 public:
  MaskPen(Bytes original, std::span<std::uint8_t> copy, const SipMasks& masks,
          const MaskKey& key) noexcept
      : original_(as_text(original).data()), copy_(copy), masks_(masks), hash_(key.hash()) {}

  [[nodiscard]] const SipMasks& masks() const noexcept { return masks_; }
  [[nodiscard]] bool hides_users() const noexcept { return masks_.users != UserMask::none; }

  /// A user, number or name, as masks().users says; not called when that is none. White space
  /// stays, and so do the plus sign and the separators of a number.
  void hide_user(std::string_view text) noexcept;

  /// All but white space: the piece may be folded.
  void hide_secret(std::string_view text) noexcept;

  /// All but line ends.
  void hide_content(std::string_view text) noexcept;

  /// All keys of a telephone in the text.
  void hide_digits(std::string_view text) noexcept;

 private:
  /// Where the piece begins in the copy, and how much of it is there.
  [[nodiscard]] std::span<std::uint8_t> at(std::string_view text) const noexcept;
  void hash_user(std::string_view text) noexcept;
  void keep_first(std::string_view text) noexcept;

  /// A user and what it was hidden as: a message names the same two or three over and over.
  struct Known {
    std::string_view text;
    std::array<std::uint8_t, 24> hidden;
  };
  [[nodiscard]] const Known* find_known(std::string_view text) const noexcept;
  void make_known(std::string_view text, std::span<const std::uint8_t> hidden) noexcept;

  const char* original_;
  std::span<std::uint8_t> copy_;
  SipMasks masks_;
  SipHash hash_;
  std::array<Known, 4> known_;
  std::size_t next_known_ = 0;
};

}  // namespace heptap
