#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "proto/result.hpp"
#include "proto/sip/message.hpp"

struct osip_message;  // of libosip2, whose headers
struct sdp_message;   // only osip.cpp includes

namespace heptap {

/// A URI as libosip2 read it: escapes of the user are undone. Numbers are text, as written.
struct OsipUriView {
  std::string_view scheme;
  std::string_view user;
  std::string_view host;  ///< an IPv6 address without its brackets
  std::string_view port;
};

/// From, To or a Contact.
struct OsipAddressView {
  std::string_view display_name;  ///< without quotes
  OsipUriView uri;
  std::string_view tag;
};

struct OsipViaView {
  std::string_view transport;
  std::string_view host;
  std::string_view port;
  std::string_view branch;
};

struct OsipMediaView {
  std::string_view type;
  std::string_view port;
  std::string_view proto;
  std::string_view address;  ///< of the media's own c= line, else of the session's
};

/// A message under the full grammar: libosip2's parse of it and of its SDP. For what wants
/// everything (call details, masks that prove their result), asked for seldom: a parse costs some
/// 11 microseconds and 150 mallocs, where the index costs a fraction of one and none. Reusable.
/// lifetime  views die with the next parse() and with the object; the parsed text is not borrowed
class OsipMessage {
 public:
  /// Upper bound of list elements in a head: libosip2 appends to a list in time that grows with the
  /// list, so 64 KiB of semicolons would take it more than a second.
  static constexpr std::size_t max_separators = 2048;
  static constexpr std::size_t max_message_bytes = 65535;

  /// errors    malformed: libosip2 refuses the message, or its head holds a zero byte or a CR
  ///           without LF; over_limit: larger than the bounds above, or more headers than the index
  ///           keeps. SDP that is refused is no error: has_sdp() is false.
  [[nodiscard]] Errc parse(const SipView& message) noexcept;

  [[nodiscard]] std::string_view method() const noexcept;  ///< request only
  [[nodiscard]] OsipUriView request_uri() const noexcept;  ///< request only
  [[nodiscard]] int status_code() const noexcept;          ///< 0: a request
  [[nodiscard]] std::string_view reason() const noexcept;
  [[nodiscard]] OsipAddressView from() const noexcept;
  [[nodiscard]] OsipAddressView to() const noexcept;
  [[nodiscard]] std::string_view call_id_number() const noexcept;  ///< what is before the @
  [[nodiscard]] std::string_view call_id_host() const noexcept;    ///< what is after it
  [[nodiscard]] std::string_view cseq_number() const noexcept;
  [[nodiscard]] std::string_view cseq_method() const noexcept;
  [[nodiscard]] std::string_view content_type() const noexcept;     ///< "application"
  [[nodiscard]] std::string_view content_subtype() const noexcept;  ///< "sdp"

  [[nodiscard]] std::size_t contact_count() const noexcept;
  [[nodiscard]] OsipAddressView contact(std::size_t index) const noexcept;
  [[nodiscard]] std::size_t via_count() const noexcept;
  [[nodiscard]] OsipViaView via(std::size_t index) const noexcept;
  /// A multipart body has several: its parts, which multipart.hpp finds.
  [[nodiscard]] std::size_t body_count() const noexcept;
  [[nodiscard]] std::string_view body(std::size_t index) const noexcept;

  [[nodiscard]] bool has_sdp() const noexcept { return sdp_ != nullptr; }
  [[nodiscard]] std::size_t media_count() const noexcept;
  [[nodiscard]] OsipMediaView media(std::size_t index) const noexcept;

 private:
  struct Free {
    void operator()(osip_message* message) const noexcept;
    void operator()(sdp_message* sdp) const noexcept;
  };

  bool accept(std::string_view text) noexcept;
  void parse_sdp_text(std::string_view text) noexcept;

  std::unique_ptr<osip_message, Free> message_;
  std::unique_ptr<sdp_message, Free> sdp_;
  std::string multipart_;  ///< a multipart body, which libosip2 is not given
  std::string boundary_;
};

}  // namespace heptap
