#include "proto/sip/framing.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/support/allocation_counter.hpp"
#include "tests/support/sip_stream_reader.hpp"
#include "tests/support/sip_text.hpp"
#include "tests/support/test_random.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

/// A request of which this is all but the lines that say what its body is.
std::string message(const std::string& lines, const std::string& body = "") {
  return "MESSAGE sip:bob@example.com SIP/2.0\r\n"
         "Via: SIP/2.0/TCP 192.0.2.10\r\nCall-ID: a\r\nCSeq: 1 MESSAGE\r\n" +
         lines + "\r\n" + body;
}

std::string with_length(const std::string& body, const std::string& type = "text/plain") {
  return message("Content-Type: " + type + "\r\nl: " + std::to_string(body.size()) + "\r\n", body);
}

std::string bare_lf(std::string text) {
  text.erase(std::remove(text.begin(), text.end(), '\r'), text.end());
  return text;
}

/// A stream with every shape of head, body and keep-alive.
std::vector<std::string> shapes() {
  return {request("INVITE", "1", "v=0\r\n\r\nno empty line ends a body\r\n"),
          response(180, "INVITE", "1"),
          "\r\n\r\n",
          request("PRACK", "1"),
          with_length("SIP/2.0 100 Trying\r\n", "message/sipfrag"),
          with_length("INVITE sip:a SIP/2.0\r\nVia: SIP/2.0/TCP a\r\nCall-ID: b\r\n\r\n"),
          "\r\n",
          bare_lf(message("l: 3\r\n", "a\nb")),
          message("Subject: a\r\n \r\n\tb\r\nContent-Length : 3\r\n", "\r\n\r"),
          std::string(4, '\0'),
          response(200, "BYE", "1")};
}

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += text;
  return out;
}

bool is_filler(const std::string& text) {
  return text.find_first_not_of(std::string_view("\r\n\0", 3)) == std::string::npos;
}

SipFrame frame(std::string_view in, SipView& view, bool is_last = false) {
  return frame_sip(as_bytes(in), is_last, view);
}

}  // namespace

TEST_CASE("messages and keep-alives are taken off a stream one by one") {
  const std::vector<std::string> all = shapes();
  const std::string text = joined(all);
  SipView view;
  std::string_view rest = text;
  for (const std::string& want : all) {
    CAPTURE(want);
    const SipFrame found = frame(rest, view);
    CHECK(found.part == (is_filler(want) ? SipPart::keep_alive : SipPart::message));
    REQUIRE(found.size_bytes == want.size());
    if (found.part == SipPart::message) {
      CHECK(view.text() == want);
      CHECK(std::string(view.head()) + std::string(view.body()) == want);
      CHECK(view.trailing().empty());
      CHECK_FALSE(view.has(SipFlag::trailing_bytes));
      CHECK(found.has_length);
    }
    rest.remove_prefix(want.size());
  }
  CHECK(rest.empty());
}

TEST_CASE(
    "each prefix of a message waits for more, or is the unfinished end "
    "of a stream") {
  SipView view;
  for (const std::string& want : shapes()) {
    if (is_filler(want)) continue;
    for (std::size_t size = 1; size < want.size(); ++size) {
      const std::string prefix = want.substr(0, size);
      CAPTURE(prefix);
      const SipFrame found = frame(prefix, view);
      REQUIRE(found.part == SipPart::need_more);
      REQUIRE(found.size_bytes == 0);
      REQUIRE(found.need.bytes > size);
      REQUIRE(found.need.bytes <= want.size());
      const SipFrame last = frame(prefix, view, true);
      const bool is_cut_first_word = !looks_like_sip(as_bytes(prefix));
      REQUIRE(last.part == (is_cut_first_word ? SipPart::junk : SipPart::unfinished));
      REQUIRE(last.size_bytes == (is_cut_first_word ? 0 : size));
    }
  }
}

TEST_CASE("a message is found when its last byte comes, whatever was waited for") {
  SipStreamReader reader;
  std::size_t messages = 0;
  for (const std::string& want : shapes()) {
    for (const char c : want) {
      CAPTURE(want);
      REQUIRE(reader.messages.size() == messages);
      reader.add({&c, 1});
    }
    if (is_filler(want)) continue;
    ++messages;
    REQUIRE(reader.messages.size() == messages);
    REQUIRE(reader.messages.back() == want);
  }
  CHECK(reader.held().empty());
  CHECK(reader.bytes(SipPart::keep_alive) == 10);
}

TEST_CASE("a stream may come in any pieces") {
  auto random = test_random();
  const std::string text = joined(shapes());
  SipStreamReader whole;
  whole.add(text);
  for (int round = 0; round < 1000; ++round) {
    SipStreamReader reader;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t size = 1 + below(random, 300);
      reader.add(std::string_view(text).substr(at, size));
      at += size;
    }
    REQUIRE(reader.messages == whole.messages);
    REQUIRE(reader.bytes(SipPart::keep_alive) == whole.bytes(SipPart::keep_alive));
  }
}

TEST_CASE("where a message without a length ends") {
  const std::string next = request("BYE", "2");
  const std::string type = "Content-Type: text/plain\r\n";
  struct Row {
    const char* why;
    std::string lines;
    std::string body;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"no type: with its head", "", ""},
      {"a type: at the next start line", type, "hello\r\nBYE for now\r\n"},
      {"a type but no body", type, ""},
      {"a length that is no number", type + "l: x\r\n", "hello\r\n"},
      {"a length that is no number, and no type", "l: x\r\n", ""},
      {"an empty length", type + "l:\r\n", "hello\r\n"},
      {"a negative length", type + "l: -1\r\n", "hello\r\n"},
      {"two that differ", type + "l: 1\r\nl: 2\r\n", "hello\r\n"},
  }));
  CAPTURE(row.why);
  const std::string first = message(row.lines, row.body);
  SipStreamReader reader;
  reader.add(first + next);
  CHECK(reader.messages == std::vector<std::string>{first, next});
  CHECK(reader.without_length == 1);
  SipStreamReader slow;
  for (const char c : first + next) slow.add({&c, 1});
  CHECK(slow.messages == reader.messages);
  SipStreamReader last;
  last.add(first);
  last.finish();
  CHECK(last.messages == std::vector<std::string>{first});
}

TEST_CASE("a length above what is taken gives the message up") {
  const std::string length =
      GENERATE(as<std::string>{}, "1048577", "4294967295", "4294967296", "9223372036854775807",
               "18446744073709551615", "18446744073709551616", "99999999999999999999999999");
  CAPTURE(length);
  const std::string head = message("l: " + length + "\r\n");
  SipView view;
  const SipFrame found = frame(head + "body", view);
  CHECK(found.part == SipPart::over_limit);
  CHECK(found.size_bytes == head.size());
}

TEST_CASE("behind a body that is shorter than its head says no cut method is read") {
  const std::string first = message("l: 8\r\n", "body");
  const std::string second = request("MESSAGE", "second");
  const std::string third = request("BYE", "third");
  SipStreamReader reader;
  reader.add(first + second + third);
  REQUIRE(reader.messages.size() == 2);
  CHECK(reader.messages[0] == first + "MESS");
  CHECK(reader.messages[1] == third);
}

TEST_CASE("what is not taken off a stream in step is not found in one that is searched") {
  const std::string cseq =
      GENERATE(as<std::string>{}, "1 MESSAGE", "1 SMESSAGE", "xMESSAGE", "1xMESSAGE", "1_MESSAGE",
               "1 A xMESSAGE", "MESSAGE", "", "99999999999 XMESSAGE");
  CAPTURE(cseq);
  const std::string text = "MESSAGE sip:a SIP/2.0\r\nCall-ID: x\r\nCSeq: " + cseq + "\r\n\r\n";
  SipView view;
  const bool is_taken = frame(text, view).part == SipPart::message;
  const SipFrame found = find_sip(as_bytes(text), false, view);
  const bool is_found = found.part == SipPart::junk && found.size_bytes == 0;
  CHECK((is_taken || !is_found));
  SipStreamReader reader(false);
  reader.add(text);
  reader.finish();
  CHECK(reader.messages.size() == (is_found ? 1 : 0));
}

TEST_CASE("a message of the limit is taken, a longer one is not") {
  const std::size_t more = GENERATE(0U, 1U);
  std::string body(max_stream_message_bytes - message("l: 1234567\r\n").size() - 1 + more, 'x');
  body += '\n';
  const std::string text = message("l: " + std::to_string(body.size()) + "\r\n", body);
  REQUIRE(text.size() == max_stream_message_bytes + more);
  SipStreamReader reader;
  for (std::size_t at = 0; at < text.size(); at += 1460) {
    reader.add(std::string_view(text).substr(at, 1460));
  }
  reader.add(request("BYE"));
  CHECK(reader.messages.size() == 2 - more);
  CHECK(reader.messages.back() == request("BYE"));
  CHECK((reader.bytes(SipPart::over_limit) != 0) == (more != 0));
  if (more == 0) CHECK(reader.asked < 10);
}

TEST_CASE("what never ends is not looked at again with every byte") {
  const std::string type = "Content-Type: text/plain\r\n";
  const std::string text =
      GENERATE_COPY(as<std::string>{}, message(type, std::string(100'000, '\n')),
                    message(type, std::string(100'000, 'x')), "INVITE " + std::string(8'000, 'x'),
                    std::string(8'000, 'x'), "INVITE sip:a SIP/2.0\r\n" + std::string(60'000, 'x'),
                    message("X: " + std::string(60'000, 'x')));
  SipStreamReader reader;
  for (const char c : text) reader.add({&c, 1});
  CHECK(reader.asked < 300);
}

TEST_CASE("framing allocates nothing") {
  const std::string text = joined(shapes());
  SipView view;
  const AllocationCounter allocations;
  std::size_t found = 0;
  for (std::string_view rest = text; !rest.empty();) {
    rest.remove_prefix(frame(rest, view).size_bytes);
    (void)find_sip(as_bytes(rest), false, view);
    ++found;
  }
  const auto count = allocations.count();
  CHECK(found == shapes().size());
  CHECK(count == 0);
}
