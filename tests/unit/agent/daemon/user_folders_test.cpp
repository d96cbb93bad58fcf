#include "agent/daemon/user_folders.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "tests/support/temp_folder.hpp"

using namespace heptap;

TEST_CASE("folders are told that another user may not write to") {
  const test::TempFolder temp;
  const auto open = temp.path() / "open";
  const auto closed = temp.path() / "closed";
  const auto missing = temp.path() / "missing";
  const auto hidden = closed / "hidden";
  std::filesystem::create_directories(hidden);
  std::filesystem::create_directory(open);
  REQUIRE(::chmod(temp.path().c_str(), 0755) == 0);
  REQUIRE(::chmod(open.c_str(), 0777) == 0);
  REQUIRE(::chmod(closed.c_str(), 0700) == 0);
  const auto found = folders_closed_to("nobody", {open, closed, missing, hidden});
  const bool can_be_asked = ::geteuid() == 0;
  using Folders = std::vector<std::filesystem::path>;
  CHECK(found == (can_be_asked ? Folders{closed, hidden} : Folders{}));
}

TEST_CASE("of no folder, and of a user that is not there, nothing is told") {
  CHECK(folders_closed_to("nobody", {}).empty());
  CHECK(folders_closed_to("no-such-user-here", {"/root"}).empty());
}
