#include "agent/state/state_file.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "tests/support/saved_calls.hpp"
#include "tests/support/test_random.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

constexpr std::size_t header_bytes = 12;
constexpr std::size_t block_header_bytes = 12;

StateFault fault_of(const StateFile& file, std::string_view content) {
  file.put(content);
  StateVisitor nobody;
  return file.read(nobody);
}

/// What has a record of each kind.
std::string small_file(const StateFile& file) {
  Tables run;
  ringing_call(run);
  answer(run);
  file.save(run);
  return file.content();
}

// Of texts that no compression makes small.
std::string large_file(const StateFile& file) {
  SpoolFile open = file.open(O_WRONLY | O_CREAT | O_TRUNC);
  StateFileWriter writer(open);
  SavedRun run;
  CHECK(writer.add(SavedKind::run, run));
  auto random = test_random();
  for (int i = 0; i < 3'000; ++i) {
    SavedCall call{.hash = random(), .call = {.message_count = 1}, .details = {}};
    for (int letter = 0; letter < 400; ++letter) {
      call.details.call_id += static_cast<char>('!' + below(random, 90));
    }
    CHECK(writer.add(SavedKind::call, call));
  }
  REQUIRE_FALSE(writer.finish());
  const std::string content = file.content();
  CHECK(content.size() == writer.bytes());
  return content;
}

std::size_t be32_at(std::string_view content, std::size_t at) {
  return ByteReader(as_bytes(content).subspan(at, 4)).be32();
}

std::vector<std::string> blocks_of(std::string_view content) {
  std::vector<std::string> blocks;
  for (std::size_t at = header_bytes; at < content.size();) {
    const std::size_t size = block_header_bytes + be32_at(content, at);
    blocks.emplace_back(content.substr(at, size));
    at += size;
  }
  return blocks;
}

}  // namespace

TEST_CASE("a file of state that is cut anywhere is damaged") {
  const StateFile file;
  const std::string whole = small_file(file);
  CHECK(fault_of(file, whole) == StateFault::none);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    REQUIRE(fault_of(file, whole.substr(0, size)) == StateFault::damaged);
  }
}

TEST_CASE("a file of state with any changed bit is refused") {
  const StateFile file;
  const std::string whole = small_file(file);
  for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
    CAPTURE(bit / 8, bit % 8);
    std::string changed = whole;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    const bool is_of_version = bit / 8 >= 8 && bit / 8 < header_bytes;
    REQUIRE(fault_of(file, changed) ==
            (is_of_version ? StateFault::other_version : StateFault::damaged));
  }
}

TEST_CASE("a file of state with something behind its end is damaged") {
  const StateFile file;
  const std::string whole = small_file(file);
  CHECK(fault_of(file, whole + '\0') == StateFault::damaged);
  CHECK(fault_of(file, whole + whole) == StateFault::damaged);
}

TEST_CASE("blocks of state that are missing, twice or in another order are damage") {
  const StateFile file;
  const std::string whole = large_file(file);
  const std::string header = whole.substr(0, header_bytes);
  const std::vector<std::string> blocks = blocks_of(whole);
  REQUIRE(blocks.size() > 3);
  const auto with = [&](std::initializer_list<std::size_t> order) {
    std::string content = header;
    for (const std::size_t block : order) content += blocks[block];
    for (std::size_t block = 3; block < blocks.size(); ++block) content += blocks[block];
    return content;
  };
  CHECK(fault_of(file, with({0, 1, 2})) == StateFault::none);
  CHECK(fault_of(file, with({0, 2})) == StateFault::damaged);
  CHECK(fault_of(file, with({0, 2, 1})) == StateFault::damaged);
  CHECK(fault_of(file, with({0, 1, 1, 2})) == StateFault::damaged);
}

TEST_CASE("a record of state that could not be read again is left out") {
  const StateFile file;
  SpoolFile open = file.open(O_WRONLY | O_CREAT | O_TRUNC);
  StateFileWriter writer(open);
  SavedRun run;
  SavedCall empty;  // of no message
  SavedCall right{.call = {.message_count = 1}, .details = {}};
  CHECK(writer.add(SavedKind::run, run));
  CHECK_FALSE(writer.add(SavedKind::call, empty));
  CHECK(writer.add(SavedKind::call, right));
  REQUIRE_FALSE(writer.finish());
  StateVisitor nobody;
  CHECK(file.read(nobody) == StateFault::none);
}

TEST_CASE("a file of state says first what it is of, and once") {
  const StateFile file;
  const auto fault = [&](std::initializer_list<SavedKind> kinds) {
    SpoolFile open = file.open(O_WRONLY | O_CREAT | O_TRUNC);
    StateFileWriter writer(open);
    SavedRun run;
    SavedCall call{.call = {.message_count = 1}, .details = {}};
    for (const SavedKind kind : kinds) {
      if (kind == SavedKind::run) writer.add(kind, run);
      if (kind != SavedKind::run) writer.add(kind, call);
    }
    REQUIRE_FALSE(writer.finish());
    StateVisitor nobody;
    return file.read(nobody);
  };
  CHECK(fault({SavedKind::run}) == StateFault::none);
  CHECK(fault({}) == StateFault::damaged);
  CHECK(fault({SavedKind::call}) == StateFault::damaged);
  CHECK(fault({SavedKind::call, SavedKind::run}) == StateFault::damaged);
  CHECK(fault({SavedKind::run, SavedKind::run}) == StateFault::damaged);
  CHECK(fault({SavedKind::run, SavedKind::media}) == StateFault::damaged);
}
