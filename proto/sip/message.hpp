#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>

#include "proto/bytes.hpp"
#include "proto/result.hpp"
#include "proto/sip/header_id.hpp"

namespace heptap {

/// One header field. `value` has no white space at its ends; a fold inside is kept as it is.
struct SipHeader {
  std::string_view name;  ///< as written, without the white space before the colon
  std::string_view value;
  HeaderId id = HeaderId::other;
};

/// What was odd about a message that was indexed all the same: a tap sees broken messages, and they
/// are the interesting ones.
enum class SipFlag : std::uint16_t {
  head_incomplete = 1U << 0U,          ///< no empty line; body() is empty, whole lines are indexed
  content_length_missing = 1U << 1U,   ///< body() runs to the end of the input
  content_length_invalid = 1U << 2U,   ///< not a number, or two that differ; body() as above
  content_length_mismatch = 1U << 3U,  ///< says more than there is: the message was cut
  trailing_bytes = 1U << 4U,           ///< says less than there is; see trailing()
  headers_overflow = 1U << 5U,         ///< more than SipView::max_headers; known ids still found
  bad_line = 1U << 6U,                 ///< a line without colon or name, not in headers()
  version_unknown = 1U << 7U,          ///< SIP, but not 2.0
  status_out_of_range = 1U << 8U,      ///< not 100 to 699
};

template <class Block>
class SipIndexer;

/// The index of one SIP message: where everything is, in borrowed text. Reusable: parse_sip() fills
/// it again for each message. It allocates nothing; keep one per worker (it is about 3 KiB).
/// lifetime  all views die with the bytes given to parse_sip()
/// source    RFC 3261 section 7
class SipView {
 public:
  static constexpr std::size_t max_headers = 256;
  static constexpr std::size_t max_head_bytes = 65535;

  [[nodiscard]] bool is_request() const noexcept { return status_code_ < 0; }
  [[nodiscard]] bool has(SipFlag flag) const noexcept {
    return (flags_ & static_cast<std::uint16_t>(flag)) != 0;
  }

  /// From the start line to the end of the input; leading CRLFs are not part of it.
  [[nodiscard]] std::string_view text() const noexcept { return text_; }
  /// Start line, header fields and the empty line.
  [[nodiscard]] std::string_view head() const noexcept { return text_.substr(0, head_bytes_); }
  /// Content-Length bytes after the head; all that follows when there are fewer or it is missing.
  [[nodiscard]] std::string_view body() const noexcept {
    return text_.substr(head_bytes_, body_bytes_);
  }
  /// What follows the body in the input; nothing once end_body() was called.
  [[nodiscard]] std::string_view trailing() const noexcept {
    return text_.substr(head_bytes_ + body_bytes_);
  }

  /// Without its line end and trailing white space.
  [[nodiscard]] std::string_view start_line() const noexcept { return at(start_line_); }
  /// Request: as written. Response: empty; see parse_cseq().
  [[nodiscard]] std::string_view method() const noexcept { return at(method_); }
  /// Request: as written, which may have spaces inside or angle brackets around it.
  [[nodiscard]] std::string_view request_uri() const noexcept { return at(request_uri_); }
  /// "SIP/2.0" as written.
  [[nodiscard]] std::string_view version() const noexcept { return at(version_); }
  /// Response: the three digits; 0 for any other number of digits. Request: 0.
  [[nodiscard]] int status_code() const noexcept { return status_code_ < 0 ? 0 : status_code_; }
  /// Response: what follows the code; may be empty, may be UTF-8.
  [[nodiscard]] std::string_view reason() const noexcept { return at(reason_); }

  /// The first value of a known header, in any of its forms; empty when it is not there.
  [[nodiscard]] std::string_view first(HeaderId id) const noexcept {
    return contains(id) ? at(first_[static_cast<std::size_t>(id)]) : std::string_view{};
  }
  /// The same for any header by its full name, ignoring case, among the headers kept.
  [[nodiscard]] std::string_view first(std::string_view name) const noexcept;
  [[nodiscard]] bool contains(HeaderId id) const noexcept { return (seen_ & bit(id)) != 0; }
  /// True when more than one header field has this id.
  [[nodiscard]] bool repeats(HeaderId id) const noexcept { return (repeated_ & bit(id)) != 0; }
  [[nodiscard]] std::string_view call_id() const noexcept { return first(HeaderId::call_id); }

  /// The same message, of which only so much of what follows the head is the body: for streams,
  /// where the next message follows.
  /// bytes     at most body().size() + trailing().size()
  void end_body(std::size_t bytes) noexcept {
    text_ = text_.substr(0, head_bytes_ + bytes);
    body_bytes_ = bytes;
    flags_ &= static_cast<std::uint16_t>(~static_cast<unsigned>(SipFlag::trailing_bytes));
  }

  class Headers;
  /// All header fields in the order of the message, at most max_headers.
  [[nodiscard]] Headers headers() const noexcept;

 private:
  template <class Block>
  friend class SipIndexer;

  /// A piece of the head, which has at most max_head_bytes.
  struct Piece {
    std::uint16_t offset = 0;
    std::uint16_t size = 0;
  };
  struct Field {
    Piece name;
    Piece value;
    HeaderId id;
  };
  static_assert(static_cast<unsigned>(HeaderId::count_) <= 64);

  static constexpr std::uint64_t bit(HeaderId id) noexcept {
    return std::uint64_t{1} << static_cast<unsigned>(id);
  }
  [[nodiscard]] std::string_view at(Piece piece) const noexcept {
    return {text_.data() + piece.offset, piece.size};
  }
  [[nodiscard]] SipHeader header(std::size_t index) const noexcept {
    const Field& field = fields_[index];
    return {at(field.name), at(field.value), field.id};
  }

  std::string_view text_;
  std::size_t head_bytes_ = 0;
  std::size_t body_bytes_ = 0;
  std::uint64_t seen_ = 0;
  std::uint64_t repeated_ = 0;
  int status_code_ = -1;  // -1: a request
  std::uint16_t flags_ = 0;
  std::uint16_t header_count_ = 0;
  Piece start_line_;
  Piece method_;
  Piece request_uri_;
  Piece version_;
  Piece reason_;
  // Not cleared from message to message: seen_ and header_count_ say what is valid.
  std::array<Piece, static_cast<std::size_t>(HeaderId::count_)> first_;
  std::array<Field, max_headers> fields_;
};

class SipView::Headers {
 public:
  class Iterator {
   public:
    using value_type = SipHeader;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::input_iterator_tag;  // gives values, not references
    using reference = SipHeader;
    using pointer = void;

    Iterator() noexcept = default;
    Iterator(const SipView* view, std::size_t index) noexcept : view_(view), index_(index) {}
    SipHeader operator*() const noexcept { return view_->header(index_); }
    Iterator& operator++() noexcept {
      ++index_;
      return *this;
    }
    Iterator operator++(int) noexcept {
      Iterator old = *this;
      ++index_;
      return old;
    }
    bool operator==(const Iterator& other) const noexcept { return index_ == other.index_; }

   private:
    const SipView* view_ = nullptr;
    std::size_t index_ = 0;
  };

  explicit Headers(const SipView& view) noexcept : view_(&view) {}
  [[nodiscard]] Iterator begin() const noexcept { return {view_, 0}; }
  [[nodiscard]] Iterator end() const noexcept { return {view_, size()}; }
  [[nodiscard]] std::size_t size() const noexcept { return view_->header_count_; }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  [[nodiscard]] SipHeader operator[](std::size_t index) const noexcept {
    return view_->header(index);
  }

 private:
  const SipView* view_;
};

inline SipView::Headers SipView::headers() const noexcept { return Headers(*this); }

/// Indexes the SIP message in a datagram, or one that a stream has framed.
/// in        leading CRLFs are skipped; lines may end in a bare LF; need not be readable beyond its
///           end
/// out       valid when the result is none; all older views from it are void in any case
/// errors    malformed: no SIP start line, so not SIP at all; incomplete: it ends within the start
///           line or before the first whole header line; over_limit: no end of the head within
///           SipView::max_head_bytes. Anything else that is wrong with a message is only a flag.
/// source    RFC 3261 sections 7 and 18.3, leniency after RFC 4475
[[nodiscard]] Errc parse_sip(Bytes in, SipView& out) noexcept;

/// The same without vector instructions. For processors that have none, and for tests, which hold
/// both against each other.
[[nodiscard]] Errc parse_sip_portable(Bytes in, SipView& out) noexcept;

/// Whether these bytes begin with a SIP start line; costs a few nanoseconds for what does not begin
/// with letters. A line that is cut before its end counts when it holds a status code, or a method
/// and a sip, sips or tel URI.
/// source    RFC 3261 section 7
[[nodiscard]] bool looks_like_sip(Bytes in) noexcept;

}  // namespace heptap
