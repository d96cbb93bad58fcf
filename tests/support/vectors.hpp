#pragma once

#include <boost/json.hpp>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

namespace heptap::test {

/// gives     a file of tests/vectors
[[nodiscard]] inline boost::json::value vectors(const std::string& name) {
  std::ifstream file(std::string{HEPTAP_SOURCE_DIR} + "/tests/vectors/" + name);
  if (!file) throw std::runtime_error("no vectors in " + name);
  std::ostringstream text;
  text << file.rdbuf();
  return boost::json::parse(text.str());
}

}  // namespace heptap::test
