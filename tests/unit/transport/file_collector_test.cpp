#include "transport/file/file_collector.hpp"

#include "tests/support/temp_folder.hpp"
#include "tests/unit/transport/peers.hpp"
#include "transport/file/file_names.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <future>
#include <map>
#include <mutex>
#include <string>

namespace heptap {
namespace {

using namespace std::chrono_literals;
using test::Arrivals;
using test::eventually;
using test::send_frames;

constexpr std::size_t small_ring = FrameRing::min_bytes;

std::unique_ptr<FileForm> frames_as_they_are() {
  return std::make_unique<PlainForm>([](std::span<const std::uint8_t> frame, std::string& out) {
    out.append(frame.begin(), frame.end());
  });
}

CollectorOptions into(const std::string& path) {
  CollectorOptions options = test::quick({});
  options.name = "f";
  options.file = {.path = path, .form = frames_as_they_are};
  return options;
}

/// A disk that hangs for as long as somebody has this locked.
std::mutex hanging_disk;

std::unique_ptr<FileForm> frames_that_hang() {
  return std::make_unique<PlainForm>([](std::span<const std::uint8_t> frame, std::string& out) {
    const std::lock_guard lock(hanging_disk);
    out.append(frame.begin(), frame.end());
  });
}

class Events {
 public:
  EventSink sink() {
    return [this](EventLevel, const std::string& text) {
      const std::lock_guard lock(mutex_);
      all_ += text + '\n';
    };
  }
  [[nodiscard]] std::size_t count(const std::string& text) const {
    const std::lock_guard lock(mutex_);
    std::size_t times = 0;
    for (auto at = all_.find(text); at != std::string::npos; at = all_.find(text, at + 1)) ++times;
    return times;
  }

 private:
  mutable std::mutex mutex_;
  std::string all_;
};

/// Before that, who is quick cannot be told from who is slow.
bool all_up(Transport& transport) {
  return eventually([&] {
    const auto all = transport.snapshot();
    return std::all_of(all.begin(), all.end(),
                       [](const auto& one) { return one.state == CollectorState::up; });
  });
}

/// Takes all frames in the files of a folder, those of the oldest first.
void take_files(Arrivals& arrivals, const std::filesystem::path& folder, bool has_several = false) {
  const FileNames names("a", has_several, false);
  std::map<FileNames::Age, std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const auto age = names.age_of(entry.path().filename().native());
    REQUIRE(age);
    files[*age] = entry.path();
  }
  for (const auto& [age, file] : files) {
    const std::string content = test::read_file(file);
    const std::vector<std::uint8_t> bytes(content.begin(), content.end());
    CHECK(arrivals.take(bytes) == bytes.size());
  }
}

}  // namespace

TEST_CASE("frames come to be in files, each once and in order") {
  const test::TempFolder folder;
  auto options = into(folder.path() / "a");
  options.file->limits.max_bytes = 500'000;
  Transport transport({options}, small_ring, {});
  transport.start();
  const std::uint32_t count = 20'000;  // ten times the ring
  REQUIRE(send_frames(transport, 0, count) == count);
  const auto ledger = transport.drain();
  CHECK(test::adds_up(ledger[0]));
  CHECK(ledger[0].frames.sent == count);
  CHECK(ledger[0].state == CollectorState::closed);
  REQUIRE(ledger[0].files);
  CHECK(ledger[0].files->begun > 20);
  Arrivals arrivals;
  take_files(arrivals, folder.path(), true);
  CHECK(arrivals.distinct() == count);
  CHECK(arrivals.duplicates() + arrivals.disordered() + arrivals.bad() == 0);
}

TEST_CASE("a few frames are written soon, without a flush") {
  const test::TempFolder folder;
  Transport transport({into(folder.path() / "a")}, small_ring, {});
  transport.start();
  REQUIRE(send_frames(transport, 0, 3) == 3);
  CHECK(eventually([&] { return transport.snapshot()[0].frames.sent == 3; }));
  CHECK(test::read_file(folder.path() / "a").size() == 1500);
}

TEST_CASE("frames wait for a folder that is not there, which is told once") {
  const test::TempFolder folder;
  Events events;
  Transport transport({into(folder.path() / "later/a")}, small_ring, events.sink());
  transport.start();
  REQUIRE(send_frames(transport, 0, 100) == 100);
  REQUIRE(eventually([&] { return transport.snapshot()[0].state == CollectorState::backoff; }));
  const auto attempts = [&] { return events.count("No such file or directory"); };
  CHECK(attempts() == 1);
  std::filesystem::create_directory(folder.path() / "later");
  const auto ledger = transport.drain();
  CHECK(ledger[0].frames.sent == 100);
  CHECK(ledger[0].frames.lost.total() == 0);
  CHECK(attempts() == 1);
  Arrivals arrivals;
  take_files(arrivals, folder.path() / "later");
  CHECK(arrivals.distinct() == 100);
}

TEST_CASE("what a full disk does not take is lost, and others go on") {
  const test::TempFolder folder;
  auto full = into("/dev/full");
  auto good = into(folder.path() / "a");
  good.name = "good";
  full.producers_wait = good.producers_wait = false;
  Events events;
  Transport transport({full, good}, small_ring, events.sink());
  transport.start();
  REQUIRE(all_up(transport));
  std::uint32_t sent = 0;
  while (transport.snapshot()[0].frames.lost.disk == 0) {
    REQUIRE(sent < 1'000'000);
    sent += send_frames(transport, sent, 100, 500, 3);
  }
  CHECK(events.count("/dev/full: No space left on device") == 1);
  CHECK(eventually([&] { return transport.snapshot()[1].frames.sent == sent; }));
  transport.stop();
  const auto ledger = transport.snapshot();
  CHECK(test::adds_up(ledger[0]));
  CHECK(ledger[0].frames.sent == 0);
  CHECK(ledger[0].frames.lost.total() == sent);
  CHECK(ledger[1].frames.lost.total() == 0);
}

TEST_CASE("producers that wait lose nothing to a disk until the end") {
  Transport transport({into("/dev/full")}, small_ring, {});
  transport.start();
  REQUIRE(send_frames(transport, 0, 50) == 50);
  REQUIRE(eventually([&] { return transport.snapshot()[0].disconnects == 1; }));
  CHECK(transport.snapshot()[0].frames.in_doubt == 50);
  transport.stop();
  const auto ledger = transport.snapshot();
  CHECK(ledger[0].state == CollectorState::given_up);
  CHECK(ledger[0].frames.lost.disk == 50);
  CHECK(test::adds_up(ledger[0]));
}

TEST_CASE("a pipe that nobody reads holds up neither the others nor the end") {
  const test::TempFolder folder;
  const std::string pipe = folder.path() / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  REQUIRE(reader >= 0);
  std::filesystem::create_directory(folder.path() / "sub");
  auto slow = into(pipe);
  auto good = into(folder.path() / "sub/a");
  good.name = "good";
  slow.producers_wait = good.producers_wait = false;
  Transport transport({slow, good}, small_ring, {});
  transport.start();
  REQUIRE(all_up(transport));
  const std::uint32_t count = 60'000;  // 30 MB: more than ring and inbox
  REQUIRE(send_frames(transport, 0, count, 500, 3) == count);
  CHECK(eventually([&] { return transport.snapshot()[1].frames.sent == count; }));
  transport.stop();
  const auto ledger = transport.snapshot();
  CHECK(test::adds_up(ledger[0]));
  CHECK(ledger[0].frames.lost.too_slow > 0);
  CHECK(ledger[0].frames.lost.disk > 0);
  CHECK(ledger[1].frames.lost.total() == 0);
  ::close(reader);
}

TEST_CASE("a disk that hangs holds up neither the others nor the end") {
  const test::TempFolder folder;
  auto hung = into(folder.path() / "a");
  auto good = into(folder.path() / "b");
  hung.file->form = frames_that_hang;
  good.name = "good";
  {
    const std::lock_guard hangs(hanging_disk);
    Transport transport({hung, good}, small_ring, {});
    transport.start();
    REQUIRE(all_up(transport));
    REQUIRE(send_frames(transport, 0, 100, 500, 3) == 100);
    const auto bits = transport.reconfigure({good}, 10ms);
    const auto only_good = std::uint64_t{1} << bits[0];
    CHECK(send_frames(transport, 100, 100, 500, only_good) == 100);
    CHECK(eventually([&] { return transport.snapshot()[0].frames.sent == 200; }));
    const auto ledger = transport.drain();
    REQUIRE(ledger.size() == 2);
    CHECK(ledger[1].frames.lost.disk == 100);
    CHECK(test::adds_up(ledger[1]));
  }
  const auto written = [&] { return std::filesystem::file_size(folder.path() / "a") > 0; };
  CHECK(eventually(written));  // the one that was left behind goes on
}

TEST_CASE("others go on while a file that hangs leaves") {
  const test::TempFolder folder;
  auto hung = into(folder.path() / "a");
  hung.file->form = frames_that_hang;
  Arrivals arrivals;
  test::Sink sink(arrivals);
  auto good = test::quick(sink.endpoint());
  good.name = "good";
  Events events;
  std::unique_lock hangs(hanging_disk);
  Transport transport({hung, good}, small_ring, events.sink());
  transport.start();
  REQUIRE(all_up(transport));
  REQUIRE(send_frames(transport, 0, 100, 500, 3) == 100);
  const auto bits = transport.reconfigure({good}, 0ms);
  const auto leaving = [&] { return transport.account().departed.at(0); };
  REQUIRE(eventually([&] { return leaving().state == CollectorState::closing; }));
  CHECK(leaving().frames.held() == 100);
  const auto only_good = std::uint64_t{1} << bits[0];
  CHECK(send_frames(transport, 100, 5'000, 500, only_good) == 5'000);
  CHECK(eventually([&] { return arrivals.distinct() == 5'100; }));
  CHECK(events.count("does not answer") == 0);  // it was not waited for

  SECTION("until it is left behind, and what it has is lost") {
    REQUIRE(eventually([&] { return leaving().state == CollectorState::given_up; }));
    CHECK(leaving().frames.lost.disk == 100);
    CHECK(events.count("f: " + hung.file->path + " does not answer") == 1);
    hangs.unlock();
    CHECK(eventually([&] { return std::filesystem::file_size(folder.path() / "a") > 0; }));
  }
  SECTION("and it has everything when it answers in time") {
    hangs.unlock();
    REQUIRE(eventually([&] { return leaving().state == CollectorState::closed; }));
    CHECK(leaving().frames.sent == 100);
    CHECK(events.count("does not answer") == 0);
    Arrivals written;
    take_files(written, folder.path());
    CHECK(written.distinct() == 100);
  }
  CHECK(test::adds_up(leaving()));
}

TEST_CASE("others end while a file that hangs is waited for, and so does the end") {
  const test::TempFolder folder;
  auto hung = into(folder.path() / "a");
  hung.file->form = frames_that_hang;
  hung.give_up_after = 10ms;
  Arrivals arrivals;
  test::Sink sink(arrivals);
  auto good = test::quick(sink.endpoint());
  good.name = "good";
  Events events;
  std::unique_lock hangs(hanging_disk);
  Transport transport({hung, good}, small_ring, events.sink());
  transport.start();
  REQUIRE(all_up(transport));
  REQUIRE(send_frames(transport, 0, 100, 500, 3) == 100);
  auto drained = std::async(std::launch::async, [&] { return transport.drain(); });
  CHECK(eventually([&] { return transport.snapshot()[1].state == CollectorState::closed; }));
  CHECK(arrivals.distinct() == 100);
  CHECK(events.count("does not answer") == 0);
  const auto ledger = drained.get();
  CHECK(ledger[0].state == CollectorState::given_up);
  CHECK(ledger[0].frames.lost.disk == 100);
  CHECK(test::adds_up(ledger[0]));
  CHECK(events.count("f: " + hung.file->path + " does not answer") == 1);
  hangs.unlock();
  CHECK(eventually([&] { return std::filesystem::file_size(folder.path() / "a") > 0; }));
}

TEST_CASE("a reader of a pipe that comes anew begins with a whole frame") {
  const test::TempFolder folder;
  const std::string pipe = folder.path() / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  Transport transport({into(pipe)}, small_ring, {});
  transport.start();
  REQUIRE(send_frames(transport, 0, 1'000) == 1'000);
  for (int times = 0; times < 2; ++times) {
    const int reader = ::open(pipe.c_str(), O_RDONLY | O_CLOEXEC);
    std::array<std::uint8_t, 600> bytes{};
    pollfd there{reader, POLLIN, 0};
    REQUIRE(::poll(&there, 1, 60'000) == 1);
    std::size_t size = 0;
    while (size < bytes.size()) {
      const auto more = ::read(reader, bytes.data() + size, bytes.size() - size);
      REQUIRE(more > 0);
      size += static_cast<std::size_t>(more);
    }
    Arrivals arrivals;
    CHECK(arrivals.take(bytes) == 500);
    CHECK(arrivals.bad() == 0);
    ::close(reader);
    REQUIRE(eventually([&] { return transport.snapshot()[0].disconnects >= 1; }));
  }
  transport.stop();
  CHECK(test::adds_up(transport.snapshot()[0]));
}

TEST_CASE("a changed path takes the frames from there on, an unchanged one stays as it is") {
  const test::TempFolder folder;
  for (const auto* const name : {"one", "two", "same"}) {
    std::filesystem::create_directory(folder.path() / name);
  }
  const auto options = into(folder.path() / "one/a");
  auto same = into(folder.path() / "same/a");
  same.name = "same";
  Transport transport({options, same}, small_ring, {});
  transport.start();
  REQUIRE(send_frames(transport, 0, 1'000, 500, 3) == 1'000);
  auto changed = options;
  changed.file->path = folder.path() / "two/a";
  const auto bits = transport.reconfigure({changed, same}, 10s);
  CHECK(bits == std::vector<unsigned>{0, 1});
  REQUIRE(send_frames(transport, 1'000, 1'000, 500, 3) == 1'000);
  transport.drain();
  const TransportSnapshot all = transport.account();
  REQUIRE(all.departed.size() == 1);
  CHECK(all.departed[0].frames.sent + all.collectors[0].frames.sent == 2'000);
  CHECK(all.departed[0].files == FileCounters{.begun = 1, .removed = 0});
  CHECK(all.collectors[1].frames.sent == 2'000);
  CHECK(all.collectors[1].files == FileCounters{.begun = 1, .removed = 0});
  Arrivals arrivals;
  take_files(arrivals, folder.path() / "one");
  take_files(arrivals, folder.path() / "two");
  CHECK(arrivals.distinct() == 2'000);
  CHECK(arrivals.duplicates() == 0);
}

TEST_CASE("a pool's last member that is a file is well while nothing comes, and takes over") {
  const test::TempFolder folder;
  auto file = into(folder.path() / "a");
  file.health = HealthOptions{100ms, 100ms};
  Transport transport({file}, small_ring, {});
  transport.start();
  REQUIRE(eventually([&] { return transport.snapshot()[0].state == CollectorState::up; }));
  CHECK(eventually([&] { return (transport.healthy() & 1U) == 1; }));
  REQUIRE(send_frames(transport, 0, 10) == 10);
  CHECK(transport.drain()[0].frames.sent == 10);
}

}  // namespace heptap
