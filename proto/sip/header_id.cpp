#include "proto/sip/header_id.hpp"

#include <array>

#include "proto/sip/header_table.hpp"

namespace heptap {

HeaderId header_id(std::string_view name) noexcept {
  if (name.empty() || name.size() > header_table::window_bytes) return HeaderId::other;
  std::array<char, header_table::window_bytes> padded{};
  name.copy(padded.data(), padded.size());
  return header_table::find(padded.data(), name.size());
}

std::string_view to_string(HeaderId id) noexcept {
  const auto index = static_cast<std::size_t>(id);
  if (index == 0 || index > header_table::long_count) return {};
  return header_table::known_names[index - 1].text;
}

}  // namespace heptap
