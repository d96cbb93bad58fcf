#pragma once

#include <boost/json.hpp>
#include <filesystem>
#include <string>

#include "tests/support/temp_folder.hpp"

namespace heptap::test {

/// The same value with all numbers as doubles: in a vector 4 and 4.0 mean the same.
inline boost::json::value with_doubles(boost::json::value in) {
  if (in.is_int64() || in.is_uint64()) return in.to_number<double>();
  if (in.is_array()) {
    for (auto& element : in.get_array()) element = with_doubles(element);
  }
  if (in.is_object()) {
    for (auto& member : in.get_object()) member.value() = with_doubles(member.value());
  }
  return in;
}

/// A file of tests/vectors, its numbers as doubles.
inline boost::json::value read_vectors(const std::string& name) {
  const std::filesystem::path folder = HEPTAP_SOURCE_DIR "/tests/vectors";
  return with_doubles(boost::json::parse(read_file(folder / name)));
}

}  // namespace heptap::test
