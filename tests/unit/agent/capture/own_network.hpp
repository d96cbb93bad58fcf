#pragma once

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>

#include "tests/support/packet_socket.hpp"

namespace heptap::test {

/// A network namespace for this thread and those it starts, until the end of its life.
class OwnNetwork {
 public:
  /// Warns where none can be made, as in many containers.
  OwnNetwork() : before_(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)) {
    is_made_ = before_ >= 0 && ::unshare(CLONE_NEWNET) == 0;
    is_made_ = is_made_ && does("link set lo up") && does("link add type veth");
    if (!is_made_) WARN("skipped: no network of its own here");
    if (is_made_) ip("link del veth0");
  }
  ~OwnNetwork() {
    if (before_ >= 0) {
      CHECK(::setns(before_, CLONE_NEWNET) == 0);
      ::close(before_);
    }
  }
  OwnNetwork(const OwnNetwork&) = delete;
  OwnNetwork& operator=(const OwnNetwork&) = delete;

  explicit operator bool() const noexcept { return is_made_; }

  /// Runs ip(8).
  void ip(const std::string& arguments) const {
    CAPTURE(arguments);
    REQUIRE(does(arguments));
  }

  /// A cable, up at both ends.
  void add_veth(const std::string& one, const std::string& other) const {
    ip("link add " + one + " type veth peer name " + other);
    ip("link set " + one + " up");
    ip("link set " + other + " up");
    wait_until_carrying(one, other);
  }

  /// Until frames go through, which is some time after the link is up. Those that try it are no IP.
  static void wait_until_carrying(const std::string& one, const std::string& other) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{60};
    const auto carries = [&](const std::string& from, const std::string& to) {
      PacketSocket in(to, PacketSocket::Direction::in);
      PacketSocket out(from, PacketSocket::Direction::out);
      std::size_t count = 0;
      while (count == 0 && std::chrono::steady_clock::now() < deadline) {
        out.send({ethernet(text("are you there?"), "88b5")});
        std::this_thread::yield();
        count = in.take([](const Frame&) {});
      }
      return count > 0;
    };
    REQUIRE(carries(one, other));
    REQUIRE(carries(other, one));
  }

 private:
  static bool does(const std::string& arguments) {
    return std::system(("ip " + arguments).c_str()) == 0;  // NOLINT: one thread, a fixed text
  }

  int before_;
  bool is_made_ = false;
};

}  // namespace heptap::test
