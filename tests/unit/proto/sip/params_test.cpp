#include "proto/sip/params.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

using namespace heptap;

namespace {

std::vector<std::string> items(std::string_view list) {
  std::vector<std::string> out;
  for (std::string_view item; next_list_item(list, item);) out.emplace_back(item);
  return out;
}

/// Each parameter as name=value| or name|.
std::string params(std::string_view text) {
  std::string out;
  for (ParamView p; next_param(text, p);) {
    out += std::string(p.name) + (p.has_value ? "=" : "") + std::string(p.value) + "|";
  }
  return out;
}

}  // namespace

TEST_CASE("a list is divided at commas outside of quotes and brackets") {
  using Items = std::vector<std::string>;
  CHECK(items("").empty());
  CHECK(items(" , ,\r\n ,").empty());
  CHECK(items("a") == Items{"a"});
  CHECK(items("a,b") == Items{"a", "b"});
  CHECK(items(" a ,,\r\n\tb , ") == Items{"a", "b"});
  CHECK(items("\"x, y\" <sip:a>, <sip:b,c>;q=1") == Items{"\"x, y\" <sip:a>", "<sip:b,c>;q=1"});
  CHECK(items("\"x\\\", y\" <sip:a>,b") == Items{"\"x\\\", y\" <sip:a>", "b"});
  CHECK(items("\"<\" , b") == Items{"\"<\"", "b"});
  CHECK(items("<sip:a,b") == Items{"<sip:a,b"});    // a bracket that is not closed
  CHECK(items("\"x, b, c") == Items{"\"x, b, c"});  // a quote that is not closed
}

TEST_CASE("parameters are read by grammar and not by searching") {
  CHECK(params("").empty());
  CHECK(params("no semicolon").empty());
  CHECK(params(";a") == "a|");
  CHECK(params(";a=b") == "a=b|");
  CHECK(params(" ; a = b ;c ; ; d= ") == "a=b|c|d=|");
  CHECK(params(";\r\n a\r\n =\r\n b") == "a=b|");
  CHECK(params(";a=\"x;b=y\";c=\"\"") == "a=x;b=y|c=|");
  CHECK(params(";a=\"x\\\";y\";b") == "a=x\\\";y|b|");
  CHECK(params(";a=b=c") == "a=b=c|");
  CHECK(params(";a=\"x;b=c") == "a=\"x;b=c|");  // a quote that is not closed hides the rest
  CHECK(params("junk;a=b") == "a=b|");
}

TEST_CASE("a parameter is found by its whole name, ignoring case") {
  constexpr std::string_view text = ";xtag=1;tagx=2;x=\"a;tag=evil\";TAG=real;tag=late";
  CHECK(param_value(text, "tag") == "real");
  CHECK(find_param(text, "tag").name == "TAG");
  CHECK(find_param(text, "lr").name.empty());
  CHECK(find_param(";lr", "lr").name == "lr");
  CHECK_FALSE(find_param(";lr", "lr").has_value);
  CHECK(find_param(";lr=", "lr").has_value);
}

TEST_CASE("only a whole quoted string loses its quotes") {
  CHECK(unquote("\"a\"") == "a");
  CHECK(unquote("\"\"").empty());
  CHECK(unquote("a") == "a");
  CHECK(unquote("\"") == "\"");
  CHECK(unquote("\"a") == "\"a");
  CHECK(unquote("\"a\\\"") == "\"a\\\"");
  CHECK(unquote("\"a\" b") == "\"a\" b");
}
