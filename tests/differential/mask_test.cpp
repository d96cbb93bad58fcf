// Masks on every SIP message of every capture and of RFC 4475, judged by those that know nothing of
// them: what the grammar and libosip2 call a user or a secret is in no byte of a masked message, and
// both read the message as before.
#include "proto/sip/mask.hpp"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "proto/sip/name_addr.hpp"
#include "proto/sip/osip.hpp"
#include "proto/sip/params.hpp"
#include "proto/sip/sdp.hpp"
#include "proto/sip/uri.hpp"
#include "tests/differential/capture_payloads.hpp"
#include "tests/differential/captures.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

const fs::path source(HEPTAP_SOURCE_DIR);
constexpr std::size_t min_secret_bytes = 4;  // shorter ones are found by chance

constexpr std::array address_headers{
    HeaderId::from,      HeaderId::to,           HeaderId::contact,
    HeaderId::route,     HeaderId::record_route, HeaderId::p_asserted_identity,
    HeaderId::diversion, HeaderId::history_info, HeaderId::p_preferred_identity,
    HeaderId::refer_to,  HeaderId::referred_by,  HeaderId::remote_party_id};

constexpr std::array credential_headers{HeaderId::authorization, HeaderId::proxy_authorization,
                                        HeaderId::www_authenticate, HeaderId::proxy_authenticate};

/// What a message must not show any more, as the grammar reads it.
class Secrets {
 public:
  explicit Secrets(const SipView& sip) {
    add_uri(sip.request_uri());
    for (const SipHeader header : sip.headers()) {
      const bool is_address =
          std::count(address_headers.begin(), address_headers.end(), header.id) != 0;
      if (is_address) add_addresses(header.value);
      const bool is_credentials =
          std::count(credential_headers.begin(), credential_headers.end(), header.id) != 0;
      if (is_credentials) add_credentials(header.value);
      if (header.id == HeaderId::via) staying_.emplace(header.value);
    }
    add_body(sip);
  }

  /// Not those that are part of what stays: hosts, realms, tags, branches, names of codecs.
  [[nodiscard]] std::set<std::string> texts() const {
    std::set<std::string> out;
    for (const std::string& text : texts_) {
      const bool stays = std::any_of(staying_.begin(), staying_.end(), [&](const auto& other) {
        return other.find(text) != std::string::npos;
      });
      if (!stays) out.insert(text);
    }
    return out;
  }

 private:
  void add(std::string_view text) {
    if (text.size() >= min_secret_bytes) texts_.emplace(text);
  }

  void add_uri(std::string_view text) {
    const Result<UriView> uri = parse_uri(text);
    if (!uri) return;
    add(uri->user.substr(0, uri->user.find(';')));
    add(uri->password);
    staying_.emplace(uri->host);
  }

  void add_addresses(std::string_view list) {
    for (std::string_view item; next_list_item(list, item);) {
      const Result<NameAddrView> address = parse_name_addr(item);
      if (!address) continue;
      add(address->display_name);
      add_uri(address->uri);
      staying_.emplace(address->tag());
    }
  }

  void add_credentials(std::string_view value) {
    const std::size_t space = std::min(value.find(' '), value.size());
    value.remove_prefix(space);
    for (std::string_view item; next_list_item(value, item);) {
      const std::string param = ";" + std::string(item);
      for (const std::string_view name : {"response", "cnonce", "opaque"}) {
        add(param_value(param, name));
      }
      const std::string_view user = param_value(param, "username");
      add(user.substr(0, user.find('@')));
      staying_.emplace(param_value(param, "realm"));
    }
  }

  void add_body(const SipView& sip) {
    const std::string_view sdp = find_sdp(sip);
    if (sdp.empty()) return add(sip.body());
    for (std::size_t at = sdp.find("inline:"); at != std::string_view::npos;
         at = sdp.find("inline:", at + 1)) {
      const std::string_view key = sdp.substr(at + 7);
      add(key.substr(0, key.find_first_of("| ;\r\n")));
    }
    for (std::size_t at = sdp.find("a=rtpmap:"); at != std::string_view::npos;
         at = sdp.find("a=rtpmap:", at + 1)) {
      staying_.emplace(sdp.substr(at, sdp.find('\n', at) - at));
    }
  }

  std::set<std::string> texts_;
  std::set<std::string> staying_;
};

struct Judge {
  void judge(const std::string& file, Bytes payload) {
    static SipView before;
    static SipView after;
    if (parse_sip(payload, before) != Errc::none) return;
    ++messages;
    CAPTURE(file, before.start_line(), before.call_id());
    for (const SipMasks& masks : {hash_all, keep_none}) {
      std::vector<std::uint8_t> copy(payload.begin(), payload.end());
      mask_sip(before, payload, copy, masks, key);
      REQUIRE(parse_sip(copy, after) == Errc::none);
      check_index(before, after);
      check_secrets(before, as_text(copy));
      check_osip(before, after);
    }
  }

  static void check_index(const SipView& before, const SipView& after) {
    CHECK(after.text().size() == before.text().size());
    CHECK(after.body().size() == before.body().size());
    CHECK(after.method() == before.method());
    CHECK(after.headers().size() == before.headers().size());
    for (const HeaderId id : {HeaderId::call_id, HeaderId::cseq, HeaderId::via,
                              HeaderId::content_type, HeaderId::replaces}) {
      CHECK(after.first(id) == before.first(id));
    }
    for (const HeaderId id : {HeaderId::from, HeaderId::to}) {
      const auto was = parse_name_addr(before.first(id));
      const auto is = parse_name_addr(after.first(id));
      REQUIRE(was.ok() == is.ok());
      if (was.ok()) CHECK(was->tag() == is->tag());
    }
  }

  void check_secrets(const SipView& before, std::string_view sent) {
    std::string searched(sent);
    const std::string call_id(before.call_id());
    if (!call_id.empty()) searched.erase(searched.find(call_id), call_id.size());
    for (const std::string& secret : Secrets(before).texts()) {
      ++searches;
      CAPTURE(secret, searched);
      CHECK(searched.find(secret) == std::string::npos);
    }
  }

  void check_osip(const SipView& before, const SipView& after) {
    static OsipMessage was;
    static OsipMessage is;
    if (was.parse(before) != Errc::none) return;
    ++accepted;
    REQUIRE(is.parse(after) == Errc::none);
    CHECK(is.has_sdp() == was.has_sdp());
    CHECK(is.media_count() == was.media_count());
    CHECK(is.from().tag == was.from().tag);
    CHECK(is.to().tag == was.to().tag);
    CHECK(is.from().uri.host == was.from().uri.host);
    CHECK(is.request_uri().host == was.request_uri().host);
    CHECK(is.cseq_number() == was.cseq_number());
    REQUIRE(is.via_count() == was.via_count());
    for (std::size_t i = 0; i < is.via_count(); ++i) CHECK(is.via(i).branch == was.via(i).branch);
    REQUIRE(is.contact_count() == was.contact_count());
    for (std::size_t i = 0; i < is.contact_count(); ++i) {
      CHECK(is.contact(i).uri.host == was.contact(i).uri.host);
    }
  }

  static constexpr SipMasks hash_all{
      .users = UserMask::hash, .credentials = true, .keys = true, .bodies = true, .digits = true};
  static constexpr SipMasks keep_none{.users = UserMask::keep_first,
                                      .credentials = true,
                                      .keys = true,
                                      .bodies = true,
                                      .digits = true};
  const MaskKey key{as_bytes("a key of the test")};
  std::size_t messages = 0;
  std::size_t searches = 0;
  std::size_t accepted = 0;  ///< by libosip2
};

void judge_captures(Judge& judge, const fs::path& folder) {
  for (const fs::path& file : captures_in(folder)) {
    for_each_payload(file, [&](Bytes bytes) { judge.judge(file.filename(), bytes); });
  }
}

}  // namespace

TEST_CASE("no secret survives a mask in the messages of RFC 4475") {
  Judge judge;
  for (const auto& entry : fs::directory_iterator(source / "tests/golden/rfc4475")) {
    if (entry.path().extension() != ".dat") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    judge.judge(entry.path().filename(), as_bytes(text));
  }
  CHECK(judge.messages == 49);
  CHECK(judge.accepted == 72);  // each twice
  CHECK(judge.searches > 0);
}

TEST_CASE("no secret survives a mask in the golden captures") {
  Judge judge;
  judge_captures(judge, source / "tests/golden");
  CHECK(judge.accepted > 0);
  CHECK(judge.searches > 0);
}

TEST_CASE("no secret survives a mask in real captures") {
  Judge judge;
  judge_captures(judge, captures_folder());
  if (judge.messages == 0) {
    WARN("skipped: no captures in " << captures_folder() << "; set HEPTAP_CAPTURES");
    return;
  }
  WARN(judge.messages << " messages, " << judge.accepted / 2 << " accepted by libosip2, "
                      << judge.searches << " searches");
  CHECK(judge.searches > 0);
}
