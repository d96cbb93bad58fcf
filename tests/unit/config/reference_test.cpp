#include "config/reference.hpp"

#include <catch2/catch.hpp>

#include "tests/support/temp_folder.hpp"

using namespace heptap;

TEST_CASE("config/REFERENCE.md is made from the table") {
  CHECK(reference_markdown() == test::read_file(HEPTAP_SOURCE_DIR "/config/REFERENCE.md"));
}
