#include "config/name_hint.hpp"

#include <algorithm>

#include "config/text.hpp"

namespace heptap {

std::string name_hint(std::string_view name, const std::vector<std::string_view>& names,
                      std::string_view kind) {
  constexpr std::size_t most = 8;
  const std::string_view near = nearest(name, names);
  if (!near.empty()) return "did you mean " + std::string{near} + "?";
  if (names.empty()) return "valid are the names of " + std::string{kind} + ", and there are none";
  std::string text = "valid are ";
  for (std::size_t i = 0; i < std::min(names.size(), most); ++i) {
    text += (i == 0 ? "" : ", ") + printable(names[i]);
  }
  return names.size() > most ? text + "…" : text;
}

}  // namespace heptap
