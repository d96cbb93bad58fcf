#include "proto/sip/mask_pen.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "proto/sip/chars.hpp"

namespace heptap {

using namespace sip_chars;

namespace {

// Whatever is hidden is legal where it stands: in hexadecimal and base64 (0), as a key of a
// telephone (*), as text (x).
constexpr std::uint8_t secret_filler = '0';
constexpr std::uint8_t digit_filler = '*';
constexpr std::uint8_t text_filler = 'x';
constexpr std::uint8_t number_filler = '0';

constexpr bool is_separator(char c) noexcept {
  return c == '-' || c == '.' || c == '(' || c == ')' || is_lws(c);
}

/// The plus sign in front of a number, in either of its spellings.
constexpr std::size_t plus_bytes(std::string_view text) noexcept {
  if (text.starts_with('+')) return 1;
  return text.starts_with("%2B") || text.starts_with("%2b") ? 3 : 0;
}

bool is_number(std::string_view text) noexcept {
  bool has_digit = false;
  for (const char c : text.substr(plus_bytes(text))) {
    if (is_digit(c)) {
      has_digit = true;
    } else if (!is_separator(c)) {
      return false;
    }
  }
  return has_digit;
}

/// Draws characters from the hash of a text, as many as are wanted.
class HashChars {
 public:
  HashChars(const SipHash& hash, std::string_view text) noexcept
      : hash_(hash), first_(hash(as_bytes(text))), word_(first_) {}

  std::uint8_t digit() noexcept {
    __extension__ using Wide = unsigned __int128;
    if (drawn_++ == digits_per_word) next_word();
    const Wide product = static_cast<Wide>(word_) * 10U;
    word_ = static_cast<std::uint64_t>(product);
    return static_cast<std::uint8_t>('0' + static_cast<unsigned>(product >> 64U));
  }

  std::uint8_t letter() noexcept {
    constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz234567";
    if (drawn_++ == letters_per_word) next_word();
    const auto index = static_cast<std::size_t>(word_ & 31U);
    word_ >>= 5U;
    return static_cast<std::uint8_t>(alphabet[index]);
  }

 private:
  static constexpr unsigned digits_per_word = 16;   // 53 bits of 64
  static constexpr unsigned letters_per_word = 12;  // 60 bits of 64

  void next_word() noexcept {
    const auto next = std::bit_cast<std::array<std::uint8_t, 16>>(std::array{first_, ++words_});
    word_ = hash_(next);
    drawn_ = 1;
  }

  const SipHash& hash_;
  std::uint64_t first_;
  std::uint64_t word_;
  std::uint64_t words_ = 0;
  unsigned drawn_ = 0;
};

/// How much of the text may stay when it is cut after `wanted` bytes: an escape or a character of
/// UTF-8 is not cut in two.
std::size_t whole_prefix(std::string_view text, std::size_t wanted) noexcept {
  if (wanted >= text.size()) return text.size();
  if (wanted >= 1 && text[wanted - 1] == '%') return wanted - 1;
  if (wanted >= 2 && text[wanted - 2] == '%') return wanted - 2;
  while (wanted > 0 && (static_cast<unsigned char>(text[wanted]) & 0xc0U) == 0x80) --wanted;
  return wanted;
}

}  // namespace

std::span<std::uint8_t> MaskPen::at(std::string_view text) const noexcept {
  const auto offset = static_cast<std::size_t>(text.data() - original_);
  if (text.empty() || offset >= copy_.size()) return {};
  return copy_.subspan(offset, std::min(text.size(), copy_.size() - offset));
}

void MaskPen::hide_user(std::string_view text) noexcept {
  if (text.empty()) return;
  if (masks_.users == UserMask::hash) return hash_user(text);
  keep_first(text);
}

const MaskPen::Known* MaskPen::find_known(std::string_view text) const noexcept {
  for (const Known& known : known_) {
    if (known.text == text) return &known;
  }
  return nullptr;
}

void MaskPen::make_known(std::string_view text, std::span<const std::uint8_t> hidden) noexcept {
  Known& made = known_[next_known_++ % known_.size()];
  if (hidden.size() != text.size() || hidden.size() > made.hidden.size()) return;
  made.text = text;
  std::copy(hidden.begin(), hidden.end(), made.hidden.begin());
}

void MaskPen::hash_user(std::string_view text) noexcept {
  const std::span<std::uint8_t> out = at(text);
  if (const Known* known = find_known(text); known != nullptr) {
    std::copy_n(known->hidden.begin(), out.size(), out.begin());
    return;
  }
  HashChars chars(hash_, text);
  if (is_number(text)) {
    for (std::size_t i = plus_bytes(text); i < out.size(); ++i) {
      if (is_digit(text[i])) out[i] = chars.digit();
    }
  } else {
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (!is_lws(text[i])) out[i] = chars.letter();
    }
  }
  make_known(text, out);
}

void MaskPen::keep_first(std::string_view text) noexcept {
  const std::span<std::uint8_t> out = at(text);
  const bool number = is_number(text);
  const std::size_t plus = number ? plus_bytes(text) : 0;
  const std::size_t kept = whole_prefix(text, masks_.kept_bytes);
  for (std::size_t i = std::max(kept, plus); i < out.size(); ++i) {
    if (number ? is_digit(text[i]) : !is_lws(text[i]))
      out[i] = number ? number_filler : text_filler;
  }
}

void MaskPen::hide_secret(std::string_view text) noexcept {
  const std::span<std::uint8_t> out = at(text);
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (!is_lws(text[i])) out[i] = secret_filler;
  }
}

void MaskPen::hide_content(std::string_view text) noexcept {
  const std::span<std::uint8_t> out = at(text);
  std::fill(out.begin(), out.end(), text_filler);
  // The copy may end between CR and LF.
  for (std::size_t end = text.find('\n'); end <= out.size(); end = text.find('\n', end + 1)) {
    if (end < out.size()) out[end] = '\n';
    if (end > 0 && text[end - 1] == '\r') out[end - 1] = '\r';
  }
}

void MaskPen::hide_digits(std::string_view text) noexcept {
  const std::span<std::uint8_t> out = at(text);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const char c = lower(text[i]);
    if (is_digit(c) || (c >= 'a' && c <= 'd') || c == '#') out[i] = digit_filler;
  }
}

}  // namespace heptap
