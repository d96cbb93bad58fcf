// libpcap judges our reader on real captures. Where libpcap refuses a file, the number of packets
// in the captures' inventory does.
#include <pcap/pcap.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>
#include <sstream>

#include "tests/unit/agent/capture/frames.hpp"

using namespace heptap;
using namespace heptap::test;
namespace fs = std::filesystem;

namespace {

using Handle = std::unique_ptr<pcap_t, decltype(&pcap_close)>;

fs::path captures() {
  const char* set = std::getenv("HEPTAP_CAPTURES");
  return set != nullptr ? set : HEPTAP_CAPTURES_DEFAULT;
}

std::vector<std::string> cells(const std::string& line) {
  std::vector<std::string> all;
  std::istringstream in(line);
  for (std::string cell; std::getline(in, cell, '\t');) all.push_back(cell);
  return all;
}

/// Name of each capture and how many packets it has.
std::map<std::string, std::size_t> inventory() {
  std::ifstream in(captures() / "INVENTORY.tsv");
  std::string line;
  std::getline(in, line);
  const auto titles = cells(line);
  const auto column = [&](const char* title) {
    return static_cast<std::size_t>(std::find(titles.begin(), titles.end(), title) -
                                    titles.begin());
  };
  std::map<std::string, std::size_t> packets;
  while (std::getline(in, line)) {
    const auto row = cells(line);
    packets[row.at(column("file"))] = std::stoul(row.at(column("packets")));
  }
  return packets;
}

std::uint32_t link_type_of(pcap_t* handle) {
  const int dlt = pcap_datalink(handle);
  return dlt == DLT_RAW ? 101 : static_cast<std::uint32_t>(dlt);  // all others here are the same
}

/// libpcap reads the unsigned seconds of pcap as signed, and gives a simple packet of pcapng, which
/// has no time, 1970 where we give it the time of the frame before it.
std::int64_t time_ns_of(const pcap_pkthdr& head, const std::vector<Frame>& before) {
  if (head.ts.tv_sec == 0 && head.ts.tv_usec == 0 && !before.empty()) return before.back().time_ns;
  const std::int64_t seconds = static_cast<std::uint32_t>(head.ts.tv_sec);
  return seconds * 1'000'000'000 + head.ts.tv_usec;  // which holds nanoseconds, as asked for
}

/// All that libpcap reads; none when it refuses the file or stops before its end.
std::optional<std::vector<Frame>> read_with_libpcap(const fs::path& path) {
  std::array<char, PCAP_ERRBUF_SIZE> error{};
  const Handle handle{pcap_open_offline_with_tstamp_precision(
                          path.c_str(), PCAP_TSTAMP_PRECISION_NANO, error.data()),
                      &pcap_close};
  if (!handle) return std::nullopt;
  std::vector<Frame> frames;
  pcap_pkthdr* head = nullptr;
  const u_char* bytes = nullptr;
  int result = 0;
  while ((result = pcap_next_ex(handle.get(), &head, &bytes)) == 1) {
    frames.push_back({time_ns_of(*head, frames), link_type_of(handle.get()), 0,
                      std::max(head->len, head->caplen), Buffer(bytes, bytes + head->caplen)});
  }
  if (result != PCAP_ERROR_BREAK) return std::nullopt;
  return frames;
}

}  // namespace

TEST_CASE("real captures read as libpcap reads them, or as their inventory counts them") {
  const auto packets = inventory();
  if (packets.empty()) {
    WARN("all skipped: no INVENTORY.tsv in " << captures());
    return;
  }
  std::size_t by_libpcap = 0;
  std::size_t by_inventory = 0;
  for (const auto& [name, count] : packets) {
    CAPTURE(name);
    const fs::path path = captures() / name;
    REQUIRE(fs::exists(path));
    Reading ours = read_all(CaptureFile::open(path.string()));
    CHECK(ours.frames.size() == count);
    CHECK(ours.state == ReadState::end);
    CHECK(ours.bad_records == 0);
    const auto theirs = read_with_libpcap(path);
    if (!theirs) {
      ++by_inventory;
      std::cout << "refused by libpcap: " << name << '\n';
      continue;
    }
    ++by_libpcap;
    for (Frame& frame : ours.frames) frame.interface_id = 0;  // libpcap does not say
    CHECK((ours.frames == *theirs));
  }
  std::cout << by_libpcap << " captures judged by libpcap, " << by_inventory
            << " by their inventory alone, 0 skipped\n";
}
