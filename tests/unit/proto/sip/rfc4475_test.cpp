// What the index, the grammar and libosip2 make of each torture message of RFC 4475. The table is
// tests/golden/rfc4475/expected.tsv; its last column says why.
#include <catch2/catch.hpp>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "proto/sip/cseq.hpp"
#include "proto/sip/message.hpp"
#include "proto/sip/name_addr.hpp"
#include "proto/sip/osip.hpp"
#include "proto/sip/params.hpp"
#include "proto/sip/sdp.hpp"
#include "proto/sip/via.hpp"

using namespace heptap;
namespace fs = std::filesystem;

namespace {

const fs::path folder = fs::path(HEPTAP_SOURCE_DIR) / "tests/golden/rfc4475";

std::string content_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string flags_of(const SipView& view) {
  constexpr std::pair<SipFlag, const char*> names[]{
      {SipFlag::head_incomplete, "head_incomplete"},
      {SipFlag::content_length_missing, "content_length_missing"},
      {SipFlag::content_length_invalid, "content_length_invalid"},
      {SipFlag::content_length_mismatch, "content_length_mismatch"},
      {SipFlag::trailing_bytes, "trailing_bytes"},
      {SipFlag::headers_overflow, "headers_overflow"},
      {SipFlag::bad_line, "bad_line"},
      {SipFlag::version_unknown, "version_unknown"},
      {SipFlag::status_out_of_range, "status_out_of_range"},
  };
  std::string out;
  for (const auto& [flag, name] : names) {
    if (view.has(flag)) out += (out.empty() ? "" : ",") + std::string(name);
  }
  return out.empty() ? "-" : out;
}

std::string tag_of(std::string_view value) {
  if (value.empty()) return "-";
  const auto address = parse_name_addr(value);
  if (!address) return std::string(to_string(address.error()));
  return address->tag().empty() ? "-" : std::string(address->tag());
}

std::string cseq_of(const SipView& view) {
  const auto cseq = parse_cseq(view.first(HeaderId::cseq));
  if (!cseq) return std::string(to_string(cseq.error()));
  return std::to_string(cseq->number) + " " + std::string(cseq->method);
}

std::string branch_of(const SipView& view) {
  std::string_view rest = view.first(HeaderId::via);
  std::string_view item;
  if (!next_list_item(rest, item)) return "-";
  const auto via = parse_via(item);
  if (!via) return std::string(to_string(via.error()));
  return via->branch().empty() ? "-" : std::string(via->branch());
}

std::string media_of(const SipView& view) {
  SdpView sdp;
  const std::string_view text = find_sdp(view);
  if (text.empty()) return "-";
  if (const Errc error = parse_sdp(text, sdp); error != Errc::none) {
    return std::string(to_string(error));
  }
  std::string out;
  for (const auto& media : sdp.media()) {
    out += (out.empty() ? "" : " ") + std::string(sdp.address(media).text) + ":" +
           std::to_string(media.port);
  }
  return out;
}

/// All columns of expected.tsv but the name and the reason. Long texts by their size.
std::string summary_of(const std::string& text) {
  SipView view;
  const Errc error = parse_sip(as_bytes(text), view);
  if (error != Errc::none) return std::string(to_string(error));
  const auto shortened = [](std::string_view s) {
    if (s.empty()) return std::string("-");
    return s.size() <= 64 ? std::string(s) : std::to_string(s.size()) + " bytes";
  };
  OsipMessage osip;
  std::ostringstream out;
  out << "ok\t" << flags_of(view) << '\t'
      << (view.is_request() ? shortened(view.method()) : std::to_string(view.status_code())) << '\t'
      << view.headers().size() << '\t' << shortened(view.call_id()) << '\t'
      << shortened(cseq_of(view)) << '\t' << shortened(tag_of(view.first(HeaderId::from))) << '\t'
      << shortened(tag_of(view.first(HeaderId::to))) << '\t' << shortened(branch_of(view)) << '\t'
      << view.body().size() << '\t' << media_of(view) << '\t' << to_string(osip.parse(view));
  return out.str();
}

/// Name -> columns, without the reason.
std::map<std::string, std::string> expected_rows() {
  std::map<std::string, std::string> out;
  std::ifstream in(folder / "expected.tsv");
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line.front() == '#') continue;
    const auto name_end = line.find('\t');
    const auto reason = line.rfind('\t');
    REQUIRE(reason > name_end);
    CAPTURE(line);
    CHECK(reason + 1 < line.size());  // every row says why
    out[line.substr(0, name_end)] = line.substr(name_end + 1, reason - name_end - 1);
  }
  return out;
}

}  // namespace

TEST_CASE("every torture message of RFC 4475 is indexed as the table says") {
  const auto expected = expected_rows();
  CHECK(expected.size() == 49);
  std::size_t seen = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".dat") continue;
    ++seen;
    const std::string name = entry.path().stem();
    CAPTURE(name);
    REQUIRE(expected.count(name) == 1);
    CHECK(summary_of(content_of(entry.path())) == expected.at(name));
  }
  CHECK(seen == expected.size());
}

TEST_CASE("every torture message looks like SIP") {
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".dat") continue;
    CAPTURE(entry.path().string());
    CHECK(looks_like_sip(as_bytes(content_of(entry.path()))));
  }
}

TEST_CASE("both scanners agree on every torture message, whole and cut anywhere") {
  SipView vector;
  SipView portable;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".dat") continue;
    const std::string text = content_of(entry.path());
    CAPTURE(entry.path().string());
    for (std::size_t size = 0; size <= text.size(); ++size) {
      // Its own block, so that a read beyond the end is one beyond the block.
      const std::vector<std::uint8_t> cut(text.begin(),
                                          text.begin() + static_cast<std::ptrdiff_t>(size));
      const Errc error = parse_sip(cut, vector);
      REQUIRE(parse_sip_portable(cut, portable) == error);
      if (error != Errc::none) continue;
      REQUIRE(vector.head() == portable.head());
      REQUIRE(vector.body() == portable.body());
      REQUIRE(vector.headers().size() == portable.headers().size());
      REQUIRE(vector.call_id() == portable.call_id());
    }
  }
}
