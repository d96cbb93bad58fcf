#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "proto/sip/mask.hpp"

namespace heptap {
namespace {

/// A report as somebody with these masks gets it.
std::string masked(const std::string& json, const SipMasks& masks) {
  const MaskKey key(as_bytes("a key of the test"));
  const Bytes original = as_bytes(json);
  std::vector<std::uint8_t> copy(original.begin(), original.end());
  mask_report(original, copy, masks, key);
  return std::string{as_text(copy)};
}

}  // namespace

TEST_CASE("a report hides users of URIs, CNAMEs, and whom a call is from and to") {
  const SipMasks masks{.users = UserMask::keep_first};
  const std::string json =
      R"({"callId":"carol@h","from":"alice@h1","to":"+4930@h2","text":"bob@h3","x":"sip:dave@h4"})";
  CHECK(
      masked(json, masks) ==
      R"({"callId":"carol@h","from":"xxxxx@h1","to":"+0000@h2","text":"xxx@h3","x":"sip:xxxx@h4"})");
  CHECK(masked(json, SipMasks{.keys = true}) == json);
}

TEST_CASE("a report hides who is in it, however it is spaced") {
  const SipMasks masks{.users = UserMask::keep_first};
  CHECK(masked("{\"text\" : \"bob@h\",\n\"from\":\t\"al\"}", masks) ==
        "{\"text\" : \"xxx@h\",\n\"from\":\t\"xx\"}");
  CHECK(masked(R"({"from":7,"to":null,"x":"from","to")", masks) ==
        R"({"from":7,"to":null,"x":"from","to")");
}

TEST_CASE("a report says from which end of the call a stream is") {
  const SipMasks masks{.users = UserMask::keep_first};
  const std::string json = R"({"streams":[{"from":"caller"},{"from":"callee"}]})";
  CHECK(masked(json, masks) == json);
  CHECK(masked(R"({"from":"caller@h"})", masks) == R"({"from":"xxxxxx@h"})");
}

TEST_CASE("a report hides keys that were pressed, and only they") {
  const std::string json = R"({"event":"dtmf","digit":"7","from":"alice@h"})";
  const std::string out = masked(json, SipMasks{.digits = true});
  CHECK(out.find("\"digit\":\"7\"") == std::string::npos);
  CHECK(out.find("\"from\":\"alice@h\"") != std::string::npos);
  CHECK(out.size() == json.size());
}

TEST_CASE("a text that does not end is hidden as far as it goes") {
  const SipMasks masks{.users = UserMask::keep_first};
  CHECK(masked(R"({"from":"alice)", masks) == R"({"from":"xxxxx)");
  CHECK(masked(R"({"from":"ali\)", masks).substr(0, 9) == R"({"from":")");
}

}  // namespace heptap
