// A mirror port's other half: what comes in by one interface goes out by another, wrapped on the
// way. SIGTERM lets through what waits, says the counts as JSON on standard output and ends it; exit
// code 1 when anything was lost. What a wrapping cannot carry is left out, and counted.
#include <poll.h>
#include <sys/signalfd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <iostream>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include "tests/support/frame_wrapping.hpp"
#include "tests/support/packet_socket.hpp"
#include "tests/support/program.hpp"

namespace heptap::test {
namespace {

struct Options {
  std::string from;
  std::string to;
  std::vector<std::string> names;
};

/// Takes frames from one interface to the other until it is told to end.
class FrameWrapper {
 public:
  explicit FrameWrapper(const Options& options)
      : in_(options.from, PacketSocket::Direction::in),
        out_(options.to, PacketSocket::Direction::out) {
    for (const std::string& name : options.names) wrappings_.push_back(find_wrapping(name));
  }

  void run(int signals) {
    std::array<pollfd, 2> both{pollfd{in_.fd(), POLLIN, 0}, pollfd{signals, POLLIN, 0}};
    while (both[1].revents == 0) {
      if (poll(both.data(), both.size(), -1) < 0 && errno != EINTR) {
        throw std::system_error(errno, std::generic_category(), "poll");
      }
      forward();
    }
    while (forward() > 0) {
    }
  }

  /// gives     the exit code
  int report() {
    const std::uint64_t lost = in_.lost();
    std::cout << R"({"forwarded":)" << forwarded_ << R"(,"left_out":)" << left_out_ << R"(,"lost":)"
              << lost << "}\n";
    return lost == 0 ? 0 : 1;
  }

 private:
  /// gives     how many frames had come
  std::size_t forward() {
    batch_.clear();
    const std::size_t taken = in_.take([this](Frame frame) {
      auto around = wrapped(wrappings_, std::move(frame));
      if (around) batch_.push_back(std::move(*around));
    });
    out_.send(batch_);
    forwarded_ += batch_.size();
    left_out_ += taken - batch_.size();
    return taken;
  }

  PacketSocket in_;
  PacketSocket out_;
  std::vector<const Wrapping*> wrappings_;
  std::vector<Frame> batch_;
  std::uint64_t forwarded_ = 0;
  std::uint64_t left_out_ = 0;
};

int end_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigprocmask(SIG_BLOCK, &set, nullptr);
  const int fd = signalfd(-1, &set, SFD_CLOEXEC);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "signalfd");
  return fd;
}

int run(int argc, char** argv) {
  Options options;
  CLI::App app("Forwards frames from one interface to another, wrapped, until SIGTERM.");
  app.add_option("--from", options.from, "the interface that frames come in by")->required();
  app.add_option("--to", options.to, "the interface that they leave by; its MTU must suffice")
      ->required();
  app.add_option("--wrap", options.names, "what is put around them; several, the innermost first")
      ->check(CLI::IsMember(wrapping_names()));
  CLI11_PARSE(app, argc, argv);
  const int signals = end_signals();
  FrameWrapper wrapper(options);
  std::cerr << "forwarding from " << options.from << " to " << options.to << std::endl;
  wrapper.run(signals);
  return wrapper.report();
}

}  // namespace
}  // namespace heptap::test

int main(int argc, char** argv) { return heptap::test::run_program(argc, argv, heptap::test::run); }
