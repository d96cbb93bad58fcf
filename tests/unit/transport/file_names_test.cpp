#include "transport/file/file_names.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace heptap {
namespace {

constexpr std::time_t begun = 1'795'368'245;  // 2026-11-22 17:24:05 UTC

}  // namespace

TEST_CASE("a file is named for the time it is begun at") {
  struct Row {
    std::string path;
    bool has_several;
    bool is_compressed;
    std::string folder;
    std::string first;
    std::string third;
  };
  const auto row = GENERATE(values<Row>({
      {"/a/b.pcapng", true, false, "/a", "b-20261122-172405.pcapng", "b-20261122-172405-2.pcapng"},
      {"/a/b.pcapng", false, false, "/a", "b.pcapng", "b-2.pcapng"},
      {"/a/b-%H%M.jsonl", true, false, "/a", "b-1724.jsonl", "b-1724-2.jsonl"},
      {"/a/%d.%m.%Y", true, false, "/a", "22.11.2026", "22.11-2.2026"},
      {"/a/100%%.x", true, false, "/a", "100%-20261122-172405.x", "100%-20261122-172405-2.x"},
      {"b", true, false, ".", "b-20261122-172405", "b-20261122-172405-2"},
      {"/.b", false, false, "/", ".b", ".b-2"},
      {"/a/b.pcapng", false, true, "/a", "b.pcapng.zst", "b-2.pcapng.zst"},
      {"/a/b.pcapng.zst", true, true, "/a", "b-20261122-172405.pcapng.zst",
       "b-20261122-172405-2.pcapng.zst"},
  }));
  CAPTURE(row.path);
  const FileNames names(row.path, row.has_several, row.is_compressed);
  CHECK(names.folder() == row.folder);
  CHECK(names.name(begun, 0) == row.first);
  CHECK(names.name(begun, 2) == row.third);
  CHECK(names.age_of(row.first));
  CHECK(names.age_of(row.third) > names.age_of(row.first));
}

TEST_CASE("names of others are not ours") {
  const FileNames names("/a/sip-%Y%m%d-%H%M%S.pcapng", true, false);
  const auto* const other = GENERATE(
      "", "sip-20261122-172405.pcap", "sip-20261122-172405.pcapng.zst", "sip-20261122-17240.pcapng",
      "xsip-20261122-172405.pcapng", "sip-20261122-172405-0.pcapng", "sip-20261122-172405-.pcapng",
      "sip-20261122-172405-01.pcapng", "sip-20261122-172405-10000.pcapng",
      "sip-20261122-172405x.pcapng", "sip-2026112x-172405.pcapng", "sip-.pcapng");
  CAPTURE(other);
  CHECK_FALSE(names.age_of(other));
}

TEST_CASE("the oldest file comes first, wherever its name has the year") {
  const FileNames names("/a/%d-%m-%Y.x", true, false);
  const std::vector<std::string> wanted{"31-12-2025.x",   "02-01-2026.x",    "02-01-2026-1.x",
                                        "02-01-2026-2.x", "02-01-2026-10.x", "01-02-2026.x"};
  auto sorted = wanted;
  std::sort(sorted.begin(), sorted.end());
  CHECK(sorted != wanted);
  std::sort(sorted.begin(), sorted.end(), [&](const auto& one, const auto& other) {
    return names.age_of(one) < names.age_of(other);
  });
  CHECK(sorted == wanted);
}

}  // namespace heptap
