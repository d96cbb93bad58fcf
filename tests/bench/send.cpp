// Sends captures on an interface, faster than tcpreplay and with a true account: what the kernel
// refused is not sent. Frames are read before the first is sent.
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <iostream>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "agent/capture/file_source.hpp"
#include "tests/bench/packet_builder.hpp"
#include "tests/bench/sockets.hpp"
#include "tests/support/program.hpp"

namespace heptap::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t frames_per_call = 64;
constexpr std::chrono::microseconds nap{50};
constexpr std::chrono::milliseconds retry_every{20};  // for an interface that is gone

volatile std::sig_atomic_t terminated = 0;

/// All frames of the files, one behind the other.
class Frames {
 public:
  explicit Frames(const std::vector<std::string>& paths) {
    for (const std::string& path : paths) append(path);
    if (ends_.empty()) throw std::runtime_error("nothing to send");
  }

  [[nodiscard]] std::size_t count() const noexcept { return ends_.size(); }

  /// The TCP connections become new ones: with other sequence numbers, as when ports are used again.
  /// Nobody looks at checksums.
  void renew_connections(std::uint32_t distance) noexcept {
    for (std::size_t i = 0; i < count(); ++i) move_sequence_number(frame(i), distance);
  }

  [[nodiscard]] iovec at(std::size_t i) noexcept {
    const auto bytes = frame(i);
    return {bytes.data(), bytes.size()};
  }

 private:
  [[nodiscard]] std::span<std::uint8_t> frame(std::size_t i) noexcept {
    const std::size_t begin = i == 0 ? 0 : ends_[i - 1];
    return {bytes_.data() + begin, ends_[i] - begin};
  }

  // Ethernet without tags, IPv4 without options, TCP; anything else stays as it is.
  static void move_sequence_number(std::span<std::uint8_t> frame, std::uint32_t distance) noexcept {
    constexpr std::size_t number = ethernet_bytes + ipv4_bytes + 4;
    constexpr std::uint8_t ipv4_version_and_length = 0x45;
    const bool is_tcp = frame.size() >= number + 4 && frame[12] == 0x08 && frame[13] == 0 &&
                        frame[ethernet_bytes] == ipv4_version_and_length &&
                        frame[ethernet_bytes + 9] == IPPROTO_TCP;
    for (std::size_t i = number + 4; is_tcp && i-- > number; distance >>= 8U) {
      distance += frame[i];
      frame[i] = static_cast<std::uint8_t>(distance);
    }
  }

  void append(const std::string& path) {
    CaptureFile file = CaptureFile::open(path);
    bytes_.reserve(bytes_.size() + file.size_bytes());
    RawFrame frame;
    while (file.next(frame) == ReadState::frame) {
      bytes_.insert(bytes_.end(), frame.bytes.begin(), frame.bytes.end());
      ends_.push_back(bytes_.size());
    }
  }

  std::vector<std::uint8_t> bytes_;
  std::vector<std::size_t> ends_;
};

/// A packet socket of an interface, which may go away and come back under its name.
class Wire {
 public:
  explicit Wire(std::string interface) : interface_(std::move(interface)) {
    if (!open()) fail(interface_);
  }

  /// gives     how many of the frames the kernel has taken: perhaps none
  std::size_t send(std::span<mmsghdr> frames) {
    const int taken =
        sendmmsg(socket_.fd(), frames.data(), static_cast<unsigned>(frames.size()), 0);
    if (taken > 0) return static_cast<std::size_t>(taken);
    if (errno != ENOBUFS && errno != EAGAIN && errno != EINTR) open_again();
    return 0;
  }

 private:
  bool open() {
    sockaddr_ll at{};
    at.sll_family = AF_PACKET;
    at.sll_ifindex = static_cast<int>(if_nametoindex(interface_.c_str()));
    if (at.sll_ifindex == 0) return false;
    Socket made(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));  // 0: it receives nothing
    const int on = 1;
    setsockopt(made.fd(), SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof on);
    auto* const generic = reinterpret_cast<sockaddr*>(&at);  // NOLINT: sockets are made so
    if (bind(made.fd(), generic, sizeof at) != 0) return false;
    socket_ = std::move(made);
    return true;
  }

  void open_again() {
    if (Clock::now() < next_try_) return;
    next_try_ = Clock::now() + retry_every;
    open();
  }

  std::string interface_;
  Socket socket_;
  Clock::time_point next_try_;
};

/// How many frames may have gone by now; without a rate, any number.
class Pace {
 public:
  explicit Pace(double rate) : rate_(rate) {}

  /// gives     of the `wanted` frames behind `gone`, how many are due: at least one
  [[nodiscard]] std::size_t wait(std::uint64_t gone, std::size_t wanted) const {
    while (rate_ > 0) {
      const double due = seconds() * rate_;
      if (due >= static_cast<double>(gone + 1)) {
        return std::min(wanted, static_cast<std::size_t>(due - static_cast<double>(gone)));
      }
      std::this_thread::sleep_for(nap);
    }
    return wanted;
  }

  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(Clock::now() - start_).count();
  }

 private:
  double rate_;
  Clock::time_point start_ = Clock::now();
};

struct Account {
  std::uint64_t sent = 0;
  std::uint64_t refused = 0;
};

class Sender {
 public:
  Sender(Frames& frames, const std::string& interface, double rate)
      : frames_(frames), wire_(interface), pace_(rate) {
    for (std::size_t i = 0; i < frames_per_call; ++i) {
      messages_[i].msg_hdr.msg_iov = &places_[i];
      messages_[i].msg_hdr.msg_iovlen = 1;
    }
  }

  /// Once through all frames, or until SIGTERM.
  void round() {
    for (std::size_t next = 0; next < frames_.count() && terminated == 0;) {
      const std::size_t wanted = std::min(frames_per_call, frames_.count() - next);
      const std::size_t due = pace_.wait(account_.sent + account_.refused, wanted);
      send(next, due);
      next += due;
    }
  }

  [[nodiscard]] const Account& account() const noexcept { return account_; }
  [[nodiscard]] double seconds() const { return pace_.seconds(); }

 private:
  void send(std::size_t first, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) places_[i] = frames_.at(first + i);
    for (std::size_t done = 0; done < count;) {
      const std::size_t taken = wire_.send({&messages_[done], count - done});
      account_.sent += taken;
      if (taken == 0) ++account_.refused;  // the first of them; the others have their turn
      done += std::max<std::size_t>(taken, 1);
    }
  }

  Frames& frames_;
  Wire wire_;
  Pace pace_;
  Account account_;
  std::array<iovec, frames_per_call> places_{};
  std::array<mmsghdr, frames_per_call> messages_{};
};

void print(const Sender& sender) {
  std::cout << "{\"sent\":" << sender.account().sent << ",\"refused\":" << sender.account().refused
            << ",\"seconds\":" << sender.seconds() << "}" << std::endl;
}

int run(int argc, char** argv) {
  CLI::App app("Sends captures on an interface until they or SIGTERM end it; an account as JSON.");
  std::vector<std::string> paths;
  std::string interface;
  double rate = 0;
  std::uint64_t rounds = 1;
  app.add_option("FILE", paths, "Ethernet captures, one behind the other")->required();
  app.add_option("--interface", interface)->required();
  app.add_option("--rate", rate, "frames a second; 0: all there is")->check(CLI::NonNegativeNumber);
  app.add_option("--rounds", rounds, "how often all are sent; 0: until SIGTERM");
  CLI11_PARSE(app, argc, argv);
  std::signal(SIGTERM, [](int) { terminated = 1; });

  Frames frames(paths);
  std::cerr << "sending " << frames.count() << " frames" << std::endl;
  Sender sender(frames, interface, rate);
  std::random_device random;
  for (std::uint64_t i = 0; (rounds == 0 || i < rounds) && terminated == 0; ++i) {
    frames.renew_connections(static_cast<std::uint32_t>(random()));
    sender.round();
  }
  print(sender);
  return 0;
}

}  // namespace
}  // namespace heptap::bench

int main(int argc, char** argv) {
  return heptap::test::run_program(argc, argv, heptap::bench::run);
}
