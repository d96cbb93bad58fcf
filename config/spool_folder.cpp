#include "config/spool_folder.hpp"

#include <string>

namespace heptap {
namespace {

bool is_plain(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
         c == '_' || c == '-';
}

void append_escaped(std::string& out, char c) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  out += '%';
  out += digits[byte >> 4U];
  out += digits[byte & 0xfU];
}

std::string folder_name(std::string_view collector) {
  const bool means_other = collector == "." || collector == "..";
  std::string name;
  for (const char c : collector) {
    if (is_plain(c) && !means_other) {
      name += c;
    } else {
      append_escaped(name, c);
    }
  }
  return name;
}

}  // namespace

std::filesystem::path spool_folder(const SpoolSettings& spool, std::string_view collector) {
  return spool.directory / folder_name(collector);
}

std::filesystem::path spool_folder_beside(const std::filesystem::path& folder,
                                          std::string_view collector) {
  return folder.parent_path() / folder_name(collector);
}

}  // namespace heptap
