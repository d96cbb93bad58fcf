#include "agent/run_figures.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <thread>

#include "agent/hep_source.hpp"
#include "tests/support/hep_vectors.hpp"
#include "tests/support/hex.hpp"

using namespace heptap;
using heptap::test::from_hex;

namespace {

class Sender {
 public:
  explicit Sender(const Endpoint& to) : fd_(::socket(AF_INET, SOCK_DGRAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(to.port);
    ::inet_pton(AF_INET, to.host.c_str(), &address.sin_addr);
    const auto* const any =
        reinterpret_cast<const sockaddr*>(&address);  // NOLINT: as connect wants
    REQUIRE(::connect(fd_, any, sizeof address) == 0);
  }
  ~Sender() { ::close(fd_); }
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  void send(std::string_view hex) const {
    const auto frame = from_hex(hex);
    REQUIRE(::send(fd_, frame.data(), frame.size(), 0) == static_cast<ssize_t>(frame.size()));
  }

 private:
  int fd_;
};

std::vector<CollectorOptions> nobody() {
  CollectorOptions options;
  options.name = "nobody";
  options.endpoint = {Carrier::udp, "127.0.0.1", 9};
  return {options};
}

}  // namespace

// The only thread that uses the tables has no lock for them: the thread sanitizer sees who else does.
TEST_CASE("figures of calls are taken while another thread has the table to itself") {
  SharedTables tables{.calls = CallTable(CallLimits{}), .duplicates = DuplicateWindow(0, 1)};
  Transport transport(nobody(), FrameRing::min_bytes, {});
  HepSource hep({{.listen = {Carrier::udp, "127.0.0.1", 0}, .tls = {}, .auth_key = {}}},
                hep::Identity{}, transport.ring(), tables.calls);
  const RunFigures::Workers none;
  RunFigures figures(none, &hep, tables, transport, [](bool, const std::string&) {});
  transport.start();
  hep.start();
  const Sender sender(hep.endpoints()[0]);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  do {
    REQUIRE(std::chrono::steady_clock::now() < deadline);
    sender.send(test::hep_v1_hex);
    figures.look();
    CHECK(figures.ledger().fault().empty());
    std::this_thread::yield();
  } while (figures.page().find(R"(table_entries{table="calls"})") == std::string::npos ||
           hep.figures().calls.counts.no_call_id == 0);
  hep.stop();
  transport.stop();
  const Ledger ledger = figures.final_ledger();
  CHECK(ledger.fault().empty());
  CHECK(hep.figures().calls.counts.no_call_id == ledger.sources.at(0).left);
}
