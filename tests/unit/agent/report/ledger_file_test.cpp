#include "agent/report/ledger_file.hpp"

#include <catch2/catch.hpp>

#include "tests/support/temp_folder.hpp"

using namespace heptap;
using test::read_file;
using test::TempFolder;

TEST_CASE("a ledger is written over what its file had") {
  TempFolder folder;
  const auto path = folder.write("ledger.json", "as it was before");
  const LedgerFile file(path.string());
  REQUIRE(file.is_writable());
  CHECK(read_file(path) == "as it was before");
  const Ledger ledger{.way = {{.name = "capture", .entered = 1, .left = 1}}};
  CHECK(file.write(ledger));
  CHECK(read_file(path) == to_json(ledger) + '\n');
}

TEST_CASE("a ledger whose file cannot be written is refused") {
  const TempFolder folder;
  const LedgerFile file((folder.path() / "not there" / "ledger.json").string());
  CHECK_FALSE(file.is_writable());
  CHECK_FALSE(file.write({}));
}

TEST_CASE("a ledger without a file goes nowhere") {
  const LedgerFile file("");
  CHECK(file.is_writable());
  CHECK(file.write({}));
}
