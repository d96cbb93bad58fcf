#include "proto/sip/mask_names.hpp"

#include <algorithm>
#include <cstddef>

#include "proto/sip/chars.hpp"
#include "proto/sip/params.hpp"

namespace heptap {

using namespace sip_chars;

namespace {

constexpr auto npos = std::string_view::npos;

/// Some write one where a name should be, and libosip2 takes it for the address.
bool is_uri(std::string_view words) noexcept {
  const std::string_view scheme = words.substr(0, words.find(':'));
  if (scheme.size() == words.size()) return false;
  return equal_ignoring_case(scheme, "sip") || equal_ignoring_case(scheme, "sips") ||
         equal_ignoring_case(scheme, "tel");
}

class NameMasker {
 public:
  NameMasker(std::string_view list, MaskPen& pen) noexcept : rest_(list), pen_(pen) {}

  void run() noexcept {
    while (!rest_.empty()) {
      const std::size_t stop = end_of_words();
      std::string_view words = trim(rest_.substr(0, stop));
      const char mark = stop < rest_.size() ? rest_[stop] : ',';
      rest_.remove_prefix(stop);
      const bool is_address =
          mark == '<' && rest_.find('>') != npos ? is_uri(words) : words.find(':') != npos;
      if (words.starts_with('*')) words.remove_prefix(1);  // that of a Contact
      if (!is_address) pen_.hide_user(words);
      if (mark == '"') {
        quoted();
      } else {
        if (mark == '<') rest_.remove_prefix(std::min(rest_.find('>'), rest_.size()));
        next_item();
      }
    }
  }

 private:
  [[nodiscard]] std::size_t end_of_words() const noexcept {
    std::size_t i = 0;
    for (; i < rest_.size(); ++i) {
      const char c = rest_[i];
      if (c == '<' || c == ',' || c == ';') break;
      if (c == '"' && (i == 0 || rest_[i - 1] != '\\')) break;  // see find_unquoted()
    }
    return i;
  }

  /// One that is not closed ends where the URI begins.
  void quoted() noexcept {
    const std::size_t end = end_of_quoted(rest_, 0);
    const std::size_t close = end != npos ? end - 1 : std::min(rest_.find('<'), rest_.size());
    pen_.hide_user(trim(rest_.substr(1, close - 1)));
    rest_.remove_prefix(end != npos ? end : close);
  }

  void next_item() noexcept {
    const std::size_t comma = find_unquoted(rest_, ',');
    rest_.remove_prefix(comma == npos ? rest_.size() : comma + 1);
  }

  std::string_view rest_;
  MaskPen& pen_;
};

}  // namespace

void mask_names(std::string_view list, MaskPen& pen) noexcept { NameMasker(list, pen).run(); }

}  // namespace heptap
