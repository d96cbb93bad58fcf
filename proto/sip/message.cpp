// The index is one pass over the head. LineScanner turns 64 bytes at a time into bit masks of line
// ends and colons; each header line is then two trims and one table look-up of its name. Nothing is
// scanned twice, nothing is copied, and nothing is cleared that a counter or a bit can void.
#include "proto/sip/message.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>

#include "proto/sip/chars.hpp"
#include "proto/sip/header_table.hpp"
#include "proto/sip/line_scanner.hpp"
#include "proto/sip/start_line.hpp"

namespace heptap {

using namespace sip_chars;

template <class Block>
class SipIndexer {
 public:
  SipIndexer(std::string_view text, SipView& out) noexcept
      : text_(text), lines_(text.substr(0, SipView::max_head_bytes)), out_(out) {
    out.text_ = text;  // not later from text_: written as two words, it would be read as one
  }

  Errc run() noexcept {
    reset();
    if (!may_start_sip(text_)) return Errc::malformed;
    const std::uint32_t newline = lines_.next();
    if (newline == Scanner::none) return unfinished_start_line();
    if (const Errc error = start_line(newline); error != Errc::none) return error;
    if (const Errc error = header_lines(newline + 1); error != Errc::none) return error;
    if (!out_.has(SipFlag::head_incomplete)) find_body();
    return Errc::none;
  }

 private:
  using Scanner = line_scan::LineScanner<Block>;

  void reset() noexcept {
    out_.head_bytes_ = 0;
    out_.body_bytes_ = 0;
    out_.seen_ = 0;
    out_.repeated_ = 0;
    out_.flags_ = 0;
    out_.header_count_ = 0;
    out_.status_code_ = -1;
    out_.start_line_ = out_.method_ = out_.request_uri_ = out_.version_ = out_.reason_ = {};
  }

  void flag(SipFlag f) noexcept { out_.flags_ |= static_cast<std::uint16_t>(f); }

  [[nodiscard]] bool too_long() const noexcept { return text_.size() > SipView::max_head_bytes; }

  Errc unfinished_start_line() noexcept {
    if (too_long()) return Errc::over_limit;
    return looks_like_sip(as_bytes(text_)) ? Errc::incomplete : Errc::malformed;
  }

  [[nodiscard]] SipView::Piece piece(std::string_view part) const noexcept {
    if (part.empty()) return {};
    return {static_cast<std::uint16_t>(part.data() - text_.data()),
            static_cast<std::uint16_t>(part.size())};
  }

  Errc start_line(std::uint32_t newline) noexcept {
    const Result<StartLineView> parsed = parse_start_line(text_.substr(0, newline));
    if (!parsed) return parsed.error();
    out_.start_line_ = piece(parsed->line);
    out_.method_ = piece(parsed->method);
    out_.request_uri_ = piece(parsed->request_uri);
    out_.version_ = piece(parsed->version);
    out_.reason_ = piece(parsed->reason);
    out_.status_code_ = parsed->status_code;
    if (!parsed->version_is_2_0) flag(SipFlag::version_unknown);
    if (!out_.is_request() && (parsed->status_code < 100 || parsed->status_code > 699)) {
      flag(SipFlag::status_out_of_range);
    }
    return Errc::none;
  }

  /// Whether the line after this line end goes on with the same header field.
  [[nodiscard]] bool folds(std::uint32_t newline) const noexcept {
    return newline + 1 < text_.size() && is_wsp(text_[newline + 1]);
  }

  Errc header_lines(std::uint32_t begin) noexcept {
    for (std::uint32_t newline = lines_.next(); newline != Scanner::none; newline = lines_.next()) {
      if (newline == begin || (newline == begin + 1 && text_[begin] == '\r')) {
        out_.head_bytes_ = newline + 1;
        return Errc::none;
      }
      if (folds(newline)) continue;
      header_line(begin, newline);
      begin = newline + 1;
    }
    if (too_long()) return Errc::over_limit;
    out_.head_bytes_ = text_.size();
    flag(SipFlag::head_incomplete);
    return out_.header_count_ == 0 ? Errc::incomplete : Errc::none;
  }

  [[gnu::always_inline]] void header_line(std::uint32_t begin, std::uint32_t end) noexcept {
    const char* const text = text_.data();
    const std::uint32_t colon = lines_.find_colon(begin, end);
    if (colon == Scanner::none) return flag(SipFlag::bad_line);
    std::uint32_t name_end = colon;
    while (begin < name_end && is_lws(text[begin])) ++begin;  // only right after the start line
    while (name_end > begin && is_lws(text[name_end - 1])) --name_end;
    if (name_end == begin) return flag(SipFlag::bad_line);
    std::uint32_t value = colon + 1;
    while (value < end && is_lws(text[value])) ++value;
    while (end > value && is_lws(text[end - 1])) --end;
    add({piece(begin, name_end), piece(value, end), find_id(begin, name_end - begin)});
  }

  static SipView::Piece piece(std::uint32_t begin, std::uint32_t end) noexcept {
    return {static_cast<std::uint16_t>(begin), static_cast<std::uint16_t>(end - begin)};
  }

  [[nodiscard]] HeaderId find_id(std::uint32_t begin, std::uint32_t size) const noexcept {
    if (text_.size() - begin >= header_table::bytes_read(size)) {
      return header_table::find(text_.data() + begin, size);
    }
    return header_id(text_.substr(begin, size));
  }

  void add(const SipView::Field& field) noexcept {
    const std::uint64_t bit = SipView::bit(field.id);
    if ((out_.seen_ & bit) == 0) out_.first_[static_cast<std::size_t>(field.id)] = field.value;
    out_.repeated_ |= out_.seen_ & bit;
    out_.seen_ |= bit;
    if (out_.header_count_ == SipView::max_headers) return flag(SipFlag::headers_overflow);
    out_.fields_[out_.header_count_++] = field;
  }

  void find_body() noexcept {
    const std::size_t rest = text_.size() - out_.head_bytes_;
    out_.body_bytes_ = rest;
    if (!out_.contains(HeaderId::content_length)) return flag(SipFlag::content_length_missing);
    const std::string_view value = out_.first(HeaderId::content_length);
    std::size_t length = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), length);
    const bool is_number =
        error != std::errc::invalid_argument && end == value.data() + value.size();
    if (!is_number || lengths_differ(value)) return flag(SipFlag::content_length_invalid);
    if (error != std::errc{} || length > rest) return flag(SipFlag::content_length_mismatch);
    if (length < rest) flag(SipFlag::trailing_bytes);
    out_.body_bytes_ = length;
  }

  [[nodiscard]] bool lengths_differ(std::string_view value) const noexcept {
    if (!out_.repeats(HeaderId::content_length)) return false;
    const auto headers = out_.headers();
    return std::any_of(headers.begin(), headers.end(), [&](const SipHeader& h) {
      return h.id == HeaderId::content_length && h.value != value;
    });
  }

  std::string_view text_;
  line_scan::LineScanner<Block> lines_;
  SipView& out_;
};

namespace {

std::string_view skip_line_ends(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == '\r' || text.front() == '\n')) text.remove_prefix(1);
  return text;
}

/// A request line that is cut before its version is told from other protocols by the URI.
bool is_cut_start_line(std::string_view line) noexcept {
  if (const Result<StartLineView> whole = parse_start_line(line); whole.ok()) return true;
  const std::size_t space = line.find_first_of(" \t");
  if (space == std::string_view::npos) return false;
  const std::string_view uri = trim_left(line.substr(space));
  constexpr std::array<std::string_view, 3> schemes{"sip:", "sips:", "tel:"};
  return std::any_of(schemes.begin(), schemes.end(), [&](std::string_view scheme) {
    return equal_ignoring_case(uri.substr(0, scheme.size()), scheme);
  });
}

}  // namespace

std::string_view SipView::first(std::string_view name) const noexcept {
  if (const HeaderId id = header_id(name); id != HeaderId::other) return first(id);
  for (const SipHeader header : headers()) {
    if (equal_ignoring_case(header.name, name)) return header.value;
  }
  return {};
}

Errc parse_sip(Bytes in, SipView& out) noexcept {
  return SipIndexer<VectorBlock>(skip_line_ends(as_text(in)), out).run();
}

Errc parse_sip_portable(Bytes in, SipView& out) noexcept {
  return SipIndexer<PortableBlock>(skip_line_ends(as_text(in)), out).run();
}

bool looks_like_sip(Bytes in) noexcept {
  const std::string_view text = skip_line_ends(as_text(in)).substr(0, SipView::max_head_bytes);
  if (!may_start_sip(text)) return false;
  const std::size_t newline = text.find('\n');
  if (newline == std::string_view::npos) return is_cut_start_line(text);
  return parse_start_line(text.substr(0, newline)).ok();
}

}  // namespace heptap
