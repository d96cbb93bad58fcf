#include "agent/state/state_keeper.hpp"

#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <sstream>

#include "tests/support/saved_calls.hpp"

using namespace heptap;
using namespace heptap::test;
namespace fs = std::filesystem;

namespace {

/// Where a run keeps its state.
class Place {
 public:
  [[nodiscard]] fs::path folder() const { return temp_.path() / "a" / "state"; }
  [[nodiscard]] fs::path file() const { return folder() / "calls.state"; }
  [[nodiscard]] fs::path bad_file() const { return folder() / "calls.state.bad"; }
  [[nodiscard]] fs::path new_file() const { return folder() / "calls.state.new"; }

  bool save(Tables& run) const {
    StateKeeper keeper(folder());
    keeper.open();
    return keeper.save(run.all(), run.now_us);
  }
  /// gives     how many calls a new run goes on with
  [[nodiscard]] std::size_t restored() const {
    Tables next;
    StateKeeper keeper(folder());
    keeper.open();
    keeper.restore(next.all(), next.now_us);
    return next.calls.size();
  }
  void put(std::string_view content) const {
    fs::create_directories(folder());
    std::ofstream(file(), std::ios::binary) << content;
  }

 private:
  TempFolder temp_;
};

}  // namespace

TEST_CASE("a state is used once, by the next run") {
  const Place place;
  Tables run;
  ringing_call(run);
  CHECK(place.restored() == 0);
  REQUIRE(place.save(run));
  CHECK((fs::status(place.file()).permissions() & fs::perms::mask) == fs::perms{0600});
  CHECK_FALSE(fs::exists(place.new_file()));
  CHECK(place.restored() == 1);
  CHECK_FALSE(fs::exists(place.file()));
  CHECK(place.restored() == 0);
}

TEST_CASE("a later state takes the place of one that nobody has used") {
  const Place place;
  Tables run;
  ringing_call(run);
  REQUIRE(place.save(run));
  ringing_call(run, "other@a");
  REQUIRE(place.save(run));
  CHECK(place.restored() == 2);
}

TEST_CASE("a state that is damaged or of another version is put aside, and used by nobody") {
  const Place place;
  Tables run;
  ringing_call(run);
  REQUIRE(place.save(run));
  std::string content = read_file(place.file());
  const bool is_of_other_version = GENERATE(true, false);
  CAPTURE(is_of_other_version);
  const std::size_t changed = is_of_other_version ? 11 : content.size() - 1;
  content[changed] = static_cast<char>(content[changed] ^ 2);
  place.put(content);
  CHECK(place.restored() == 0);
  CHECK_FALSE(fs::exists(place.file()));
  CHECK(read_file(place.bad_file()) == content);
  REQUIRE(place.save(run));
  CHECK(place.restored() == 1);
}

TEST_CASE("a state that nobody can have written is put aside, too") {
  const Place place;
  place.put(GENERATE(as<std::string>{}, "", "x", std::string(100'000, 'x')));
  CHECK(place.restored() == 0);
  CHECK(fs::exists(place.bad_file()));
}

TEST_CASE("a folder of state is used by one run at a time") {
  const Place place;
  Tables run;
  ringing_call(run);
  REQUIRE(place.save(run));
  StateKeeper keeper(place.folder());
  keeper.open();
  CHECK(place.restored() == 0);
  CHECK_FALSE(place.save(run));
  CHECK(fs::exists(place.file()));
}

TEST_CASE("who cannot have the folder of state is told that another heptap has it") {
  const Place place;
  StateKeeper keeper(place.folder());
  keeper.open();
  std::ostringstream log;
  const auto before = spdlog::default_logger();
  spdlog::set_default_logger(std::make_shared<spdlog::logger>(
      "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(log)));
  StateKeeper second(place.folder());
  second.open();
  spdlog::set_default_logger(before);
  CHECK(log.str().find(place.folder().string() + ": another heptap uses it") != std::string::npos);
}

TEST_CASE("a state that cannot be written leaves nothing half") {
  const Place place;
  Tables run;
  ringing_call(run);
  fs::create_directories(place.new_file());
  CHECK_FALSE(place.save(run));
  CHECK_FALSE(fs::exists(place.file()));
}

TEST_CASE("without a folder nothing is kept") {
  Tables run;
  ringing_call(run);
  StateKeeper keeper("");
  keeper.open();
  CHECK_FALSE(keeper.save(run.all(), run.now_us));
  keeper.restore(run.all(), run.now_us);
  CHECK(run.calls.size() == 1);
}
