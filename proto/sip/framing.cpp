#include "proto/sip/framing.hpp"

#include <algorithm>
#include <charconv>

#include "proto/sip/chars.hpp"
#include "proto/sip/cseq.hpp"
#include "proto/sip/start_line.hpp"

namespace heptap {

using namespace sip_chars;

namespace {

constexpr std::size_t nowhere = std::string_view::npos;
constexpr std::size_t max_start_line_bytes = 8192;

bool is_filler(char c) noexcept { return c == '\r' || c == '\n' || c == '\0'; }

std::size_t filler_bytes(std::string_view text) noexcept {
  const auto* const end = std::find_if_not(text.begin(), text.end(), is_filler);
  return static_cast<std::size_t>(end - text.begin());
}

SipFrame part(SipPart what, std::size_t bytes) noexcept { return {what, bytes, true, {}}; }

SipFrame wait_for(StreamNeed need) noexcept { return {SipPart::need_more, 0, true, need}; }

// The head is not whole. Whoever sends heads without end is not asked for each segment.
SipFrame wait_for_head(Bytes in, bool is_last,
                       std::size_t most = SipView::max_head_bytes + 1) noexcept {
  if (is_last) return part(SipPart::unfinished, in.size());
  return wait_for(rest_of_head(in.size(), most));
}

SipFrame wait_for_bytes(Bytes in, std::size_t bytes, bool is_last) noexcept {
  if (is_last) return part(SipPart::unfinished, in.size());
  return wait_for({.bytes = bytes});
}

bool has_line_end(std::string_view text) noexcept { return text.find('\n') != nowhere; }

// A start line of which only the first letters are here is none to parse_sip().
bool may_go_on(Bytes in) noexcept {
  const auto text = as_text(in);
  return text.size() < max_start_line_bytes && may_start_sip(text) && !has_line_end(text);
}

bool is_start_line(std::string_view line) noexcept {
  return may_start_sip(line) && parse_start_line(line).ok();
}

// Where the next line is that begins a message.
std::size_t find_start_line(std::string_view text) noexcept {
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    if (end == nowhere) break;
    if (is_start_line(text.substr(begin, end - begin))) return begin;
    begin = end + 1;
  }
  return nowhere;
}

// Behind a head that does not say how long the body is. The longer it is, the more is waited for at a
// time: all of it is looked at again.
SipFrame end_at_next_start(std::size_t head_bytes, Bytes in, bool is_last, SipView& view) noexcept {
  std::size_t body_bytes = 0;
  if (view.contains(HeaderId::content_type)) {
    const std::string_view rest = as_text(in.subspan(head_bytes));
    body_bytes = find_start_line(rest.substr(0, max_stream_message_bytes));
    if (body_bytes == nowhere) {
      if (rest.size() > max_stream_message_bytes) {
        return part(SipPart::over_limit, head_bytes + max_stream_message_bytes);
      }
      if (!is_last) return wait_for({.bytes = in.size() + 1 + in.size() / 16});
      body_bytes = rest.size();
    }
  }
  view.end_body(body_bytes);
  return {SipPart::message, head_bytes + body_bytes, false, {}};
}

SipFrame end_of_message(Bytes in, bool is_last, SipView& view) noexcept {
  const std::size_t head_bytes = view.head().size();
  if (view.has(SipFlag::content_length_missing) || view.has(SipFlag::content_length_invalid)) {
    return end_at_next_start(head_bytes, in, is_last, view);
  }
  std::size_t length = view.body().size();
  if (view.has(SipFlag::content_length_mismatch)) {
    const auto value = view.first(HeaderId::content_length);
    length = max_stream_message_bytes;  // stays so when the number is larger than a number can be
    std::from_chars(value.data(), value.data() + value.size(), length);
  }
  if (length > max_stream_message_bytes - head_bytes) return part(SipPart::over_limit, head_bytes);
  if (head_bytes + length > in.size()) return wait_for_bytes(in, head_bytes + length, is_last);
  view.end_body(length);
  return part(SipPart::message, head_bytes + length);
}

// Behind a body that is shorter than its head says, the first letters of a method are taken for the
// end of the body. The head still has the whole method.
bool has_cut_method(const SipView& view) noexcept {
  const std::string_view value = view.first(HeaderId::cseq);
  const std::string_view method = view.method();
  const bool has_more = value.size() > method.size() && value.ends_with(method) &&
                        !is_lws(value[value.size() - method.size() - 1]);
  if (!has_more || !view.is_request()) return false;
  const auto cseq = parse_cseq(value);
  return cseq && cseq->method.size() > method.size();
}

bool is_header(std::string_view line) noexcept {
  const auto* const name_end = std::find_if_not(line.begin(), line.end(), is_token);
  const auto name_bytes = static_cast<std::size_t>(name_end - line.begin());
  return name_bytes != 0 && trim_left(line.substr(name_bytes)).starts_with(':');
}

// Where a request line begins that ends with this line, by its URI; its method may begin later, when
// what is in front of it ends with letters.
std::size_t request_in(std::string_view line) noexcept {
  constexpr std::string_view version = " SIP/2.0";
  if (!line.ends_with(version)) return nowhere;
  line.remove_suffix(version.size());
  const std::size_t space = std::min(line.rfind(' '), line.size());
  std::size_t begin = space;
  const std::size_t least = space - std::min(space, max_method_bytes);
  while (begin > least && is_token(line[begin - 1])) --begin;
  return looks_like_sip(as_bytes(line.substr(begin))) ? begin : nowhere;
}

// Where a start line may begin: with this line, or within it, behind a body without a line end.
std::size_t start_in(std::string_view line) noexcept {
  line = trim_right(line);
  if (is_header(line)) return nowhere;  // whatever it quotes
  if (const std::size_t request = request_in(line); request != nowhere) return request;
  const std::size_t status = line.rfind("SIP/2.0 ");
  if (status != nowhere && is_start_line(line.substr(status))) return status;
  return is_start_line(line) ? 0 : nowhere;
}

// Where the message begins whose start line may be the first line of `text`. Only its CSeq tells
// where its method begins, and whether all of it is here.
std::size_t message_in(std::string_view text, SipView& view) noexcept {
  if (parse_sip(as_bytes(text), view) != Errc::none) return nowhere;
  if (!view.contains(HeaderId::call_id) && !view.contains(HeaderId::via)) return nowhere;
  const auto cseq = parse_cseq(view.first(HeaderId::cseq));
  if (!view.is_request() || !cseq) return 0;
  const std::string_view method = view.method();
  return method.ends_with(cseq->method) ? method.size() - cseq->method.size() : nowhere;
}

// The last line may end with a start line.
SipFrame junk_up_to(std::size_t begin, std::string_view text, bool is_last) noexcept {
  if (is_last) return part(SipPart::junk, text.size());
  if (text.size() - begin > max_start_line_bytes) begin = text.size() - max_start_line_bytes / 2;
  if (begin != 0) return part(SipPart::junk, begin);
  return wait_for_head(as_bytes(text), is_last, max_start_line_bytes + 1);
}

}  // namespace

SipFrame frame_sip(Bytes in, bool is_last, SipView& view) noexcept {
  if (const std::size_t filler = filler_bytes(as_text(in)); filler != 0) {
    return part(SipPart::keep_alive, filler);
  }
  switch (parse_sip(in, view)) {
    case Errc::none:
      if (view.has(SipFlag::head_incomplete)) return wait_for_head(in, is_last);
      if (has_cut_method(view)) return part(SipPart::junk, 0);
      return end_of_message(in, is_last, view);
    case Errc::incomplete: return wait_for_head(in, is_last);
    case Errc::over_limit:
      return part(SipPart::over_limit, std::min(in.size(), SipView::max_head_bytes));
    default: break;
  }
  if (!is_last && may_go_on(in)) return wait_for_head(in, is_last, max_start_line_bytes);
  return part(SipPart::junk, 0);
}

SipFrame find_sip(Bytes in, bool is_last, SipView& view) noexcept {
  const std::string_view text = as_text(in);
  std::size_t candidate = nowhere;
  std::size_t begin = 0;
  for (std::size_t end; (end = text.find('\n', begin)) != nowhere; begin = end + 1) {
    const std::string_view line = text.substr(begin, end - begin);
    if (line.empty() || line == "\r") {
      const bool has_candidate = candidate != nowhere;
      const std::size_t front = has_candidate ? message_in(text.substr(candidate), view) : nowhere;
      if (front != nowhere) return part(SipPart::junk, candidate + front);
      candidate = nowhere;
    } else if (const std::size_t start = start_in(line); start != nowhere) {
      candidate = begin + start;  // of two in one head, the first was quoted
    }
  }
  const bool has_candidate =
      candidate != nowhere && text.size() - candidate <= SipView::max_head_bytes;
  if (!has_candidate) return junk_up_to(begin, text, is_last);
  if (candidate != 0) return part(SipPart::junk, candidate);
  return wait_for_head(in, is_last);
}

}  // namespace heptap
