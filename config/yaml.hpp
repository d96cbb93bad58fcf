#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace heptap {

/// A place in a file; line and column from 1, column in bytes.
struct YamlPlace {
  int line = 1;
  int column = 1;
};

/// A value in a YAML file and everything below it. Scalars keep their text: what they mean is for
/// the option that wants them, so `name: 2001` is a name.
struct YamlNode {
  enum class Kind { null, scalar, list, map };

  Kind kind = Kind::null;
  YamlPlace at;
  std::string text;  ///< of a scalar
  std::string key;   ///< when it is an entry of a map
  YamlPlace key_at;
  std::vector<YamlNode> children;  ///< of a list or map, in the order of the file, duplicates too
};

/// The text is not YAML, or more YAML than a configuration needs.
class YamlError : public std::runtime_error {
 public:
  YamlError(YamlPlace at, const std::string& message, std::string hint = {})
      : std::runtime_error(message), at_(at), hint_(std::move(hint)) {}

  [[nodiscard]] YamlPlace at() const noexcept { return at_; }
  [[nodiscard]] const std::string& hint() const noexcept { return hint_; }

 private:
  YamlPlace at_;
  std::string hint_;
};

/// Reads one YAML document.
/// in        any bytes; hostile ones included
/// gives     the root; of kind null when there is nothing but comments
/// throws    YamlError at the first thing that is wrong. Refused as well, though YAML: anchors and
///           aliases (a small file can stand for an enormous one), tags, a second document, keys
///           that are not plain text
/// limits    1 MiB, lines of 4096 bytes, 16 levels, 20 000 values
[[nodiscard]] YamlNode parse_yaml(std::string_view in);

inline constexpr std::size_t yaml_max_bytes = std::size_t{1} << 20U;

}  // namespace heptap
