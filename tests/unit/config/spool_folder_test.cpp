#include "config/spool_folder.hpp"

#include <catch2/catch.hpp>

using namespace heptap;

TEST_CASE("the folder of a collector has its name, and is in the directory whatever that is") {
  struct Row {
    std::string_view name;
    const char* folder;
  };
  const auto row = GENERATE(values<Row>({
      {"homer", "/spool/homer"},
      {"Homer_1.de-2", "/spool/Homer_1.de-2"},
      {"tcp://[::1]:9060", "/spool/tcp%3A%2F%2F%5B%3A%3A1%5D%3A9060"},
      {".", "/spool/%2E"},
      {"..", "/spool/%2E%2E"},
      {"...", "/spool/..."},
      {"../etc", "/spool/..%2Fetc"},
      {"a%2Fb", "/spool/a%252Fb"},
      {"\xc3\xa4", "/spool/%C3%A4"},
  }));
  CAPTURE(row.name);
  SpoolSettings spool;
  spool.directory = "/spool";
  CHECK(spool_folder(spool, row.name) == row.folder);
}
