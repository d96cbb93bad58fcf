// The kernel at work, in a network namespace of the test's own. Each frame ends with its number, by
// which it is known again.
#include "agent/capture/fanout_group.hpp"

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <numeric>
#include <thread>

#include "agent/capture/fanout_program.hpp"
#include "agent/capture/live_capture.hpp"
#include "tests/support/fragment_builder.hpp"
#include "tests/support/packet_socket.hpp"
#include "tests/unit/agent/capture/filter_run.hpp"
#include "tests/unit/agent/capture/own_network.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

using Clock = std::chrono::steady_clock;
using Number = std::uint32_t;

constexpr std::chrono::seconds patience{60};
constexpr std::size_t number_bytes = 4;

Frame numbered(Frame frame, Number number) {
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    frame.push_back(static_cast<std::uint8_t>(number >> shift));
  }
  return frame;
}

Number number_of(const RawFrame& frame) {
  Number number = 0;
  for (const std::uint8_t octet : frame.bytes.last(number_bytes)) number = number << 8U | octet;
  return number;
}

/// Through which handles frames came, by their number.
using Given = std::map<Number, std::vector<std::size_t>>;

std::size_t times_given(const Given& given) {
  std::size_t sum = 0;
  for (const auto& [number, handles] : given) sum += handles.size();
  return sum;
}

/// Handles of one interface, in the order in which they joined.
class Handles {
 public:
  explicit Handles(const std::string& interface, std::size_t count = 0)
      : group_(std::make_shared<FanoutGroup>(interface)), interface_(interface) {
    for (std::size_t i = 0; i < count; ++i) add(opened());
  }

  [[nodiscard]] std::unique_ptr<LiveSource> opened() const {
    LiveOptions options;
    options.interface = interface_;
    options.ring_bytes = std::size_t{16} << 20U;
    options.filter.rtp = true;
    options.fanout = group_;
    return std::make_unique<LiveSource>(options);
  }
  void add(std::unique_ptr<LiveSource> handle) { handles_.push_back(std::move(handle)); }

  void read() {
    for (std::size_t i = 0; i < handles_.size(); ++i) {
      if (!handles_[i]) continue;
      const auto take = [&](const RawFrame& frame) { given[number_of(frame)].push_back(i); };
      (void)handles_[i]->read(10'000, take);
    }
  }

  /// Until so many are there.
  void read_until(std::size_t times) {
    const auto deadline = Clock::now() + patience;
    while (times_given(given) < times && Clock::now() < deadline) read();
    CHECK(times_given(given) == times);
  }

  void close(std::size_t handle) { handles_[handle].reset(); }

  [[nodiscard]] std::uint64_t received() {
    std::uint64_t sum = 0;
    for (const auto& handle : handles_) sum += handle ? handle->counts().received : 0;
    return sum;
  }

  Given given;

 private:
  std::shared_ptr<FanoutGroup> group_;
  std::string interface_;
  std::vector<std::unique_ptr<LiveSource>> handles_;
};

Frame between(std::size_t from, std::size_t to) {
  Frame ports;
  put16(ports, from);
  put16(ports, to);
  return ipv4(put_over(udp(text("OPTIONS sip:a SIP/2.0")), 0, ports));
}

Frame swapped(Frame in, std::size_t a, std::size_t b, std::size_t size) {
  const auto at = [&](std::size_t offset) { return in.begin() + static_cast<long>(offset); };
  std::swap_ranges(at(a), at(a + size), at(b));
  return in;
}
Frame answer_to(const Frame& packet) { return swapped(swapped(packet, 12, 16, 4), 20, 22, 2); }

Frame behind_tags(std::initializer_list<std::string_view> tags, const Frame& packet) {
  Frame out = from_hex("020000000001 020000000002");
  for (const auto tag : tags) out = joined(out, from_hex(tag));
  return joined(joined(out, from_hex("0800")), packet);
}

/// The filter of `any` does not find its way through a tag that the kernel has not taken off.
enum class Tags : std::uint8_t { with, without };

std::vector<Frame> frames_of_all_kinds(Tags tags = Tags::with) {
  auto random = test_random();
  std::vector<Frame> out;
  for (std::size_t port = 10'000; port < 10'040; ++port) {
    const Frame packet = between(5060, port);
    out.push_back(ethernet(packet));
    out.push_back(ethernet(answer_to(packet)));
    if (tags == Tags::with) {
      out.push_back(behind_tags({"8100 0007"}, packet));
      out.push_back(behind_tags({"88a8 4007", "8100 4008"}, packet));
    }
    out.push_back(ethernet(ipv6({packet.begin() + 20, packet.end()}), "86dd"));
    out.push_back(ethernet(pppoe(joined(from_hex("0021"), packet)), "8864"));
    out.push_back(ethernet(in_udp(4789, vxlan(ethernet(packet)))));
    for (const Frame& part : fragments_of(packet, 16, 7, random)) out.push_back(ethernet(part));
  }
  return out;
}

/// Sends frames with numbers from `first` on, half of them at either end.
void send(PacketSocket& one, PacketSocket& other, const std::vector<Frame>& frames,
          Number first = 0) {
  for (std::size_t i = 0; i < frames.size(); ++i) {
    (i % 4 < 2 ? one : other).send({numbered(frames[i], first + static_cast<Number>(i))});
  }
}

/// Each came as often as it should, by the handle that the program says.
void check_given(const Given& given, const std::vector<Frame>& frames, std::uint32_t members,
                 std::size_t times) {
  const auto program = fanout_program(FanoutView::ethernet, members);
  REQUIRE(given.size() == frames.size());
  for (const auto& [number, handles] : given) {
    CAPTURE(number);
    CHECK(handles == std::vector<std::size_t>(times, run_filter(program, frames.at(number))));
  }
}

/// One that captures as a thread of the agent does.
class Worker {
 public:
  explicit Worker(const LiveOptions& options)
      : capture_(options, [](bool, const std::string&) {}), thread_([this] { run(); }) {}
  ~Worker() {
    stop_ = true;
    thread_.join();
  }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// gives     whether it captures, after it had lost the interface so many times
  [[nodiscard]] bool is_open_after(std::uint64_t times_lost) {
    const std::lock_guard lock(mutex_);
    return counts_.is_open && counts_.times_lost >= times_lost;
  }
  [[nodiscard]] std::vector<Number> taken() {
    const std::lock_guard lock(mutex_);
    return taken_;
  }

 private:
  void run() {
    while (!stop_) {
      capture_.wait(-1);
      const std::lock_guard lock(mutex_);
      (void)capture_.read([&](const RawFrame& frame) { taken_.push_back(number_of(frame)); });
      counts_ = capture_.counts();
    }
  }
  LiveCapture capture_;
  std::mutex mutex_;
  InterfaceCounts counts_;
  std::vector<Number> taken_;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

using Workers = std::vector<std::unique_ptr<Worker>>;

template <class Condition>
void eventually(Condition condition) {
  const auto deadline = Clock::now() + patience;
  while (!condition() && Clock::now() < deadline) std::this_thread::yield();
  CHECK(condition());
}

void wait_until_open(Workers& workers, std::uint64_t times_lost) {
  for (const auto& worker : workers) eventually([&] { return worker->is_open_after(times_lost); });
}

std::vector<Number> taken_by_all(Workers& workers) {
  std::vector<Number> all;
  for (const auto& worker : workers) {
    const std::vector<Number> taken = worker->taken();
    all.insert(all.end(), taken.begin(), taken.end());
  }
  std::sort(all.begin(), all.end());
  return all;
}

}  // namespace

TEST_CASE("each packet is given once, to the handle that the program says, received or sent") {
  const OwnNetwork network;
  if (!network) return;
  network.add_veth("far", "near");
  const std::uint32_t members = GENERATE(1U, 2U, 4U);
  const bool is_any = GENERATE(false, true);
  CAPTURE(members, is_any);
  PacketSocket far("far", PacketSocket::Direction::out);
  PacketSocket near("near", PacketSocket::Direction::out);
  Handles handles(is_any ? "any" : "near", members);
  const std::vector<Frame> frames = frames_of_all_kinds(is_any ? Tags::without : Tags::with);
  send(far, near, frames);
  const std::size_t times = is_any ? 2 : 1;  // at either end
  handles.read_until(frames.size() * times);
  CHECK(handles.received() == frames.size() * times);  // and no more are about to come
  check_given(handles.given, frames, members, times);
}

TEST_CASE("on the loopback interface each packet is given once") {
  const OwnNetwork network;
  if (!network) return;
  constexpr std::uint32_t members = 3;
  PacketSocket out("lo", PacketSocket::Direction::out);
  Handles handles("lo", members);
  const std::vector<Frame> frames = frames_of_all_kinds();
  send(out, out, frames);
  handles.read_until(frames.size());
  check_given(handles.given, frames, members, 1);
}

TEST_CASE("nothing is lost or given twice while handles join and leave") {
  const OwnNetwork network;
  if (!network) return;
  network.add_veth("far", "near");
  PacketSocket far("far", PacketSocket::Direction::out);
  Handles handles("near", 1);
  Number sent = 0;
  const auto send_some = [&] {
    constexpr std::size_t most_under_way = 500;  // the kernel's own queue is of 1000
    for (int i = 0; i < 32 && sent - handles.given.size() < most_under_way; ++i, ++sent) {
      far.send({numbered(ethernet(between(5060, 10'000 + sent % 5000)), sent)});
    }
    handles.read();
  };
  for (int joining = 0; joining < 4; ++joining) {
    auto opened = std::async(std::launch::async, [&] { return handles.opened(); });
    while (opened.wait_for(std::chrono::seconds{0}) != std::future_status::ready) send_some();
    handles.add(opened.get());
    send_some();
  }
  handles.read_until(sent);
  CHECK(handles.received() == sent);
  CHECK(handles.given.size() == sent);
}

TEST_CASE("a handle that leaves has its packets taken over by the others") {
  const OwnNetwork network;
  if (!network) return;
  network.add_veth("far", "near");
  PacketSocket far("far", PacketSocket::Direction::out);
  PacketSocket near("near", PacketSocket::Direction::out);
  Handles handles("near", 3);
  handles.close(GENERATE(0U, 1U, 2U));
  const std::vector<Frame> frames = frames_of_all_kinds();
  send(far, near, frames);
  handles.read_until(frames.size());
  handles.add(handles.opened());
  send(far, near, frames, static_cast<Number>(frames.size()));
  handles.read_until(2 * frames.size());
  CHECK(handles.given.size() == 2 * frames.size());
}

TEST_CASE("an interface that comes and goes is shared by all again each time") {
  const OwnNetwork network;
  if (!network) return;
  network.add_veth("far", "near");
  LiveOptions options;
  options.interface = "near";
  options.ring_bytes = std::size_t{16} << 20U;
  options.fanout = std::make_shared<FanoutGroup>("near");
  Workers workers;
  for (int i = 0; i < 3; ++i) workers.push_back(std::make_unique<Worker>(options));
  wait_until_open(workers, 0);
  Number sent = 0;
  std::uint64_t times_lost = 0;
  for (const bool is_removed : {true, false, true}) {
    if (is_removed) {
      network.ip("link del near");
      network.add_veth("far", "near");
      wait_until_open(workers, ++times_lost);
    } else {
      network.ip("link set near down");
      network.ip("link set near up");
      OwnNetwork::wait_until_carrying("far", "near");
    }
    PacketSocket far("far", PacketSocket::Direction::out);
    for (std::size_t i = 0; i < 300; ++i, ++sent) {
      far.send({numbered(ethernet(between(5060, 10'000 + i)), sent)});
    }
    eventually([&] { return taken_by_all(workers).size() >= sent; });
  }
  std::vector<Number> all(sent);
  std::iota(all.begin(), all.end(), 0U);
  CHECK(taken_by_all(workers) == all);
  for (const auto& worker : workers) CHECK(worker->taken().size() > sent / 6);
}
