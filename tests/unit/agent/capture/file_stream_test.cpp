#include "agent/capture/file_stream.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cerrno>
#include <csignal>
#include <thread>

#include "agent/capture/capture_error.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/unit/agent/capture/frames.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

Buffer rest_of(ByteStream& stream) {
  Buffer all;
  std::array<std::uint8_t, 1000> part{};
  while (const std::size_t count = stream.read_some(part)) {
    all.insert(all.end(), part.begin(), part.begin() + static_cast<std::ptrdiff_t>(count));
  }
  return all;
}

}  // namespace

TEST_CASE("a file is read to its end, and its size is known") {
  TempFolder folder;
  const Buffer content = payload(12'345, 1);
  FileStream stream{folder.write("x", as_text(content))};
  CHECK(stream.size_bytes() == content.size());
  CHECK(rest_of(stream) == content);
  CHECK(stream.file_bytes() == content.size());
  CHECK_FALSE(stream.failure());
}

TEST_CASE("a file that is not there says so") {
  TempFolder folder;
  const std::string path = folder.path() / "none.pcap";
  try {
    const FileStream stream{path};
    FAIL("opened " << path);
  } catch (const CaptureError& error) {
    CHECK(error.kind() == CaptureError::Kind::unavailable);
    CHECK(error.what() == path + ": No such file or directory");
  }
}

TEST_CASE("a folder opens but cannot be read") {
  TempFolder folder;
  FileStream stream{folder.path()};
  CHECK(rest_of(stream).empty());
  CHECK(stream.failure().error_number == EISDIR);
  CHECK(stream.failure().reason == "Is a directory");
  try {
    const CaptureFile file = CaptureFile::open(folder.path());
    FAIL("opened a folder");
  } catch (const CaptureError& error) {
    CHECK(error.kind() == CaptureError::Kind::unavailable);
  }
}

TEST_CASE("a FIFO gives the same frames whatever the size of the writes into it") {
  const auto step = GENERATE(std::size_t{1}, std::size_t{3}, std::size_t{40}, std::size_t{4096});
  CAPTURE(step);
  const Buffer content = PcapBuilder()
                             .record(1, 2, payload(60, 1))
                             .record(3, 4, payload(0, 2), 9)
                             .record(5, 6, payload(1500, 3))
                             .file();
  TempFolder folder;
  const std::string path = folder.path() / "fifo";
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  std::thread writer([&] {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    for (std::size_t at = 0; at < content.size(); at += step) {
      const std::size_t size = std::min(step, content.size() - at);
      if (::write(fd, content.data() + at, size) != static_cast<ssize_t>(size)) break;
    }
    ::close(fd);
  });
  CaptureFile file = CaptureFile::open(path);
  CHECK(file.size_bytes() == 0);
  const Reading all = read_all(std::move(file));
  writer.join();
  CHECK(all.state == ReadState::end);
  CHECK(all.frames == read_all(content).frames);
  CHECK(all.frames.size() == 3);
}

TEST_CASE("standard input that would not block is waited for, and a signal is no error") {
  // Run in a child: both standard input and the signal are its own.
  std::array<int, 2> pipe_ends{};
  REQUIRE(::pipe2(pipe_ends.data(), O_CLOEXEC) == 0);
  const Buffer content = payload(5000, 1);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::dup2(pipe_ends[0], STDIN_FILENO);
    ::close(pipe_ends[0]);
    ::close(pipe_ends[1]);
    ::fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK);
    struct sigaction quiet {};  // without SA_RESTART: calls return EINTR
    quiet.sa_handler = [](int) {};
    ::sigaction(SIGUSR1, &quiet, nullptr);
    FileStream stream{"-"};
    std::array<std::uint8_t, 100> part{};
    std::size_t seen = 0;
    while (const std::size_t count = stream.read_some(part)) seen += count;
    ::_exit(seen == content.size() && !stream.failure() ? 0 : 1);
  }
  ::close(pipe_ends[0]);
  for (std::size_t at = 0; at < content.size(); at += 500) {
    REQUIRE(::write(pipe_ends[1], content.data() + at, 500) == 500);
    // A child that has emptied the pipe has its handler, and is about to wait or waiting.
    int waiting = 1;
    while (waiting > 0) ::ioctl(pipe_ends[1], FIONREAD, &waiting);
    ::kill(child, SIGUSR1);
  }
  ::close(pipe_ends[1]);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}
