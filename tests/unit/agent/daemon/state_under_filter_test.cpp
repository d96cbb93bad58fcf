#include <catch2/catch.hpp>
#include <filesystem>

#include "agent/daemon/seccomp_filter.hpp"
#include "agent/state/state_keeper.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/saved_calls.hpp"

using namespace heptap;
using test::ChildEnd;

namespace {

const SecuritySettings no_more_privileges{"", SeccompMode::on, false};

// As `run` does it: the folder is there before the filter.
int save_and_restore(const std::filesystem::path& folder, FileWriting files) {
  test::Tables run;
  test::ringing_call(run);
  test::Tables next;
  StateKeeper keeper(folder);
  keeper.open();
  install_seccomp_filter(no_more_privileges, files);
  if (!keeper.save(run.all(), run.now_us)) return 1;
  keeper.restore(next.all(), run.now_us);
  return next.calls.size() == 1 && !std::filesystem::exists(folder / "calls.state") ? 0 : 2;
}

}  // namespace

TEST_CASE("the state of calls is kept under the filters that are made for it, and under no other") {
  const test::TempFolder temp;
  const auto end = [&](FileWriting files) {
    return test::in_child([&] { return save_and_restore(temp.path() / "state", files); });
  };
  CHECK(end(FileWriting::none) == ChildEnd{1, 0});
  CHECK(end(FileWriting::some) == ChildEnd{0, 0});
}
