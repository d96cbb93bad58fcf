#include "agent/report/call_json_shape.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace heptap {
namespace {

constexpr std::array<std::string_view, 24> members_with_text{
    "call_id", "from",   "to",       "source",   "destination", "opened_by", "methods", "state",
    "end",     "bye_by", "srd_kind", "sdt_kind", "method",      "event",     "media",   "scale",
    "loss",    "jitter", "mos",      "codec",    "rtt_band",    "reporter",  "digit",   "ssrc"};

bool may_have_text(std::string_view name) noexcept {
  return std::find(members_with_text.begin(), members_with_text.end(), name) !=
         members_with_text.end();
}

/// Minutes and seconds, 1:05, which is all the text that figures of quality have.
bool is_duration(std::string_view text) noexcept {
  constexpr auto npos = std::string_view::npos;
  return text.size() >= 4 && text[text.size() - 3] == ':' &&
         text.find_first_not_of("0123456789:") == npos;
}

class ShapeReader {
 public:
  explicit ShapeReader(std::string_view json) noexcept : rest_(json) {}

  bool begins_with_parties() noexcept {
    return take("{\"call_id\":") && text() && take(",\"from\":") && text() && take(",\"to\":") &&
           text() && rest_.starts_with(",\"source\":");
  }

  bool has_nothing_unknown() noexcept { return value("", 0) && rest_.empty(); }

 private:
  static constexpr int max_depth = 8;

  bool take(std::string_view wanted) noexcept {
    if (!rest_.starts_with(wanted)) return false;
    rest_.remove_prefix(wanted.size());
    return true;
  }

  /// Takes a text in quotes, which is then text_.
  bool text() noexcept {
    if (!take("\"")) return false;
    std::size_t size = 0;
    while (size < rest_.size() && rest_[size] != '"') size += rest_[size] == '\\' ? 2U : 1U;
    if (size >= rest_.size()) return false;
    text_ = rest_.substr(0, size);
    rest_.remove_prefix(size + 1);
    return true;
  }

  /// name      of the member that it is of, or is in an array of
  bool value(std::string_view name, int depth) noexcept {
    if (depth > max_depth) return false;
    if (rest_.starts_with('"')) return text() && (may_have_text(name) || is_duration(text_));
    if (take("{")) return take("}") || members(depth + 1);
    if (take("[")) return take("]") || elements(name, depth + 1);
    return bare();
  }

  bool members(int depth) noexcept {
    do {
      if (!text() || !take(":")) return false;
      if (!value(text_, depth)) return false;
    } while (take(","));
    return take("}");
  }

  bool elements(std::string_view name, int depth) noexcept {
    do {
      if (!value(name, depth)) return false;
    } while (take(","));
    return take("]");
  }

  /// A number, true, false or null.
  bool bare() noexcept {
    const std::size_t end =
        std::min(rest_.find_first_not_of("0123456789+-.eEtrufalsn"), rest_.size());
    rest_.remove_prefix(end);
    return end != 0;
  }

  std::string_view rest_;
  std::string_view text_;
};

}  // namespace

bool is_call_json(std::string_view json) noexcept {
  return ShapeReader(json).begins_with_parties() && ShapeReader(json).has_nothing_unknown();
}

}  // namespace heptap
