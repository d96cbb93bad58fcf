#include "config/header_names.hpp"

#include <catch2/catch.hpp>

using namespace heptap;

TEST_CASE("headers are single ones or some of them, with a parameter or without") {
  struct Row {
    std::string_view text;
    HeaderNames want;
  };
  const auto row = GENERATE(values<Row>({
      {"X-CID", {"X-CID"}},
      {" X-CID ", {"X-CID"}},
      {"P-Charging-Vector:icid-value", {"P-Charging-Vector:icid-value"}},
      {"X-CID, P-Charging-Vector:icid-value , a.!%*_+`'~",
       {"X-CID", "P-Charging-Vector:icid-value", "a.!%*_+`'~"}},
      {"x-cid,X-CID", {"x-cid", "X-CID"}},
  }));
  CAPTURE(row.text);
  HeaderNames names;
  CHECK(parse_header_names(row.text, names).empty());
  CHECK(names == row.want);
}

TEST_CASE("what names no header is said, and nothing is stored") {
  struct Row {
    std::string text;
    std::string_view want;
  };
  const std::string_view neither = "is neither a header nor a header:parameter";
  const auto row = GENERATE_COPY(values<Row>({
      {"", neither},
      {" ", neither},
      {"X CID", neither},
      {"X-CID:", neither},
      {":icid-value", neither},
      {"X-CID: icid", neither},
      {"a:b:c", neither},
      {"X-CID,", neither},
      {",X-CID", neither},
      {"X-CID;icid", neither},
      {"X-\xc3\xa4", neither},
      {std::string(65, 'x'), neither},
      {"a:" + std::string(65, 'x'), neither},
      {"X-CID,X-CID", "has a header twice"},
  }));
  CAPTURE(row.text);
  HeaderNames names{"before"};
  CHECK(parse_header_names(row.text, names) == row.want);
  CHECK(names == HeaderNames{"before"});
}
