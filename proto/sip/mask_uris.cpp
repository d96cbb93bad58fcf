// URIs are found by their scheme, wherever they stand: 64 bytes at a time are searched for a colon
// or an escape, and the letters before it looked at. No byte is looked at for its @ more than twice.
#include "proto/sip/mask_uris.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "proto/byte_block.hpp"
#include "proto/sip/chars.hpp"

namespace heptap {

using namespace sip_chars;

namespace {

constexpr auto npos = std::string_view::npos;

enum class UriChar : std::uint8_t { plain, at, escape, ampersand, end };

/// What find_at() stops at; white space, brackets and quotes end a URI.
constexpr auto uri_chars = [] {
  std::array<UriChar, 256> table{};
  for (unsigned c = 0; c <= ' '; ++c) table[c] = UriChar::end;
  table['<'] = table['>'] = table['"'] = UriChar::end;
  table['@'] = UriChar::at;
  table['%'] = UriChar::escape;
  table['&'] = UriChar::ampersand;
  return table;
}();

constexpr bool is_escape(std::string_view text, std::size_t at, char high, char low) noexcept {
  return at + 2 < text.size() && text[at] == '%' && text[at + 1] == high &&
         lower(text[at + 2]) == low;
}

// The last letters of a scheme as one number.
constexpr std::uint32_t letters(char a, char b, char c, char d) noexcept {
  return std::bit_cast<std::uint32_t>(std::array{a, b, c, d});
}
constexpr auto all_lower = letters(' ', ' ', ' ', ' ');
constexpr auto last_three = letters('\0', '\xff', '\xff', '\xff');
constexpr auto last_two = letters('\0', '\0', '\xff', '\xff');

struct Scheme {
  std::size_t size = 0;    ///< 0: it is none of those that have users
  bool is_number = false;  ///< what follows; not user@host
};

/// word      the four letters before the colon
constexpr Scheme scheme_of(std::uint32_t word) noexcept {
  if ((word & last_three) == letters('\0', 's', 'i', 'p')) return {3};
  if (word == letters('s', 'i', 'p', 's')) return {4};
  if ((word & last_three) == letters('\0', 't', 'e', 'l')) return {3, true};
  if ((word & last_two) == letters('\0', '\0', 'i', 'm')) return {2};
  if (word == letters('p', 'r', 'e', 's')) return {4};
  if (word == letters('i', 'l', 't', 'o')) return {6};
  return {};
}

class UriMasker {
 public:
  UriMasker(std::string_view text, MaskPen& pen) noexcept : text_(text), pen_(pen) {}

  void run() noexcept {
    std::size_t base = 0;
    for (; text_.size() - base >= block_bytes; base += block_bytes) {
      candidates(base, text_.data() + base);
    }
    if (base == text_.size()) return;
    std::array<char, block_bytes> padded{};
    std::memcpy(padded.data(), text_.data() + base, text_.size() - base);
    candidates(base, padded.data());
  }

 private:
  [[gnu::always_inline]] void candidates(std::size_t base, const char* block) noexcept {
    std::uint64_t marks = VectorBlock::equal64(block, ':') | VectorBlock::equal64(block, '%');
    for (; marks != 0; marks &= marks - 1) {
      const std::size_t mark = base + static_cast<std::size_t>(std::countr_zero(marks));
      const Scheme scheme = scheme_before(mark);
      if (scheme.size != 0 && mark >= done_) uri(scheme, mark);
    }
  }

  [[nodiscard]] Scheme scheme_before(std::size_t colon) const noexcept {
    std::array<char, 4> last{};
    if (colon >= 4) {
      std::memcpy(last.data(), text_.data() + colon - 4, 4);
    } else {
      std::memcpy(last.data() + 4 - colon, text_.data(), colon);
    }
    const Scheme scheme = scheme_of(std::bit_cast<std::uint32_t>(last) | all_lower);
    if (scheme.size == 0 || scheme.size > colon) return {};
    const std::string_view written = text_.substr(colon - scheme.size, scheme.size);
    const bool is_sip = lower(written[0]) == 's';
    if (is_sip) return scheme;
    if (scheme.size == 6 && !equal_ignoring_case(written, "mailto")) return {};
    return begins_word(colon - scheme.size) ? scheme : Scheme{};
  }

  /// Not the end of a host, whose port would follow the colon.
  [[nodiscard]] bool begins_word(std::size_t at) const noexcept {
    if (at == 0 || (at >= 3 && text_[at - 3] == '%')) return true;
    const char c = text_[at - 1];
    return !is_alpha(c) && !is_digit(c) && c != '-' && c != '.' && c != '_' && c != '@';
  }

  [[gnu::noinline]] void uri(Scheme scheme, std::size_t mark) noexcept {
    const bool escaped_colon = text_[mark] == '%';
    if (escaped_colon && !is_escape(text_, mark, '3', 'a')) return;
    std::size_t begin = mark + (escaped_colon ? 3 : 1);
    if (scheme.is_number) return number(begin);
    const std::size_t name = mark - scheme.size;
    const bool in_escape = name >= 3 && is_escape(text_, name - 3, '3', 'c');
    const bool has_brackets = name > 0 && text_[name - 1] == '<';
    while (has_brackets && begin < text_.size() && is_wsp(text_[begin])) ++begin;
    const std::size_t at = find_at(begin, escaped_colon || in_escape);
    if (at == npos) return;
    const std::string_view user_info = text_.substr(begin, at - begin);
    if (!has_brackets && has_tag(user_info)) return;
    mask_user_info(user_info, pen_);
    done_ = at;
  }

  /// Without brackets, parameters are those of the header (RFC 3261 section 20).
  static bool has_tag(std::string_view user_info) noexcept {
    const std::size_t semicolon = user_info.find(';');
    return semicolon != npos && user_info.find(";tag=", semicolon) != npos;
  }

  /// Of a URI that is itself part of another, an escape stands for the @ and may end it. One that
  /// the end of the text cuts may have been cut before its @.
  [[nodiscard]] std::size_t find_at(std::size_t begin, bool escaped) noexcept {
    if (begin < nothing_before_) return npos;
    const bool takes_escape = escaped || begin < no_at_before_;
    std::size_t escaped_at = npos;
    std::size_t i = begin;
    for (; i < text_.size(); ++i) {
      const UriChar kind = uri_chars[static_cast<unsigned char>(text_[i])];
      if (kind == UriChar::plain) continue;
      if (kind == UriChar::at) return i;
      if (kind == UriChar::end) break;
      if (escaped && (kind == UriChar::ampersand || is_escape(text_, i, '3', 'e'))) break;
      if (!is_escape(text_, i, '4', '0')) continue;
      if (takes_escape) return i;
      if (escaped_at == npos) escaped_at = i;
    }
    no_at_before_ = i;
    if (i == text_.size() && escaped_at == npos) return i;
    if (escaped_at == npos) nothing_before_ = i;
    return escaped_at;
  }

  void number(std::size_t begin) noexcept {
    std::size_t end = begin;
    while (end < text_.size() && (is_phone_char(text_[end]) || is_escape(text_, end, '2', 'b')))
      ++end;
    pen_.hide_user(text_.substr(begin, end - begin));
    done_ = end;
  }

  static constexpr bool is_phone_char(char c) noexcept {
    return is_digit(c) || is_alpha(c) || std::string_view("+-.()*#_~!$'").find(c) != npos;
  }

  std::string_view text_;
  MaskPen& pen_;
  std::size_t done_ = 0;            ///< what is before it has been hidden
  std::size_t no_at_before_ = 0;    ///< from where it was last looked for
  std::size_t nothing_before_ = 0;  ///< nor an escaped one
};

}  // namespace

void mask_user_info(std::string_view user_info, MaskPen& pen) noexcept {
  const std::size_t colon = user_info.find(':');
  for (std::size_t at = colon; at != npos;) {  // libosip2 may see a port in what follows the last
    const std::size_t next = user_info.find(':', at + 1);
    pen.hide_secret(user_info.substr(at + 1, std::min(next, user_info.size()) - at - 1));
    at = next;
  }
  std::string_view rest = user_info.substr(0, colon);
  for (bool is_user = true; !rest.empty(); is_user = false) {
    const std::size_t semicolon = std::min(rest.find(';'), rest.size());
    const std::string_view piece = rest.substr(0, semicolon);
    const std::size_t equals = is_user ? npos : piece.find('=');
    pen.hide_user(equals == npos ? piece : piece.substr(equals + 1));
    rest.remove_prefix(std::min(semicolon + 1, rest.size()));
  }
}

void mask_uris(std::string_view text, MaskPen& pen) noexcept { UriMasker(text, pen).run(); }

}  // namespace heptap
