#include "proto/sip/multipart.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

using namespace heptap;

namespace {

std::vector<std::string> contents(std::string_view body, std::string_view boundary) {
  std::vector<std::string> out;
  for (BodyPartView part; next_body_part(body, boundary, part);) out.emplace_back(part.content);
  return out;
}

std::string find(std::string_view content_type_line, std::string_view body,
                 std::string_view type = "application", std::string_view subtype = "sdp") {
  const std::string text = "INVITE sip:a SIP/2.0\r\n" + std::string(content_type_line) +
                           "l: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
  SipView view;
  REQUIRE(parse_sip(as_bytes(text), view) == Errc::none);
  return std::string(find_body(view, type, subtype));
}

}  // namespace

TEST_CASE("a multipart body is divided at its delimiters") {
  using Contents = std::vector<std::string>;
  CHECK(contents("--b\r\n\r\none\r\n--b\r\n\r\ntwo\r\n\r\n--b--\r\n", "b") ==
        Contents{"one", "two\r\n"});
  CHECK(contents("preamble\r\n--b \t\r\nX: y\r\n\r\none\r\n--b--\r\nepilogue", "b") ==
        Contents{"one"});
  CHECK(contents("--b\n\none\n--b\n\ntwo\n--b--", "b") == Contents{"one", "two"});
  CHECK(contents("--b\r\n\r\none, cut", "b") == Contents{"one, cut"});
  CHECK(contents("--b\r\n\r\n--bc\r\n--b\r\nx --b\r\n--b--", "b") == Contents{"--bc", ""});
  CHECK(contents("--b", "b").empty());
  CHECK(contents("--b--", "b").empty());
  CHECK(contents("no delimiter", "b").empty());
  CHECK(contents("", "b").empty());
  CHECK(contents("--\r\n\r\nx\r\n----", "").empty());
  CHECK(contents("--b\r\n\r\n leading blank\r\n--b--", "b") == Contents{" leading blank"});
}

TEST_CASE("a part's Content-Type is read in any form") {
  const std::string line = GENERATE(as<std::string>{}, "Content-Type: a/b\r\n",
                                    "CONTENT-TYPE : a/b\r\n", "c:a/b\n", "X: y\r\nc:\r\n a/b\r\n");
  CAPTURE(line);
  const std::string body = "--b\r\n" + line + "\r\nz\r\n--b--";
  std::string_view rest = body;
  BodyPartView part;
  REQUIRE(next_body_part(rest, "b", part));
  CHECK(part.content_type == "a/b");
  CHECK(part.content == "z");
}

TEST_CASE("the body of a type is found, whole or among parts") {
  constexpr std::string_view mixed = "Content-Type: multipart/mixed;boundary=\"b b\"\r\n";
  CHECK(find("Content-Type: application/sdp\r\n", "v=0") == "v=0");
  CHECK(find("c : Application/SDP;x=y\r\n", "v=0") == "v=0");
  CHECK(find("c: text/plain\r\n", "v=0").empty());
  CHECK(find("c: nonsense\r\n", "v=0").empty());
  CHECK(find("", "v=0") == "v=0");
  CHECK(find("", "x").empty());
  CHECK(find(mixed,
             "--b b\r\nc: text/plain\r\n\r\nv=1\r\n--b b\r\nc: application/sdp\r\n\r\nv=0\r\n"
             "--b b--\r\n") == "v=0");
  CHECK(find(mixed, "--b b\r\n\r\nv=0\r\n--b b--\r\n").empty());
  CHECK(find("c: multipart/mixed\r\n", "--b\r\nc: application/sdp\r\n\r\nv=0\r\n--b--").empty());
  CHECK(find("c: application/vq-rtcpxr\r\n", "VQ", "application", "vq-rtcpxr") == "VQ");
}

TEST_CASE("a part inside of a part is found, to a bounded depth") {
  std::string body = "v=0";
  std::string type = "application/sdp";
  for (int depth = 1; depth <= 4; ++depth) {
    const std::string boundary = "b" + std::to_string(depth);
    std::string part = "\r\nc: ";
    part.append(type).append("\r\n\r\n").append(body).append("\r\n--");
    body.assign("--").append(boundary).append(part).append(boundary).append("--\r\n");
    type = "multipart/mixed;boundary=" + boundary;
    CAPTURE(depth);
    CHECK(find("c: " + type + "\r\n", body) == (depth <= 3 ? "v=0" : ""));
  }
}
