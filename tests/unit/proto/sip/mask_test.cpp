#include "proto/sip/mask.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/support/allocation_counter.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

const MaskKey key(as_bytes("sixteen byte key"));
constexpr SipMasks hashed{.users = UserMask::hash};
constexpr SipMasks all_hidden{.users = UserMask::keep_first,
                              .credentials = true,
                              .keys = true,
                              .bodies = true,
                              .digits = true};

constexpr SipMasks first_kept(std::uint8_t bytes) {
  return {.users = UserMask::keep_first, .kept_bytes = bytes};
}

std::string masked(const std::string& text, const SipMasks& masks) {
  SipView sip;
  REQUIRE(parse_sip(as_bytes(text), sip) == Errc::none);
  std::vector<std::uint8_t> copy(text.begin(), text.end());
  mask_sip(sip, as_bytes(text), copy, masks, key);
  return std::string(as_text(copy));
}

std::string message(const std::string& headers, const std::string& body = "") {
  return "INFO sip:example.com SIP/2.0\r\nCall-ID: bob@example.com\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// What the masks make of header lines, without what message() adds.
std::string masked_headers(const std::string& headers, const SipMasks& masks) {
  const std::string out = masked(message(headers), masks);
  const std::string before = message("");
  const std::size_t begin = before.find("Content-Length");
  CHECK(out.substr(0, begin) == before.substr(0, begin));
  return out.substr(begin, headers.size());
}

std::string masked_body(const std::string& type, const std::string& body, const SipMasks& masks) {
  const std::string out = masked(message("Content-Type: " + type + "\r\n", body), masks);
  return out.substr(out.size() - body.size());
}

struct Row {
  const char* text;
  const char* want;
};

}  // namespace

TEST_CASE("users are hidden wherever their URI stands") {
  const auto row = GENERATE(values<Row>({
      {"From: <sip:alice@a.example>;tag=alice\r\n", "From: <sip:xxxxx@a.example>;tag=alice\r\n"},
      {"From: sip:alice@a.example;tag=1\r\n", "From: sip:xxxxx@a.example;tag=1\r\n"},
      {"From: sip:a.example;tag=alice@b\r\n", "From: sip:a.example;tag=alice@b\r\n"},
      {"To: <SIPS:alice:secret@a>\r\n", "To: <SIPS:xxxxx:000000@a>\r\n"},
      {"To: <sip:a.example:5060>\r\n", "To: <sip:a.example:5060>\r\n"},
      {"To: <tel:+1-201-555-0123;phone-context=x>\r\n",
       "To: <tel:+0-000-000-0000;phone-context=x>\r\n"},
      {"To: tel:112;tag=1\r\n", "To: tel:000;tag=1\r\n"},
      {"Contact: <sip:+4930;npdi;rn=+4940@a>, <sip:bob@b>\r\n",
       "Contact: <sip:+0000;xxxx;rn=+0000@a>, <sip:xxx@b>\r\n"},
      {"X-Any: see sip:alice@a, sip:bob@b\r\n", "X-Any: see sip:xxxxx@a, sip:xxx@b\r\n"},
      {"Via: SIP/2.0/UDP tel:5060;branch=sip:a@b\r\n",
       "Via: SIP/2.0/UDP tel:5060;branch=sip:a@b\r\n"},
      {"Route: <sip:hotel:5060;lr>\r\n", "Route: <sip:hotel:5060;lr>\r\n"},
      {"Refer-To: <sip:bob@b?Replaces=1%40h&Route=%3Csip:carol%40c%3E>\r\n",
       "Refer-To: <sip:xxx@b?Replaces=1%40h&Route=%3Csip:xxxxx%40c%3E>\r\n"},
      {"History-Info: <sip:a@b?X=%3Csip%3Ahost%3E&Y=%3Csip%3abob%40c%3E>\r\n",
       "History-Info: <sip:x@b?X=%3Csip%3Ahost%3E&Y=%3Csip%3axxx%40c%3E>\r\n"},
      {"To: <sip:sips%3Auser%40example.com@example.net>\r\n",
       "To: <sip:xxxxxxxxxxxxxxxxxxxxxxxxx@example.net>\r\n"},
      {": sip:bob@b\r\n", ": sip:xxx@b\r\n"},
      {"To: <sip: bob@b>\r\n", "To: <sip: xxx@b>\r\n"},
      {"To: <sip:\t  bob:key@b>\r\n", "To: <sip:\t  xxx:000@b>\r\n"},
      {"To: <sip: \r\n", "To: <sip: \r\n"},
      {"X-Any: sip: bob@b\r\n", "X-Any: sip: bob@b\r\n"},
      {"P-Any: <im:bob@b>, <IM:al@b>\r\n", "P-Any: <im:xxx@b>, <IM:xx@b>\r\n"},
      {"P-Any: <pres:bob@b>, pres:al@b\r\n", "P-Any: <pres:xxx@b>, pres:xx@b\r\n"},
      {"P-Any: <Mailto:bob@b>, mailto:al@b\r\n", "P-Any: <Mailto:xxx@b>, mailto:xx@b\r\n"},
      {"P-Any: <kilto:bob@b>, kim:al@b, e.mailto:al@b\r\n",
       "P-Any: <kilto:bob@b>, kim:al@b, e.mailto:al@b\r\n"},
      {"Route: <sip:im:5060;lr>, <sip:cypres:5060>\r\n",
       "Route: <sip:im:5060;lr>, <sip:cypres:5060>\r\n"},
  }));
  CHECK(masked_headers(row.text, first_kept(0)) == row.want);
}

TEST_CASE("a URI is found at any place of a block") {
  for (std::size_t bytes = 0; bytes < 70; ++bytes) {
    const std::string before(bytes, '-');
    const std::string hidden = bytes == 0 ? "" : "-" + std::string(bytes - 1, 'x');
    CHECK(masked_headers("P-Any: " + before + "<sip:alice@a>\r\n", first_kept(1)) ==
          "P-Any: " + hidden + "<sip:axxxx@a>\r\n");
  }
}

TEST_CASE("a URI is found where a text begins") {
  constexpr const char* type = "text/plain";
  for (const char* scheme : {"im:", "tel:", "sip:", "pres:", "mailto:"}) {
    const std::string uri = scheme;
    CHECK(masked_body(type, uri + "123@b", first_kept(0)) == uri + "000@b");
    CHECK(masked_body(type, uri.substr(1) + "123@b", first_kept(0)) == uri.substr(1) + "123@b");
  }
}

TEST_CASE("display names are hidden") {
  const auto row = GENERATE(values<Row>({
      {"From: \"Alice A.\" <sip:a.b>;tag=1\r\n", "From: \"xxxxx xx\" <sip:a.b>;tag=1\r\n"},
      {"From: Alice <sip:a.b>\r\n", "From: xxxxx <sip:a.b>\r\n"},
      {"From: \"\" <sip:a.b>\r\n", "From: \"\" <sip:a.b>\r\n"},
      {"From: \"A\\\"B\" <sip:a.b>;x=\"kept\"\r\n", "From: \"xxxx\" <sip:a.b>;x=\"kept\"\r\n"},
      {"Contact: A <sip:a.b>;q=1, \"B, C\" <sip:c.d>, *\r\n",
       "Contact: x <sip:a.b>;q=1, \"xx x\" <sip:c.d>, *\r\n"},
      {"From: Jones, Bob <sip:a.b>\r\n", "From: xxxxx, xxx <sip:a.b>\r\n"},
      {"f: Two\r\n Lines <sip:a.b>\r\n", "f: xxx\r\n xxxxx <sip:a.b>\r\n"},
      {"From: \"not closed <sip:a.b>\r\n", "From: \"xxx xxxxxx <sip:a.b>\r\n"},
      {"From: \\\"Alice\\\" <sip:a.b>\r\n", "From: xxxxxxxxx <sip:a.b>\r\n"},
      {"From: sip:bob@h <sip:bob@h>\r\n", "From: sip:xxx@h <sip:xxx@h>\r\n"},
      {"Contact: *Bob <sip:b.c>\r\n", "Contact: *xxx <sip:b.c>\r\n"},
      {"Reply-To: Bob <mailto:x>\r\n", "Reply-To: xxx <mailto:x>\r\n"},
      {"From: \"030 123-4\" <sip:a.b>\r\n", "From: \"000 000-0\" <sip:a.b>\r\n"},
  }));
  CHECK(masked_headers(row.text, first_kept(0)) == row.want);
}

TEST_CASE("the first characters stay, but no piece of one") {
  const auto kept = [](std::uint8_t bytes, const std::string& user) {
    const std::string out = masked_headers("X: <sip:" + user + "@a>\r\n", first_kept(bytes));
    return out.substr(8, user.size());
  };
  CHECK(kept(5, "+4930123456") == "+4930000000");
  CHECK(kept(0, "%2B4930") == "%2B0000");
  CHECK(kept(3, "alice") == "alixx");
  CHECK(kept(5, "alice") == "alice");
  CHECK(kept(2, "a%41b") == "axxxx");
  CHECK(kept(3, "a%41b") == "axxxx");
  CHECK(kept(4, "a%41b") == "a%41x");
  CHECK(kept(2, "a\xc3\xa4z") == "axxx");
}

TEST_CASE("a user has the same hash in every place of every message") {
  const std::string one = masked_headers("f: <sip:+49301@a>;tag=1\r\nX: tel:+49301\r\n", hashed);
  const std::string user = one.substr(8, 6);
  CHECK(user != "+49301");
  CHECK(user.front() == '+');
  CHECK(user.find_first_not_of("0123456789", 1) == std::string::npos);
  CHECK(one == "f: <sip:" + user + "@a>;tag=1\r\nX: tel:" + user + "\r\n");
  CHECK(masked_body("application/sdp", "v=0\r\no=+49301 1\r\n", hashed) ==
        "v=0\r\no=" + user + " 1\r\n");

  const std::string names = masked_headers(
      "To: alice <sip:alice;x=alice@a>\r\n"
      "Authorization: Digest username=\"alice@b\"\r\n",
      hashed);
  const std::string alice = names.substr(4, 5);
  CHECK(alice != "alice");
  CHECK(names == "To: " + alice + " <sip:" + alice + ";x=" + alice +
                     "@a>\r\nAuthorization: Digest username=\"" + alice + "@b\"\r\n");
}

TEST_CASE("another key gives another hash") {
  const std::string text = message("From: <sip:alice@a>\r\n");
  SipView sip;
  REQUIRE(parse_sip(as_bytes(text), sip) == Errc::none);
  const auto with = [&](std::string_view secret) {
    std::vector<std::uint8_t> copy(text.begin(), text.end());
    mask_sip(sip, as_bytes(text), copy, hashed, MaskKey(as_bytes(secret)));
    return std::string(as_text(copy));
  };
  CHECK(with("sixteen byte key") == masked(text, hashed));
  CHECK(with("sixteen byte key and more") != masked(text, hashed));
  CHECK(with("seventeen byte key") != masked(text, hashed));
}

TEST_CASE("no piece of a long hash repeats") {
  const std::string user(100, 'a');
  const std::string out = masked_headers("X: sip:" + user + "@a\r\n", hashed).substr(7, 100);
  for (std::size_t at = 12; at < 100; at += 12) {
    CHECK(out.find(out.substr(0, 4), at) == std::string::npos);
  }
}

TEST_CASE("credentials are hidden, challenges stay readable") {
  constexpr SipMasks masks{.credentials = true};
  const auto row = GENERATE(values<Row>({
      {"Authorization: Digest username=\"bob\", realm=\"r\",nonce=\"n\", uri=\"sip:b@c\","
       "response=\"0a1b\", cnonce=\"c,1\", opaque=\"\\\"o\", qop=auth, nc=01, other = x\r\n",
       "Authorization: Digest username=\"bob\", realm=\"r\",nonce=\"n\", uri=\"sip:b@c\","
       "response=\"0000\", cnonce=\"000\", opaque=\"000\", qop=auth, nc=01, other = 0\r\n"},
      {"Proxy-Authorization: Basic Ym9i==\r\n", "Proxy-Authorization: Basic 000000\r\n"},
      {"Authorization: Bearer a.b c\r\n", "Authorization: Bearer 000 0\r\n"},
      {"Authorization: Digest response=\"not closed\r\n",
       "Authorization: Digest response=\"000 000000\r\n"},
      {"Authorization: digest abcd\r\n", "Authorization: digest 0000\r\n"},
      {"Authentication-Info: rspauth=\"ab\", nextnonce=\"n\"\r\n",
       "Authentication-Info: rspauth=\"00\", nextnonce=\"n\"\r\n"},
      {"WWW-Authenticate: Digest realm=\"r\", opaque=\"o\", ik=\"1\", ck=\"2\"\r\n",
       "WWW-Authenticate: Digest realm=\"r\", opaque=\"0\", ik=\"0\", ck=\"0\"\r\n"},
  }));
  CHECK(masked_headers(row.text, masks) == row.want);
}

TEST_CASE("users of credentials and of a signed identity are users") {
  const auto row = GENERATE(values<Row>({
      {"Authorization: Digest username=\"sip:bob@r\", response=\"a\"\r\n",
       "Authorization: Digest username=\"sip:xxx@r\", response=\"a\"\r\n"},
      {"Authorization: Digest username*=UTF-8''bob\r\n",
       "Authorization: Digest username*=0000000000\r\n"},
      {"Authorization: Basic Ym9i\r\n", "Authorization: Basic 0000\r\n"},
      {"Authorization: Bearer Ym9i\r\n", "Authorization: Bearer Ym9i\r\n"},
      {"Identity: aa.bb.cc;info=<https://h/c>;alg=ES256\r\n",
       "Identity: 00.00.00;info=<https://h/c>;alg=ES256\r\n"},
  }));
  CHECK(masked_headers(row.text, first_kept(0)) == row.want);
}

TEST_CASE("keys and users of SDP are hidden, all else stays") {
  const std::string sdp =
      "v=0\r\no=bob 1 1 IN IP4 192.0.2.1\r\ns=-\r\ne=bob@b (Bob)\r\nk=base64:aGk=\r\n"
      "a=key-mgmt:mikey aGk=\r\nm=audio 4 RTP/SAVP 0\r\n"
      "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:a+b/c=|2^20|1:4;inline:d==\r\n"
      "a=ice-pwd:secret\r\na=fingerprint:sha-1 4A:AD\r\n";
  CHECK(masked_body("application/sdp", sdp, {.keys = true, .bodies = true}) ==
        "v=0\r\no=bob 1 1 IN IP4 192.0.2.1\r\ns=-\r\ne=bob@b (Bob)\r\nk=base64:0000\r\n"
        "a=key-mgmt:mikey 0000\r\nm=audio 4 RTP/SAVP 0\r\n"
        "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:000000|2^20|1:4;inline:000\r\n"
        "a=ice-pwd:000000\r\na=fingerprint:sha-1 4A:AD\r\n");
  CHECK(masked_body("application/sdp", "v=0\no=- 1\no=bob@h 2\ne=a b\n", first_kept(0)) ==
        "v=0\no=- 1\no=xxx@h 2\ne=x x\n");
  CHECK(masked_body("application/sdp", "v=0\na=ssrc:7 cname:bob@h\na=ssrc:7 label:bob\n",
                    first_kept(0)) == "v=0\na=ssrc:7 cname:xxx@h\na=ssrc:7 label:bob\n");
  CHECK(masked_body("application/sdp", "v=0\nfree text\na=x", {.bodies = true}) ==
        "v=0\nxxxxxxxxx\na=x");
}

TEST_CASE("keys that an endpoint only could use are hidden") {
  const auto row = GENERATE(values<Row>({
      {"v=0\r\na=acap:1 crypto:1 AES_CM_128_HMAC_SHA1_32 inline:abc|2^20|1:4\r\n",
       "v=0\r\na=acap:1 crypto:1 AES_CM_128_HMAC_SHA1_32 inline:000|2^20|1:4\r\n"},
      {"v=0\r\na=ACAP:22  key-mgmt:mikey abc\r\n", "v=0\r\na=ACAP:22  key-mgmt:mikey 000\r\n"},
      {"v=0\r\na=acap:3 ice-pwd:abc\r\n", "v=0\r\na=acap:3 ice-pwd:000\r\n"},
      {"v=0\r\na=acap:4 ptime:20\r\na=acap:\r\n", "v=0\r\na=acap:4 ptime:20\r\na=acap:\r\n"},
      {"v=0\r\na=cryptoscale:1 client AES_CM_128_HMAC_SHA1_80 inline:abc|2^31|1:1\r\n",
       "v=0\r\na=cryptoscale:1 client AES_CM_128_HMAC_SHA1_80 inline:000|2^31|1:1\r\n"},
  }));
  CHECK(masked_body("application/sdp", row.text, {.keys = true}) == row.want);
}

TEST_CASE("bodies are hidden but for SDP and line ends") {
  constexpr SipMasks masks{.bodies = true};
  CHECK(masked_body("text/plain", "Hi Bob\r\n\r\nbye\rbye\n", masks) == "xxxxxx\r\n\r\nxxxxxxx\n");
  CHECK(masked_body("no type", "Hi", masks) == "xx");
  const std::string mixed =
      "pre\r\n--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--b\r\n"
      "Content-Type: text/plain\r\n\r\nHi\r\n--b--\r\nafter";
  CHECK(masked_body("multipart/mixed;boundary=b", mixed, masks) ==
        "xxx\r\n--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--b\r\n"
        "Content-Type: text/plain\r\n\r\nxx\r\n--b--\r\nxxxxx");
  CHECK(masked_body("multipart/mixed;boundary=c", "--b\r\nHi", masks) == "xxx\r\nxx");
  CHECK(masked("MESSAGE sip:b SIP/2.0\r\nContent-Length: 2\r\n\r\nHiHo", masks) ==
        "MESSAGE sip:b SIP/2.0\r\nContent-Length: 2\r\n\r\nxxxx");
  CHECK(masked("INFO sip:b SIP/2.0\r\nContent-Encoding: gzip\r\n\r\nHi", hashed) ==
        "INFO sip:b SIP/2.0\r\nContent-Encoding: gzip\r\n\r\nxx");
}

TEST_CASE("what follows the body is hidden by any mask") {
  const std::string first = message("Content-Type: application/sdp\r\n", "v=0\r\n");
  const std::string second = "BYE\r\nAuthorization: Basic abc\r\n\r\na=crypto:1\n";
  const std::string hidden = "xxx\r\nxxxxxxxxxxxxxxxxxxxxxxxx\r\n\r\nxxxxxxxxxx\n";
  CHECK(masked(first + second, {.keys = true}) == first + hidden);
  CHECK(masked(first + second, {.digits = true}) == first + hidden);
  CHECK(masked(message("") + second, {.credentials = true}) == message("") + hidden);
  CHECK(masked(message("e: gzip\r\n", "\x1f") + "Hi", {.credentials = true}) ==
        message("e: gzip\r\n", "\x1f") + "xx");
  CHECK(masked(first + second, {}) == first + second);
}

TEST_CASE("a message that is the body of one without Content-Length is masked") {
  const std::string first = "BYE sip:b SIP/2.0\r\nTo: <sip:b>\r\n\r\n";
  CHECK(masked(first + "BYE sip:b SIP/2.0\r\nTo: Bob <sip:b>\r\n\r\n", first_kept(0)) ==
        first + "BYE sip:b SIP/2.0\r\nTo: xxx <sip:b>\r\n\r\n");
}

TEST_CASE("users are hidden in bodies that stay") {
  CHECK(masked_body("application/dialog-info+xml", "<identity display=\"Bob\">sip:bob@b</identity>",
                    first_kept(0)) == "<identity display=\"xxx\">sip:xxx@b</identity>");
  CHECK(masked_body("application/dialog-info+xml",
                    "<i p:display=\"Bob\" x='1'display='Al' x-display='1'>",
                    first_kept(0)) == "<i p:display=\"xxx\" x='1'display='xx' x-display='1'>");
  CHECK(masked_body("message/sipfrag", "SIP/2.0 200 OK\r\nTo: Bob <sip:bob@b>\r\n\r\nv=0",
                    first_kept(0)) == "SIP/2.0 200 OK\r\nTo: xxx <sip:xxx@b>\r\n\r\nv=0");
}

TEST_CASE("credentials are hidden in the message of a body") {
  CHECK(masked_body("message/sip", "BYE sip:b SIP/2.0\r\nAuthorization: Basic abc\r\n\r\n",
                    {.credentials = true}) ==
        "BYE sip:b SIP/2.0\r\nAuthorization: Basic 000\r\n\r\n");
}

TEST_CASE("pressed keys are hidden") {
  constexpr SipMasks masks{.digits = true};
  CHECK(masked_body("application/dtmf-relay", "Signal= 5\r\nDuration= 160\r\n", masks) ==
        "Signal= *\r\nDuration= 160\r\n");
  CHECK(masked_body("application/dtmf", "12#", masks) == "***");
  CHECK(masked_body("application/vnd.nortelnetworks.digits", "p=Digits\r\nd=42\r\n", masks) ==
        "p=Digits\r\nd=**\r\n");
  CHECK(masked_body("application/kpml-response+xml",
                    "<kpml-response code=\"200\" digits=\"12A\" tag='1'/>",
                    masks) == "<kpml-response code=\"200\" digits=\"***\" tag='1'/>");
  CHECK(masked_body("text/plain", "call 12", masks) == "call 12");
}

TEST_CASE("pressed keys are hidden in what media servers say") {
  constexpr SipMasks masks{.digits = true};
  CHECK(masked_body(
            "application/mediaservercontrol+xml",
            "<response request=\"playcollect\" id=\"42\" reason=\"match\"\r\n digits=\"12#\"/>"
            "<playcollect maxdigits=\"4\"/>",
            masks) ==
        "<response request=\"playcollect\" id=\"42\" reason=\"match\"\r\n digits=\"***\"/>"
        "<playcollect maxdigits=\"4\"/>");
  CHECK(
      masked_body("application/msml+xml",
                  "<event name=\"app.done\" id=\"42\"><name>dtmf.digits</name>\n<value>427</value>"
                  "<name>dtmf.len</name><value>3</value><name>dtmf.last</name><value>7</value>",
                  masks) ==
      "<event name=\"app.done\" id=\"42\"><name>dtmf.digits</name>\n<value>***</value>"
      "<name>dtmf.len</name><value>*</value><name>dtmf.last</name><value>*</value>");
  CHECK(masked_body("application/vnd.radisys.moml+xml", "<dtmfgen id='7' digits='42'/>", masks) ==
        "<dtmfgen id='7' digits='**'/>");
  CHECK(masked_body("application/msc-ivr+xml", "<collectinfo dtmf=\"42\" termmode=\"match\"/>",
                    masks) == "<collectinfo dtmf=\"**\" termmode=\"match\"/>");
  CHECK(masked_body("application/msml+xml", "<value>4<value>5", masks) == "<value>4<value>5");
  CHECK(masked_body("application/msml+xml", "<name>dtmf.digits</name><value>42", masks) ==
        "<name>dtmf.digits</name><value>**");
}

TEST_CASE("pressed keys in an event of MSML are hidden however it is spelled") {
  const std::string name = "<name>dtmf.digits</name>";
  const std::string value =
      GENERATE(as<std::string>{}, "<value type='x'>@</value>", "<value\r\n>@</value >",
               "<m:value>@</m:value>", "<value><![CDATA[@]]></value>",
               "<value><!-- x -->@<!-- x --></value>", "<value/><value>@</value>");
  std::string in = GENERATE_COPY(name + value, value + name);
  in.replace(in.find('@'), 1, "602214");
  std::string out = in;
  out.replace(out.find("602214"), 6, "******");
  CHECK(masked_body("application/msml+xml", in, {.digits = true}) == out);
}

TEST_CASE("header fields without an index are hidden") {
  const std::string cut =
      "REGISTER sip:b SIP/2.0\r\nTo: <sip:b>\r\nAuthorization: Digest response=\"a";
  CHECK(masked(cut, {.credentials = true}) == cut.substr(0, cut.size() - 1) + "0");

  std::string many;
  for (std::size_t i = 0; i < SipView::max_headers; ++i) many += "X: y\r\n";
  CHECK(masked_headers(many + "From: Bob <sip:b>\r\n", first_kept(0)) ==
        many + "From: xxx <sip:b>\r\n");
}

TEST_CASE("a Call-ID beyond what the index keeps stays") {
  std::string many = "BYE sip:b SIP/2.0\r\n";
  for (std::size_t i = 0; i < SipView::max_headers; ++i) many += "P-Any: y\r\n";
  CHECK(masked(many + "i: sip:bob@b\r\nTo: sip:bob@b\r\n\r\n", first_kept(0)) ==
        many + "i: sip:bob@b\r\nTo: sip:xxx@b\r\n\r\n");
}

TEST_CASE("a URI that is cut before its @ is hidden to its end") {
  CHECK(masked("BYE sip:b SIP/2.0\r\nVia: x\r\nTo: \"Al\" <sip:alice", first_kept(1)) ==
        "BYE sip:b SIP/2.0\r\nVia: x\r\nTo: \"Ax\" <sip:axxxx");
}

TEST_CASE("Call-ID stays even where it looks like a user") {
  const std::string text = "BYE sip:b SIP/2.0\r\nCall-ID: sip:bob@b\r\nTo: <sip:bob@b>\r\n\r\n";
  CHECK(masked(text, first_kept(0)) ==
        "BYE sip:b SIP/2.0\r\nCall-ID: sip:bob@b\r\nTo: <sip:xxx@b>\r\n\r\n");
}

TEST_CASE("a copy that is cut is masked as far as it goes") {
  const std::string text = message(
      "From: \"Alice\" <sip:alice@a>\r\nAuthorization: Digest response=\"abc\"\r\n"
      "Content-Type: text/plain\r\n",
      "Hello\r\nBob");
  SipView sip;
  REQUIRE(parse_sip(as_bytes(text), sip) == Errc::none);
  const std::string whole = masked(text, all_hidden);
  for (std::size_t size = 0; size <= text.size(); ++size) {
    std::vector<std::uint8_t> copy(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size));
    mask_sip(sip, as_bytes(text), copy, all_hidden, key);
    CHECK(as_text(copy) == whole.substr(0, size));
  }
}

TEST_CASE("of two masks the one that shows less wins") {
  const auto both = [](SipMasks a, const SipMasks& b) { return a |= b; };
  const std::vector<SipMasks> rising{{},     first_kept(15), first_kept(4), first_kept(1),
                                     hashed, first_kept(0)};
  for (std::size_t i = 0; i < rising.size(); ++i) {
    for (std::size_t k = i; k < rising.size(); ++k) {
      CHECK(both(rising[i], rising[k]) == rising[k]);
      CHECK(both(rising[k], rising[i]) == rising[k]);
    }
  }
  CHECK(both({.credentials = true, .keys = true}, {.bodies = true, .digits = true}) ==
        SipMasks{.credentials = true, .keys = true, .bodies = true, .digits = true});
  CHECK_FALSE(SipMasks{}.any());
  CHECK(hashed.any());
}

TEST_CASE("a mask allocates nothing") {
  const std::string text = message(
      "From: \"Alice\" <sip:alice@a>;tag=1\r\nAuthorization: Digest response=\"abc\"\r\n"
      "Content-Type: multipart/mixed;boundary=b\r\n",
      "--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\no=bob 1\r\n--b\r\n\r\nHi\r\n--b--\r\n");
  SipView sip;
  REQUIRE(parse_sip(as_bytes(text), sip) == Errc::none);
  std::vector<std::uint8_t> copy(text.begin(), text.end());
  SipMasks masks = all_hidden;
  masks.users = UserMask::hash;
  const AllocationCounter allocations;
  mask_sip(sip, as_bytes(text), copy, masks, key);
  CHECK(allocations.count() == 0);
}
