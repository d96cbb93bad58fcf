#include "config/url.hpp"

#include <catch2/catch.hpp>

using namespace heptap;

TEST_CASE("a collector's url is taken apart, and written as it was") {
  using enum CollectorCarrier;
  struct Row {
    std::string_view text;
    CollectorUrl want;
  };
  const auto row = GENERATE(values<Row>({
      {"udp://127.0.0.1:9060", {udp, "127.0.0.1", 9060}},
      {"tcp://homer.example.net:1", {tcp, "homer.example.net", 1}},
      {"tls://homer.example.net.:65535", {tls, "homer.example.net.", 65535}},
      {"udp://homer_1:9060", {udp, "homer_1", 9060}},
      {"udp://3com:9060", {udp, "3com", 9060}},
      {"tcp://[::1]:9060", {tcp, "::1", 9060}},
      {"tcp://[2001:db8::192.0.2.1]:9060", {tcp, "2001:db8::192.0.2.1", 9060}},
      {"tls://[fe80::1%eth0]:9061", {tls, "fe80::1%eth0", 9061}},
      {"udp://[fe80::1%eth0.100]:9060", {udp, "fe80::1%eth0.100", 9060}},
      {"kafka://b1:9092/sip", {kafka, "b1", 9092, {{"b1", 9092}}, "sip"}},
      {"kafka://b1:1,[::1]:2/a.b_c-D", {kafka, "b1", 1, {{"b1", 1}, {"::1", 2}}, "a.b_c-D"}},
  }));
  CAPTURE(row.text);
  CollectorUrl url;
  CHECK(parse_collector_url(row.text, url).empty());
  CHECK(url == row.want);
  CHECK(to_string(url) == row.text);
}

TEST_CASE("what is wrong with a url is said, and nothing is stored") {
  struct Row {
    std::string text;
    std::string_view want;
  };
  static constexpr std::string_view no_scheme = "is no url of a collector";
  const auto row = GENERATE(values<Row>({
      {"", no_scheme},
      {"127.0.0.1:9060", no_scheme},
      {"http://127.0.0.1:9060", no_scheme},
      {"UDP://127.0.0.1:9060", no_scheme},
      {"udp:127.0.0.1:9060", no_scheme},
      {"kafka://b1:9092", "has no topic"},
      {"kafka://b1:9092/", "has no topic"},
      {"kafka://b1:9092/a/b", "has a bad topic"},
      {"kafka://b1:9092/..", "has a bad topic"},
      {"kafka://b1:9092/" + std::string(250, 't'), "has a bad topic"},
      {"kafka:///sip", "has no host"},
      {"kafka://b1/sip", "has no port"},
      {"kafka://b1:9092,/sip", "has no host"},
      {"kafka://b1:9092,,b2:9092/sip", "has no host"},
      {"udp://", "has no host"},
      {"udp://:9060", "has no host"},
      {"udp://homer", "has no port"},
      {"udp://homer:", "has no port"},
      {"udp://homer:0", "has a bad port"},
      {"udp://homer:65536", "has a bad port"},
      {"udp://homer:-1", "has a bad port"},
      {"udp://homer:9060/", "has a bad port"},
      {"udp://homer:90 60", "has a bad port"},
      {"udp://256.0.0.1:9060", "has a bad IPv4 address"},
      {"udp://10.1:9060", "has a bad IPv4 address"},
      {"udp://2130706433:9060", "has a bad IPv4 address"},
      {"udp://user@homer:9060", "has a bad host name"},
      {"udp://homer..net:9060", "has a bad host name"},
      {"udp://.:9060", "has a bad IPv4 address"},
      {"udp://-homer:9060", "has a bad host name"},
      {"udp://homer-:9060", "has a bad host name"},
      {"udp://" + std::string(64, 'a') + ":9060", "has a bad host name"},
      {"udp://h\u00f6mer:9060", "has a bad host name"},
      {"udp://::1:9060", "needs brackets around an IPv6 address"},
      {"udp://[::1]", "has no port"},
      {"udp://[::1]9060", "has no port"},
      {"udp://[::1:9060", "has no ']'"},
      {"udp://[127.0.0.1]:9060", "has a bad IPv6 address"},
      {"udp://[]:9060", "has a bad IPv6 address"},
      {"udp://[fe80::1%]:9060", "has a bad IPv6 zone"},
      {"udp://[fe80::1%a/b]:9060", "has a bad IPv6 zone"},
      {"udp://[fe80::1%a234567890123456]:9060", "has a bad IPv6 zone"},
  }));
  CAPTURE(row.text);
  const CollectorUrl before{CollectorCarrier::tls, "untouched", 7};
  CollectorUrl url = before;
  CHECK(parse_collector_url(row.text, url) == row.want);
  CHECK(url == before);
}

TEST_CASE("the url of files is a form and a path") {
  using enum CollectorCarrier;
  struct Row {
    std::string text;
    CollectorCarrier carrier;
    std::string path;
  };
  const auto row = GENERATE(values<Row>({
      {"pcapng:/var/lib/heptap/sip-%Y%m%d-%H%M%S.pcapng", pcapng,
       "/var/lib/heptap/sip-%Y%m%d-%H%M%S.pcapng"},
      {"jsonl:-", jsonl, "-"},
      {"console:a b%%", console, "a b%%"},
      {"jsonl:../x:y", jsonl, "../x:y"},
  }));
  CAPTURE(row.text);
  CollectorUrl url;
  CHECK(parse_collector_url(row.text, url).empty());
  CHECK(url == CollectorUrl{.carrier = row.carrier, .host = "", .path = row.path});
  CHECK(is_file(url.carrier));
  CHECK(to_string(url) == row.text);
}

TEST_CASE("open descriptors have one name each") {
  const auto row = GENERATE(table<std::string, std::string>({{"/dev/stdout", "-"},
                                                             {"/dev/fd/1", "-"},
                                                             {"/proc/self/fd/1", "-"},
                                                             {"/dev/stderr", "/dev/fd/2"},
                                                             {"/proc/self/fd/63", "/dev/fd/63"},
                                                             {"/dev/full", "/dev/full"}}));
  CAPTURE(std::get<0>(row));
  CollectorUrl url;
  CHECK(parse_collector_url("jsonl:" + std::get<0>(row), url).empty());
  CHECK(url.path == std::get<1>(row));
  CHECK(is_descriptor(url.path) == url.path.starts_with("/dev/fd/"));
}

TEST_CASE("what is wrong with the path of files is said") {
  struct Row {
    std::string text;
    std::string_view want;
  };
  const auto row = GENERATE(values<Row>({
      {"jsonl:", "names no file"},
      {"jsonl:/a/", "names no file"},
      {"jsonl:/dev/fd/x", "names no open descriptor"},
      {"jsonl:/dev/fd/01", "names no open descriptor"},
      {"jsonl:/proc/self/fd/", "names no open descriptor"},
      {"jsonl:/a/..", "names no file"},
      {"jsonl:/a/%Y/b", "has a % in the name of a folder"},
      {"jsonl:/a/b%j", "has a % that is none of %Y %m %d %H %M %S %%"},
      {"jsonl:/a/b%", "has a % that is none of %Y %m %d %H %M %S %%"},
      {"jsonl:/a/b\n", "has a character that is not allowed"},
      {"jsonl:" + std::string(201, 'a'), "has a name that is too long"},
      {"jsonl:/" + std::string(4096, 'a'), "is too long"},
  }));
  CAPTURE(row.text);
  CollectorUrl url;
  CHECK(parse_collector_url(row.text, url) == row.want);
  CHECK(url == CollectorUrl{});
}

TEST_CASE("a host name has at most 253 characters") {
  std::string name(63, 'a');
  for (const char label : {'b', 'c', 'd'}) name += "." + std::string(63, label);
  CollectorUrl url;
  CHECK(parse_collector_url("udp://" + name.substr(0, 253) + ":1", url).empty());
  CHECK(parse_collector_url("udp://" + name.substr(0, 254) + ":1", url) == "has a bad host name");
}

TEST_CASE("only a listener may leave the port to the system") {
  CollectorUrl url;
  CHECK(parse_collector_url("tcp://127.0.0.1:0", url) == "has a bad port");
  CHECK(parse_listen_url("tcp://127.0.0.1:0", url).empty());
  CHECK(url == CollectorUrl{CollectorCarrier::tcp, "127.0.0.1", 0});
}

TEST_CASE("nobody listens on Kafka, or on files") {
  const auto* const text = GENERATE("kafka://b1:9092/sip", "jsonl:-", "http://127.0.0.1:80", "");
  CAPTURE(text);
  CollectorUrl url;
  CHECK(parse_listen_url(text, url) == "does not start with udp://, tcp:// or tls://");
  CHECK(url == CollectorUrl{});
}

TEST_CASE("what a url may be is said of its own carrier") {
  CHECK(valid_collector_url("tcp://homer").starts_with("udp://, tcp:// or tls:// and host:port,"));
  CHECK(valid_collector_url("kafka://b1:9092").starts_with("kafka://"));
  CHECK(valid_collector_url("jsonl:/a/").starts_with("pcapng:, jsonl: or console: and a path,"));
  CHECK(valid_collector_url("tcp:homer:9060") == valid_collector_url(""));
}
