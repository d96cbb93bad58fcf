// Writes a flood to standard output, for an agent that reads it from a pipe.
#include <CLI/CLI.hpp>
#include <iostream>
#include <map>
#include <string>

#include "tests/bench/flood_traffic.hpp"
#include "tests/bench/pcap_file.hpp"
#include "tests/support/program.hpp"

namespace {

using heptap::bench::FloodKind;
using heptap::bench::FloodOptions;
using heptap::bench::FloodTraffic;

const std::map<std::string, FloodKind> kinds{{"fragments", FloodKind::fragments},
                                             {"half_open", FloodKind::half_open},
                                             {"endless_heads", FloodKind::endless_heads},
                                             {"associations", FloodKind::associations}};

int run(int argc, char** argv) {
  CLI::App app(
      "Writes a capture of hostile packets, one each microsecond, and some good messages.");
  FloodOptions options;
  std::string kind;
  app.add_option("--kind", kind, "what never becomes whole")
      ->check(CLI::IsMember(kinds))
      ->required();
  app.add_option("--packets", options.packet_count, "how many of them")->capture_default_str();
  app.add_option("--good-every", options.good_every, "of them for each good message")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--apart", options.apart, "of them between the parts of a good message")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  options.kind = kinds.at(kind);

  std::ios::sync_with_stdio(false);
  FloodTraffic traffic(options);
  const bool is_written = heptap::bench::write_capture(std::cout, traffic);
  std::cerr << "{\"good\":" << traffic.good_count() << "}" << std::endl;
  return is_written ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) { return heptap::test::run_program(argc, argv, run); }
