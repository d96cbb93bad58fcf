#include "agent/report/call_json_shape.hpp"

#include <algorithm>
#include <cstddef>

#include "agent/report/call_json_members.hpp"

namespace heptap {
namespace {

class ShapeReader {
 public:
  explicit ShapeReader(std::string_view json) noexcept : rest_(json) {}

  bool is_call() noexcept {
    return take("{\"call_id\":") && text() && take(",\"from\":") && text() && take(",\"to\":") &&
           text() && take(",") && rest_.starts_with("\"source\":") && members(1) && rest_.empty();
  }

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

  /// name      of the member that it is of
  bool value(std::string_view name, int depth) noexcept {
    if (rest_.starts_with('"')) return text() && may_have_text(name, text_);
    if (rest_.starts_with('{')) return object(depth + 1);
    if (take("[")) return take("]") || elements(name, depth + 1);
    return bare();
  }

  bool object(int depth) noexcept {
    return depth <= max_depth && take("{") && (take("}") || members(depth));
  }

  /// Takes the end of the object, too.
  bool members(int depth) noexcept {
    do {
      if (!text() || !is_call_member(text_) || !take(":")) return false;
      if (!value(text_, depth)) return false;
    } while (take(","));
    return take("}");
  }

  /// Of an array, which has objects, or methods.
  bool elements(std::string_view name, int depth) noexcept {
    const bool has_methods = name == "methods";
    do {
      if (has_methods ? !text() || !may_have_text(name, text_) : !object(depth)) return false;
    } while (take(","));
    return take("]");
  }

  /// A number, true, false or null.
  bool bare() noexcept {
    if (take("true") || take("false") || take("null")) return true;
    const std::size_t end = std::min(rest_.find_first_not_of("0123456789+-.eE"), rest_.size());
    const bool is_number = rest_.substr(0, end).find_first_of("0123456789") <= 1;
    rest_.remove_prefix(end);
    return is_number;
  }

  std::string_view rest_;
  std::string_view text_;
};

}  // namespace

bool is_call_json(std::string_view json) noexcept { return ShapeReader(json).is_call(); }

}  // namespace heptap
