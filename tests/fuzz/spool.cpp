// A spool whose files were damaged in any way gives only frames that were put into it, in their order,
// and accounts for all others.
//
// input     first byte: frames, from 128 on in haste; then changes of four bytes each: where (little-endian), how, and with what
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/support/temp_folder.hpp"
#include "transport/spool/spool_store.hpp"

namespace {

namespace fs = std::filesystem;

constexpr heptap::SpoolStore::Now now{.steady = {}, .wall_us = 1'700'000'000'000'000};

std::string frame_of(int number) { return std::string(static_cast<std::size_t>(number % 50), 'x'); }

void fill(const fs::path& folder, int frames, heptap::SpoolHaste haste) {
  heptap::SpoolStore store(folder, {}, now);
  heptap::FrameRecords records;
  for (int i = 0; i < frames; ++i) {
    const std::string text = frame_of(i);
    const std::vector<std::uint8_t> bytes(text.begin(), text.end());
    records.add({.time_us = i, .bytes = bytes});
    if (i % 3 != 2 && i + 1 != frames) continue;
    if (store.append(records, haste, now)) std::abort();
    records.clear();
  }
}

void change(std::string& content, const std::uint8_t* how) {
  if (content.empty()) return;
  const std::size_t at = (how[0] | std::size_t{how[1]} << 8U) % content.size();
  switch (how[2] % 4) {
    case 0: content[at] = static_cast<char>(content[at] ^ how[3]); break;
    case 1: content.resize(at); break;
    case 2: content.insert(at, how[3], static_cast<char>(how[3])); break;
    default: content.insert(at, content.substr(at / 2, how[3])); break;
  }
}

void damage(const fs::path& file, const std::uint8_t* data, std::size_t size) {
  std::string content = heptap::test::read_file(file);
  for (; size >= 4; data += 4, size -= 4) change(content, data);
  std::ofstream(file, std::ios::binary) << content;
}

void check(const fs::path& folder, int frames) {
  heptap::SpoolStore store(folder, {}, now);
  std::int64_t last = -1;
  while (const auto frame = store.next()) {
    if (frame->time_us <= last || frame->time_us >= frames) std::abort();
    last = frame->time_us;
    if (std::string(frame->bytes.begin(), frame->bytes.end()) != frame_of(static_cast<int>(last))) {
      std::abort();
    }
  }
  store.settle(store.given(), 0);
  const auto end = store.counters();
  if (end.held != 0 || end.found != end.sent + end.lost.total()) std::abort();
}

}  // namespace

// libFuzzer's name for the entry point.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {  // NOLINT
  if (size == 0) return 0;
  const heptap::test::TempFolder folder;
  const int frames = 1 + data[0] % 40;
  fill(folder.path(), frames, data[0] < 128 ? heptap::SpoolHaste::none : heptap::SpoolHaste::quick);
  damage(folder.path() / "0000000000000000.spool", data + 1, size - 1);
  check(folder.path(), frames);
  return 0;
}
