#include "config/prefixes.hpp"

#include <catch2/catch.hpp>

using namespace heptap;

namespace {

std::string read_back(std::string_view in) {
  AddressPrefixes prefixes;
  std::string fault = parse_prefixes(in, prefixes);
  if (!fault.empty()) return fault;
  std::string out;
  for (const AddressPrefix& prefix : prefixes) out += (out.empty() ? "" : " ") + to_string(prefix);
  return out;
}

}  // namespace

TEST_CASE("prefixes are read as they are written, without what is beyond their bits") {
  struct Row {
    std::string_view in;
    std::string_view want;
  };
  const auto row = GENERATE(values<Row>({
      {"192.0.2.0/24", "192.0.2.0/24"},
      {"192.0.2.129/25", "192.0.2.128/25"},
      {"255.255.255.255/1", "128.0.0.0/1"},
      {"192.0.2.1", "192.0.2.1/32"},
      {"0.0.0.0/0", "0.0.0.0/0"},
      {"2001:DB8::1/33", "2001:db8::/33"},
      {"2001:db8::1", "2001:db8::1/128"},
      {"::/0", "::/0"},
      {" 10.0.0.0/8 ,2001:db8::/32 ", "10.0.0.0/8 2001:db8::/32"},
  }));
  CAPTURE(row.in);
  CHECK(read_back(row.in) == row.want);
}

TEST_CASE("what is no prefix is refused, and changes nothing") {
  struct Row {
    std::string_view in;
    std::string_view want;
  };
  using namespace std::string_view_literals;
  const auto row = GENERATE(values<Row>({
      {"", "is neither an address nor a prefix of some"},
      {"10.0.0/8", "is neither an address nor a prefix of some"},
      {"[2001:db8::]/32", "is neither an address nor a prefix of some"},
      {"fe80::1%eth0", "is neither an address nor a prefix of some"},
      {"10.0.0.0\0/8"sv, "is neither an address nor a prefix of some"},
      {"10.0.0.0/8,", "is neither an address nor a prefix of some"},
      {"10.0.0.0/", "has bits that are not 0 to 32"},
      {"10.0.0.0/33", "has bits that are not 0 to 32"},
      {"10.0.0.0/-1", "has bits that are not 0 to 32"},
      {"10.0.0.0/8/8", "has bits that are not 0 to 32"},
      {"10.0.0.0/264", "has bits that are not 0 to 32"},
      {"::/129", "has bits that are not 0 to 128"},
  }));
  CAPTURE(row.in);
  AddressPrefixes prefixes{{.octets = {1}, .bits = 8}};
  const AddressPrefixes before = prefixes;
  CHECK(parse_prefixes(row.in, prefixes) == row.want);
  CHECK(prefixes == before);
}
