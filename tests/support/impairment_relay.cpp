// A bad network between two programs: UDP and TCP are taken from one address to another, late, out of
// order, twice, or not at all. SIGTERM lets through the datagrams that wait, says what it has done as
// JSON on standard output and ends it; exit code 1 when that does not add up.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <boost/asio/signal_set.hpp>
#include <boost/json.hpp>
#include <csignal>
#include <iostream>
#include <list>
#include <string>
#include <vector>

#include "tests/support/program.hpp"
#include "tests/support/relay_clock.hpp"
#include "tests/support/tcp_path.hpp"
#include "tests/support/udp_path.hpp"

namespace heptap::test {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;

struct Options {
  std::vector<std::array<std::string, 3>> udp;
  std::vector<std::array<std::string, 3>> clean;
  std::vector<std::array<std::string, 2>> tcp;
  double delay_ms = 0;
  double jitter_ms = 0;
  double reorder_ms = 30;
  double queue_ms = 0;
  double stall_after_ms = 0;
  double stall_ms = 0;
  bool is_both_ways = false;
  std::uint64_t reset_after_bytes = 0;
  ImpairmentOptions path;
};

std::int64_t micros(double milliseconds) { return static_cast<std::int64_t>(milliseconds * 1000); }

void add_options(CLI::App& app, Options& to) {
  const CLI::Range share(0.0, 1.0);
  app.add_option("--udp", to.udp,
                 "FRONT BACK TO: from FRONT by BACK to TO, and back to the sender");
  app.add_option("--clean", to.clean, "the same without impairments");
  app.add_option("--tcp", to.tcp, "FRONT TO: connections to FRONT become connections to TO");
  app.add_flag("--both-ways", to.is_both_ways, "not only from FRONT to TO");
  app.add_option("--delay-ms", to.delay_ms)->check(CLI::NonNegativeNumber);
  app.add_option("--jitter-ms", to.jitter_ms, "more delay, up to this")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--bytes-per-second", to.path.bytes_per_second);
  app.add_option("--queue-ms", to.queue_ms, "a throttled line loses what would wait longer; UDP")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--stall-after-ms", to.stall_after_ms, "since the first packet");
  app.add_option("--stall-ms", to.stall_ms, "for how long nothing leaves");
  app.add_option("--drop", to.path.drop, "share of the packets; UDP")->check(share);
  app.add_option("--duplicate", to.path.duplicate, "the same")->check(share);
  app.add_option("--reorder", to.path.reorder, "the same")->check(share);
  app.add_option("--reorder-ms", to.reorder_ms, "how late those are")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--reset-after-bytes", to.reset_after_bytes, "of a connection; TCP");
  app.add_option("--seed", to.path.seed, "of all chance");
}

ImpairmentOptions impairments(const Options& options) {
  ImpairmentOptions path = options.path;
  path.delay_us = micros(options.delay_ms);
  path.jitter_us = micros(options.jitter_ms);
  path.reorder_us = micros(options.reorder_ms);
  path.queue_us = micros(options.queue_ms);
  path.stall_after_us = micros(options.stall_after_ms);
  path.stall_us = micros(options.stall_ms);
  return path;
}

/// TCP has no packets to lose.
ImpairmentOptions for_tcp(ImpairmentOptions path) {
  path.drop = path.duplicate = path.reorder = 0;
  path.queue_us = 0;
  return path;
}

bool adds_up(const UdpDirection& direction) {
  const ImpairmentCounts& counts = direction.counts();
  const SendCounts sends = direction.sends();
  return counts.received + counts.duplicated ==
             counts.dropped + counts.overflowed + counts.passed &&
         counts.passed == sends.sent + sends.failed + sends.waiting;
}

json::object account(const UdpDirection& direction) {
  const ImpairmentCounts& counts = direction.counts();
  const SendCounts sends = direction.sends();
  const double passed = counts.passed == 0 ? 1 : static_cast<double>(counts.passed);
  return {{"received", counts.received},
          {"sent", sends.sent},
          {"failed", sends.failed},
          {"waiting", sends.waiting},
          {"dropped", counts.dropped},
          {"dropped_inside", counts.dropped_inside},
          {"overflowed", counts.overflowed},
          {"duplicated", counts.duplicated},
          {"reordered", counts.reordered},
          {"min_delay_ms", static_cast<double>(counts.min_delay_us) / 1000},
          {"mean_delay_ms", static_cast<double>(counts.sum_delay_us) / passed / 1000},
          {"max_delay_ms", static_cast<double>(counts.max_delay_us) / 1000}};
}

json::object account(const TcpPath& path) {
  const TcpCounts& counts = path.counts();
  return {{"connections", counts.connections},
          {"refused", counts.refused},
          {"resets", counts.resets},
          {"forward_bytes", counts.forward_bytes},
          {"backward_bytes", counts.backward_bytes}};
}

/// All paths of a run.
class Relay {
 public:
  explicit Relay(const Options& options) {
    const ImpairmentOptions forward = impairments(options);
    const ImpairmentOptions backward = options.is_both_ways ? forward : ImpairmentOptions{};
    for (const auto& route : options.udp) add_udp(route, forward, backward);
    for (const auto& route : options.clean) add_udp(route, {}, {});
    for (const auto& [front, to] : options.tcp) {
      tcp_.emplace_back(context_, parse_endpoint<TcpPath::Endpoint>(front),
                        parse_endpoint<TcpPath::Endpoint>(to), for_tcp(forward), for_tcp(backward),
                        options.reset_after_bytes);
    }
  }

  void run_until_signal() {
    asio::signal_set signals(context_, SIGTERM, SIGINT);
    bool is_ending = false;
    signals.async_wait([&](boost::system::error_code, int) {
      is_ending = true;
      for (UdpPath& path : udp_) path.stop_receiving();
    });
    std::cerr << "relaying" << std::endl;
    while (!is_ending || is_waiting()) context_.run_one();
  }

  /// gives     the exit code
  [[nodiscard]] int report() const {
    bool is_right = true;
    json::array udp;
    json::array tcp;
    for (const UdpPath& path : udp_) {
      udp.push_back({{"forward", account(path.forward())}, {"backward", account(path.backward())}});
      is_right = is_right && adds_up(path.forward()) && adds_up(path.backward());
    }
    for (const TcpPath& path : tcp_) tcp.push_back(account(path));
    std::cout << json::value{{"udp", udp}, {"tcp", tcp}} << '\n';
    return is_right ? 0 : 1;
  }

 private:
  [[nodiscard]] bool is_waiting() const {
    return std::any_of(udp_.begin(), udp_.end(), [](const UdpPath& path) {
      return path.forward().sends().waiting + path.backward().sends().waiting > 0;
    });
  }

  void add_udp(const std::array<std::string, 3>& route, const ImpairmentOptions& forward,
               const ImpairmentOptions& backward) {
    const auto endpoint = [](const std::string& text) {
      return parse_endpoint<UdpPath::Endpoint>(text);
    };
    udp_.emplace_back(context_, endpoint(route[0]), endpoint(route[1]), endpoint(route[2]), forward,
                      backward);
  }

  asio::io_context context_{1};
  std::list<UdpPath> udp_;
  std::list<TcpPath> tcp_;
};

int run(int argc, char** argv) {
  Options options;
  CLI::App app("Takes UDP and TCP between addresses, as a bad network does, until SIGTERM.");
  add_options(app, options);
  CLI11_PARSE(app, argc, argv);
  Relay relay(options);
  relay.run_until_signal();
  return relay.report();
}

}  // namespace
}  // namespace heptap::test

int main(int argc, char** argv) { return heptap::test::run_program(argc, argv, heptap::test::run); }
