#include "transport/spool/spool_store.hpp"

#include "tests/support/temp_folder.hpp"
#include "tests/support/text_bytes.hpp"

#include <catch2/catch.hpp>

#include <sys/resource.h>

#include <csignal>
#include <deque>
#include <fstream>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace heptap {
namespace {

using namespace std::chrono_literals;

constexpr SpoolStore::Now start{.steady = SpoolStore::Clock::time_point(1h),
                                .wall_us = 1'700'000'000'000'000};

SpoolStore::Now later(std::chrono::seconds by) {
  return {start.steady + by, start.wall_us + std::chrono::microseconds(by).count()};
}

std::string frame_text(int i) { return "frame " + std::to_string(i); }

/// Nothing makes it shorter.
std::string noise(std::size_t size) {
  static std::minstd_rand random{1};  // NOLINT(cert-msc51-cpp): the same in every run
  std::string out(size, ' ');
  for (char& byte : out) byte = static_cast<char>(random() >> 8U);
  return out;
}

/// Frames `first` to `last`, in one block; the time of each is its number.
void append(SpoolStore& store, int first, int last, SpoolStore::Now now = start,
            std::size_t padding = 0, SpoolHaste haste = SpoolHaste::none) {
  FrameRecords records;
  for (int i = first; i <= last; ++i) {
    const std::string text = frame_text(i) + noise(padding);
    records.add({.time_us = i, .bytes = test::bytes_of(text)});
  }
  REQUIRE_FALSE(store.append(records, haste, now));
}

/// The times of the frames that come next; each has its text.
std::vector<int> read(SpoolStore& store, std::size_t at_most = 1'000'000) {
  std::vector<int> out;
  while (out.size() < at_most) {
    const auto frame = store.next();
    if (!frame) break;
    const auto number = static_cast<int>(frame->time_us);
    CHECK(std::string(frame->bytes.begin(), frame->bytes.end()).starts_with(frame_text(number)));
    out.push_back(number);
  }
  return out;
}

std::vector<int> numbers(int first, int last) {
  std::vector<int> out;
  for (int i = first; i <= last; ++i) out.push_back(i);
  return out;
}

void check_adds_up(const SpoolStore& store) {
  const SpoolCounters now = store.counters();
  CHECK(now.found + now.taken == now.sent + now.lost.total() + now.held);
}

struct Folder {
  test::TempFolder temp;
  std::filesystem::path path = temp.path() / "spool";

  [[nodiscard]] std::vector<std::filesystem::path> segments() const {
    std::vector<std::filesystem::path> out;
    for (const auto& entry : std::filesystem::directory_iterator(path)) {
      if (entry.path().extension() == ".spool") out.push_back(entry.path());
    }
    std::sort(out.begin(), out.end());
    return out;
  }
};

}  // namespace

TEST_CASE("a spool gives frames in order, and keeps them until they are settled") {
  const Folder folder;
  SpoolStore store(folder.path, {}, start);
  append(store, 1, 3);
  append(store, 4, 5);
  CHECK(store.unread() == 5);
  CHECK(read(store, 4) == numbers(1, 4));
  append(store, 6, 6);
  CHECK(read(store) == numbers(5, 6));
  CHECK(store.given() == 6);
  store.settle(4, 1);
  CHECK(store.counters().held == 1);
  CHECK(folder.segments().size() == 1);
  store.settle(1, 0);
  CHECK(folder.segments().empty());
  CHECK(store.counters() == SpoolCounters{.taken = 6, .sent = 5, .lost = {.refused = 1}});
  append(store, 7, 7);
  CHECK(read(store) == numbers(7, 7));
  check_adds_up(store);
}

TEST_CASE("a segment that was only begun when it ended is forgotten") {
  const auto size = GENERATE(as<std::size_t>(), 0, 5, spool_segment::header_bytes,
                             spool_segment::header_bytes + 7);
  CAPTURE(size);
  const Folder folder;
  {
    SpoolStore store(folder.path, {}, start);
    append(store, 0, 2);
  }
  const auto begun = folder.path / spool_segment::name_of(3);
  std::filesystem::copy_file(folder.segments().front(), begun);
  std::filesystem::resize_file(begun, size);
  SpoolStore store(folder.path, {}, start);
  CHECK(store.counters().torn == (size == spool_segment::header_bytes ? 0 : 1));
  CHECK(store.counters().quarantined == 0);
  append(store, 3, 4);
  CHECK(read(store) == numbers(0, 4));
  store.settle(5, 0);
  CHECK(folder.segments().empty());
  check_adds_up(store);
}

TEST_CASE("what was not settled is given again after a restart") {
  const Folder folder;
  {
    SpoolStore store(folder.path, {}, start);
    append(store, 1, 3);
    append(store, 4, 6);
    CHECK(read(store, 5) == numbers(1, 5));
    store.settle(2, 0);
    REQUIRE_FALSE(store.save_position());
    store.settle(2, 0);  // not saved: that is what a kill does
  }
  SpoolStore store(folder.path, {}, start);
  CHECK(store.counters().found == 4);
  append(store, 7, 8);
  CHECK(read(store) == numbers(3, 8));
  store.settle(6, 0);
  check_adds_up(store);
  CHECK(store.counters().held == 0);
}

TEST_CASE("what was given and is taken back is given again, and counted once") {
  const Folder folder;
  SpoolStore store(folder.path, {}, start);
  append(store, 1, 3);
  append(store, 4, 6);
  CHECK(read(store, 5) == numbers(1, 5));
  store.settle(2, 0);
  store.take_back();
  CHECK(store.given() == 0);
  CHECK(store.unread() == 4);
  check_adds_up(store);
  append(store, 7, 8);
  CHECK(read(store, 3) == numbers(3, 5));
  store.take_back();
  CHECK(read(store) == numbers(3, 8));
  store.settle(6, 0);
  CHECK(folder.segments().empty());
  CHECK(store.counters() == SpoolCounters{.taken = 8, .sent = 8, .lost = {}});
}

TEST_CASE("whatever is done with a spool, each frame arrives or is counted as lost") {
  const auto seed = GENERATE(range(1U, 9U));
  CAPTURE(seed);
  std::minstd_rand random{seed};
  const Folder folder;
  SpoolStore store(folder.path, {.max_bytes = SpoolLimits::min_bytes}, start);
  std::deque<int> given;
  std::set<int> arrived;
  int appended = 0;
  const auto settle = [&](std::size_t count) {
    store.settle(count, 0);
    arrived.insert(given.begin(), given.begin() + static_cast<std::ptrdiff_t>(count));
    given.erase(given.begin(), given.begin() + static_cast<std::ptrdiff_t>(count));
  };
  for (int step = 0; step < 1000; ++step) {
    const std::size_t some = random() % 20;
    switch (random() % 8) {
      case 0:
      case 1:
      case 2:
        append(store, appended + 1, appended + 3, start, 20'000);
        appended += 3;
        break;
      case 3:
      case 4:
      case 5:
        for (const int number : read(store, some / 5)) given.push_back(number);
        break;
      case 6: settle(std::min(some, given.size())); break;
      default:
        if (some != 0) break;
        store.take_back();
        given.clear();
    }
    CHECK(store.given() == given.size());
    check_adds_up(store);
  }
  for (const int number : read(store)) given.push_back(number);
  CHECK(std::is_sorted(given.begin(), given.end()));
  settle(given.size());
  CHECK(store.counters().held == 0);
  CHECK(arrived.size() == store.counters().sent);
  CHECK(arrived.size() + store.counters().lost.size == static_cast<std::size_t>(appended));
  CHECK(store.counters().lost.size > 0);
}

TEST_CASE("a spool that was emptied goes on counting after a restart") {
  const Folder folder;
  {
    SpoolStore store(folder.path, {}, start);
    append(store, 1, 3);
    CHECK(read(store).size() == 3);
    store.settle(3, 0);
    REQUIRE_FALSE(store.sync());
  }
  SpoolStore store(folder.path, {}, start);
  CHECK(store.counters() == SpoolCounters{});
  append(store, 4, 4);
  CHECK(folder.segments().front().filename() == "0000000000000003.spool");
}

TEST_CASE("frames written in haste lie on pages, and are read like others") {
  const Folder folder;
  {
    SpoolStore store(folder.path, {}, start);
    append(store, 1, 2);
    append(store, 3, 4, start, 5000, SpoolHaste::quick);
    append(store, 5, 5, start, 0, SpoolHaste::quick);
    append(store, 6, 7);
    CHECK(read(store, 4) == numbers(1, 4));
    REQUIRE(folder.segments().size() == 2);
    CHECK(store.counters().bytes == std::filesystem::file_size(folder.segments()[0]) +
                                        std::filesystem::file_size(folder.segments()[1]));
  }
  const std::string quick = test::read_file(folder.segments()[1]);
  CHECK(quick.size() == 6 * PageBuffer::page_bytes);  // its header, three blocks of 3, 1 and 1
  for (auto at = quick.find("HTsB"); at != std::string::npos; at = quick.find("HTsB", at + 1)) {
    CHECK(at % PageBuffer::page_bytes == 0);
  }
  SpoolStore store(folder.path, {}, start);
  CHECK(store.counters().torn == 0);
  CHECK(read(store) == numbers(1, 7));
  check_adds_up(store);
}

TEST_CASE("what was written in haste and cut off costs what was not written whole") {
  const Folder folder;
  {
    SpoolStore store(folder.path, {}, start);
    append(store, 1, 2, start, 100, SpoolHaste::quick);
    append(store, 3, 4, start, 100, SpoolHaste::quick);
  }
  constexpr std::size_t page = PageBuffer::page_bytes;
  constexpr std::size_t block = SpoolBlockHeader::bytes + 2 * (FrameRecords::header_bytes + 107);
  const auto file = folder.segments().front();
  const std::string whole = test::read_file(file);
  REQUIRE(whole.size() == 3 * page);
  const auto [size, found, given] =
      GENERATE_COPY(table<std::size_t, std::size_t, std::size_t>({{3 * page - 1, 4, 4},
                                                                  {2 * page + block, 4, 4},
                                                                  {2 * page + block - 1, 4, 2},
                                                                  {2 * page, 2, 2},
                                                                  {page + block, 2, 2},
                                                                  {page + block - 1, 2, 0},
                                                                  {page, 0, 0},
                                                                  {page - 1, 0, 0},
                                                                  {1, 0, 0}}));
  CAPTURE(size);
  std::filesystem::resize_file(file, size);
  SpoolStore store(folder.path, {}, start);
  CHECK(store.counters().found == found);
  CHECK(store.counters().quarantined == 0);
  append(store, 5, 5, start, 0, SpoolHaste::quick);
  auto expected = numbers(1, static_cast<int>(given));
  expected.push_back(5);
  CHECK(read(store) == expected);
  check_adds_up(store);
}

TEST_CASE("a write that was cut off anywhere costs what was not written whole, and nothing else") {
  const Folder folder;
  {
    SpoolStore store(folder.path, {}, start);
    append(store, 1, 2);
    append(store, 3, 4);
  }
  const auto file = folder.segments().front();
  const std::string whole = test::read_file(file);
  const std::size_t second = whole.rfind("HTsB");
  for (std::size_t size = whole.size(); size-- > 0;) {
    CAPTURE(size);
    std::filesystem::remove_all(folder.path);
    std::filesystem::create_directory(folder.path);
    std::ofstream(file, std::ios::binary) << whole.substr(0, size);
    SpoolStore store(folder.path, {}, start);
    const bool has_first = size >= second;
    const auto counters = store.counters();
    const std::size_t header_end =
        (has_first ? second : spool_segment::header_bytes) + SpoolBlockHeader::bytes;
    const std::size_t cut = size >= header_end ? 2 : 0;  // frames, known by their header
    CHECK(counters.found == (has_first ? 2 : 0) + cut);
    CHECK(counters.lost == SpoolLosses{.damage = cut});
    CHECK(counters.quarantined == 0);
    const bool on_boundary = size == second || size == spool_segment::header_bytes;
    CHECK(counters.torn == (on_boundary ? 0 : 1));
    append(store, 5, 5);
    auto expected = has_first ? numbers(1, 2) : std::vector<int>();
    expected.push_back(5);
    CHECK(read(store) == expected);
    check_adds_up(store);
  }
}

TEST_CASE("a bit that changed anywhere costs its block at most, and is never given as a frame") {
  const Folder folder;
  {
    SpoolStore store(folder.path, {}, start);
    append(store, 1, 2);
    append(store, 3, 4);
    append(store, 5, 6);
  }
  const auto file = folder.segments().front();
  const std::string whole = test::read_file(file);
  for (std::size_t at = spool_segment::header_bytes; at < whole.size(); ++at) {
    CAPTURE(at);
    std::filesystem::remove_all(folder.path);
    std::filesystem::create_directory(folder.path);
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    std::ofstream(file, std::ios::binary) << damaged;
    SpoolStore store(folder.path, {}, start);
    const auto given = read(store);
    CHECK(given.size() >= 4);
    CHECK(given.size() < 6);
    CHECK(std::is_sorted(given.begin(), given.end()));
    const auto counters = store.counters();
    CHECK((counters.lost.damage == 6 - given.size() || counters.torn == 1));
    check_adds_up(store);
  }
}

TEST_CASE("damage in the middle of a large segment is found when it is read") {
  const Folder folder;
  constexpr int blocks = 6;
  constexpr std::size_t frame_bytes = 60'000;
  {
    SpoolStore store(folder.path, {}, start);
    for (int i = 0; i < blocks; ++i) append(store, 5 * i, 5 * i + 4, start, frame_bytes);
  }
  const auto file = folder.segments().front();
  std::string content = test::read_file(file);
  std::size_t at = 0;
  for (int i = 0; i < 3; ++i) at = content.find("HTsB", at + 1);
  content[at] = 'X';
  const auto cut = GENERATE(as<std::size_t>(), 0, 1, 10 * frame_bytes);
  std::ofstream(file, std::ios::binary) << content.substr(0, content.size() - cut);
  SpoolStore store(folder.path, {}, start);
  const int lost_at_end = cut == 0 ? 0 : cut == 1 ? 5 : 10;
  CHECK(store.counters().torn == (cut == 0 ? 0 : 1));
  auto expected = numbers(0, 9);
  for (const int i : numbers(15, 5 * blocks - lost_at_end - 1)) expected.push_back(i);
  CHECK(read(store) == expected);
  const auto damaged = store.counters().lost.damage;
  CHECK(damaged >= 5);
  check_adds_up(store);

  store.settle(3, 0);
  store.take_back();
  check_adds_up(store);
  expected.erase(expected.begin(), expected.begin() + 3);
  CHECK(read(store) == expected);
  CHECK(store.counters().lost.damage == damaged);
  check_adds_up(store);
}

TEST_CASE("the oldest segment makes room when a spool is full") {
  const Folder folder;
  SpoolStore store(folder.path, {.max_bytes = SpoolLimits::min_bytes}, start);
  constexpr int blocks = 40;
  for (int i = 1; i <= blocks; ++i) append(store, i, i, start, 60'000 * 1);
  for (int i = blocks + 1; i <= 3 * blocks; ++i) append(store, i, i, start, 60'000);
  const auto counters = store.counters();
  CHECK(counters.bytes <= SpoolLimits::min_bytes);
  CHECK(counters.lost.size > 0);
  CHECK(counters.held + counters.lost.size == 3 * blocks);
  const auto given = read(store);
  CHECK(given == numbers(static_cast<int>(counters.lost.size) + 1, 3 * blocks));
  check_adds_up(store);
}

TEST_CASE("a spool that is half full is not roomy any more, until frames have left it") {
  const Folder folder;
  SpoolStore store(folder.path, {.max_bytes = std::uint64_t{16} << 20U}, start);
  CHECK(store.is_roomy());
  for (int i = 1; i <= 160; ++i) append(store, i, i, start, 60'000);
  CHECK_FALSE(store.is_roomy());
  CHECK(read(store).size() == 160);
  store.settle(160, 0);
  CHECK(store.is_roomy());
}

TEST_CASE("a spool whose segments are small is never roomy") {
  const Folder folder;
  CHECK_FALSE(SpoolStore(folder.path, {.max_bytes = SpoolLimits::min_bytes}, start).is_roomy());
}

TEST_CASE("frames that were given are no loss when their segment makes room") {
  const Folder folder;
  SpoolStore store(folder.path, {.max_bytes = SpoolLimits::min_bytes}, start);
  append(store, 1, 2, start, 60'000);
  CHECK(read(store, 1) == numbers(1, 1));
  for (int i = 3; i <= 100; ++i) append(store, i, i, start, 60'000);
  CHECK(store.given() == 1);
  const auto lost = static_cast<int>(store.counters().lost.size);
  CHECK(read(store, 1) == std::vector<int>{lost + 2});

  SECTION("when they arrive") {
    store.settle(2, 0);
    CHECK(store.counters().lost.size == static_cast<std::uint64_t>(lost));
  }
  SECTION("unless they have to be sent again") {
    store.take_back();
    CHECK(store.counters().lost.size == static_cast<std::uint64_t>(lost) + 1);
    CHECK(read(store) == numbers(lost + 2, 100));
  }
  check_adds_up(store);
}

TEST_CASE("frames that wait too long are lost, by the clock that nobody sets") {
  const Folder folder;
  SpoolStore store(folder.path, {.max_age = 60s}, start);
  append(store, 1, 3);
  SpoolStore::Now stepped = later(59s);
  stepped.wall_us += std::chrono::microseconds(48h).count();
  store.expire(stepped);
  CHECK(store.counters().lost.age == 0);
  store.expire(later(61s));
  CHECK(store.counters().lost.age == 3);
  CHECK(read(store).empty());
  append(store, 4, 4, later(62s));
  CHECK(read(store) == numbers(4, 4));
  check_adds_up(store);
}

TEST_CASE("the time before a restart counts for the age of frames") {
  const Folder folder;
  {
    SpoolStore store(folder.path, {}, start);
    append(store, 1, 3);
  }
  const auto now = later(10s);
  SpoolStore store(folder.path, {.max_age = 15s}, {start.steady, now.wall_us});
  store.expire({start.steady + 4s, now.wall_us});
  CHECK(store.counters().lost.age == 0);
  store.expire({start.steady + 6s, now.wall_us});
  CHECK(store.counters().lost.age == 3);
}

TEST_CASE("a clock that was set back makes no frames old at a restart") {
  const Folder folder;
  const SpoolLimits limits{.max_age = 60s};
  {
    SpoolStore store(folder.path, limits, start);
    append(store, 1, 1);
    append(store, 2, 2, {start.steady + 1s, start.wall_us - 3'600'000'000});
  }
  SpoolStore store(folder.path, limits, later(30s));
  store.expire(later(30s));
  CHECK(read(store) == numbers(1, 2));
}

TEST_CASE("files of another version are put aside, others are left alone") {
  const Folder folder;
  std::filesystem::create_directory(folder.path);
  std::ofstream(folder.path / "0000000000000000.spool") << "something else altogether";
  std::ofstream(folder.path / "notes.txt") << "x";
  SpoolStore store(folder.path, {}, start);
  CHECK(store.counters().quarantined == 1);
  CHECK(std::filesystem::exists(folder.path / "0000000000000000.spool.bad"));
  CHECK(std::filesystem::exists(folder.path / "notes.txt"));
  append(store, 1, 1);
  CHECK(read(store) == numbers(1, 1));
}

TEST_CASE("frames of a segment that is gone are counted as damage") {
  const Folder folder;
  {
    SpoolStore store(folder.path, {.max_bytes = SpoolLimits::min_bytes}, start);
    for (int i = 1; i <= 30; ++i) append(store, i, i, start, 60'000);
  }
  const auto segments = folder.segments();
  REQUIRE(segments.size() > 2);
  const auto gone = GENERATE(as<std::size_t>(), 0, 1);
  std::ofstream(segments[gone], std::ios::binary | std::ios::in) << "X";
  SpoolStore store(folder.path, {.max_bytes = SpoolLimits::min_bytes}, start);
  const auto counters = store.counters();
  CHECK(counters.found == 30);
  CHECK(counters.quarantined == 1);
  CHECK(counters.lost.damage > 0);
  CHECK(read(store).size() == 30 - counters.lost.damage);
  check_adds_up(store);
}

TEST_CASE("a spool belongs to one process") {
  const Folder folder;
  const SpoolStore store(folder.path, {}, start);
  CHECK_THROWS_WITH(SpoolStore(folder.path, {}, start), Catch::Contains("busy"));
}

TEST_CASE("a folder that cannot be made is an error that names it") {
  const Folder folder;
  std::ofstream(folder.path) << "a file";
  CHECK_THROWS_WITH(SpoolStore(folder.path / "x", {}, start), Catch::Contains("spool/x"));
}

TEST_CASE("frames that cannot be written are counted, and later ones are written again") {
  const Folder folder;
  SpoolStore store(folder.path, {}, start);
  append(store, 1, 2);
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{200, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  FrameRecords records;
  const std::string frame = noise(1000);
  records.add({.time_us = 3, .bytes = test::bytes_of(frame)});
  const auto error = store.append(records, SpoolHaste::none, start);
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, SIG_DFL);
  CHECK(error == std::errc::file_too_large);
  CHECK(store.counters().lost.disk == 1);
  append(store, 4, 4);
  CHECK(read(store) == std::vector<int>{1, 2, 4});
  check_adds_up(store);
}

TEST_CASE("frames of a first segment that cannot be used are counted as damage") {
  const Folder folder;
  {
    SpoolStore store(folder.path, {.max_bytes = SpoolLimits::min_bytes}, start);
    for (int i = 1; i <= 30; ++i) append(store, i, i, start, 60'000);
    CHECK(read(store, 2) == numbers(1, 2));
    store.settle(2, 0);
    REQUIRE_FALSE(store.save_position());
  }
  const auto segments = folder.segments();
  REQUIRE(segments.size() > 2);
  const auto second = *spool_segment::first_of(segments[1].filename().string());
  std::ofstream(segments[0], std::ios::binary | std::ios::in) << "X";
  SpoolStore store(folder.path, {.max_bytes = SpoolLimits::min_bytes}, start);
  const auto counters = store.counters();
  CHECK(counters.found == 28);
  CHECK(counters.lost.damage == second - 2);
  CHECK(read(store).size() == 30 - second);
  check_adds_up(store);
}

}  // namespace heptap
