#include "agent/spool_orphans.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <thread>

#include "agent/named_collectors.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/hanging_file.hpp"
#include "tests/support/temp_folder.hpp"

using namespace heptap;

namespace {

using namespace std::chrono_literals;

const SpoolStore::Now start{.steady = SpoolStore::Clock::time_point(48h),
                            .wall_us = 1'700'000'000'000'000};

SpoolStore::Now later(std::chrono::seconds by) {
  return {start.steady + by, start.wall_us + std::chrono::microseconds(by).count()};
}

struct Scene {
  test::TempFolder temp;
  std::vector<std::string> said;
  SpoolOrphans orphans{[this](EventLevel, const std::string& text) { said.push_back(text); }};

  [[nodiscard]] std::filesystem::path folder(const std::string& name) const {
    return temp.path() / name;
  }

  [[nodiscard]] CollectorOptions collector(const std::string& name) const {
    CollectorOptions options;
    options.name = name;
    options.spool = SpoolOptions{.folder = folder(name), .limits = {.max_age = 1h}};
    return options;
  }

  void spool(const std::string& name, int frames) const {
    SpoolStore store(folder(name), {}, start);
    FrameRecords records;
    const std::array<std::uint8_t, 4> bytes{1, 2, 3, 4};
    for (int i = 0; i < frames; ++i) records.add({.time_us = i, .bytes = bytes});
    if (frames != 0) REQUIRE_FALSE(store.append(records, SpoolHaste::none, start));
  }
};

// Takes what comes, and closes nothing.
class SlowHeir {
 public:
  SlowHeir() {
    REQUIRE(::bind(listener_, generic(), sizeof address_) == 0);
    REQUIRE(::listen(listener_, 4) == 0);
    socklen_t size = sizeof address_;
    REQUIRE(::getsockname(listener_, generic(), &size) == 0);
  }
  SlowHeir(const SlowHeir&) = delete;
  SlowHeir& operator=(const SlowHeir&) = delete;
  ~SlowHeir() {
    ::close(peer_);
    ::close(listener_);
  }

  [[nodiscard]] Endpoint endpoint() const {
    return {Carrier::tcp, "127.0.0.1", ntohs(address_.sin_port)};
  }
  void accept() {
    peer_ = ::accept(listener_, nullptr, nullptr);
    REQUIRE(peer_ >= 0);
  }
  // So many that they came in several turns of who sends them.
  void wait_for_more() const {
    std::array<char, 200> bytes{};
    REQUIRE(::recv(peer_, bytes.data(), bytes.size(), MSG_WAITALL) == std::ssize(bytes));
  }
  [[nodiscard]] bool has_another() const {
    pollfd waits{.fd = listener_, .events = POLLIN, .revents = 0};
    return ::poll(&waits, 1, 0) != 0;
  }

 private:
  sockaddr* generic() { return static_cast<sockaddr*>(static_cast<void*>(&address_)); }

  sockaddr_in address_{
      .sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
  int listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int peer_ = -1;
};

}  // namespace

TEST_CASE("frames of collectors that have gone are told once, and kept until they are too old") {
  Scene scene;
  scene.spool("here", 3);
  scene.spool("gone", 2);
  scene.orphans.set_owners({{scene.collector("here")}, {}});
  scene.orphans.look(start);
  scene.orphans.look(later(59min));
  REQUIRE(scene.said.size() == 1);
  CHECK(scene.said[0].find(scene.folder("gone").string() + " (2 frames, ") != std::string::npos);
  CHECK(scene.orphans.figures().folders == 1);
  CHECK(scene.orphans.figures().frames == 2);
  CHECK(scene.orphans.figures().bytes > 0);

  scene.orphans.look(later(61min));
  CHECK(scene.said.size() == 2);
  CHECK(scene.said.back() ==
        scene.folder("gone").string() +
            ": 2 frames of a collector that is not there any more are lost, 2 of "
            "them for their age");
  CHECK_FALSE(std::filesystem::exists(scene.folder("gone")));
  CHECK(scene.orphans.figures().folders == 0);
  CHECK(scene.orphans.figures().lost == 2);
  CHECK(std::filesystem::exists(scene.folder("here") / "0000000000000000.spool"));
}

TEST_CASE("folders that are empty go, others are left alone") {
  Scene scene;
  scene.spool("here", 0);
  scene.spool("empty", 0);
  scene.spool("used", 2);
  std::filesystem::create_directory(scene.folder("no spool"));
  scene.spool("kept", 0);
  std::ofstream(scene.folder("kept") / "notes") << "of a person";
  const SpoolStore other(scene.folder("used"), {}, start);
  scene.orphans.set_owners({{scene.collector("here")}, {}});
  scene.orphans.look(later(3h));
  CHECK_FALSE(std::filesystem::exists(scene.folder("empty")));
  for (const char* name : {"here", "used", "no spool"}) {
    CAPTURE(name);
    CHECK(std::filesystem::exists(scene.folder(name)));
  }
  CHECK(std::filesystem::exists(scene.folder("kept") / "notes"));
  CHECK(other.counters().held == 2);
  CHECK(scene.said.empty());
}

TEST_CASE("of a folder with a file that cannot be read a person is told, and the file stays") {
  Scene scene;
  scene.spool("gone", 2);
  std::ofstream(scene.folder("gone") / "0000000000000000.spool")
      << "a file of a version that is long gone";
  scene.orphans.set_owners({{scene.collector("here")}, {}});
  scene.orphans.look(start);
  scene.orphans.look(later(1min));
  CHECK(scene.said == std::vector{"1 files in " + scene.folder("gone").string() +
                                  " cannot be used, and were renamed to *.bad"});
  CHECK(std::filesystem::exists(scene.folder("gone") / "0000000000000000.spool.bad"));
}

TEST_CASE("frames that are missing in a folder are counted once, when it ends") {
  Scene scene;
  for (int segment = 0; segment < 3; ++segment) scene.spool("gone", 2);
  REQUIRE(std::filesystem::remove(scene.folder("gone") / "0000000000000002.spool"));
  scene.orphans.set_owners({{scene.collector("here")}, {}});
  scene.orphans.look(start);
  scene.orphans.look(later(1min));
  CHECK(scene.orphans.figures().frames == 4);
  CHECK(scene.orphans.figures().lost == 0);
  scene.orphans.look(later(61min));
  CHECK(scene.orphans.figures().lost == 6);
}

TEST_CASE("a folder on a disk that hangs keeps nobody waiting for its figures, or for the end") {
  Scene scene;
  scene.spool("gone", 2);
  auto orphans = std::make_unique<SpoolOrphans>(EventSink{});
  {
    const test::HangingFile hangs(scene.folder("gone") / "lock");
    orphans->set_owners({{scene.collector("here")}, {}});
    orphans->start();
    while (!hangs.is_wanted()) std::this_thread::sleep_for(1ms);
    CHECK(orphans->figures().folders == 0);
    orphans->set_owners({{scene.collector("there")}, {}});
    orphans->finish();
    CHECK_FALSE(orphans->ends_within(0ms));
  }
  CHECK(orphans->ends_within(1h));
}

TEST_CASE("who gets a folder slowly is left in peace") {
  Scene scene;
  scene.spool("service", 1000);
  SlowHeir peer;
  CollectorOptions heir = scene.collector("service/1");
  heir.endpoint = peer.endpoint();
  heir.spool->folder = scene.folder("heir");
  heir.spool->frames_per_second = 200;
  heir.spool->limits.max_age = 24h * 365 * 100;  // its thread knows what year it is
  scene.orphans.set_owners({{heir}, {"service"}});
  scene.orphans.look(start);
  peer.accept();
  for (int minute = 1; minute <= 3; ++minute) {
    peer.wait_for_more();
    scene.orphans.look(later(std::chrono::minutes(minute)));
  }
  CHECK_FALSE(peer.has_another());
  CHECK(scene.orphans.figures().sent == 0);
}

TEST_CASE("who has taken a folder and never closes does not get it again") {
  Scene scene;
  scene.spool("service", 100);
  SlowHeir peer;
  CollectorOptions heir = scene.collector("service/1");
  heir.endpoint = peer.endpoint();
  heir.close_timeout = 20ms;
  heir.spool->folder = scene.folder("heir");
  heir.spool->limits.max_age = 24h * 365 * 100;  // its thread knows what year it is
  scene.orphans.set_owners({{heir}, {"service"}});
  scene.orphans.look(start);
  peer.accept();
  peer.wait_for_more();
  for (int minute = 1; scene.orphans.figures().sent == 0; ++minute) {
    std::this_thread::sleep_for(10ms);
    scene.orphans.look(later(std::chrono::seconds(minute)));
  }
  CHECK(scene.orphans.figures().sent == 100);
  CHECK(scene.orphans.figures().folders == 0);
  CHECK_FALSE(std::filesystem::exists(scene.folder("service")));
  CHECK_FALSE(peer.has_another());
  CHECK(scene.said.back().ends_with(
      ": 100 frames went to service/1 instead, which has perhaps not read 100"));
}

TEST_CASE("a collector that is back has its frames") {
  Scene scene;
  scene.spool("gone", 2);
  scene.orphans.set_owners({{scene.collector("here")}, {}});
  scene.orphans.look(start);
  scene.orphans.set_owners({{scene.collector("here"), scene.collector("gone")}, {}});
  scene.orphans.look(later(2h));
  CHECK(scene.orphans.figures().folders == 0);
  CHECK(SpoolStore(scene.folder("gone"), {}, start).counters().held == 2);
}

TEST_CASE("a folder that could be sent waits when no thread is to be had") {
  if (::geteuid() != 0) return;  // root alone can become somebody who may have none
  constexpr uid_t nobody = 65534;
  Scene scene;
  scene.spool("service", 2);
  for (const auto& each : std::filesystem::recursive_directory_iterator(scene.temp.path())) {
    REQUIRE(::chown(each.path().c_str(), nobody, nobody) == 0);
  }
  REQUIRE(::chown(scene.temp.path().c_str(), nobody, nobody) == 0);
  CollectorOptions heir = scene.collector("service/1");
  heir.spool->folder = scene.folder("heir");
  const auto end = test::in_child([&] {
    constexpr rlimit none{.rlim_cur = 0, .rlim_max = 0};
    if (::setrlimit(RLIMIT_NPROC, &none) != 0 || ::setuid(nobody) != 0) return 1;
    try {
      std::thread([] {}).join();
      return 3;
    } catch (const std::system_error&) {  // as it should be
    }
    scene.orphans.set_owners({{heir}, {"service"}});
    scene.orphans.look(start);
    return scene.orphans.figures().frames == 2 && scene.orphans.figures().sent == 0 ? 0 : 2;
  });
  CHECK(end == test::ChildEnd{0});
}

TEST_CASE("without any spool nothing is looked at") {
  Scene scene;
  scene.spool("gone", 2);
  scene.orphans.set_owners({{CollectorOptions{}}, {}});
  scene.orphans.look(start);
  CHECK(scene.orphans.figures().folders == 0);
  CHECK(scene.said.empty());
}

TEST_CASE("members of a mirror have each what others have") {
  const NameOptions names{.collectors = {{"a", {}}, {"b", {}}}, .servers = {}};
  const PoolOptions own{.name = "a", .policy = PoolPolicy::hash, .collectors = {"a"}};
  const PoolOptions mirror{.name = "m", .policy = PoolPolicy::mirror, .collectors = {"b", "c"}};
  CHECK(shared_services(names, {own, mirror}) == std::vector<std::string>{"a"});
}
