// The index, the grammar and the SDP scanner against libosip2, on every SIP message of every
// capture and on the messages of RFC 4475. Where both accept, they agree; what does not is in
// osip_exceptions.tsv with a reason, and a row there that is no longer needed fails too.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "tests/differential/agreement.hpp"
#include "tests/differential/capture_payloads.hpp"

using namespace heptap;
using namespace heptap::test;
namespace fs = std::filesystem;

namespace {

const fs::path source(HEPTAP_SOURCE_DIR);

/// Rows `file, field`: the file's messages may differ there.
std::set<std::string> read_exceptions() {
  std::set<std::string> out;
  std::ifstream in(source / "tests/differential/osip_exceptions.tsv");
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line.front() == '#') continue;
    CAPTURE(line);
    REQUIRE(std::count(line.begin(), line.end(), '\t') == 2);  // file, field, reason
    out.insert(line.substr(0, line.rfind('\t')));
  }
  return out;
}

class Judge {
 public:
  void judge(const std::string& file, Bytes payload) {
    static SipView view;
    static OsipMessage osip;
    if (parse_sip(payload, view) != Errc::none) return;
    ++messages;
    if (osip.parse(view) != Errc::none) {
      ++refused;
      return;
    }
    for (const Difference& difference : differences(view, osip)) {
      const std::string row = file + "\t" + difference.field;
      if (exceptions_.count(row) != 0) {
        used_.insert(row);
        continue;
      }
      CAPTURE(file, view.start_line(), view.call_id(), difference.field);
      CHECK(difference.index == difference.osip);
    }
  }

  /// Exceptions of these files that no message needed.
  [[nodiscard]] std::vector<std::string> unused(const std::set<std::string>& files) const {
    std::vector<std::string> out;
    for (const std::string& row : exceptions_) {
      if (files.count(row.substr(0, row.find('\t'))) != 0 && used_.count(row) == 0) {
        out.push_back(row);
      }
    }
    return out;
  }

  std::size_t messages = 0;
  std::size_t refused = 0;  ///< by libosip2

 private:
  std::set<std::string> exceptions_ = read_exceptions();
  std::set<std::string> used_;
};

std::vector<fs::path> files_of(const fs::path& folder, const std::set<std::string>& extensions) {
  std::vector<fs::path> out;
  if (!fs::is_directory(folder)) return out;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (extensions.count(entry.path().extension()) != 0) out.push_back(entry.path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

fs::path captures_folder() {
  const char* const chosen = std::getenv("HEPTAP_CAPTURES");
  return chosen != nullptr ? chosen : HEPTAP_CAPTURES_DEFAULT;
}

}  // namespace

TEST_CASE("index and libosip2 agree on RFC 4475") {
  Judge judge;
  std::set<std::string> files;
  for (const fs::path& file : files_of(source / "tests/golden/rfc4475", {".dat"})) {
    std::ifstream in(file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    judge.judge(file.filename(), as_bytes(text));
    files.insert(file.filename());
  }
  CHECK(judge.messages == 49);
  CHECK(judge.refused == 13);
  CHECK(judge.unused(files).empty());
}

TEST_CASE("index and libosip2 agree on every message of every capture") {
  Judge judge;
  std::set<std::string> files;
  for (const fs::path& file : files_of(captures_folder(), {".pcap", ".pcapng", ".cap"})) {
    CAPTURE(file.string());
    if (!for_each_payload(file, [&](Bytes bytes) { judge.judge(file.filename(), bytes); })) {
      WARN("libpcap does not read " << file);
      continue;
    }
    files.insert(file.filename());
  }
  if (files.empty()) {
    WARN("skipped: no captures in " << captures_folder() << "; set HEPTAP_CAPTURES");
    return;
  }
  WARN(files.size() << " captures, " << judge.messages << " messages, libosip2 refused "
                    << judge.refused);
  CHECK(judge.messages > 0);
  CHECK(judge.unused(files) == std::vector<std::string>{});
}
