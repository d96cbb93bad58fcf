// Writes the capture that the benches replay.
#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <string>

#include "proto/bytes.hpp"
#include "tests/bench/call_traffic.hpp"
#include "tests/bench/pcap_file.hpp"

namespace {

constexpr std::size_t write_bytes = std::size_t{1} << 20U;

bool write_capture(std::ofstream& out, std::uint64_t message_count) {
  heptap::bench::CallTraffic traffic;
  heptap::bench::PcapFile file;
  for (std::uint64_t i = 0; i < message_count && out; ++i) {
    file.append(traffic.next());
    if (file.bytes().size() < write_bytes) continue;
    out << heptap::as_text(file.bytes());
    file.clear();
  }
  out << heptap::as_text(file.bytes());
  return static_cast<bool>(out.flush());
}

int run(int argc, char** argv) {
  CLI::App app("Writes a capture of SIP calls over UDP, always the same one.");
  std::string path;
  std::uint64_t message_count = 1'000'000;
  app.add_option("FILE", path, "pcap file to write")->required();
  app.add_option("--messages", message_count, "how many")->capture_default_str();
  CLI11_PARSE(app, argc, argv);

  std::ofstream out(path, std::ios::binary);
  if (write_capture(out, message_count)) return 0;
  std::cerr << path << ": cannot be written\n";
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "bench_generate: " << error.what() << '\n';
    return 1;
  }
}
