// yaml-cpp 0.7 reads the text; this file is careful for it. Its tree (YAML::Node) forgets duplicate
// keys and follows aliases, so we take its events and build a plain tree. Of its behaviour with
// hostile text, found by fuzzing:
//   - ", " makes it give empty documents without end: the second document ends the parse
//   - a quoted text that runs to the end of the file is taken as closed: looked up in the source
//   - byte 0x04 ends its input silently: control characters are refused before
//   - it keeps all tokens of a line before it gives the first event: lines have a limit
//   - it recurses once per level: the events throw long before the stack is in danger
#include "config/yaml.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <sstream>
#include <utility>

#include "config/text.hpp"

namespace heptap {
namespace {

constexpr std::size_t max_line_bytes = 4096;
constexpr std::size_t max_levels = 16;
constexpr std::size_t max_values = 20'000;

constexpr const char* no_aliases = "anchors and aliases are not allowed";
constexpr const char* write_it_out = "write the value out";

YamlPlace place(const YAML::Mark& mark) { return {mark.line + 1, mark.column + 1}; }

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") + 1 - first);
}

// `line` counts from 1; the line without its end.
std::string_view line_of(std::string_view text, int line) {
  for (; line > 1; --line) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  return text.substr(0, text.find('\n'));
}

YamlPlace place_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto newline = before.rfind('\n');
  const std::size_t start = newline == std::string_view::npos ? 0 : newline + 1;
  return {static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1,
          static_cast<int>(offset - start) + 1};
}

// yaml-cpp gives an empty item of a list ("-" alone) the place of what comes next. The item is the
// last line before that is not blank or a comment; any other empty value is left where it is.
YamlPlace place_of_empty(std::string_view text, const YAML::Mark& mark) {
  const YamlPlace next = place(mark);
  std::string_view before = text.substr(0, static_cast<std::size_t>(mark.pos));
  for (int line = next.line; line >= 1; --line) {
    const std::size_t start = before.rfind('\n') + 1;  // npos + 1 is 0: the first line
    const std::string_view words = trimmed(before.substr(start));
    if (words == "-" || words.starts_with("- #")) {
      return {line, static_cast<int>(before.find('-', start) - start) + 1};
    }
    if (!words.empty() && words.front() != '#') return next;
    before = before.substr(0, start == 0 ? 0 : start - 1);
  }
  return next;
}

bool is_forbidden_control(char raw) {
  const auto c = static_cast<std::uint8_t>(raw);
  return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f;
}

void check_bytes(std::string_view text) {
  if (text.size() > yaml_max_bytes) throw YamlError({}, "the file is larger than 1 MiB");
  if (const auto at = find_bad_utf8(text)) throw YamlError(place_of(text, *at), "not UTF-8 text");
  const auto control = std::find_if(text.begin(), text.end(), is_forbidden_control);
  if (control != text.end()) {
    const auto offset = static_cast<std::size_t>(control - text.begin());
    throw YamlError(place_of(text, offset), "a control character", "only tab and line ends may be");
  }
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    if (end - start > max_line_bytes) {
      throw YamlError(place_of(text, start), "a line longer than 4096 bytes");
    }
    start = end + 1;
  }
}

// Walks a quoted text from its opening quote and says whether it is ever closed.
bool is_closed(std::string_view quoted) {
  const char quote = quoted.front();
  for (std::size_t i = 1; i < quoted.size(); ++i) {
    if (quote == '"' && quoted[i] == '\\') {
      ++i;
    } else if (quoted[i] == quote) {
      const bool doubled = quote == '\'' && i + 1 < quoted.size() && quoted[i + 1] == quote;
      if (!doubled) return true;
      ++i;
    }
  }
  return false;
}

class TreeBuilder final : public YAML::EventHandler {
 public:
  explicit TreeBuilder(std::string_view text) : text_(text) {}

  YamlNode take() { return std::move(root_); }

  // Only the last text of a file can have run to its end.
  void check_last_text() const {
    const std::string_view line = line_of(text_, last_text_.line);
    const auto column = static_cast<std::size_t>(last_text_.column - 1);
    if (column >= line.size() || (line[column] != '"' && line[column] != '\'')) return;
    const auto offset = static_cast<std::size_t>(line.data() - text_.data()) + column;
    if (!is_closed(text_.substr(offset))) throw YamlError(last_text_, "the quote is never closed");
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) {
      throw YamlError(place(mark), "a second document starts here", "only one may be in the file");
    }
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    YamlNode* const node = add(YamlNode::Kind::null, mark, "", anchor);
    node->at = place_of_empty(text_, mark);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { refuse_alias(place(mark)); }
  void OnAnchor(const YAML::Mark& mark, const std::string&) override { refuse_alias(place(mark)); }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    last_text_ = place(mark);
    if (YamlNode* const node = add(YamlNode::Kind::scalar, mark, tag, anchor)) {
      node->text = value;
    } else {
      key_ = value;
      key_at_ = place(mark);
    }
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(add(YamlNode::Kind::list, mark, tag, anchor), mark);
  }
  void OnSequenceEnd() override { levels_.pop_back(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(add(YamlNode::Kind::map, mark, tag, anchor), mark);
  }
  void OnMapEnd() override { levels_.pop_back(); }

 private:
  [[noreturn]] static void refuse_alias(YamlPlace at) {
    throw YamlError(at, no_aliases, write_it_out);
  }

  // Adds a value below the innermost open node; gives null when a map is waiting for a key, which
  // a scalar then is. The pointers in levels_ stay good: only the innermost node gets children.
  YamlNode* add(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag,
                YAML::anchor_t anchor) {
    if (anchor != 0) refuse_alias(place(mark));
    const bool untagged = tag.empty() || tag == "?" || tag == "!";  // "!": it is quoted
    if (!untagged) {
      throw YamlError(place(mark), "tags are not allowed", "leave out the word with '!'");
    }
    if (++values_ > max_values) throw YamlError(place(mark), "more than 20000 values");
    YamlNode* node = &root_;
    if (!levels_.empty()) {
      YamlNode& parent = *levels_.back();
      const bool wants_key = parent.kind == YamlNode::Kind::map && !key_;
      if (wants_key && kind == YamlNode::Kind::scalar) return nullptr;
      if (wants_key) throw YamlError(place(mark), "a key must be a word");
      node = &parent.children.emplace_back();
      if (key_) {
        node->key = *std::exchange(key_, std::nullopt);
        node->key_at = key_at_;
      }
    }
    node->kind = kind;
    node->at = place(mark);
    return node;
  }

  void open(YamlNode* node, const YAML::Mark& mark) {
    if (levels_.size() == max_levels) throw YamlError(place(mark), "nested deeper than 16 levels");
    levels_.push_back(node);
  }

  std::string_view text_;
  YamlNode root_;
  std::vector<YamlNode*> levels_;
  std::optional<std::string> key_;
  YamlPlace key_at_;
  YamlPlace last_text_;
  std::size_t values_ = 0;
  int documents_ = 0;
};

// gives     the column of a tab before the first word of a line; 0: there is none
int tab_column(std::string_view line) {
  const auto tab = line.substr(0, line.find_first_not_of(" \t")).find('\t');
  return tab == std::string_view::npos ? 0 : static_cast<int>(tab) + 1;
}

// yaml-cpp's words say what its scanner was doing; these say what to look for.
YamlError explained(std::string_view text, const YAML::Exception& error) {
  struct Row {
    const char* theirs;
    const char* ours;
    const char* hint;
  };
  static const std::array<Row, 7> rows{{
      {YAML::ErrorMsg::MAP_VALUE, "a ':' in the wrong place",
       "look for wrong indentation, a missing space after ':', or a text that needs quotes"},
      {YAML::ErrorMsg::END_OF_MAP, "neither a key of this map nor the end of it",
       "look for wrong indentation or a missing ':'"},
      {YAML::ErrorMsg::END_OF_SEQ, "neither an item of this list nor the end of it",
       "look for wrong indentation or a missing '-'"},
      {YAML::ErrorMsg::END_OF_SEQ_FLOW, "a '[' list is not closed",
       "look for a missing ']' before"},
      {YAML::ErrorMsg::END_OF_MAP_FLOW, "a '{' map is not closed", "look for a missing '}' before"},
      {YAML::ErrorMsg::EOF_IN_SCALAR, "the quote is never closed", ""},
      {YAML::ErrorMsg::UNKNOWN_ANCHOR, no_aliases, write_it_out},
  }};
  const YamlPlace at = error.mark.is_null() ? YamlPlace{} : place(error.mark);
  if (const int column = tab_column(line_of(text, at.line))) {
    return {{at.line, column}, "a tab in the indentation", "use spaces"};
  }
  const auto* const row =
      std::find_if(rows.begin(), rows.end(), [&](const Row& r) { return error.msg == r.theirs; });
  if (row != rows.end()) return {at, row->ours, row->hint};
  return {at, "not YAML: " + printable(error.msg)};
}

}  // namespace

YamlNode parse_yaml(std::string_view in) {
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (in.starts_with(byte_order_mark)) in.remove_prefix(byte_order_mark.size());
  check_bytes(in);
  try {
    std::istringstream stream{std::string{in}};
    YAML::Parser parser{stream};
    TreeBuilder builder{in};
    while (parser.HandleNextDocument(builder)) {
    }
    builder.check_last_text();
    return builder.take();
  } catch (const YAML::Exception& error) {
    throw explained(in, error);
  }
}

}  // namespace heptap
