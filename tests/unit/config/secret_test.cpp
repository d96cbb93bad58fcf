#include "config/secret.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <map>

#include "tests/support/temp_folder.hpp"

using namespace heptap;
using heptap::test::readable_by_all;
using heptap::test::TempFolder;

namespace {

constexpr std::uint64_t max_bytes = 255;

bool holds(const std::optional<ValueProblem>& problem, std::string_view text) {
  return problem && (problem->message + problem->hint).find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("a secret is the content of its file without one last line end") {
  struct Row {
    std::string content;
    std::string want;
  };
  const auto row = GENERATE(values<Row>({
      {"myhep", "myhep"},
      {"myhep\n", "myhep"},
      {"myhep\r\n", "myhep"},
      {" my hep ", " my hep "},
      {"schl\u00fcssel\n", "schl\u00fcssel"},
      {std::string(255, 'x') + "\r\n", std::string(255, 'x')},
  }));
  TempFolder folder;
  std::string secret;
  CHECK_FALSE(read_secret(folder.write("key", row.content), max_bytes, secret));
  CHECK(secret == row.want);
}

TEST_CASE("a secret that HEP cannot carry is refused without being quoted") {
  struct Row {
    std::string content;
    std::string_view why;
  };
  using namespace std::string_literals;
  const auto row = GENERATE(values<Row>({
      {"", "is empty"},
      {"\n", "is empty"},
      {"hunter2\n\n", "at offset 7"},
      {"hunter2\"", "at offset 7"},
      {"hun\\ter2", "at offset 3"},
      {"hunter2\0"s, "at offset 7"},
      {"hunter2\x7f", "at offset 7"},
      {"hunter2\u0085", "at offset 7"},
      {"hunter2\u00a0\u009f", "at offset 9"},
      {"hunter2\xff", "at offset 7"},
      {"hunter\xff\"", "at offset 6"},
      {"hunter2" + std::string(249, 'x'), "is longer than 255 bytes"},
      {"hunter2" + std::string(100'000, 'x'), "is longer than 255 bytes"},
  }));
  CAPTURE(row.why);
  TempFolder folder;
  std::string secret = "untouched";
  const auto problem = read_secret(folder.write("key", row.content), max_bytes, secret);
  REQUIRE(problem);
  CHECK(problem->severity == Severity::error);
  CHECK(holds(problem, row.why));
  CHECK_FALSE(holds(problem, "hun"));
  CHECK(secret == "untouched");
}

TEST_CASE("a secret that every user can read is taken with a warning") {
  TempFolder folder;
  std::string secret;
  const auto problem =
      read_secret(folder.write("key", "hunter2", readable_by_all), max_bytes, secret);
  REQUIRE(problem);
  CHECK(problem->severity == Severity::warning);
  CHECK(holds(problem, "can be read by every user"));
  CHECK_FALSE(holds(problem, "hunter2"));
  CHECK(secret == "hunter2");
}

TEST_CASE("a private key that every user can read is taken with a warning") {
  TempFolder folder;
  CHECK_FALSE(check_key_file(folder.write("private", "")));
  const auto problem = check_key_file(folder.write("public", "", readable_by_all));
  REQUIRE(problem);
  CHECK(problem->severity == Severity::warning);
}

TEST_CASE("only a regular file that is there can be read") {
  TempFolder folder;
  const auto pipe = folder.path() / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  const std::map<std::filesystem::path, std::string_view> reasons{
      {folder.path() / "nothing", "cannot be read: No such file or directory"},
      {folder.path(), "is not a regular file"},
      {pipe, "is not a regular file"},
      {"/dev/null", "is not a regular file"},
      {std::string("/etc/passwd\0.key", 16), "is no file name"},
  };
  for (const auto& [path, why] : reasons) {
    CAPTURE(path, why);
    std::string secret;
    for (const auto& problem :
         {check_file(path), check_key_file(path), read_secret(path, max_bytes, secret)}) {
      REQUIRE(problem);
      CHECK(problem->severity == Severity::error);
      CHECK(holds(problem, why));
    }
    CHECK(secret.empty());
  }
}

TEST_CASE("a directory is there, or can be made; who cannot write it is warned") {
  TempFolder folder;
  CHECK_FALSE(check_directory(folder.path()));
  CHECK_FALSE(check_directory(folder.path() / "a" / "b"));
  CHECK_FALSE(check_directory("nothing"));
  CHECK(holds(check_directory(folder.write("file", "x")), "is not a directory"));
  CHECK(holds(check_directory(folder.path() / "file" / "x"), "cannot be used: Not a directory"));
  CHECK(holds(check_directory(std::string("/tmp\0x", 6)), "is no file name"));
  const auto problem = check_directory("/proc/sys/heptap");  // root cannot make one there, either
  REQUIRE(problem);
  CHECK(problem->severity == Severity::warning);
  CHECK(holds(problem, "\"/proc/sys\" cannot be written by us"));
}

TEST_CASE("a script is the content of its file as it is") {
  TempFolder folder;
  const std::string content("return \"\0\xff\"\n", 12);
  const auto file = folder.write("plan.lua", content, readable_by_all);
  std::string script;
  CHECK_FALSE(read_script(file, content.size(), script));
  CHECK(script == content);
  CHECK(holds(read_script(file, content.size() - 1, script), "is longer than 11 bytes"));
  CHECK(holds(read_script(folder.write("none.lua", ""), max_bytes, script), "is empty"));
  CHECK(holds(read_script(folder.path() / "nothing", max_bytes, script), "cannot be read"));
  CHECK(script == content);
}

TEST_CASE("a file that others may read is as good as any when it is no secret") {
  TempFolder folder;
  CHECK_FALSE(check_file(folder.write("ca.pem", "", readable_by_all)));
}
