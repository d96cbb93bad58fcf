// Writes the capture that the benches replay.
#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <map>
#include <string>

#include "tests/bench/pcap_file.hpp"
#include "tests/bench/traffic_shape.hpp"
#include "tests/support/program.hpp"

namespace {

using heptap::bench::Shape;
using heptap::bench::ShapedTraffic;

const std::map<std::string, Shape> shapes{{"plain", Shape::plain},
                                          {"vxlan", Shape::vxlan},
                                          {"fragments", Shape::fragments},
                                          {"tcp", Shape::tcp}};

int run(int argc, char** argv) {
  CLI::App app("Writes a capture of SIP calls, always the same one.");
  std::string path;
  std::uint64_t message_count = 1'000'000;
  app.add_option("FILE", path, "pcap file to write")->required();
  std::string shape = "plain";
  app.add_option("--messages", message_count, "how many")->capture_default_str();
  app.add_option("--shape", shape, "what they are carried in")
      ->check(CLI::IsMember(shapes))
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);

  std::ofstream out(path, std::ios::binary);
  ShapedTraffic traffic(shapes.at(shape), message_count);
  if (heptap::bench::write_capture(out, traffic)) return 0;
  std::cerr << path << ": cannot be written\n";
  return 1;
}

}  // namespace

int main(int argc, char** argv) { return heptap::test::run_program(argc, argv, run); }
