#include "transport/file/rotating_files.hpp"

#include "tests/support/temp_folder.hpp"

#include <catch2/catch.hpp>

#include <zstd.h>

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace heptap {
namespace {

using namespace std::chrono_literals;
using test::read_file;

constexpr std::time_t start = 1'795'368'245;  // 2026-11-22 17:24:05 UTC

/// A line says it is a file, then there is one a frame.
class Lines final : public FileForm {
  void begin(std::string& out) override { out += "begin\n"; }
  void add(std::span<const std::uint8_t> frame, std::string& out) override {
    out.append(frame.begin(), frame.end()).append("\n");
  }
};

struct Scene {
  explicit Scene(FileLimits limits = {}, const std::string& name = "a.txt",
                 FileCompression compression = FileCompression::none)
      : options{.path = folder.path() / name,
                .form = []() -> std::unique_ptr<FileForm> { return std::make_unique<Lines>(); },
                .limits = limits,
                .compression = compression} {
    start_again();
  }

  void start_again() {
    files.emplace(options, [this](const std::string& text) { warnings.push_back(text); });
  }
  std::error_code write(const std::string& frame) {
    FrameRecords block;
    const std::vector<std::uint8_t> bytes(frame.begin(), frame.end());
    block.add({.time_us = 0, .bytes = bytes});
    return files->write(block, now);
  }
  void pass(std::chrono::seconds time) {
    now.steady += time;
    now.wall += time.count();
  }
  [[nodiscard]] std::set<std::string> names() const {
    std::set<std::string> out;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
      out.insert(entry.path().filename());
    }
    return out;
  }
  [[nodiscard]] std::string content(const std::string& name) const {
    return read_file(folder.path() / name);
  }

  test::TempFolder folder;
  std::vector<std::string> warnings;
  FileOutput::Now now{.steady = std::chrono::steady_clock::time_point(1h), .wall = start};
  FileOptions options;
  std::optional<RotatingFiles> files;
};

using Names = std::set<std::string>;

}  // namespace

TEST_CASE("without limits there is one file, and none before the first frame") {
  Scene scene;
  REQUIRE_FALSE(scene.files->check());
  CHECK(scene.names().empty());
  REQUIRE_FALSE(scene.write("one"));
  CHECK(scene.content("a.txt") == "begin\none\n");  // whole at any time
  scene.pass(100h);
  REQUIRE_FALSE(scene.write("two"));
  CHECK(scene.content("a.txt") == "begin\none\ntwo\n");
  struct stat status {};
  REQUIRE(::stat((scene.folder.path() / "a.txt").c_str(), &status) == 0);
  CHECK((status.st_mode & 0137) == 0);  // at most 0640, whatever the umask is
}

TEST_CASE("a file ends before it is larger than it may be") {
  Scene scene({.max_bytes = 16});
  for (const auto* const frame : {"1234", "5678", "9"}) REQUIRE_FALSE(scene.write(frame));
  CHECK(scene.content("a-20261122-172405.txt") == "begin\n1234\n5678\n");
  CHECK(scene.content("a-20261122-172405-1.txt") == "begin\n9\n");
  REQUIRE_FALSE(scene.write(std::string(100, 'x')));  // larger than any file: it has one of its own
  CHECK(scene.content("a-20261122-172405-2.txt").size() == 107);
  CHECK(scene.files->counters() == FileCounters{.begun = 3, .removed = 0});
}

TEST_CASE("a file ends when it is old enough, also when nothing comes") {
  Scene scene({.max_age = 60s});
  REQUIRE_FALSE(scene.write("one"));
  scene.pass(59s);
  REQUIRE_FALSE(scene.write("two"));
  scene.pass(1s);
  scene.files->look(scene.now);
  CHECK(scene.names() == Names{"a-20261122-172405.txt"});  // no empty one takes its place
  scene.pass(60s);
  REQUIRE_FALSE(scene.write("three"));
  CHECK(scene.content("a-20261122-172405.txt") == "begin\none\ntwo\n");
  CHECK(scene.content("a-20261122-172605.txt") == "begin\nthree\n");
}

TEST_CASE("a clock that is set back makes no file older, and takes no name twice") {
  Scene scene({.max_age = 60s});
  REQUIRE_FALSE(scene.write("one"));
  scene.now.wall -= 60;
  scene.now.steady += 60s;
  REQUIRE_FALSE(scene.write("two"));
  scene.now.wall += 60;
  scene.now.steady += 60s;
  REQUIRE_FALSE(scene.write("three"));
  CHECK(scene.names() ==
        Names{"a-20261122-172305.txt", "a-20261122-172405-1.txt", "a-20261122-172405.txt"});
}

TEST_CASE("the oldest files make room, those of earlier runs first, those of others never") {
  Scene scene({.max_bytes = 1, .max_files = 3});
  for (const auto* const name : {"a-20251122-172405.txt", "a-20260101-000000-7.txt", "b.txt",
                                 "a-20251122-172405.txt.bak", "a.txt"}) {
    scene.folder.write(name, "old");
  }
  std::filesystem::create_directory(scene.folder.path() / "a-20240101-000000.txt");
  REQUIRE_FALSE(scene.write("one"));
  CHECK(scene.names().count("a-20251122-172405.txt") == 1);
  REQUIRE_FALSE(scene.write("two"));
  CHECK(scene.names().count("a-20251122-172405.txt") == 0);
  for (const auto* const frame : {"three", "four"}) REQUIRE_FALSE(scene.write(frame));
  CHECK(scene.names() == Names{"a-20240101-000000.txt", "a-20251122-172405.txt.bak",
                               "a-20261122-172405-1.txt", "a-20261122-172405-2.txt",
                               "a-20261122-172405-3.txt", "a.txt", "b.txt"});
  CHECK(scene.files->counters() == FileCounters{.begun = 4, .removed = 3});
  CHECK(scene.warnings.empty());
}

TEST_CASE("the newest of many files of one day stay, also after a restart") {
  Scene scene({.max_bytes = 1, .max_files = 2}, "a-%Y%m%d.txt");
  for (const auto* const frame : {"one", "two", "three", "four"}) {
    REQUIRE_FALSE(scene.write(frame));
    scene.pass(60s);
  }
  CHECK(scene.names() == Names{"a-20261122-2.txt", "a-20261122-3.txt"});
  scene.start_again();
  REQUIRE_FALSE(scene.write("five"));
  CHECK(scene.names() == Names{"a-20261122-3.txt", "a-20261122-4.txt"});
  CHECK(scene.content("a-20261122-4.txt") == "begin\nfive\n");
}

TEST_CASE("the newest files stay of runs that write one each") {
  Scene scene({.max_files = 2});
  for (const auto* const frame : {"one", "two", "three", "four"}) {
    REQUIRE_FALSE(scene.write(frame));
    scene.start_again();
  }
  CHECK(scene.content("a-2.txt") == "begin\nthree\n");
  CHECK(scene.content("a-3.txt") == "begin\nfour\n");
  CHECK(scene.names().size() == 2);
}

TEST_CASE("a name is found when all numbers were used") {
  Scene scene({.max_files = 2});
  scene.folder.write("a-9999.txt", "old");
  REQUIRE_FALSE(scene.write("one"));
  CHECK(scene.content("a.txt") == "begin\none\n");
}

TEST_CASE("all files together have no more than the total, with the one that is begun") {
  Scene scene({.max_bytes = 20, .total_bytes = 50});
  for (int i = 0; i < 6; ++i) {
    REQUIRE_FALSE(scene.write("a frame of 19"));
    std::uint64_t total = 0;
    for (const auto& name : scene.names()) total += scene.content(name).size();
    CHECK(total <= 50);
  }
  CHECK(scene.names().size() == 2);
}

TEST_CASE("what is there already is left alone") {
  Scene scene;
  scene.folder.write("a.txt", "mine");
  std::filesystem::create_symlink("/dev/null", scene.folder.path() / "a-1.txt");
  REQUIRE_FALSE(scene.write("one"));
  CHECK(scene.content("a.txt") == "mine");
  CHECK(scene.content("a-2.txt") == "begin\none\n");
}

TEST_CASE("a file, or a folder, that somebody removed is made anew or waited for") {
  Scene scene({}, "sub/a.txt");
  const auto sub = scene.folder.path() / "sub";
  CHECK(scene.files->check() == std::errc::no_such_file_or_directory);
  CHECK(scene.write("one") == std::errc::no_such_file_or_directory);
  std::filesystem::create_directory(sub);
  REQUIRE_FALSE(scene.write("one"));
  std::filesystem::remove(sub / "a.txt");
  scene.pass(1s);
  REQUIRE_FALSE(scene.write("two"));
  CHECK(read_file(sub / "a.txt") == "begin\ntwo\n");
  std::filesystem::remove_all(sub);
  CHECK(scene.write("three") == std::errc::no_such_file_or_directory);
  std::filesystem::create_directory(sub);
  scene.pass(1s);
  REQUIRE_FALSE(scene.write("three"));
  CHECK(read_file(sub / "a.txt") == "begin\nthree\n");
}

TEST_CASE("each write is a whole frame of zstd, with a file's beginning only once") {
  Scene scene({}, "a.txt", FileCompression::zstd);
  std::string want = "begin\n";
  for (const auto* const frame : {"one", "two"}) {
    REQUIRE_FALSE(scene.write(frame));
    want.append(frame).append("\n");
    const std::string packed = scene.content("a.txt.zst");
    std::string text(1000, ' ');
    text.resize(ZSTD_decompress(text.data(), text.size(), packed.data(), packed.size()));
    CHECK(text == want);
  }
}

}  // namespace heptap
