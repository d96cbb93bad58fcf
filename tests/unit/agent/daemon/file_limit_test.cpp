#include "agent/daemon/file_limit.hpp"

#include <sys/resource.h>

#include <catch2/catch.hpp>

#include "tests/support/child_process.hpp"

using namespace heptap;
using test::ChildEnd;
using test::in_child;

namespace {

bool is_raised(rlim_t soft, rlim_t hard) {
  const rlimit before{soft, hard};
  if (::setrlimit(RLIMIT_NOFILE, &before) != 0) return false;
  const std::size_t raised = raise_file_limit();
  rlimit after{};
  return ::getrlimit(RLIMIT_NOFILE, &after) == 0 && raised == hard && after.rlim_cur == hard;
}

}  // namespace

TEST_CASE("as many files may be open as the hard limit allows") {
  CHECK(in_child([] { return is_raised(100, 200) ? 0 : 1; }) == ChildEnd{0, 0});
  CHECK(in_child([] { return is_raised(150, 150) ? 0 : 1; }) == ChildEnd{0, 0});
}
